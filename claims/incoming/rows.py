"""Rows of a CSV file whose columns are known, and the cells in them, with every fault noted where it is."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from claims.incoming.faults import Faults
from claims.incoming.guarding import unguard_cell

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_POUNDS = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,2}))?")
_WHOLE = re.compile(r"[0-9]{1,6}")
_CSV_ERRORS = {
    "unexpected end of data": "a quotation mark that was opened is never closed",
    "',' expected after": "a quotation mark inside a cell must be written twice",
    "field larger than": "a cell is longer than 131,072 characters",
}
"""What Python's csv module says, and what a person reads."""

Numbered = tuple[int, list[str]]
"""A row as a spreadsheet numbers it, with its cells."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header. Each reading of a cell notes what is wrong with it and then answers ``None``."""

    file: str
    number: int
    cells: dict[str, str]
    faults: Faults

    def note(self, column: str | None, problem: str) -> None:
        self.faults.add(self.file, self.number, column, problem)

    def text(self, column: str) -> str:
        """The cell, which may be blank."""
        return self.cells[column]

    def given(self, column: str) -> str | None:
        """The cell, which may not be blank."""
        if not self.cells[column]:
            self.note(column, "is blank")
            return None
        return self.cells[column]

    def one_of(self, column: str, allowed: Collection[str], what: str) -> str | None:
        cell = self.cells[column]
        if cell in allowed:
            return cell
        names = ", ".join(name or "blank" for name in allowed)
        self.note(column, f"“{cell}” is not a known {what}; it may be: {names}")
        return None

    def some_of(self, column: str, allowed: Collection[str], what: str) -> tuple[str, ...]:
        """The values of a list joined by ``;``, each of them known."""
        values = tuple(filter(None, self.cells[column].split(";")))
        for value in values:
            if value not in allowed:
                self.note(column, f"“{value}” is not a known {what}")
        return values

    def day(self, column: str) -> date | None:
        cell = self.cells[column]
        if _DAY.fullmatch(cell):
            try:
                return date.fromisoformat(cell)
            except ValueError:
                pass
        self.note(column, f"“{cell}” is not a date; write it like 2025-04-01")
        return None

    def pence(self, column: str) -> int | None:
        """An amount in pounds, above zero, of at most two decimals, in pence."""
        cell = self.cells[column]
        pounds = _POUNDS.fullmatch(cell)
        if not pounds:
            self.note(column, f"“{cell}” is not an amount in pounds; write it like 1540.00, with two decimals at most")
            return None
        pence = int(pounds[1]) * 100 + int((pounds[2] or "").ljust(2, "0"))
        if pence == 0:
            self.note(column, "an amount must be above zero")
            return None
        return pence

    def whole(self, column: str) -> int | None:
        """A whole number above zero, or ``None`` for a blank cell."""
        cell = self.cells[column]
        if cell and (not _WHOLE.fullmatch(cell) or int(cell) == 0):
            self.note(column, f"“{cell}” is not a whole number above zero")
            return None
        return int(cell) if cell else None


def read_rows(content: bytes | str, file: str, columns: tuple[str, ...], faults: Faults) -> list[Row]:
    """The rows of a CSV file that has exactly ``columns``, in any order; empty rows are passed over.

    A fault of the file or its header leaves no rows; an uneven row is left out; both are noted in ``faults``.
    """
    numbered = split_csv(content, file, faults)
    return rows_below(numbered, file, faults) if numbered and check_header(numbered, file, columns, (), faults) else []


def rows_below(numbered: list[Numbered], file: str, faults: Faults, absent: tuple[str, ...] = ()) -> list[Row]:
    """The rows below a header that was checked. Columns in ``absent`` that it lacks are blank in every row."""
    header = _names_in(numbered)
    blank = {column: "" for column in absent if column not in header}
    rows = []
    for number, cells in numbered[1:]:
        if len(cells) != len(header):
            faults.add(file, number, None, f"has {len(cells)} cells where the header has {len(header)}")
            continue
        row = Row(file, number, {**dict(zip(header, map(str.strip, cells), strict=True)), **blank}, faults)
        for column, cell in row.cells.items():
            if any(unicodedata.category(character) == "Cc" for character in cell):
                row.note(column, "contains a line break or another control character")
        rows.append(row)
    return rows


def render_rows(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """CSV that ``read_rows`` reads back to the same cells."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def split_csv(content: bytes | str, file: str, faults: Faults) -> list[Numbered]:
    """Rows that are not empty, with the number a spreadsheet would show; none if the file is faulty.

    What ``guard_cell`` put before a cell is taken away again.
    """
    try:
        text = content.removeprefix("\ufeff") if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        faults.add(file, row, None, "is not UTF-8 text; save it as “CSV UTF-8”")
        return []
    numbered: list[Numbered] = []
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            if any(cell.strip() for cell in cells):
                numbered.append((number, [unguard_cell(cell.strip()) for cell in cells]))
    except csv.Error as error:
        faults.add(file, number + 1, None, f"cannot be split into cells ({_in_plain_words(str(error))})")
        return []
    if not numbered:
        faults.add(file, None, None, "is empty")
    return numbered


def _in_plain_words(error: str) -> str:
    for beginning, words in _CSV_ERRORS.items():
        if error.startswith(beginning):
            return words
    return error


def check_header(
    numbered: list[Numbered], file: str, columns: tuple[str, ...], optional: tuple[str, ...], faults: Faults
) -> bool:
    """Whether the first of the rows names each of ``columns`` once, and otherwise only some of ``optional``."""
    before = len(faults.found)
    row, header = numbered[0][0], _names_in(numbered)
    known = (*columns, *optional)
    if not any(_as_written(column) in known for column in header):
        names = ", ".join(columns[:3]) + (" and so on" if len(columns) > 3 else "")
        faults.add(file, None, None, f"does not begin with a row that names its columns: {names}")
        return False
    for place, column in enumerate(header, start=1):
        if not column:
            faults.add(file, row, None, f"column {place} has no heading")
        elif header.index(column) + 1 < place:
            continue
        elif column not in known:
            near = get_close_matches(_as_written(column), set(known) - set(header), n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            faults.add(file, row, column, f"is not a column of this file{meant}")
        elif header.count(column) > 1:
            faults.add(file, row, column, "is there more than once")
    for column in columns:
        if column not in header:
            faults.add(file, row, column, "is missing")
    return len(faults.found) == before


def _as_written(heading: str) -> str:
    """A heading as columns are written: ``Paid from`` as ``paid_from``."""
    return heading.lower().replace(" ", "_")


def _names_in(numbered: list[Numbered]) -> list[str]:
    return [cell.strip() for cell in numbered[0][1]]
