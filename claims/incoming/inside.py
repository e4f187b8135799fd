"""Opens one hostile workbook in a process of its own, with little memory and time, and writes out a sheet's cells.

Run by path (``opening`` does), so that it loads openpyxl and nothing of ours: content on standard input, one JSON
object on standard output: ``{"fault": [name, what]}``, or ``rows``, ``strange`` cells that hold no value, and
``about``. The zip is judged by what it declares and holds before openpyxl sees it. A workbook that kills this process
has been refused by doing so.
"""

import io
import json
import re
import resource
import sys
import warnings
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 15
MOST_PARTS = 500
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
MOST_TIMES_PACKED = 200
"""A part that unpacks to more than this many times its size is made to do so; spreadsheets reach some 30."""
SMALL_PART_BYTES = 1024 * 1024
"""Below this the ratio means nothing."""
CHUNK_BYTES = 1024 * 1024

WORKBOOK = "xl/workbook.xml"
OTHERS = {
    "xl/workbook.bin": "binary",
    "word/document.xml": "word",
    "ppt/presentation.xml": "slides",
    "mimetype": "opendocument",
    "Index/Document.iwa": "numbers",
}
"""Parts that tell that a zip is something else."""
FORBIDDEN = (
    (re.compile(r"vbaProject|xl/macrosheets/|xl/dialogsheets/|\.bas$", re.IGNORECASE), "macros"),
    (re.compile(r"xl/externalLinks/", re.IGNORECASE), "links"),
    (re.compile(r"xl/(connections|queryTables/|model/)|customData/", re.IGNORECASE), "connections"),
    (re.compile(r"xl/(embeddings|activeX|ctrlProps)/|oleObject", re.IGNORECASE), "embedded"),
)
TEXT_PARTS = (".xml", ".rels", ".vml")
ENTITIES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
MACRO_TYPE = b"macroEnabled"


class Fault(Exception):
    """What is wrong with the workbook, as one word, and what in it."""

    def __init__(self, name: str, what: str = "") -> None:
        super().__init__(name)
        self.name, self.what = name, what


def check_zip(content: bytes) -> None:
    """Raises ``Fault`` unless the zip is a plain workbook of a plain size; unpacks nothing beyond what it declares."""
    try:
        archive = ZipFile(io.BytesIO(content))
    except (BadZipFile, ValueError, NotImplementedError, EOFError):
        raise Fault("damaged") from None
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS:
        raise Fault("parts")
    if len(set(names)) < len(names):
        raise Fault("damaged")
    for part in parts:
        _check_declared(part)
    if sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise Fault("unpacks")
    if WORKBOOK not in names:
        raise Fault(next((fault for name, fault in OTHERS.items() if name in names), "zip"))
    for pattern, fault in FORBIDDEN:
        if any(pattern.search(name) for name in names):
            raise Fault(fault)
    for part in parts:
        if part.filename.lower().endswith(TEXT_PARTS):
            _check_text(archive, part)


def _check_declared(part: ZipInfo) -> None:
    if part.flag_bits & 1:
        raise Fault("password")
    if part.filename.startswith(("/", "\\")) or ".." in part.filename.split("/"):
        raise Fault("damaged")
    if part.file_size > SMALL_PART_BYTES and part.file_size > MOST_TIMES_PACKED * max(part.compress_size, 1):
        raise Fault("unpacks")


def _check_text(archive: ZipFile, part: ZipInfo) -> None:
    """No definitions, which entities hide in, and no encoding that would hide them from this look."""
    before = b""
    try:
        with archive.open(part) as opened:
            while chunk := opened.read(CHUNK_BYTES):
                seen = before + chunk
                if b"\0" in chunk:
                    raise Fault("encoding")
                if ENTITIES.search(seen):
                    raise Fault("entities")
                if part.filename == "[Content_Types].xml" and MACRO_TYPE in seen:
                    raise Fault("macros")
                before = chunk[-64:]
    except (BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        raise Fault("damaged") from None


def read_workbook(content: bytes, sheet: str, most_rows: int, most_columns: int) -> dict[str, Any]:
    """The cells of the sheet called ``sheet``, or of the only one there is, as text; ``about`` is the sheet About."""
    from openpyxl import load_workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    # What a sheet says of its size is a claim by whoever made it, and one that says nothing would be read twice.
    ReadOnlyWorksheet._get_size = _take_as_it_comes  # type: ignore[attr-defined]  # noqa: SLF001
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    for each in workbook.worksheets:
        if each.sheet_state != "visible":
            raise Fault("hidden", each.title)
    titles = [each.title for each in workbook.worksheets]
    if sheet not in titles and len(titles) != 1:
        raise Fault("sheet", ", ".join(titles))
    chosen = workbook[sheet] if sheet in titles else workbook.worksheets[0]
    rows: list[tuple[int, list[str]]] = []
    strange: list[tuple[int, int, str]] = []
    width = 0
    for number, cells in enumerate(chosen.iter_rows(), start=1):
        written = []
        for place, cell in enumerate(cells, start=1):
            text, fault = _text_of(cell)
            written.append(text)
            if fault:
                strange.append((number, place, fault))
        while written and not written[-1].strip():
            written.pop()
        if not written:
            continue
        if len(written) > most_columns:
            raise Fault("columns", str(number))
        if len(rows) > most_rows:
            raise Fault("rows")
        width = max(width, len(written))
        rows.append((number, written))
    for _, short in rows:
        short.extend([""] * (width - len(short)))
    return {"rows": rows, "strange": strange, "about": _about(workbook, titles)}


def _take_as_it_comes(_worksheet: Any) -> None:
    """Leaves the size of a sheet open."""


def _about(workbook: Any, titles: list[str]) -> list[list[str]]:
    """The first 60 rows of the sheet About, two cells each."""
    if "About" not in titles:
        return []
    return [[_text_of(cell)[0] for cell in row[:2]] for row in workbook["About"].iter_rows(max_row=60)]


def _text_of(cell: Any) -> tuple[str, str]:
    """The cell as it would stand in CSV, and what is wrong with it."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "f":
        return "", "formula"
    if cell.data_type == "e":
        return str(value), "error"
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, float):
        # 15 digits are what a spreadsheet shows and keeps.
        return (str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"), ""
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second or value.microsecond)
        return (value.date().isoformat() if midnight else value.isoformat(" ")), ""
    if isinstance(value, date):
        return value.isoformat(), ""
    return str(value), ""


def main() -> None:
    """Read standard input: ``inside.py SHEET MOST_ROWS MOST_COLUMNS``."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    with suppress(ValueError, OSError):  # macOS has no limit of this kind
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    warnings.simplefilter("ignore")
    sheet, most_rows, most_columns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    content = sys.stdin.buffer.read()
    try:
        check_zip(content)
        said = read_workbook(content, sheet, most_rows, most_columns)
    except Fault as fault:
        said = {"fault": [fault.name, fault.what]}
    except MemoryError:
        said = {"fault": ["unpacks", ""]}
    except Exception:  # noqa: BLE001 - a parser may raise anything at all on a hostile file
        said = {"fault": ["damaged", ""]}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
