"""Marks the problems in a workbook that somebody uploaded, in a process of its own with little memory and time.

Run by path (``marking`` does), so that it loads openpyxl and nothing of ours: one JSON object on standard input
(``content`` in base64 or ``rows``, ``sheet``, ``problems`` as row, column and sentence), the
workbook on standard output.
"""

import base64
import io
import json
import resource
import sys
import warnings
from contextlib import suppress
from typing import Any

MEMORY_BYTES = 1536 * 1024 * 1024
CPU_SECONDS = 25
PROBLEMS = "Problems"
RED, PALE = "F6D7D2", "FFF4F2"
MOST_NOTES = 2_000
"""Notes on cells; the column and the sheet have all problems."""


def compared(words: object) -> str:
    return "".join(letter for letter in str(words or "").casefold() if letter.isalnum())


def write_text(cell: Any, text: str) -> None:
    """Text stays text, whatever it begins with."""
    cell.value = text[:32_000]
    cell.data_type = "s"
    cell.number_format = "@"


def mark(given: dict[str, Any]) -> bytes:
    """The workbook with a column and a sheet of problems, and a note on every bad cell."""
    from openpyxl import Workbook, load_workbook

    title = given["sheet"]
    if given.get("content"):
        workbook = load_workbook(io.BytesIO(base64.b64decode(given["content"])), keep_links=False)
        sheet: Any = workbook[title] if title in workbook.sheetnames else workbook.worksheets[0]
    else:
        workbook = Workbook()
        sheet = workbook.worksheets[0]
        sheet.title = title
        for number, cells in given["rows"]:
            for place, text in enumerate(cells, 1):
                write_text(sheet.cell(number, place), text)
    _mark_cells(sheet, given)
    if PROBLEMS in workbook.sheetnames:
        workbook.remove(workbook[PROBLEMS])
    _list_problems(workbook.create_sheet(PROBLEMS), given["problems"])
    workbook.active = workbook.sheetnames.index(sheet.title)
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def _mark_cells(sheet: Any, given: dict[str, Any]) -> None:
    """The column, and a note on every bad cell."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    header: Any = next((row for row in sheet.iter_rows() if any(cell.value is not None for cell in row)), ())
    top = header[0].row if header else 1
    places = {compared(cell.value): cell.column for cell in header if cell.value is not None}
    column = places.get(compared(PROBLEMS)) or max(places.values(), default=0) + 1
    for row in range(top, sheet.max_row + 1):
        old = sheet.cell(row, column)
        if old.value is not None:
            old.value, old.comment = None, None
    red, pale = PatternFill("solid", fgColor=RED), PatternFill("solid", fgColor=PALE)
    bold = Font(name="Arial", size=10, bold=True)
    write_text(sheet.cell(top, column), PROBLEMS)
    sheet.cell(top, column).font = bold
    sheet.column_dimensions[sheet.cell(top, column).column_letter].width = 70
    by_row: dict[int, list[str]] = {}
    notes: dict[tuple[int, int], list[str]] = {}
    for row, heading, sentence in given["problems"]:
        if row is None:
            continue
        by_row.setdefault(row, []).append(f"{heading}: {sentence}" if heading else sentence)
        place = places.get(compared(heading)) if heading else None
        if place is not None:
            notes.setdefault((row, place), []).append(sentence)
    for row, sentences in by_row.items():
        cell = sheet.cell(row, column)
        write_text(cell, "\n".join(sentences))
        cell.fill = pale
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, ((row, place), sentences) in enumerate(notes.items()):
        cell = sheet.cell(row, place)
        cell.fill = red
        if number < MOST_NOTES:
            cell.comment = Comment("\n".join(sentences), "Claims", width=320, height=90)


def _list_problems(listed: Any, problems: list[list[Any]]) -> None:
    """All of them under each other."""
    from openpyxl.styles import Alignment, Font

    bold = Font(name="Arial", size=10, bold=True)
    for place, (words, width) in enumerate((("Row", 10), ("Column", 28), ("What to put right", 100)), 1):
        cell = listed.cell(1, place)
        write_text(cell, words)
        cell.font = bold
        listed.column_dimensions[cell.column_letter].width = width
    listed.freeze_panes = "A2"
    for number, (row, heading, sentence) in enumerate(problems, 2):
        if row is not None:
            listed.cell(number, 1).value = row
        write_text(listed.cell(number, 2), heading or "")
        write_text(listed.cell(number, 3), sentence)
        listed.cell(number, 3).alignment = Alignment(wrap_text=True, vertical="top")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    with suppress(ValueError, OSError):  # macOS has no limit of this kind
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    warnings.simplefilter("ignore")
    sys.stdout.buffer.write(mark(json.loads(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
