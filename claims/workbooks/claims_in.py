"""A bulk claim file that came back: workbook or CSV, opened within limits, as headings and rows of text."""

from dataclasses import dataclass, field

from claims.reference.csv_files import read_csv_rows
from claims.reference.faults import Faults, FaultyReference
from claims.workbooks.opening import Limits, Unreadable, is_workbook, open_workbook

SHEET = "Claims"
LIMITS = Limits(size_bytes=5 * 1024 * 1024, rows=5_000, columns=40)


class FaultyFile(Exception):
    """A file that is not read. ``str()`` goes on from its name."""


@dataclass(frozen=True, slots=True)
class ClaimsFile:
    """What stands in the file."""

    rows: list[tuple[int, list[str]]]
    """Rows that are not empty, by the numbers a spreadsheet shows; the first has the headings."""
    strange: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells that hold no value, by row and column (both from 1), with a sentence."""
    notices: tuple[str, ...] = ()


def open_claims_file(name: str, content: bytes) -> ClaimsFile:
    """Raises ``FaultyFile``, also for a file with nothing below its headings."""
    if is_workbook(content):
        try:
            opened = open_workbook(content, SHEET, LIMITS)
        except Unreadable as no:
            raise FaultyFile(str(no)) from None
        found = ClaimsFile(opened.rows, opened.strange)
    else:
        notices = Faults()
        try:
            rows = read_csv_rows(name, content, notices, most_bytes=LIMITS.size_bytes, most_rows=LIMITS.rows)
        except FaultyReference as no:
            raise FaultyFile(no.faults[0].problem) from None
        if any(len(cells) > LIMITS.columns for _, cells in rows):
            raise FaultyFile(f"has more than {LIMITS.columns} columns; delete what is not part of the list")
        found = ClaimsFile(rows, notices=tuple(notice.problem for notice in notices.found))
    if len(found.rows) < 2:
        raise FaultyFile("has no claims below its headings" if found.rows else "is empty")
    return found
