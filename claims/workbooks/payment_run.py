"""The payment run workbook: what is paid to whom, for which claims, and proof that it adds up."""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from claims.words import FUNDS
from claims.workbooks.about import Statement, about_sheet, unconfirmed_amounts
from claims.workbooks.book import DEFLATE_LEVEL, Book
from claims.workbooks.cells import Kind, Pence
from claims.workbooks.controls import Control, controls_sheet, name_differences, quote
from claims.workbooks.lines import CONFIRMED, LINE_COLUMNS, Tally, chart_of_groups, letter_of
from claims.workbooks.rows import About, LineRow, PaymentRow, RunTotals
from claims.workbooks.sheet import Column, Sheet

WHAT = (
    "The payments of one payment run and the approved claims they pay. Payments has one row per employer and "
    "fund, Lines one row per claim. Learners appear by claim reference only."
)
WHO_MAY_RECEIVE_IT = (
    "Finance staff of the scheme and its auditors. It holds names of accounts; do not send it to employers "
    "or publish it."
)

PAYMENT_COLUMNS = (
    Column("Payment reference", Kind.TEXT, "payment_reference"),
    Column("Workplace ID", Kind.TEXT, "workplace_id"),
    Column("Employer", Kind.TEXT, "employer"),
    Column("Fund", Kind.TEXT, "fund", words=FUNDS),
    Column("Claims", Kind.COUNT, "claims"),
    Column("Amount", Kind.MONEY, "amount_pence"),
    Column("Set off", Kind.MONEY, "set_off_pence"),
    Column("Net", Kind.MONEY, "net_pence"),
    Column("Account name", Kind.TEXT, "account_name"),
    Column("Sort code", Kind.TEXT, "sort_code"),
    Column("Account number", Kind.TEXT, "masked_account_number"),
)
COURSE_COLUMNS = (
    Column("Course code", Kind.TEXT, "code"),
    Column("Course title", Kind.TEXT, "name"),
    Column("Claims", Kind.COUNT, "claims"),
    Column("Amount", Kind.MONEY, "amount_pence"),
)
ROLE_CATEGORY_COLUMNS = (
    Column("Role category", Kind.TEXT, "name"),
    Column("Claims", Kind.COUNT, "claims"),
    Column("Amount", Kind.MONEY, "amount_pence"),
)
EMPLOYER_COLUMNS = (
    Column("Workplace ID", Kind.TEXT, "code"),
    Column("Employer", Kind.TEXT, "name"),
    Column("Claims", Kind.COUNT, "claims"),
    Column("Amount", Kind.MONEY, "amount_pence"),
)


class RunSums:
    """What went by while payments and lines were written."""

    def __init__(self) -> None:
        self.payments = 0
        self.paid_claims = 0
        self.amount_pence = 0
        self.set_off_pence = 0
        self.net_pence = 0
        self.by_fund = Tally()
        self.by_course = Tally()
        self.by_role_category = Tally()
        self.by_employer = Tally()
        self.unconfirmed = Tally()

    def watch_payments(self, payments: Iterable[PaymentRow]) -> Iterator[PaymentRow]:
        for payment in payments:
            self.payments += 1
            self.paid_claims += payment.claims
            self.amount_pence += payment.amount_pence
            self.set_off_pence += payment.set_off_pence
            self.net_pence += payment.net_pence
            yield payment

    def watch_lines(self, lines: Iterable[LineRow]) -> Iterator[LineRow]:
        for line in lines:
            pence = line.amount_pence
            self.by_fund.add(line.fund, pence)
            self.by_course.add((line.course_code, line.course_title), pence)
            self.by_role_category.add(("", line.role_category or "No role category"), pence)
            self.by_employer.add((line.workplace_id, line.employer), pence)
            if line.maximum_confidence != CONFIRMED:
                self.unconfirmed.add("", pence)
            yield line


