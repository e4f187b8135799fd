"""Everything of a workbook but its rows, built by openpyxl: styles, widths, filters, pages, tables, charts."""

import io
from collections.abc import Sequence
from datetime import UTC
from math import ceil
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from claims.clock import LONDON
from claims.workbooks.cells import NUMBER_FORMATS, Kind, clean
from claims.workbooks.rows import About
from claims.workbooks.sheet import Chart, Sheet, fit_widths

WIDTH_OF_A_PAGE = 250
"""Characters across a landscape A3 page before its print becomes hard to read."""
WIDTH_OF_A_SMALL_PAGE = 130
MOST_ROWS_OF_A_PAGE = 60
ROWS_OF_A_CHART = 19
MOST_COLUMNS_AT_A_GLANCE = 12

# openpyxl would name Microsoft Excel.
PROGRAM = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">\
<Application>LDSS claims</Application></Properties>"""

HORIZONTAL = {
    Kind.MONEY: "right",
    Kind.DATE: "right",
    Kind.COUNT: "right",
    Kind.SHARE: "right",
    Kind.NUMBER_HEADING: "right",
    Kind.CHECK: "center",
}

BLUE = "1D70B8"
COLOURS = (BLUE, "BBD4EA")
"""Of the values of one chart: told apart in grey print too."""
GREY = PatternFill("solid", fgColor="E6E9EC")
GREEN, RED = PatternFill(bgColor="CCE2D8"), PatternFill(bgColor="F4CDC6")


