"""How the sheets of the workbook look in which an employer claims: headings, cells, and lists to choose from."""

from collections.abc import Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from claims.workbooks.cells import NUMBER_FORMATS, Kind, clean

ARIAL, BOLD, GREY = Font(name="Arial", size=10), Font(name="Arial", size=10, bold=True), Font(
    name="Arial", size=10, italic=True, color="6F777B"
)  # fmt: skip
HEAD, NEEDED = PatternFill("solid", fgColor="E6E9EC"), PatternFill("solid", fgColor="BFE3D0")


def add_sheet(
    workbook: Workbook, title: str, headings: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[object]]
) -> None:
    """One more sheet. ``widths`` are the least, in characters: a column is as wide as its longest text."""
    sheet = workbook.create_sheet(title)
    head(sheet, headings)
    if len(headings) > 1:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(rows) + 1}"
    for number, width in enumerate(widths, 1):
        column = [row[number - 1] for row in rows]
        longest = max((len(value) for value in column if isinstance(value, str)), default=0)
        sheet.column_dimensions[get_column_letter(number)].width = max(width, longest)
        if any(isinstance(value, (date, float)) for value in column):
            # Over its numbers.
            sheet.cell(1, number).alignment = Alignment(horizontal="right", wrap_text=True, vertical="top")
    for row, values in enumerate(rows, 2):
        for number, value in enumerate(values, 1):
            if value is not None:
                write(sheet.cell(row, number), value)


def head(sheet: Worksheet, headings: Sequence[str]) -> None:
    """The first row, which stays in sight and comes again on every printed page."""
    for number, words in enumerate(headings, 1):
        cell = sheet.cell(1, number)
        write(cell, words, BOLD)
        cell.fill = HEAD
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    footer = sheet.oddFooter
    if footer is not None:
        footer.right.text = "Page &P of &N"


def write(cell: Cell | MergedCell, value: object, font: Font = ARIAL) -> None:
    """Text stays text, whatever it begins with."""
    if isinstance(value, str):
        cell.value = plain(value)
        cell.data_type = "s"
        cell.number_format = "@"
        # So that a text does not touch the number to its left.
        cell.alignment = Alignment(horizontal="left", wrap_text=True, vertical="top", indent=1)
    else:
        cell.value = value  # type: ignore[assignment]
        cell.number_format = NUMBER_FORMATS[_kind(value)]
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = font


def _kind(value: object) -> Kind:
    if isinstance(value, datetime):
        return Kind.INSTANT
    if isinstance(value, date):
        return Kind.DATE
    return Kind.MONEY if isinstance(value, float) else Kind.COUNT


def plain(text: str) -> str:
    """In one line, without what a cell cannot hold."""
    return clean(text).text.replace("\n", " ")
