"""An employer's claims as a workbook: what their list shows, the deadlines in order, and the money against the cap."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from claims.workbooks.about import Statement, about_sheet
from claims.workbooks.book import Book
from claims.workbooks.cells import Kind, Pence
from claims.workbooks.controls import Control, controls_sheet, name_differences
from claims.workbooks.lines import letter_of
from claims.workbooks.rows import About
from claims.workbooks.sheet import Column, Sheet

WHAT = (
    "The claims of one employer that match the filters, one row per claim. An amount is what was approved or paid, or "
    "else what was claimed; it is empty for drafts and for what is over without a payment."
)
WHO_MAY_RECEIVE_IT = "The employer whose claims they are. It names learners: do not send it on to others."


class ClaimRow(NamedTuple):
    reference: str
    learner: str
    course_code: str
    course: str
    part: str
    state: str
    fund: str
    scheme_year: str | None
    provider: str | None
    invoice_reference: str | None
    purchase_paid_on: date | None
    started_on: date | None
    completed_on: date | None
    last_day_on: date | None
    submitted_on: date | None
    decision_expected_on: date | None
    payment_expected_on: date | None
    paid_on: date | None
    amount_pence: int | None


class DeadlineRow(NamedTuple):
    last_day_on: date
    days_left: int
    reference: str
    learner: str
    course: str
    part: str


class MoneyRow(NamedTuple):
    scheme_year: str
    fund: str
    waiting_pence: int
    approved_pence: int
    paid_pence: int
    cap_pence: int | None
    committed_pence: int
    left_pence: int | None


COLUMNS = (
    Column("Reference", Kind.TEXT, "reference"),
    Column("Learner", Kind.TEXT, "learner"),
    Column("Course code", Kind.TEXT, "course_code"),
    Column("Course", Kind.TEXT, "course"),
    Column("Part", Kind.TEXT, "part"),
    Column("State", Kind.TEXT, "state"),
    Column("Fund", Kind.TEXT, "fund"),
    Column("Scheme year", Kind.TEXT, "scheme_year"),
    Column("Provider", Kind.TEXT, "provider"),
    Column("Invoice", Kind.TEXT, "invoice_reference"),
    Column("Provider paid on", Kind.DATE, "purchase_paid_on"),
    Column("Started on", Kind.DATE, "started_on"),
    Column("Completed on", Kind.DATE, "completed_on"),
    Column("Last day to claim", Kind.DATE, "last_day_on"),
    Column("Submitted on", Kind.DATE, "submitted_on"),
    Column("Decision expected by", Kind.DATE, "decision_expected_on"),
    Column("Payment expected by", Kind.DATE, "payment_expected_on"),
    Column("Paid on", Kind.DATE, "paid_on"),
    Column("Amount", Kind.MONEY, "amount_pence"),
)
DEADLINE_COLUMNS = (
    Column("Last day to claim", Kind.DATE, "last_day_on", width=18),
    Column("Days left", Kind.COUNT, "days_left"),
    Column("Reference", Kind.TEXT, "reference"),
    Column("Learner", Kind.TEXT, "learner"),
    Column("Course", Kind.TEXT, "course"),
    Column("Part", Kind.TEXT, "part"),
)
MONEY_COLUMNS = (
    Column("Scheme year", Kind.TEXT, "scheme_year", width=14),
    Column("Fund", Kind.TEXT, "fund", width=26),
    Column("Waiting for a decision", Kind.MONEY, "waiting_pence", width=22),
    Column("Approved, to be paid", Kind.MONEY, "approved_pence", width=22),
    Column("Paid", Kind.MONEY, "paid_pence"),
    Column("Cap", Kind.MONEY, "cap_pence"),
    Column("Used of the cap", Kind.MONEY, "committed_pence", width=18),
    Column("Left under the cap", Kind.MONEY, "left_pence", width=20),
)


class Found(NamedTuple):
    """What the database counts by itself."""

    claims: int
    pence: int


def stream_employer_claims(
    about: About, rows: Sequence[ClaimRow], deadlines: Sequence[DeadlineRow], money: Sequence[MoneyRow], found: Found
) -> Iterator[bytes]:
    """The bytes of the workbook. ``deadlines`` are those among ``rows``; ``money`` is of all the employer's claims."""
    title = f"Claims of {about.subject}"
    written = sum(row.amount_pence or 0 for row in rows)
    amounts = letter_of(COLUMNS, "amount_pence")

    def controls() -> list[Control]:
        return [
            Control("Claims", found.claims, "COUNTA(Claims!A:A)-1", len(rows)),
            Control("Amount", Pence(found.pence), f"SUM(Claims!{amounts}:{amounts})", Pence(written)),
        ]

    def facts() -> Iterator[Statement]:
        yield Statement("Rows in Claims", len(rows))
        yield Statement("Amount", Pence(written))
        yield Statement("Money", "The sheet Money is about all claims of the employer, whatever the filters are.")
        yield Statement("Controls when it was made", name_differences(controls()))

    book = Book(title, about)
    book.sheets = [
        about_sheet(title, about, what=WHAT, who_may_receive_it=WHO_MAY_RECEIVE_IT, totals=facts, cells=book.cells),
        Sheet("Claims", COLUMNS, lambda: rows, table="Claims"),
        Sheet("Deadlines", DEADLINE_COLUMNS, lambda: deadlines, table="Deadlines"),
        Sheet("Money", MONEY_COLUMNS, lambda: money, table="Money"),
        controls_sheet(controls),
    ]
    return book.stream()