def stream_payment_run(
    about: About,
    payments: Iterable[PaymentRow],
    lines: Iterable[LineRow],
    totals: RunTotals,
    deflate_level: int = DEFLATE_LEVEL,
) -> Iterator[bytes]:
    """The bytes of the workbook, as they are asked for.

    Rows stand in the order they come in: for the same cells again, give them in a fixed order.
    ``totals`` come from the database by themselves, not from the rows: Controls sets the two side by side.
    """
    title = f"Payment run {about.subject}"
    sums = RunSums()

    def facts() -> Iterator[Statement]:
        yield Statement("Rows in Payments", sums.payments)
        yield Statement("Rows in Lines", sums.by_fund.claims)
        yield Statement("Amount", Pence(sums.by_fund.pence))
        yield Statement("Set off", Pence(sums.set_off_pence))
        yield Statement("Net to be paid", Pence(sums.net_pence))
        yield Statement("Controls when it was made", name_differences(list(_controls(sums, totals))))
        yield from unconfirmed_amounts(*sums.unconfirmed.of(""))

    book = Book(title, about)
    book.sheets = [
        about_sheet(title, about, what=WHAT, who_may_receive_it=WHO_MAY_RECEIVE_IT, totals=facts, cells=book.cells),
        Sheet("Payments", PAYMENT_COLUMNS, lambda: sums.watch_payments(payments), table="Payments"),
        Sheet("Lines", LINE_COLUMNS, lambda: sums.watch_lines(lines), table="Lines"),
        Sheet(
            "By course",
            COURSE_COLUMNS,
            sums.by_course.groups,
            table="ByCourse",
            gathered=True,
            charts=lambda groups: [chart_of_groups("Amount by course", 2, 4, groups)],
        ),
        Sheet(
            "By role category",
            ROLE_CATEGORY_COLUMNS,
            sums.by_role_category.groups,
            table="ByRoleCategory",
            gathered=True,
            charts=lambda groups: [chart_of_groups("Amount by role category", 1, 3, groups)],
        ),
        Sheet(
            "By employer",
            EMPLOYER_COLUMNS,
            sums.by_employer.groups,
            table="ByEmployer",
            gathered=True,
            charts=lambda groups: [chart_of_groups("Amount by employer", 2, 4, groups)],
        ),
        controls_sheet(lambda: list(_controls(sums, totals))),
    ]
    return book.stream(deflate_level)


def write_payment_run(
    target: BinaryIO, about: About, payments: Iterable[PaymentRow], lines: Iterable[LineRow], totals: RunTotals
) -> None:
    """Write the workbook to ``target``, which need not be able to seek."""
    target.writelines(stream_payment_run(about, payments, lines, totals))


def _controls(sums: RunSums, totals: RunTotals) -> Iterator[Control]:
    line_amount = letter_of(LINE_COLUMNS, "amount_pence")
    line_fund = letter_of(LINE_COLUMNS, "fund")
    paid = {column.field: letter_of(PAYMENT_COLUMNS, column.field) for column in PAYMENT_COLUMNS}
    amount = Pence(totals.amount_pence)
    lines, lines_pence = sums.by_fund.claims, Pence(sums.by_fund.pence)

    yield Control("Lines: claims", totals.claims, "COUNTA(Lines!A:A)-1", lines)
    yield Control("Lines: amount", amount, f"SUM(Lines!{line_amount}:{line_amount})", lines_pence)
    for fund in totals.by_fund:
        claims, pence = sums.by_fund.of(fund.name)
        name = FUNDS.get(fund.name, fund.name)
        whole, of_fund = f"Lines!{line_fund}:{line_fund}", quote(name)
        yield Control(f"Lines: claims, fund {name}", fund.claims, f"COUNTIF({whole},{of_fund})", claims)
        yield Control(
            f"Lines: amount, fund {name}",
            Pence(fund.amount_pence),
            f"SUMIF({whole},{of_fund},Lines!{line_amount}:{line_amount})",
            Pence(pence),
        )
    yield Control("Payments: payments", totals.payments, "COUNTA(Payments!A:A)-1", sums.payments)
    for name, field, database, written in (
        ("claims", "claims", totals.claims, sums.paid_claims),
        ("amount", "amount_pence", amount, Pence(sums.amount_pence)),
        ("set off", "set_off_pence", Pence(totals.set_off_pence), Pence(sums.set_off_pence)),
        ("net", "net_pence", Pence(totals.net_pence), Pence(sums.net_pence)),
    ):
        yield Control(f"Payments: {name}", database, f"SUM(Payments!{paid[field]}:{paid[field]})", written)
    amounts, set_off = (f"SUM(Payments!{paid[field]}:{paid[field]})" for field in ("amount_pence", "set_off_pence"))
    yield Control(
        "Payments: net is amount less set off",
        Pence(totals.net_pence),
        f"{amounts}-{set_off}",
        Pence(sums.amount_pence - sums.set_off_pence),
    )
    for sheet, columns in _summaries():
        letters = letter_of(columns, "claims"), letter_of(columns, "amount_pence")
        yield Control(f"{sheet}: claims", totals.claims, f"SUM('{sheet}'!{letters[0]}:{letters[0]})", lines)
        yield Control(f"{sheet}: amount", amount, f"SUM('{sheet}'!{letters[1]}:{letters[1]})", lines_pence)


def _summaries() -> Sequence[tuple[str, Sequence[Column]]]:
    return (
        ("By course", COURSE_COLUMNS),
        ("By role category", ROLE_CATEGORY_COLUMNS),
        ("By employer", EMPLOYER_COLUMNS),
    )
