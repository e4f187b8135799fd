"""Gives a workbook of claims back with its problems marked, in a process with limits."""

import base64
import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from claims.exchange.claim_rows import Problem
from claims.incoming.opening import is_workbook
from claims.workbooks.claims_in import SHEET, FaultyFile, open_claims_file

INSIDE = Path(__file__).with_name("marking_inside.py")
SECONDS = 40

LOG = logging.getLogger(__name__)


class NotMarked(Exception):
    """The workbook could not be given back: it is damaged, or too large to be written again."""


def mark_problems(name: str, content: bytes, problems: Sequence[Problem]) -> bytes:
    """The workbook that was uploaded, with a column *Problems*, notes on bad cells, and a sheet *Problems*.

    A CSV file comes back as a workbook. Raises ``NotMarked``.
    """
    given: dict[str, object] = {
        "sheet": SHEET,
        "problems": [list(problem) for problem in problems],
    }
    if is_workbook(content):
        given["content"] = base64.b64encode(content).decode()
    else:
        try:
            given["rows"] = open_claims_file(name, content).rows
        except FaultyFile as no:
            raise NotMarked(str(no)) from None
    command = [sys.executable, "-I", str(INSIDE)]
    try:
        child = subprocess.run(  # noqa: S603 - our own program, and arguments that we chose
            command, input=json.dumps(given).encode(), capture_output=True, timeout=SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotMarked("took too long") from None
    if child.returncode != 0:
        LOG.warning("a workbook ended its marking with code %s", child.returncode)
        raise NotMarked("could not be written")
    return child.stdout
