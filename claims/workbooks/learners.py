"""The workbook in which an employer lists its learners: empty, with drop-downs of what may stand in its cells."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from claims.incoming.opening import Limits
from claims.workbooks.cells import clean

SHEET = "Learners"
LISTS = "Lists"
GUIDE = "How to fill this in"
COLUMNS = (
    "First name",
    "Last name",
    "National Insurance number",
    "Job role",
    "How they work for you",
    "Employed from",
    "Works in England",
    "Post requires registration",
    "Service",
    "Start date in role",
    "Last day employed",
    "Role category",
)
"""In any order where the first row names them, else in this one. Those after ``NEEDED`` may be left out."""
NEEDED = COLUMNS[:6]
DATES = ("Employed from", "Start date in role", "Last day employed")
ROWS = 1_000
LIMITS = Limits(size_bytes=5 * 1024 * 1024, rows=ROWS, columns=40)

FONT, BOLD = Font(name="Arial", size=10), Font(name="Arial", size=10, bold=True)
GREY = PatternFill("solid", fgColor="E6E9EC")
HEADER_HEIGHT = 28
"""In points: two lines of Arial 10. LibreOffice does not find out by itself."""
WIDTHS = {"Job role": 34, "National Insurance number": 18, "Role category": 26, "Service": 28}


class Allowed(NamedTuple):
    """What may stand in one column."""

    column: str
    values: Sequence[str]


GUIDANCE = (
    "Fill in one row for each learner on the sheet Learners, save it, and upload it: Add learners, or on a purchase.",
    "Nothing is kept before you have seen what is new and what would change, and have confirmed it.",
    "Columns that must be filled in: " + ", ".join(NEEDED) + ".",
    "All others may be left blank: somebody new works in England then, in a post that requires no registration.",
    "National Insurance number: in any spacing and case, such as QQ 12 34 56 C.",
    "A number that you have already is the same person: what the row says replaces what is known of them.",
    "Cells of such a row that are left blank change nothing. On a purchase, the number alone is enough.",
    "Dates: as dates or in words, such as 27/03/2025 or 27 March 2025.",
    "Post requires registration: with the NMC, the HCPC or Social Work England. Not CQC.",
    "Role category: leave blank for the one that the job role and the start date suggest. It never decides funding.",
    f"At most {ROWS:,} learners at a time. Formulas are not read: paste them as values.",
)


def write_learners_template(
    employer: str, allowed: Sequence[Allowed], *, scheme_year: str, made_by: str, made_at: datetime
) -> bytes:
    """The workbook as a file, made for one employer: ``allowed`` says what its columns offer.

    ``made_at`` is an instant with its time zone.
    """
    workbook = Workbook()
    properties = workbook.properties
    properties.title = _plain(f"Learners of {employer}")
    properties.subject = f"Scheme year {scheme_year}"
    properties.creator = _plain(made_by)
    properties.created = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    sheet = workbook.worksheets[0]
    sheet.title = SHEET
    lists = workbook.create_sheet(LISTS)
    _write_header(sheet, COLUMNS)
    _write_header(lists, [each.column for each in allowed])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{ROWS + 1}"
    longest = max((len(each.values) for each in allowed), default=0)
    lists.auto_filter.ref = f"A1:{get_column_letter(len(allowed) or 1)}{longest + 1}"
    for number, column in enumerate(COLUMNS, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = WIDTHS.get(column, 16)
        for row in range(2, ROWS + 2):
            cell = sheet.cell(row, number)
            cell.font = FONT
            cell.number_format = "dd mmm yyyy" if column in DATES else "@"
        if column in DATES:
            _allow_dates(sheet, column)
    for number, each in enumerate(allowed, 1):
        letter = get_column_letter(number)
        lists.column_dimensions[letter].width = max([16, *(len(value) + 3 for value in each.values)])
        for row, value in enumerate(each.values, 2):
            _write_text(lists.cell(row, number), value)
        if each.values:
            _allow_list(sheet, each.column, f"{LISTS}!${letter}$2:${letter}${len(each.values) + 1}")
    guide = workbook.create_sheet(GUIDE)
    guide.column_dimensions["A"].width = 110
    _write_header(guide, (GUIDE,))
    for row, line in enumerate(GUIDANCE, 2):
        _write_text(guide.cell(row, 1), line)
        guide.cell(row, 1).alignment = Alignment(wrap_text=True, vertical="top")
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def _write_header(sheet: Worksheet, headings: Sequence[str]) -> None:
    for number, heading in enumerate(headings, 1):
        cell = sheet.cell(1, number)
        _write_text(cell, heading)
        cell.font, cell.fill = BOLD, GREY
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[1].height = HEADER_HEIGHT
    sheet.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.right.text = "Page &P of &N"  # type: ignore[union-attr]


def _write_text(cell: Cell | MergedCell, text: str) -> None:
    """Text stays text, whatever it begins with."""
    cell.value = _plain(text)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.font = FONT


def _allow_list(sheet: Worksheet, column: str, cells: str) -> None:
    rule = DataValidation(type="list", formula1=cells, allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = column, "Choose one from the list."
    _put(sheet, rule, column)


def _allow_dates(sheet: Worksheet, column: str) -> None:
    rule = DataValidation(type="date", operator="greaterThanOrEqual", formula1="18264", allow_blank=True)
    rule.errorStyle, rule.errorTitle, rule.error = "warning", column, "This should be a date, such as 27/03/2025."
    rule.showErrorMessage = True
    _put(sheet, rule, column)


def _put(sheet: Worksheet, rule: DataValidation, column: str) -> None:
    letter = get_column_letter(COLUMNS.index(column) + 1)
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{ROWS + 1}")


def _plain(text: str) -> str:
    return clean(text).text.replace("\n", " ")
