"""Records from CSV: a header of dotted names, a record a row; UTF-8, or Windows-1252 as older spreadsheets write it."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from claims.exchange.record import LONGEST, TOO_LONG, BadInput, Record, number_lines
from claims.exchange.rows import FACT_COLUMNS, nest_row

NAMED_PROBLEMS = 10
"""Columns named in one message."""


def read_csv(stream: BinaryIO, *, utf8_only: bool) -> Iterator[Record]:
    """A record from each row that is not empty; a row of the wrong length does not stop the others.

    ``utf8_only`` when a mark at the beginning has said that the text is UTF-8. Raises ``BadInput`` for a header that
    is not ours and for anything that leaves unclear where rows begin and end.
    """
    rows = csv.reader(_decode_lines(stream, utf8_only=utf8_only), strict=True)
    header: list[str] | None = None
    while True:
        begins = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadInput(begins, f"this row cannot be split into cells ({error})") from None
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = _check_header([cell.strip() for cell in row], begins)
        elif len(row) != len(header):
            yield Record(begins, problem=f"this row has {len(row)} cells where the header has {len(header)}")
        else:
            yield Record(begins, nest_row(dict(zip(header, row, strict=True))))


def _decode_lines(stream: BinaryIO, *, utf8_only: bool) -> Iterator[str]:
    for number, line in number_lines(stream):
        if len(line) > LONGEST:
            raise BadInput(number, TOO_LONG)
        if b"\0" in line:
            raise BadInput(number, "this line has a NUL byte in it, so it is not text")
        try:
            yield line.decode()
        except UnicodeDecodeError:
            if utf8_only:
                raise BadInput(number, "this is not UTF-8 text, though the file begins as such") from None
            try:
                yield line.decode("cp1252")
            except UnicodeDecodeError:
                raise BadInput(number, "this is neither UTF-8 nor Windows-1252 text") from None


def _check_header(header: list[str], line: int) -> list[str]:
    problems = []
    for position, column in enumerate(header, start=1):
        if not column:
            problems.append(f"column {position} has no name")
        elif column not in FACT_COLUMNS:
            problems.append(f"“{column[:80]}” is not the name of a fact")
        elif header.index(column) + 1 < position:
            problems.append(f"“{column}” is there more than once")
    if problems and len(header) == 1 and any(sign in header[0] for sign in ";\t"):
        problems = ["the columns must be separated by commas"]
    if len(problems) > NAMED_PROBLEMS:
        problems[NAMED_PROBLEMS:] = [f"and {len(problems) - NAMED_PROBLEMS} more columns like that"]
    if problems:
        raise BadInput(line, "; ".join(problems))
    return header
