"""Workbooks written to memory and read back by others."""

import io
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from zipfile import ZipFile

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from claims.workbooks.about import about_sheet
from claims.workbooks.book import Book
from claims.workbooks.cells import Kind
from claims.workbooks.sheet import Column, Sheet
from tests.unit.workbooks.rows_made_up import ABOUT

HOSTILE = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+44 20 7946 0000",
    "-5",
    "@SUM(A1)",
    "\t=1+1",
    "#N/A",
    "#REF!",
    "TRUE",
    "0012345",
    "20-00-00",
    "1e5",
    "2026-02-02",
    "'quoted",
    "''",
    "_x0041_",
    "_x000D_",
    "_x005F_x0041_",
    "_x0041_x0042_",
    "a_x00e9_b",
    "_x004_",
    " leading and trailing ",
    "two  spaces",
    "two\nlines",
    "\n",
    "<b>&amp;</b> ]]>",
    "quotes \" and '",
    "Siân Llŷr O’Brien",
    "שלום עולם",
    "مرحبا \u202egnp.exe",
    "👩🏽‍⚕️🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "\u00a0\u3000",
    "\ufdd0",
    "x" * 32_767,
    "🙂" * 16_383 + "x",
)
"""Texts that every reader must give back as they are."""


class Pair(NamedTuple):
    number: int
    value: Any


def write_sheet(rows: Iterable[Any], columns: Sequence[Column]) -> tuple[bytes, Book]:
    """A workbook with an empty About and one sheet of ``rows``, and the book it was written by."""
    book = Book("Test", ABOUT)
    book.sheets = (
        about_sheet("Test", ABOUT, what="", who_may_receive_it="", totals=tuple, cells=book.cells),
        Sheet("Rows", columns, lambda: rows, table="Rows"),
    )
    return b"".join(book.stream()), book


def write_values(kind: Kind, values: Iterable[Any]) -> tuple[bytes, Book]:
    """A workbook with one value of ``kind`` in each row of column B."""
    columns = (Column("Number", Kind.COUNT, "number"), Column("Value", kind, "value"))
    return write_sheet((Pair(number, value) for number, value in enumerate(values)), columns)


def read_with_openpyxl(workbook: bytes, sheet: str = "Rows", *, formulas: bool = False) -> list[tuple[Any, ...]]:
    """The cells below the header."""
    opened = load_workbook(io.BytesIO(workbook), data_only=not formulas)
    return list(opened[sheet].iter_rows(min_row=2, values_only=True))


def read_with_calamine(workbook: bytes, sheet: str = "Rows") -> list[list[Any]]:
    """The cells below the header."""
    opened = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return opened.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[1:]


def parts_of(workbook: bytes) -> dict[str, str]:
    with ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def replace_in_part(workbook: bytes, part: str, old: str, new: str) -> bytes:
    """The workbook with the first ``old`` of a part replaced, as somebody with a text editor would."""
    changed = io.BytesIO()
    with ZipFile(io.BytesIO(workbook)) as archive, ZipFile(changed, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name).decode()
            if name == part:
                assert old in content
                content = content.replace(old, new, 1)
            copy.writestr(name, content)
    return changed.getvalue()
