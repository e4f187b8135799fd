"""Opens workbooks that came from outside, in a process with limits, and says in a sentence why one cannot be read."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

INSIDE = Path(__file__).with_name("inside.py")
SECONDS = 30

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""How Office keeps a workbook that has a password: whole, inside an older kind of file."""

REASONS = {
    "empty": "is empty",
    "large": "is larger than {size} MB",
    "password": "needs a password to open; save it without one",
    "old": "is an older kind of workbook (.xls); save it as .xlsx",
    "binary": "is a binary workbook (.xlsb); save it as .xlsx",
    "word": "is a Word document, not a workbook",
    "slides": "is a presentation, not a workbook",
    "opendocument": "is an OpenDocument file; save it as .xlsx or as CSV",
    "numbers": "is a Numbers file; export it as Excel (.xlsx) or CSV",
    "zip": "is a zip file but not a workbook",
    "damaged": "is damaged or cut short; open the original and save it again as .xlsx",
    "parts": "is made of too many parts; copy the sheet into a new workbook",
    "unpacks": "is too large or complicated to open safely; copy the sheet into a new workbook",
    "encoding": "is written in an unusual encoding; save it again as .xlsx",
    "entities": "contains entities, which no spreadsheet program writes; copy the sheet into a new workbook",
    "macros": "contains macros; save it as .xlsx, which leaves them out",
    "links": "refers to other workbooks; replace the links by their values (Data, Edit links, Break link)",
    "connections": "fetches data from elsewhere; remove its connections and queries",
    "embedded": "has other files or controls embedded in it; remove them",
    "hidden": "has a hidden sheet, “{what}”; show it or delete it, so that all of it can be seen",
    "sheet": "has no sheet called “{sheet}” but several others: {what}",
    "columns": "has more than {columns} columns (row {what}); delete what is not part of the list",
    "rows": "has more than {rows:,} rows",
}
"""Why a workbook is not read, by fault; begins after its name."""
CELLS = {
    "formula": "is a formula; paste it as a value",
    "error": "is an error of the spreadsheet, not a value",
}


class Unreadable(Exception):
    """A file that is not read. Of a workbook, ``fault`` is a key of ``REASONS``; ``str()`` goes on from its name."""

    def __init__(self, fault: str, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Limits:
    """What is opened at all."""

    size_bytes: int
    rows: int
    """Below the header."""
    columns: int


@dataclass(frozen=True, slots=True)
class Opened:
    """One sheet of a workbook, or a CSV file, as text."""

    rows: list[tuple[int, list[str]]]
    """Rows that are not empty, with the numbers a spreadsheet shows; all as wide as the widest."""
    strange: dict[tuple[int, int], str]
    """Cells that hold no value, by row and column (both from 1), with a sentence."""
    about: dict[str, str]
    """What the sheet About says, by its first column."""
    notices: tuple[str, ...] = ()
    """What was made of the file, going on from its name."""


def is_workbook(content: bytes) -> bool:
    """Whether the content is a zip or a file of older Office programs, and so no text."""
    return content.startswith((ZIP, OLE))


def open_workbook(content: bytes, sheet: str, limits: Limits) -> Opened:
    """The sheet called ``sheet``, or the only one there is. Raises ``Unreadable`` and nothing else.

    Takes about a quarter of a second and a quarter more for each thousand rows of twenty cells.
    """

    def unreadable(fault: str, what: str = "") -> Unreadable:
        size = limits.size_bytes // (1024 * 1024)
        words = REASONS[fault].format(what=what, sheet=sheet, size=size, rows=limits.rows, columns=limits.columns)
        return Unreadable(fault, words)

    if not content:
        raise unreadable("empty")
    if len(content) > limits.size_bytes:
        raise unreadable("large")
    if content.startswith(OLE):
        raise unreadable("password" if ENCRYPTED in content else "old")
    said = _ask(content, sheet, limits)
    if "fault" in said:
        fault, what = said["fault"]
        raise unreadable(fault, what)
    return Opened(
        rows=[(number, cells) for number, cells in said["rows"]],
        strange={(row, column): CELLS[fault] for row, column, fault in said["strange"]},
        about={row[0]: row[1] for row in said["about"] if len(row) == 2},
    )


def _ask(content: bytes, sheet: str, limits: Limits) -> dict[str, Any]:
    command = [sys.executable, "-I", str(INSIDE), sheet, str(limits.rows), str(limits.columns)]
    try:
        # No environment: the service's keys stay out of reach of a parser that a file has taken over.
        child = subprocess.run(  # noqa: S603 - our own program, and arguments that we chose
            command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        return {"fault": ["unpacks", ""]}
    if child.returncode == 0:
        said: dict[str, Any] = json.loads(child.stdout)
        return said
    log.warning("a workbook ended its reading with code %s", child.returncode)
    return {"fault": ["unpacks", ""]}
