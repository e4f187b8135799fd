"""A table in a file from outside, whichever kind of file it is."""

from claims.incoming.csv_files import read_csv_rows
from claims.incoming.faults import Faults, Faulty
from claims.incoming.opening import Limits, Opened, Unreadable, is_workbook, open_workbook


def open_table(name: str, content: bytes, sheet: str, limits: Limits) -> Opened:
    """What stands in a workbook's ``sheet``, or in a CSV file. Raises ``Unreadable``."""
    if not content or is_workbook(content):
        return open_workbook(content, sheet, limits)
    notices = Faults()
    try:
        rows = read_csv_rows(name, content, notices, most_bytes=limits.size_bytes, most_rows=limits.rows)
    except Faulty as no:
        raise Unreadable("csv", no.faults[0].problem) from None
    return Opened(rows, strange={}, about={}, notices=tuple(notice.problem for notice in notices.found))
