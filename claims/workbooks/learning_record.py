"""The learning record of one learner, to take along: what training was funded, and what it is good for."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from claims.workbooks.about import Statement, about_sheet
from claims.workbooks.book import Book
from claims.workbooks.cells import Kind
from claims.workbooks.controls import Control, controls_sheet, name_differences
from claims.workbooks.rows import About
from claims.workbooks.sheet import Column, Sheet

SHEET = "Learning record"
WHAT = (
    "The training of one learner that was funded by the Learning and Development Support Scheme and has been "
    "completed. It belongs to the learner, who may show it to whom they like."
)
WHO_MAY_RECEIVE_IT = "The learner, and whoever the learner gives it to."
COLUMNS = (
    Column("Funded training", Kind.TEXT, "training"),
    Column("Course code", Kind.TEXT, "code"),
    Column("Level", Kind.TEXT, "level"),
    Column("Awarding organisation", Kind.TEXT, "awarding_organisation"),
    Column("Completed on", Kind.DATE, "completed_on"),
    Column("Hours", Kind.COUNT, "hours"),
    Column("Role categories", Kind.LIST, "role_categories"),
    Column("Issued by", Kind.TEXT, "issued_by"),
)


class RecordRow(NamedTuple):
    """One course that was completed."""

    training: str
    code: str
    level: str
    awarding_organisation: str
    completed_on: date
    hours: int | None
    """Of learning; ``None``: the course list does not say."""
    role_categories: tuple[str, ...]
    """Titles of those the course serves."""
    issued_by: str
    """The employer."""


def stream_learning_record(about: About, rows: Sequence[RecordRow], completed: int) -> Iterator[bytes]:
    """The bytes of the workbook; ``completed`` is how many courses the database counts."""
    title = f"Learning record of {about.subject}"

    def controls() -> list[Control]:
        return [Control("Courses completed", completed, f"COUNTA('{SHEET}'!A:A)-1", len(rows))]

    def facts() -> Iterator[Statement]:
        yield Statement("Learner", about.subject)
        yield Statement("Rows in Learning record", len(rows))
        yield Statement("Controls when it was made", name_differences(controls()))

    book = Book(title, about)
    book.sheets = [
        about_sheet(title, about, what=WHAT, who_may_receive_it=WHO_MAY_RECEIVE_IT, totals=facts, cells=book.cells),
        Sheet(SHEET, COLUMNS, lambda: iter(rows), table="LearningRecord"),
        controls_sheet(controls),
    ]
    return book.stream()
