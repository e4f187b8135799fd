"""A stream of records with their line numbers, from JSON, JSON Lines or CSV, told apart by what they begin with."""

import io
from collections.abc import Iterator
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

from claims.exchange import csv_records, json_records
from claims.exchange.facts import BadFacts, FieldError, read_facts
from claims.exchange.record import BadInput, Record
from claims.rules.facts import Facts

HEAD = 65_536
"""Bytes looked at to tell what the input is."""

UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ZIP = b"PK\x03\x04"
_JSON_LINES_NAMES = (".jsonl", ".ndjson")
_JSON_NAMES = (".json", *_JSON_LINES_NAMES)


class Kind(StrEnum):
    """What the records came in."""

    OBJECT = "object"
    LIST = "list"
    LINES = "lines"
    CSV = "csv"


def open_records(stream: BinaryIO, name: str = "") -> tuple[Kind, Iterator[Record]]:
    """What ``stream`` is, and its records one by one; the ending of ``name`` settles what content leaves open.

    Memory does not grow with the stream. A record that cannot be read comes with its problem and the stream goes on;
    here and while iterating, ``BadInput`` says that nothing further can be read.
    """
    head = stream.read(HEAD)
    text = head.removeprefix(UTF8_MARK)
    if head.startswith(_ZIP):
        raise BadInput(None, "this looks like a workbook; save it as “CSV UTF-8” first")
    if head.startswith(_UTF16_MARKS):
        raise BadInput(None, "this is UTF-16 text; save it as UTF-8")
    if not text.strip():
        raise BadInput(None, "there is nothing in it")
    whole: BinaryIO = io.BufferedReader(_Rejoined(text, stream), HEAD)
    kind = _tell_kind(text, PurePath(name).suffix.lower(), is_all=len(head) < HEAD)
    if kind is Kind.LIST:
        return kind, json_records.read_list(whole)
    if kind is Kind.OBJECT:
        return kind, json_records.read_object(whole)
    if kind is Kind.LINES:
        return kind, json_records.read_lines(whole)
    return kind, csv_records.read_csv(whole, utf8_only=head.startswith(UTF8_MARK))


def read_record(record: Record) -> Facts:
    """The facts in ``record``. Raises ``BadFacts`` with everything that is wrong with it."""
    if record.problem:
        raise BadFacts((FieldError("", record.problem),))
    return read_facts(record.content)


def _tell_kind(text: bytes, suffix: str, *, is_all: bool) -> Kind:
    """What begins with ``text``, or is nothing but ``text`` if ``is_all``."""
    start = text.lstrip()
    if suffix in _JSON_LINES_NAMES:
        return Kind.LINES
    if start.startswith(b"["):
        return Kind.LIST
    if not start.startswith(b"{"):
        return Kind.LINES if suffix in _JSON_NAMES else Kind.CSV
    first, _, rest = start.partition(b"\n")
    if is_all and not rest.strip():
        return Kind.OBJECT
    # Inside one object that is spread over lines, no line can follow the first one with a brace of its own.
    return Kind.LINES if rest.lstrip().startswith(b"{") or json_records.is_whole(first) else Kind.OBJECT


class _Rejoined(io.RawIOBase):
    """The head that was looked at, followed by the rest of the stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader gives a memoryview
        content = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(content)] = content
        return len(content)
