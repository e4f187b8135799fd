"""The claims register workbook: every claim in a filter, in whatever state, with its line and how it stands."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import BinaryIO, NamedTuple

from claims.words import CLAIM_STATES, FUNDS
from claims.workbooks.about import Statement, about_sheet, unconfirmed_amounts
from claims.workbooks.book import DEFLATE_LEVEL, Book
from claims.workbooks.cells import Kind, Pence
from claims.workbooks.controls import Control, controls_sheet, name_differences, quote
from claims.workbooks.lines import CONFIRMED, LINE_COLUMNS, Tally, letter_of
from claims.workbooks.rows import About, RegisterRow, RegisterTotals
from claims.workbooks.sheet import Chart, Column, Sheet

WHAT = (
    "The claims that match the filters, in whatever state: one row per claim. An amount is what the claim "
    "pays or would pay; it is empty while it cannot be worked out. Learners appear by claim reference only."
)
WHO_MAY_RECEIVE_IT = (
    "Finance staff of the scheme and its auditors. It names employers and staff; do not send it on or publish it."
)

REGISTER_COLUMNS = (
    *(column._replace(field=f"line.{column.field}") for column in LINE_COLUMNS),
    Column("State", Kind.TEXT, "state", words=CLAIM_STATES),
    Column("Submitted on", Kind.DATE, "submitted_on"),
    Column("Last day to claim", Kind.DATE, "last_day_to_claim"),
    Column("Days to decision", Kind.COUNT, "days_to_decision"),
    Column("Findings that failed", Kind.LIST, "failed_findings"),
    Column("Findings that need a check", Kind.LIST, "check_findings"),
    Column("Assessor", Kind.TEXT, "assessor"),
    Column("Run", Kind.TEXT, "payment_run"),
    Column("Paid on", Kind.DATE, "payment_sent_on"),
)
SUMMARY_COLUMNS = (
    Column("By", Kind.TEXT, "by", width=18),
    Column("Which", Kind.TEXT, "which", width=22),
    Column("Claims", Kind.COUNT, "claims", width=12),
    Column("Amount", Kind.MONEY, "amount_pence", width=18),
)
STATE, FUND, MONTH, CONFIDENCE = range(4)
NOT_SUBMITTED = "Not submitted"


class SummaryRow(NamedTuple):
    by: str
    which: str
    claims: int
    amount_pence: int


def stream_register(
    about: About, rows: Iterable[RegisterRow], totals: RegisterTotals, deflate_level: int = DEFLATE_LEVEL
) -> Iterator[bytes]:
    """The bytes of the workbook, as they are asked for.

    Rows stand in the order they come in: for the same cells again, give them in a fixed order.
    ``totals`` come from the database by themselves, not from the rows: Controls sets the two side by side.
    """
    title = f"Claims register: {about.subject}"
    sums = Tally()

    def watched() -> Iterator[RegisterRow]:
        for row in rows:
            line, submitted = row.line, row.submitted_on
            month = (submitted.year, submitted.month) if submitted else None
            sums.add((row.state, line.fund, month, line.maximum_confidence), line.amount_pence)
            yield row

    def facts() -> Iterator[Statement]:
        yield Statement("Rows in Claims", sums.claims)
        yield Statement("Amount", Pence(sums.pence))
        by_confidence = sums.by(CONFIDENCE)
        claims, pence = by_confidence.of(CONFIRMED)
        yield Statement("Controls when it was made", name_differences(list(_controls(sums, totals))))
        yield from unconfirmed_amounts(sums.claims - claims, sums.pence - pence)

    book = Book(title, about)
    book.sheets = [
        about_sheet(title, about, what=WHAT, who_may_receive_it=WHO_MAY_RECEIVE_IT, totals=facts, cells=book.cells),
        Sheet("Claims", REGISTER_COLUMNS, watched, table="Claims"),
        Sheet("Summary", SUMMARY_COLUMNS, lambda: _summary(sums), table="Summary", gathered=True, charts=_charts),
        controls_sheet(lambda: list(_controls(sums, totals))),
    ]
    return book.stream(deflate_level)


def write_register(target: BinaryIO, about: About, rows: Iterable[RegisterRow], totals: RegisterTotals) -> None:
    """Write the workbook to ``target``, which need not be able to seek."""
    target.writelines(stream_register(about, rows, totals))


def _summary(sums: Tally) -> Iterator[SummaryRow]:
    for by, place, words in (("State", STATE, CLAIM_STATES), ("Fund", FUND, FUNDS)):
        for which, (claims, pence) in sorted(sums.by(place).items()):
            yield SummaryRow(by, words.get(which, which), claims, pence)
    # Claims that are not submitted have no month, and come last.
    for month, (claims, pence) in sorted(sums.by(MONTH).items(), key=lambda item: item[0] or (9999, 12)):
        yield SummaryRow("Month", _name_month(*month) if month else NOT_SUBMITTED, claims, pence)


def _name_month(year: int, month: int) -> str:
    return f"{date(year, month, 1):%b %Y}"


def _charts(rows: Sequence[SummaryRow]) -> Sequence[Chart]:
    charts = []
    for by, title in (
        ("State", "Amount by state (£)"),
        ("Fund", "Amount by fund (£)"),
        ("Month", "Amount by month of submission (£)"),
    ):
        numbers = [number for number, row in enumerate(rows, 2) if row.by == by] or [2]
        charts.append(Chart(title, 2, (4,), numbers[0], numbers[-1], upright=by == "Month"))
    return charts


def _controls(sums: Tally, totals: RegisterTotals) -> Iterator[Control]:
    letters = {column.field: letter_of(REGISTER_COLUMNS, column.field) for column in REGISTER_COLUMNS}
    amounts = f"Claims!{letters['line.amount_pence']}:{letters['line.amount_pence']}"
    yield Control("Claims: claims", totals.claims, "COUNTA(Claims!A:A)-1", sums.claims)
    yield Control("Claims: amount", Pence(totals.amount_pence), f"SUM({amounts})", Pence(sums.pence))
    for word, field, words, place, groups in (
        ("state", "state", CLAIM_STATES, STATE, totals.by_state),
        ("fund", "line.fund", FUNDS, FUND, totals.by_fund),
    ):
        whole = f"Claims!{letters[field]}:{letters[field]}"
        written = sums.by(place)
        for group in groups:
            claims, pence = written.of(group.name)
            name = words.get(group.name, group.name)
            yield Control(f"Claims: claims, {word} {name}", group.claims, f"COUNTIF({whole},{quote(name)})", claims)
            yield Control(
                f"Claims: amount, {word} {name}",
                Pence(group.amount_pence),
                f"SUMIF({whole},{quote(name)},{amounts})",
                Pence(pence),
            )
    for by in ("State", "Fund", "Month"):
        yield Control(
            f"Summary: claims by {by.lower()}", totals.claims, f'SUMIF(Summary!A:A,"{by}",Summary!C:C)', sums.claims
        )
        yield Control(
            f"Summary: amount by {by.lower()}",
            Pence(totals.amount_pence),
            f'SUMIF(Summary!A:A,"{by}",Summary!D:D)',
            Pence(sums.pence),
        )
