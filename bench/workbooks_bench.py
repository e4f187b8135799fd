"""The claims register of 100,000 claims: against openpyxl and a compiled writer, from the same fetched rows."""

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from bench.rows import Row
from claims.workbooks.book import DEFLATE_LEVEL
from claims.workbooks.cells import NUMBER_FORMATS, Kind
from claims.workbooks.register import REGISTER_COLUMNS, stream_register
from claims.workbooks.rows import LineRow, RegisterRow, RegisterTotals
from claims.workbooks.sheet import fit_widths
from tests.unit.workbooks.rows_made_up import ABOUT, count_register, make_register

CLAIMS = 100_000
RUNS = 5
LINE_FIELDS = len(LineRow._fields)
HEADERS = [column.header for column in REGISTER_COLUMNS]
KINDS = [column.kind for column in REGISTER_COLUMNS]
WORDS = [column.words for column in REGISTER_COLUMNS]


def measure() -> list[Row]:
    """Time, memory and what is read back, each with its bar. Takes minutes, nearly all of them openpyxl's."""
    made_up = list(make_register(CLAIMS))
    totals = count_register(made_up)
    fetched = [(*row.line, *row[1:]) for row in made_up]
    widths = fit_widths(REGISTER_COLUMNS, made_up[:500])
    del made_up

    records = list(_as_records(fetched))
    writers: dict[str, Callable[[], int]] = {
        "ours": lambda: write_ours(fetched, totals, DEFLATE_LEVEL),
        "ours at level 6": lambda: write_ours(fetched, totals, 6),
        "rustpy": lambda: write_with_rustpy(_as_records(fetched), widths),
        "rustpy, ready records": lambda: write_with_rustpy(records, widths),
        "openpyxl": lambda: write_with_openpyxl(fetched, widths),
    }
    seconds: dict[str, list[float]] = {name: [] for name in writers}
    sizes = {}
    for _ in range(RUNS):
        for name, write in writers.items():
            begun = time.perf_counter()
            sizes[name] = write()
            seconds[name].append(time.perf_counter() - begun)
    taken = {name: median(times) for name, times in seconds.items()}
    return [*_compare(taken, sizes), *_weigh(), *_read_back(fetched, totals)]


def _compare(taken: dict[str, float], sizes: dict[str, int]) -> Iterator[Row]:
    ours, at_6 = taken["ours"], taken["ours at level 6"]
    what = f"{CLAIMS:,} claims, {len(HEADERS)} columns, from the same tuples, to memory, median of {RUNS}"
    for name, taken_seconds in taken.items():
        note = f"{what}; {sizes[name] / 1e6:.1f} MB"
        yield Row(f"Register: {name}", round(taken_seconds, 2), "s", "", True, note)
    yield _at_least(
        "Register: as fast as openpyxl write-only, times",
        taken["openpyxl"] / ours,
        8,
        f"ours with deflate level {DEFLATE_LEVEL}, openpyxl always 6; same styles; ours also sums and checks",
    )
    yield _at_least("Register, both with deflate level 6", taken["openpyxl"] / at_6, 8, "equal level")
    yield _at_most(
        "Register: of the time of rustpy-xlsxwriter",
        ours / taken["rustpy"],
        1.2,
        f"ours with deflate level {DEFLATE_LEVEL}; theirs cannot be chosen; same tuples, made into its records",
    )
    yield _at_most(
        "Register: of the time of rustpy-xlsxwriter, its records made beforehand",
        ours / taken["rustpy, ready records"],
        1.2,
        "in its favour: ours still turns tuples into rows within the time",
    )
    yield Row(
        "Register: of the time of rustpy-xlsxwriter, ours with deflate level 6",
        round(at_6 / taken["rustpy"], 2),
        "times",
        "",
        True,
        "for comparison: about the size that theirs has",
    )


def _at_least(name: str, value: float, bar: float, note: str) -> Row:
    return Row(name, round(value, 2), "times", f"at least {bar}", value >= bar, note)


def _at_most(name: str, value: float, bar: float, note: str) -> Row:
    return Row(name, round(value, 2), "times", f"at most {bar}", value <= bar, note)


def write_ours(fetched: Iterable[tuple[Any, ...]], totals: RegisterTotals, deflate_level: int) -> int:
    """The whole workbook, with About, Summary and Controls; gives its size."""
    rows = (RegisterRow(LineRow._make(row[:LINE_FIELDS]), *row[LINE_FIELDS:]) for row in fetched)
    target = io.BytesIO()
    target.writelines(stream_register(ABOUT, rows, totals, deflate_level))
    return target.tell()


