"""The course list workbook, as it is printed."""

import io

from openpyxl import load_workbook

from claims.store.reference import from_files
from claims.workbooks.course_list import ListTotals, stream_course_list
from tests.unit.workbooks.rows_made_up import ABOUT

LONGEST = 100
"""Of the titles on the shipped list, some are longer."""


def test_a_long_title_wraps_in_a_row_that_is_high_enough() -> None:
    entries = [entry for entries in from_files().courses.values() for entry in entries]
    totals = ListTotals(len(entries), sum(entry.max_reimbursement_pence for entry in entries), ())
    written = b"".join(stream_course_list(ABOUT, entries, totals=totals, categories=(), links={}))
    sheet = load_workbook(io.BytesIO(written))["Courses"]
    titles = {str(row[1].value): row[1] for row in sheet.iter_rows(min_row=2)}
    assert list(titles) == list(dict.fromkeys(entry.title for entry in entries))
    assert any(len(title) > LONGEST for title in titles)
    for title, cell in titles.items():
        characters = sheet.column_dimensions["B"].width * sheet.row_dimensions[cell.row].height / 14
        assert cell.alignment.wrap_text
        assert len(title) < characters, title
