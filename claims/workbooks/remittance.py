"""The remittance workbook: what one payment to an employer was for, one row per claim."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from claims.workbooks.about import Statement, about_sheet
from claims.workbooks.book import Book
from claims.workbooks.cells import Kind, Pence
from claims.workbooks.controls import Control, controls_sheet, name_differences
from claims.workbooks.rows import About
from claims.workbooks.sheet import Column, Sheet

WHAT = "What one payment from the scheme was for: one row per claim, with the learner it was claimed for."
WHO_MAY_RECEIVE_IT = "The employer that was paid. It names learners: do not send it on to others."

COLUMNS = (
    Column("Reference", Kind.TEXT, "reference"),
    Column("Learner", Kind.TEXT, "learner"),
    Column("Course code", Kind.TEXT, "course_code"),
    Column("Course", Kind.TEXT, "course"),
    Column("Part", Kind.TEXT, "part"),
    Column("Paid on", Kind.DATE, "paid_on"),
    Column("Amount", Kind.MONEY, "amount_pence"),
)


class RemittanceRow(NamedTuple):
    reference: str
    learner: str
    course_code: str
    course: str
    part: str
    paid_on: date
    amount_pence: int


def stream_remittance(about: About, rows: Sequence[RemittanceRow], *, claims: int, pence: int) -> Iterator[bytes]:
    """The bytes of the workbook. ``claims`` and ``pence`` are what the database says of the whole payment."""
    title = f"Remittance {about.subject}"
    written = sum(row.amount_pence for row in rows)

    def controls() -> list[Control]:
        return [
            Control("Claims", claims, "COUNTA(Claims!A:A)-1", len(rows)),
            Control("Amount", Pence(pence), "SUM(Claims!G:G)", Pence(written)),
        ]

    def facts() -> Iterator[Statement]:
        yield Statement("Rows in Claims", len(rows))
        yield Statement("Amount", Pence(written))
        yield Statement("Controls when it was made", name_differences(controls()))

    book = Book(title, about)
    book.sheets = [
        about_sheet(title, about, what=WHAT, who_may_receive_it=WHO_MAY_RECEIVE_IT, totals=facts, cells=book.cells),
        Sheet("Claims", COLUMNS, lambda: rows, table="Claims"),
        controls_sheet(controls),
    ]
    return book.stream()


def remittance_as_csv(rows: Sequence[RemittanceRow]) -> Iterator[Sequence[str]]:
    """The same as rows of text, the header first; money as pounds with two decimals, dates as ``YYYY-MM-DD``."""
    yield [column.header for column in COLUMNS]
    for row in rows:
        pounds, rest = divmod(row.amount_pence, 100)
        yield [*row[:5], row.paid_on.isoformat(), f"{pounds}.{rest:02}"]
