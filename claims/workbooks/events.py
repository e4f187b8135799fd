"""The audit workbook: events that were sought, one row each, in the order in which they happened."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from claims.workbooks.about import Statement, about_sheet
from claims.workbooks.book import DEFLATE_LEVEL, Book
from claims.workbooks.cells import Kind
from claims.workbooks.controls import Control, controls_sheet, name_differences
from claims.workbooks.rows import About
from claims.workbooks.sheet import Column, Sheet

WHAT = (
    "What was done, by whom, when and why, in the order in which it happened. The hash of each event covers its "
    "content and the hash of the event before it."
)
WHO_MAY_RECEIVE_IT = (
    "Auditors and administrators of the scheme. It names people, and notes may say more about them; do not send it on."
)


class EventRow(NamedTuple):
    """One event as the workbook and the CSV file show it."""

    number: int
    at: str
    """Day and time in London, to the second, with the offset from UTC."""
    person: str
    role: str
    employer: str
    workplace_id: str
    about: str
    reference: str
    act: str
    from_state: str
    to_state: str
    details: str
    note: str
    hash: str


COLUMNS = (
    Column("Number", Kind.COUNT, "number"),
    Column("When", Kind.TEXT, "at", width=26),
    Column("Person", Kind.TEXT, "person"),
    Column("Role", Kind.TEXT, "role"),
    Column("Employer", Kind.TEXT, "employer"),
    Column("Workplace ID", Kind.TEXT, "workplace_id"),
    Column("About", Kind.TEXT, "about"),
    Column("Reference", Kind.TEXT, "reference", width=22),
    Column("Act", Kind.TEXT, "act"),
    Column("From", Kind.TEXT, "from_state"),
    Column("To", Kind.TEXT, "to_state"),
    Column("Details", Kind.TEXT, "details", width=40),
    Column("Note", Kind.TEXT, "note", width=40),
    Column("Hash", Kind.TEXT, "hash", width=24),
)


def stream_events(
    about: About, rows: Iterable[EventRow], total: int, deflate_level: int = DEFLATE_LEVEL
) -> Iterator[bytes]:
    """The bytes of the workbook, as they are asked for. ``total`` is the database's count, not the rows'."""
    written = 0

    def counted() -> Iterator[EventRow]:
        nonlocal written
        for row in rows:
            written += 1
            yield row

    def controls() -> list[Control]:
        return [Control("Events: events", total, "COUNTA(Events!A:A)-1", written)]

    def facts() -> Iterator[Statement]:
        yield Statement("Rows in Events", written)
        yield Statement("Controls when it was made", name_differences(controls()))

    book = Book("Events", about)
    book.sheets = [
        about_sheet("Events", about, what=WHAT, who_may_receive_it=WHO_MAY_RECEIVE_IT, totals=facts, cells=book.cells),
        Sheet("Events", COLUMNS, counted, table="Events"),
        controls_sheet(controls),
    ]
    return book.stream(deflate_level)
