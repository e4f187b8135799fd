"""The reports workbook: one sheet for each report, with its picture, and controls against the database."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from openpyxl.utils import get_column_letter

from claims.workbooks.about import Statement, about_sheet
from claims.workbooks.book import DEFLATE_LEVEL, Book
from claims.workbooks.cells import Kind, Pence
from claims.workbooks.controls import Control, controls_sheet, name_differences
from claims.workbooks.rows import About
from claims.workbooks.sheet import Chart, Column, Sheet

WHAT = (
    "What the scheme has spent and committed, how long decisions took, why claims were rejected, and what is to come."
)
WHO_MAY_RECEIVE_IT = "Staff of the scheme and its auditors. It names employers; it names no learners."
MOST_BARS = 20
IN_THE_CHART = "In the chart"


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of a report."""

    words: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Picture:
    """A bar for each row of a report, or several; on screen and in the workbook."""

    what: str
    """What is drawn, and in which unit, such as ``Committed and paid (£)``."""
    drawn: tuple[tuple[int, str], ...]
    """Places of the columns, and how each is drawn on screen."""
    labels: tuple[int, ...] = (0,)
    """Places of the columns that together say which row it is."""
    between: str = ", "
    """What stands between them."""
    stacked: bool = False
    """The columns are parts of one whole, in one bar; else each has its own, all on one scale."""


@dataclass(frozen=True, slots=True)
class Report:
    """Rows of figures under one heading. Money in whole pence."""

    slug: str
    title: str
    what: str
    """One sentence: what is counted, and what is not."""
    figures: tuple[Figure, ...]
    rows: tuple[tuple[object, ...], ...]
    picture: Picture
    sums: tuple[int, ...] = ()
    """Places of the columns that add up to a total."""
    expected: tuple[tuple[int, int], ...] = ()
    """Places of columns and what the database, asked by itself, says that they come to."""

    def name(self, row: tuple[object, ...]) -> str:
        """What ``row`` is called in the picture."""
        return self.picture.between.join(str(row[place]) for place in self.picture.labels)

    def total(self, place: int) -> int:
        return sum(value for row in self.rows if isinstance(value := row[place], int))


def stream_reports(about: About, reports: Sequence[Report], deflate_level: int = DEFLATE_LEVEL) -> Iterator[bytes]:
    """The bytes of the workbook, as they are asked for."""
    title = f"Reports: {about.subject}"
    book = Book(title, about)

    def controls() -> list[Control]:
        return [
            Control(
                f"{report.title}: {report.figures[place].words}",
                _as_figure(report, place, known),
                f"SUM('{report.title}'!{get_column_letter(place + 1)}:{get_column_letter(place + 1)})",
                _as_figure(report, place, report.total(place)),
            )
            for report in reports
            for place, known in report.expected
        ]

    def facts() -> Iterator[Statement]:
        for report in reports:
            yield Statement(report.title, report.what)
        yield Statement("Controls when it was made", name_differences(controls()))

    book.sheets = [
        about_sheet(title, about, what=WHAT, who_may_receive_it=WHO_MAY_RECEIVE_IT, totals=facts, cells=book.cells),
        *(_sheet(report) for report in reports),
        controls_sheet(controls),
    ]
    return book.stream(deflate_level)


def _as_figure(report: Report, place: int, value: int) -> int | Pence:
    return Pence(value) if report.figures[place].kind is Kind.MONEY else value


def _sheet(report: Report) -> Sheet:
    columns = [Column(figure.words, figure.kind, f"c{place}") for place, figure in enumerate(report.figures)]
    if len(report.picture.labels) > 1:
        # A chart takes its labels from one column.
        columns.append(Column(IN_THE_CHART, Kind.TEXT, "name"))

    def rows() -> Iterator[SimpleNamespace]:
        for row in report.rows:
            yield SimpleNamespace(**{f"c{place}": value for place, value in enumerate(row)}, name=report.name(row))

    return Sheet(report.title, columns, rows, charts=_chart_of(report))


def _chart_of(report: Report) -> Callable[[Sequence[object]], Sequence[Chart]]:
    if not report.rows:
        return lambda _: ()
    picture, shown = report.picture, min(len(report.rows), MOST_BARS)
    first = f", the first {shown}" if shown < len(report.rows) else ""
    chart = Chart(
        f"{report.title}{first}: {picture.what[0].lower()}{picture.what[1:]}",
        len(report.figures) + 1 if len(picture.labels) > 1 else picture.labels[0] + 1,
        tuple(place + 1 for place, _ in picture.drawn),
        first_row=2,
        last_row=shown + 1,
        stacked=picture.stacked,
    )
    return lambda _: [chart]
