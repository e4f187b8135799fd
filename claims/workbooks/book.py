"""A workbook as a stream of bytes: the rows are written into the shell while somebody reads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from claims.workbooks.cells import Cells
from claims.workbooks.rows import About
from claims.workbooks.sheet import Sheet, write_header, write_rows
from claims.workbooks.shell import Shell

DEFLATE_LEVEL = 1
"""Three fifths of the time of zlib's usual 6, for a file a third larger (``docs/performance.md``)."""

SAMPLE = 500
"""Rows that are looked at before the first is written, so that widths fit."""

CONTENT_TYPES = "[Content_Types].xml"
PLACE_OF_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData></sheetData>")
DIMENSION = re.compile(rb"<dimension [^>]*/>")
"""Not known before the rows are; readers do without."""


@dataclass(slots=True)
class Outlet:
    """What has been written and not yet passed on. It cannot seek, as the response that it feeds cannot."""

    waiting: list[bytes] = field(default_factory=list)

    def write(self, data: bytes) -> int:
        self.waiting.append(data)
        return len(data)

    def flush(self) -> None:
        """Nothing to do: what waits is taken."""

    def close(self) -> None:
        """Nothing to do either."""

    def take(self) -> bytes:
        data = b"".join(self.waiting)
        self.waiting.clear()
        return data


class Book:
    """A workbook to be written: give it ``sheets``, then ``stream`` it, once."""

    def __init__(self, title: str, about: About) -> None:
        self.shell = Shell(title, about)
        self.cells = Cells(self.shell.styles)
        self.sheets: Sequence[Sheet] = ()

    def stream(self, deflate_level: int = DEFLATE_LEVEL) -> Iterator[bytes]:
        """The bytes of the workbook, made as they are asked for; memory does not grow with the rows.

        Sheets that are ``gathered`` are written when all others are, and the first sheet last of all, so that
        it can tell of every other. Whatever the rows raise comes out here; the bytes so far are no workbook.
        """
        for sheet in self.sheets:
            self.shell.add(sheet)
        long = [(sheet, *self._look_ahead(sheet)) for sheet in self.sheets if not sheet.gathered]
        parts = self.shell.parts()
        outlet = Outlet()
        with ZipFile(outlet, "w", ZIP_DEFLATED, compresslevel=deflate_level) as archive:
            # First, because that is how a file is recognised as a workbook.
            _write_part(archive, CONTENT_TYPES, parts[CONTENT_TYPES])
            for sheet, sample, rows in long:
                path = self.shell.path_of(sheet)
                before, after = _around_rows(parts[path])
                with archive.open(path, "w") as part:
                    part.write(before + write_header(sheet.columns, self.cells))
                    count = 0
                    for written, xml in write_rows(sheet.columns, rows, self.cells, sheet.lines):
                        part.write(xml)
                        yield outlet.take()
                        count += written
                    part.write(after)
                self.shell.settle(sheet, count, sample)
            gathered = self._gather()
            there = archive.namelist()
            for path, content in self.shell.parts().items():
                if path in gathered:
                    before, after = _around_rows(content)
                    _write_part(archive, path, before + gathered[path] + after)
                elif path not in there:
                    _write_part(archive, path, content)
        yield outlet.take()

    def _look_ahead(self, sheet: Sheet) -> tuple[list[Any], Iterator[Any]]:
        """Fit the widths to the first rows; give these, and all rows."""
        rows = iter(sheet.rows())
        sample = list(islice(rows, SAMPLE))
        self.shell.fit(sheet, sample)
        return sample, chain(sample, rows)

    def _gather(self) -> dict[str, bytes]:
        """The rows of the gathered sheets, by part."""
        gathered = {}
        for sheet in (*self.sheets[1:], self.sheets[0]):
            if sheet.gathered:
                rows = list(sheet.rows())
                self.shell.fit(sheet, rows)
                self.shell.settle(sheet, len(rows), rows)
                header = write_header(sheet.columns, self.cells)
                xml = (xml for _, xml in write_rows(sheet.columns, rows, self.cells, sheet.lines))
                gathered[self.shell.path_of(sheet)] = b"".join((header, *xml))
        return gathered


def _around_rows(worksheet: bytes) -> tuple[bytes, bytes]:
    """What stands before and after the rows of an empty worksheet, with the element that holds them."""
    before, after = PLACE_OF_ROWS.split(DIMENSION.sub(b"", worksheet))
    return before + b"<sheetData>", b"</sheetData>" + after


def _write_part(archive: ZipFile, path: str, content: bytes) -> None:
    # Not writestr, which would note the time.
    with archive.open(path, "w") as part:
        part.write(content)