def write_with_openpyxl(fetched: Iterable[tuple[Any, ...]], widths: list[float]) -> int:
    """The Claims sheet alone, with one cell object per column used again for every row, which is its fastest way."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Claims")
    sheet.freeze_panes = "B2"
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    header = [WriteOnlyCell(sheet, value=name) for name in HEADERS]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    cells = [WriteOnlyCell(sheet) for _ in KINDS]
    for cell, kind in zip(cells, KINDS, strict=True):
        cell.number_format = NUMBER_FORMATS[kind]
    styled = [cell._style for cell in cells]  # type: ignore[attr-defined]  # noqa: SLF001
    for row in fetched:
        for cell, style, kind, words, value in zip(cells, styled, KINDS, WORDS, row, strict=True):
            cell.value = _for_others(kind, words, value)
            # Giving a cell a date also gives it a format.
            cell._style = style  # type: ignore[attr-defined]  # noqa: SLF001
        sheet.append(cells)
    target = io.BytesIO()
    workbook.save(target)
    return target.tell()


def write_with_rustpy(records: Iterable[dict[str, Any]], widths: list[float]) -> int:
    """The Claims sheet alone."""
    from rustpy_xlsxwriter import Format, write_worksheet

    formats = {
        header: Format().set_num_format(NUMBER_FORMATS[kind]) for header, kind in zip(HEADERS, KINDS, strict=True)
    }
    target = io.BytesIO()
    write_worksheet(
        records,
        target,
        "Claims",
        bold_headers=True,
        freeze_row=1,
        freeze_col=1,
        column_formats=formats,
        column_widths=widths,
    )
    return target.tell()


def _as_records(fetched: Iterable[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for row in fetched:
        yield dict(zip(HEADERS, map(_for_others, KINDS, WORDS, row), strict=True))


def _for_others(kind: Kind, words: Mapping[str, str] | None, value: Any) -> Any:
    """What a library that knows neither pence nor percent nor lists nor our words is given."""
    if value is None:
        return None
    if kind in (Kind.MONEY, Kind.SHARE):
        return value / 100
    if kind is Kind.LIST:
        return "; ".join(value)
    return words[value] if words else value


def _weigh() -> Iterator[Row]:
    """Another process, idle with everything imported, then writing rows that are made as they are asked for."""
    weighed = subprocess.run(
        [sys.executable, "-m", "bench.workbooks_bench"], check=True, capture_output=True, text=True
    ).stdout.split()
    idle, peak = (int(figure) / 1024 for figure in weighed)
    yield Row(
        "Register: memory above an idle process",
        round(peak - idle, 1),
        "MB",
        "at most 32",
        peak - idle <= 32,
        f"{CLAIMS:,} claims streamed; peak resident {peak:.0f} MB, idle with the same modules loaded {idle:.0f} MB",
    )


def _export_and_weigh() -> None:
    """Print the resident memory before, and the most while exporting, in KiB."""
    totals = RegisterTotals(0, 0, (), ())
    status = Path("/proc/self/status")

    def resident(of: str) -> str:
        return next(line.split()[1] for line in status.read_text().splitlines() if line.startswith(of))

    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew from here
    print(resident("VmRSS"))
    for _ in stream_register(ABOUT, make_register(CLAIMS), totals):
        pass
    print(resident("VmHWM"))


def _read_back(fetched: list[tuple[Any, ...]], totals: RegisterTotals) -> Iterator[Row]:
    """Every cell of the same export, compared with what was fetched."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        ours = folder / "register.xlsx"
        rows = (RegisterRow(LineRow._make(row[:LINE_FIELDS]), *row[LINE_FIELDS:]) for row in fetched)
        with ours.open("wb") as target:
            target.writelines(stream_register(ABOUT, rows, totals))
        yield _count_differences("calamine", fetched, _read_with_calamine(ours))
        yield _count_differences("openpyxl", fetched, _read_with_openpyxl(ours))
        profile = (folder / "profile").as_uri()
        to = ("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "saved"))
        subprocess.run(
            ["soffice", f"-env:UserInstallation={profile}", "--headless", *to, ours], check=True, capture_output=True
        )
        saved = folder / "saved" / ours.name
        yield _count_differences("LibreOffice", fetched, _read_with_calamine(saved))


def _count_differences(reader: str, fetched: list[tuple[Any, ...]], read: Iterable[Iterable[Any]]) -> Row:
    differing = sum(
        _or_nothing(_for_others(kind, words, value)) != _or_nothing(cell)
        for row, cells in zip(fetched, read, strict=True)
        for kind, words, value, cell in zip(KINDS, WORDS, row, cells, strict=True)
    )
    name = f"Register: cells that {reader} reads otherwise"
    return Row(name, differing, "cells", "0", not differing, f"of {len(fetched) * len(KINDS):,}")


def _or_nothing(value: Any) -> Any:
    """Some readers give an empty cell as an empty text."""
    return None if value == "" else value


def _read_with_calamine(path: Path) -> Iterator[list[Any]]:
    rows = iter(CalamineWorkbook.from_path(path).get_sheet_by_name("Claims").iter_rows())
    next(rows)
    yield from rows


def _read_with_openpyxl(path: Path) -> Iterator[list[Any]]:
    rows = load_workbook(path, read_only=True)["Claims"].iter_rows(min_row=2, values_only=True)
    for row in rows:
        yield [value.date() if isinstance(value, datetime) else value for value in row]


if __name__ == "__main__":
    _export_and_weigh()
