"""A bulk claim file that came back: workbook or CSV, opened within limits, as headings and rows of text."""

from claims.incoming.opening import Limits, Opened, Unreadable, is_workbook
from claims.incoming.tables import open_table

SHEET = "Claims"
LIMITS = Limits(size_bytes=5 * 1024 * 1024, rows=5_000, columns=40)


class FaultyFile(Exception):
    """A file that is not read. ``str()`` goes on from its name."""


def open_claims_file(name: str, content: bytes) -> Opened:
    """The file, its headings in the first row. Raises ``FaultyFile``, also where nothing stands below them."""
    try:
        found = open_table(name, content, SHEET, LIMITS)
    except Unreadable as no:
        raise FaultyFile(str(no)) from None
    if any(len(cells) > LIMITS.columns for _, cells in found.rows):
        raise FaultyFile(f"has more than {LIMITS.columns} columns; delete what is not part of the list")
    if len(found.rows) < 2 and name.lower().endswith(".xlsx") and not is_workbook(content):
        raise FaultyFile("is no workbook, though its name ends in .xlsx; open the original and save it again as .xlsx")
    if len(found.rows) < 2:
        raise FaultyFile("has no claims below its headings" if found.rows else "is empty")
    return found
