"""A sheet is a list of columns over rows; long ones are written row by row and never held."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from operator import attrgetter, getitem
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from claims.workbooks.cells import Cells, Kind

MOST_ROWS = 1_048_575
"""Rows below the header (ECMA-376, and Excel's published limits)."""

ROWS_AT_A_TIME = 256
"""Some 400 KB of XML: enough to keep the compressor busy, little to hold."""

REMEMBERED = 1_000
"""Distinct values whose cell is remembered, per column."""

WIDTHS = {Kind.MONEY: 14, Kind.DATE: 13, Kind.COUNT: 10, Kind.SHARE: 8}
"""Of columns whose values are as long as each other."""
NUMBERS = (*WIDTHS, Kind.MIXED)
"""Columns whose header stands to the right, over their numbers."""
NARROWEST, WIDEST = 10, 60
LINE_HEIGHT = 14
"""In points, for Arial 10."""


class TooManyRows(ValueError):
    """A sheet cannot hold so many rows."""


class Column(NamedTuple):
    """One column: its header, what it holds, and which attribute of a row it shows."""

    header: str
    kind: Kind
    field: str
    """A name, or names joined by dots."""
    width: float | None = None
    """In characters; ``None`` for what fits the first rows."""
    words: Mapping[str, str] | None = None
    """What people read for each value of a ``TEXT`` column; a value that is not here stands as it is."""

    def worded(self, value: Any) -> Any:
        """``value`` as a cell of the column shows it."""
        return self.words.get(value, value) if self.words else value


class Chart(NamedTuple):
    """Bars for each of some rows of a sheet: columns counted from 1, rows as the spreadsheet counts them."""

    title: str
    """What is drawn, and in which unit."""
    labels: int
    values: tuple[int, ...]
    """A bar for each; where they are several, their headers are the legend."""
    first_row: int
    last_row: int
    upright: bool = False
    """Columns side by side, as for months; else bars under each other."""
    stacked: bool = False
    """Values that are parts of one whole, in one bar."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook."""

    title: str
    columns: Sequence[Column]
    """At least two."""
    rows: Callable[[], Iterable[Any]]
    """Called once, in the order of the sheets; for a ``gathered`` sheet after all others are written."""
    table: str | None = None
    """Its name among formulas; ``None`` for a sheet that is no table."""
    gathered: bool = False
    """Short, and made from what the other sheets held."""
    charts: Callable[[Sequence[Any]], Sequence[Chart]] = lambda _: ()
    """From its rows; always the same number."""
    lines: Callable[[Any], int] | None = None
    """How many lines the text of a row takes; ``None`` when always one. LibreOffice does not find out by itself."""
    marks: str | None = None
    """The letter of the column that says "agrees" or "differs"."""

    @property
    def last_column(self) -> str:
        return get_column_letter(len(self.columns))


class Remembered(dict[Any, str]):
    """The XML of one column's cells by value, made on first use and forgotten when there are many.

    Each entry ends with the beginning of the next cell, up to where the row's number goes.
    """

    def __init__(self, column: Column, cells: Cells, then: str) -> None:
        super().__init__()
        self.write = cells.writer_of(column.kind)
        self.worded = column.worded
        self.cells = cells
        self.then = then
        # Equal values of different types are different cells.
        self.most = 0 if column.kind in (Kind.MIXED, Kind.FACT) else REMEMBERED

    def __missing__(self, value: Any) -> str:
        cleaned = self.cells.cleaned
        xml = self.write(self.worded(value)) + self.then
        # What had to be cleaned is counted each time it is written.
        if self.most and cleaned == self.cells.cleaned:
            if len(self) >= self.most:
                self.clear()
            self[value] = xml
        return xml


def write_rows(
    columns: Sequence[Column], rows: Iterable[Any], cells: Cells, lines: Callable[[Any], int] | None = None
) -> Iterator[tuple[int, bytes]]:
    """The ``<row>`` elements of ``rows``, some at a time, each time with how many they are.

    A row's number is what joins the XML of its cells, so that the work for each row is done by
    ``attrgetter``, ``map`` and ``join``. Raises ``TooManyRows`` past the last row of a sheet.
    """
    letters = [get_column_letter(number) for number in range(2, len(columns) + 1)]
    endings = [*(f'<c r="{letter}' for letter in letters), "</row>"]
    written = [Remembered(column, cells, then) for column, then in zip(columns, endings, strict=True)]
    values = attrgetter(*(column.field for column in columns))
    openings: Iterable[str] = repeat('"><c r="A')
    count = 0
    rows = iter(rows)
    while batch := list(islice(rows, ROWS_AT_A_TIME)):
        numbers = map(str, range(count + 2, count + 2 + len(batch)))
        if lines:
            openings = [f'" ht="{lines(row) * LINE_HEIGHT}" customHeight="1"><c r="A' for row in batch]
        xml = "".join(
            number.join(('<row r="', opening, *map(getitem, written, values(row))))
            for number, opening, row in zip(numbers, openings, batch, strict=False)
        )
        count += len(batch)
        if count > MOST_ROWS:
            raise TooManyRows(f"A sheet holds at most {MOST_ROWS:,} rows below its header.")
        yield len(batch), xml.encode()


def write_header(columns: Sequence[Column], cells: Cells) -> bytes:
    """The header row."""
    xml = "".join(
        f'<c r="{get_column_letter(number)}1'
        + cells.write_text(column.header, Kind.NUMBER_HEADING if column.kind in NUMBERS else Kind.HEADING)
        for number, column in enumerate(columns, 1)
    )
    return f'<row r="1" ht="{2 * LINE_HEIGHT}" customHeight="1">{xml}</row>'.encode()


def fit_widths(columns: Sequence[Column], sample: Sequence[Any]) -> list[float]:
    """A width for each column, in characters, from its header and the texts of some rows."""
    return [_fit(column, sample) for column in columns]


def _fit(column: Column, sample: Sequence[Any]) -> float:
    if column.width is not None:
        return column.width
    # A header may wrap between words, and has a filter button beside it.
    header = max(len(word) for word in column.header.split() or [""]) + 3
    if column.kind in WIDTHS:
        return max(WIDTHS[column.kind], header)
    value = attrgetter(column.field)
    longest = max((len(_shown(column.worded(value(row)))) for row in sample), default=0) * 9 / 10 + 3
    return min(max(NARROWEST, header, longest), WIDEST)


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case tuple():
            return "; ".join(map(str, value))
    return max(str(value).split("\n"), key=len)