class Shell:
    """A workbook whose sheets have no rows."""

    def __init__(self, title: str, about: About) -> None:
        self.title = title
        self.about = about
        self.workbook = Workbook()
        unused = self.workbook.worksheets[0]
        self.styles = _register_styles(unused)
        self.workbook.remove(unused)
        self.worksheets: dict[str, Worksheet] = {}
        self._describe()

    def add(self, sheet: Sheet) -> None:
        """Lay out ``sheet`` behind those that are there."""
        worksheet = self.worksheets[sheet.title] = self.workbook.create_sheet(sheet.title)
        wide = len(sheet.columns) > MOST_COLUMNS_AT_A_GLANCE
        worksheet.freeze_panes = "B2" if wide else "A2"
        worksheet.print_title_rows = "1:1"
        if wide:
            worksheet.print_title_cols = "A:A"
        worksheet.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
        worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        worksheet.page_margins.left = worksheet.page_margins.right = 0.4
        made_at = self.about.made_at.astimezone(LONDON)
        worksheet.oddHeader.left.text = _plain(self.title).replace("&", "&&")
        worksheet.oddHeader.right.text = sheet.title
        worksheet.oddFooter.left.text = f"Made {made_at:%d %b %Y %H:%M}"
        worksheet.oddFooter.right.text = "Page &P of &N"
        if sheet.table:
            table = Table(displayName=sheet.table, ref="A1:B2")
            table.tableColumns = [
                TableColumn(id=number, name=column.header) for number, column in enumerate(sheet.columns, 1)
            ]
            table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
            worksheet.add_table(table)
        if sheet.marks:
            for word, fill in (("agrees", GREEN), ("differs", RED)):
                worksheet.conditional_formatting.add(
                    f"{sheet.marks}2:{sheet.marks}1000",
                    Rule(type="cellIs", operator="equal", formula=[f'"{word}"'], dxf=DifferentialStyle(fill=fill)),
                )
        self.settle(sheet, rows=0, some=())

    def path_of(self, sheet: Sheet) -> str:
        """The part of the zip that holds the sheet."""
        return f"xl/worksheets/sheet{list(self.worksheets).index(sheet.title) + 1}.xml"

    def fit(self, sheet: Sheet, sample: Sequence[Any]) -> None:
        """Give the columns widths for such rows, and the print as many pages across as they need."""
        worksheet = self.worksheets[sheet.title]
        widths = fit_widths(sheet.columns, sample)
        for number, width in enumerate(widths, 1):
            worksheet.column_dimensions[get_column_letter(number)].width = width
        small = sum(widths) <= WIDTH_OF_A_SMALL_PAGE
        worksheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4 if small else Worksheet.PAPERSIZE_A3
        worksheet.page_setup.fitToWidth = ceil(sum(widths) / WIDTH_OF_A_PAGE) or 1

    def settle(self, sheet: Sheet, rows: int, some: Sequence[Any]) -> None:
        """Let table and charts span the ``rows`` that were written; ``some`` are what the charts are drawn from."""
        worksheet = self.worksheets[sheet.title]
        if sheet.table:
            span = f"A1:{sheet.last_column}{max(rows, 1) + 1}"
            table = worksheet.tables[sheet.table]
            table.ref = span
            table.autoFilter = AutoFilter(ref=span)
        # openpyxl can add charts, but has no name for taking them away.
        worksheet._charts = []  # type: ignore[attr-defined]  # noqa: SLF001
        charts = sheet.charts(some)
        for number, chart in enumerate(charts):
            anchor = f"{get_column_letter(len(sheet.columns) + 2)}{number * ROWS_OF_A_CHART + 2}"
            worksheet.add_chart(_draw(chart, worksheet), anchor)
        # Charts are not cut by the end of a page where one page can hold them.
        worksheet.page_setup.fitToHeight = 1 if charts and rows <= MOST_ROWS_OF_A_PAGE else 0

    def parts(self) -> dict[str, bytes]:
        """The parts of the zip by name, ``[Content_Types].xml`` first; the same for the same workbook."""
        saved = io.BytesIO()
        self.workbook.save(saved)
        with ZipFile(saved) as archive:
            names = sorted(archive.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
            parts = {name: archive.read(name) for name in names}
        self.workbook.properties.modified = self.workbook.properties.created
        parts["docProps/core.xml"] = tostring(self.workbook.properties.to_tree())
        parts["docProps/app.xml"] = PROGRAM
        return parts

    def _describe(self) -> None:
        properties = self.workbook.properties
        properties.title = _plain(self.title)
        properties.subject = _plain(f"Scheme year {self.about.scheme_year}")
        properties.creator = properties.lastModifiedBy = _plain(self.about.made_by)
        properties.created = self.about.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _register_styles(worksheet: Worksheet) -> dict[Kind, int]:
    styles = {}
    for kind, number_format in NUMBER_FORMATS.items():
        cell = Cell(worksheet, row=1, column=1)
        cell.number_format = number_format
        cell.alignment = Alignment(
            vertical="top",
            wrap_text=kind in (Kind.NOTE, Kind.HEADING, Kind.NUMBER_HEADING),
            horizontal=HORIZONTAL.get(kind, "left"),
            # So that a text does not touch the number to its left.
            indent=0 if kind in HORIZONTAL else 1,
        )
        heading = kind in (Kind.HEADING, Kind.NUMBER_HEADING)
        cell.font = Font(name="Arial", size=10, bold=heading)
        if heading:
            cell.fill = GREY
        styles[kind] = cell.style_id
    return styles


def _plain(text: str) -> str:
    return clean(text).text.replace("\n", " ")


def _draw(chart: Chart, worksheet: Worksheet) -> BarChart:
    drawn = BarChart()
    drawn.type = "col" if chart.upright else "bar"
    drawn.title = chart.title
    drawn.gapWidth = 40
    last_row = max(chart.first_row, chart.last_row)
    bars = last_row - chart.first_row + 1
    # Of many bars under each other, every one still has its label.
    drawn.width, drawn.height = 22, 8.5 if chart.upright else max(8.5, 3 + 0.6 * bars)

    def cells(column: int) -> Reference:
        return Reference(worksheet, min_col=column, min_row=chart.first_row, max_row=last_row)

    labels = AxDataSource(strRef=StrRef(str(cells(chart.labels))))
    for column, colour in zip(chart.values, COLOURS, strict=False):
        series = Series(cells(column))
        series.tx = SeriesLabel(strRef=StrRef(str(Reference(worksheet, min_col=column, min_row=1))))
        series.cat = labels
        series.graphicalProperties = GraphicalProperties(solidFill=colour, ln=LineProperties(solidFill=BLUE))
        series.invertIfNegative = False
        drawn.series.append(series)
    if len(chart.values) > 1:
        drawn.legend.position = "b"
    else:
        drawn.legend = None
    if chart.stacked:
        drawn.grouping, drawn.overlap = "stacked", 100
    drawn.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill="D9D9D9")))
    drawn.x_axis.delete = drawn.y_axis.delete = False
    drawn.y_axis.number_format = "#,##0"
    if not chart.upright:
        # The first row on top, with the scale still below.
        drawn.x_axis.scaling.orientation = "maxMin"
        drawn.y_axis.crosses = "max"
    return drawn
