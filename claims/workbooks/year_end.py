"""The year-end workbook: what a scheme year paid, run by run and line by line, what is open and what can still come."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import NamedTuple

from claims.words import CLAIM_STATES, FUNDS, LINE_STATES, RECOVERY_WAYS, RUN_STATES
from claims.workbooks.about import Statement, about_sheet, unconfirmed_amounts
from claims.workbooks.book import DEFLATE_LEVEL, Book
from claims.workbooks.cells import Kind, Pence
from claims.workbooks.controls import Control, controls_sheet, name_differences, quote
from claims.workbooks.lines import CONFIRMED, LINE_COLUMNS, Tally, letter_of
from claims.workbooks.reports import Report
from claims.workbooks.rows import About, GroupTotal, LineRow
from claims.workbooks.sheet import Column, Sheet

WHAT = (
    "One scheme year: its payment runs and every line they pay, as the runs stored them; what each employer was "
    "promised, paid and asked to pay back; what is still open and what can still come. Learners appear by claim "
    "reference only."
)
WHO_MAY_RECEIVE_IT = "Finance staff of the scheme and its auditors. It names employers and staff; do not publish it."


class RunRow(NamedTuple):
    """One payment run of the year, cancelled ones included."""

    reference: str
    state: str
    drawn_up_on: date
    drawn_up_by: str
    released_on: date | None
    released_by: str | None
    claims: int
    amount_pence: int
    set_off_pence: int
    net_pence: int
    sha256: str | None
    """Of the latest version of its workbook."""


class YearLine(NamedTuple):
    """One line of a run that pays, as the run stored it."""

    line: LineRow
    run: str
    state: str
    paid_on: date | None


class EmployerRow(NamedTuple):
    """What one employer had to do with one fund in the year. In pence."""

    workplace_id: str
    employer: str
    fund: str
    approved_pence: int
    """Approved and in no run."""
    in_payment_pence: int
    paid_pence: int
    """Before anything was recovered."""
    recovered_pence: int
    owed_pence: int
    """Of what was recovered: neither set off nor paid back yet."""
    committed_pence: int
    cap_pence: int | None


class RecoveryRow(NamedTuple):
    reference: str
    workplace_id: str
    employer: str
    fund: str
    approved_on: date | None
    way: str
    amount_pence: int
    owed_pence: int


class OpenRow(NamedTuple):
    """Claims of one fund in one state that keep the year open."""

    fund: str
    state: str
    claims: int
    amount_pence: int


@dataclass(frozen=True, slots=True)
class YearTotals:
    """The year as the database adds it up, independently of the rows that are written."""

    by_fund: tuple[GroupTotal, ...]
    """The lines that pay."""
    claims: int
    """In payment, paid and recovered, as the claims themselves say."""
    amount_pence: int
    committed_pence: int
    recovered_pence: int


RUN_COLUMNS = (
    Column("Run", Kind.TEXT, "reference"),
    Column("State", Kind.TEXT, "state", words=RUN_STATES),
    Column("Drawn up on", Kind.DATE, "drawn_up_on"),
    Column("Drawn up by", Kind.TEXT, "drawn_up_by"),
    Column("Released on", Kind.DATE, "released_on"),
    Column("Released by", Kind.TEXT, "released_by"),
    Column("Claims", Kind.COUNT, "claims"),
    Column("Amount", Kind.MONEY, "amount_pence"),
    Column("Set off", Kind.MONEY, "set_off_pence"),
    Column("Net", Kind.MONEY, "net_pence"),
    Column("SHA-256 of its workbook", Kind.TEXT, "sha256"),
)
YEAR_LINE_COLUMNS = (
    Column("Run", Kind.TEXT, "run"),
    *(column._replace(field=f"line.{column.field}") for column in LINE_COLUMNS),
    Column("Line", Kind.TEXT, "state", words=LINE_STATES),
    Column("Paid on", Kind.DATE, "paid_on"),
)
EMPLOYER_COLUMNS = (
    Column("Workplace ID", Kind.TEXT, "workplace_id"),
    Column("Employer", Kind.TEXT, "employer"),
    Column("Fund", Kind.TEXT, "fund", words=FUNDS),
    Column("Approved, not in a run", Kind.MONEY, "approved_pence"),
    Column("In payment", Kind.MONEY, "in_payment_pence"),
    Column("Paid", Kind.MONEY, "paid_pence"),
    Column("Recovered", Kind.MONEY, "recovered_pence"),
    Column("Of it still owed", Kind.MONEY, "owed_pence"),
    Column("Committed", Kind.MONEY, "committed_pence"),
    Column("Cap", Kind.MONEY, "cap_pence"),
)
RECOVERY_COLUMNS = (
    Column("Reference", Kind.TEXT, "reference"),
    Column("Workplace ID", Kind.TEXT, "workplace_id"),
    Column("Employer", Kind.TEXT, "employer"),
    Column("Fund", Kind.TEXT, "fund", words=FUNDS),
    Column("Approved on", Kind.DATE, "approved_on"),
    Column("How", Kind.TEXT, "way", words=RECOVERY_WAYS),
    Column("Amount", Kind.MONEY, "amount_pence"),
    Column("Still owed", Kind.MONEY, "owed_pence"),
)
OPEN_COLUMNS = (
    Column("Fund", Kind.TEXT, "fund", words=FUNDS),
    Column("State", Kind.TEXT, "state", words=CLAIM_STATES),
    Column("Claims", Kind.COUNT, "claims"),
    Column("Amount", Kind.MONEY, "amount_pence"),
)


def stream_year_end(
    about: About,
    *,
    runs: Sequence[RunRow],
    lines: Iterable[YearLine],
    employers: Sequence[EmployerRow],
    recoveries: Sequence[RecoveryRow],
    still_open: Sequence[OpenRow],
    to_come: Report,
    totals: YearTotals,
    deflate_level: int = DEFLATE_LEVEL,
) -> Iterator[bytes]:
    """The bytes of the workbook, as they are asked for; rows stand in the order they come in.

    ``totals`` come from the database by themselves, not from the rows: Controls sets the two side by side.
    """
    title = f"Year end {about.subject}"
    by_fund, by_run, unconfirmed = Tally(), Tally(), Tally()

    def watched() -> Iterator[YearLine]:
        for row in lines:
            by_fund.add(row.line.fund, row.line.amount_pence)
            by_run.add(row.run, row.line.amount_pence)
            if row.line.maximum_confidence != CONFIRMED:
                unconfirmed.add("", row.line.amount_pence)
            yield row

    def controls() -> list[Control]:
        return list(_controls(by_fund, by_run, runs=runs, employers=employers, recoveries=recoveries, totals=totals))

    def facts() -> Iterator[Statement]:
        yield Statement("Runs", len(runs))
        yield Statement("Rows in Lines", by_fund.claims)
        yield Statement("Amount", Pence(by_fund.pence))
        yield Statement("Set off", Pence(sum(run.set_off_pence for run in runs)))
        yield Statement("Recovered", Pence(sum(each.amount_pence for each in recoveries)))
        yield Statement("Claims still open", sum(each.claims for each in still_open))
        yield Statement("What can still come", to_come.what)
        yield Statement("Controls when it was made", name_differences(controls()))
        yield from unconfirmed_amounts(*unconfirmed.of(""))

    book = Book(title, about)
    book.sheets = [
        about_sheet(title, about, what=WHAT, who_may_receive_it=WHO_MAY_RECEIVE_IT, totals=facts, cells=book.cells),
        Sheet("Runs", RUN_COLUMNS, lambda: runs, table="Runs"),
        Sheet("Lines", YEAR_LINE_COLUMNS, watched, table="Lines"),
        Sheet("Employers", EMPLOYER_COLUMNS, lambda: employers, table="Employers"),
        Sheet("Recoveries", RECOVERY_COLUMNS, lambda: recoveries, table="Recoveries"),
        Sheet("Still open", OPEN_COLUMNS, lambda: still_open),
        _to_come_sheet(to_come),
        controls_sheet(controls),
    ]
    return book.stream(deflate_level)


def _to_come_sheet(report: Report) -> Sheet:
    columns = [Column(figure.words, figure.kind, f"c{place}") for place, figure in enumerate(report.figures)]

    def rows() -> Iterator[SimpleNamespace]:
        for row in report.rows:
            yield SimpleNamespace(**{f"c{place}": value for place, value in enumerate(row)})

    return Sheet(report.title, columns, rows)


def _controls(
    by_fund: Tally,
    by_run: Tally,
    *,
    runs: Sequence[RunRow],
    employers: Sequence[EmployerRow],
    recoveries: Sequence[RecoveryRow],
    totals: YearTotals,
) -> Iterator[Control]:
    amount = _column("Lines", YEAR_LINE_COLUMNS, "line.amount_pence")
    fund_column = _column("Lines", YEAR_LINE_COLUMNS, "line.fund")
    run_column = _column("Lines", YEAR_LINE_COLUMNS, "run")
    claims, pence = sum(each.claims for each in totals.by_fund), sum(each.amount_pence for each in totals.by_fund)

    yield Control("Lines: claims", claims, "COUNTA(Lines!A:A)-1", by_fund.claims)
    yield Control("Lines: amount", Pence(pence), f"SUM({amount})", Pence(by_fund.pence))
    yield Control("Lines: claims in payment, paid and recovered", totals.claims, "COUNTA(Lines!A:A)-1", by_fund.claims)
    yield Control("Lines: amount of these claims", Pence(totals.amount_pence), f"SUM({amount})", Pence(by_fund.pence))
    for fund in totals.by_fund:
        written = Pence(by_fund.of(fund.name)[1])
        name = FUNDS.get(fund.name, fund.name)
        formula = f"SUMIF({fund_column},{quote(name)},{amount})"
        yield Control(f"Lines: amount, fund {name}", Pence(fund.amount_pence), formula, written)
    for run in runs:
        formula = f"SUMIF({run_column},{quote(run.reference)},{amount})"
        written = Pence(by_run.of(run.reference)[1])
        yield Control(f"Lines: amount, {run.reference}", Pence(run.amount_pence), formula, written)
    of_runs, net, set_off = (
        _column("Runs", RUN_COLUMNS, name) for name in ("amount_pence", "net_pence", "set_off_pence")
    )
    amounts = Pence(sum(run.amount_pence for run in runs))
    yield Control("Runs: amount", Pence(pence), f"SUM({of_runs})", amounts)
    gross = Pence(sum(run.net_pence + run.set_off_pence for run in runs))
    yield Control("Runs: net and set off", Pence(pence), f"SUM({net})+SUM({set_off})", gross)
    approved, in_payment, paid, recovered, committed = (
        _column("Employers", EMPLOYER_COLUMNS, f"{name}_pence")
        for name in ("approved", "in_payment", "paid", "recovered", "committed")
    )
    promised = sum(each.committed_pence for each in employers)
    yield Control("Employers: committed", Pence(totals.committed_pence), f"SUM({committed})", Pence(promised))
    added_up = sum(
        each.approved_pence + each.in_payment_pence + each.paid_pence - each.recovered_pence for each in employers
    )
    yield Control(
        "Employers: approved, in payment and paid, less recovered",
        Pence(totals.committed_pence),
        f"SUM({approved})+SUM({in_payment})+SUM({paid})-SUM({recovered})",
        Pence(added_up),
    )
    yield Control(
        "Employers: in payment and paid",
        Pence(totals.amount_pence),
        f"SUM({in_payment})+SUM({paid})",
        Pence(sum(each.in_payment_pence + each.paid_pence for each in employers)),
    )
    yield Control(
        "Recoveries: amount",
        Pence(totals.recovered_pence),
        f"SUM({_column('Recoveries', RECOVERY_COLUMNS, 'amount_pence')})",
        Pence(sum(each.amount_pence for each in recoveries)),
    )


def _column(sheet: str, columns: Sequence[Column], field: str) -> str:
    letter = letter_of(columns, field)
    return f"{sheet}!{letter}:{letter}"
