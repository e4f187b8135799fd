"""Records from JSON: one object, a list that is never held whole, or a line each."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from claims.exchange.record import LONGEST, TOO_LONG, BadInput, Record, number_lines

CHUNK = 65_536
LONGEST_NUMBER = 40
"""Digits. No fact is a number, so a longer one is only there to do harm."""

_BLANK = re.compile(r"[ \t\n\r]*")


def is_whole(text: bytes) -> bool:
    """Whether ``text`` is JSON by itself."""
    try:
        _decode(text.decode())
    except ValueError:
        return False
    return True


def read_lines(stream: BinaryIO) -> Iterator[Record]:
    """A record from each line that is not blank; a line that cannot be read does not stop the others."""
    for number, line in number_lines(stream):
        if line.isspace():
            continue
        if len(line) > LONGEST:
            yield Record(number, problem=TOO_LONG)
            continue
        try:
            yield Record(number, _decode(line.decode()))
        except ValueError as error:
            yield Record(number, problem=_explain(error))


def read_object(stream: BinaryIO) -> Iterator[Record]:
    """The one record of a stream that holds one object, over as many lines as it likes."""
    content = stream.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise BadInput(None, TOO_LONG)
    yield Record(_line_of_beginning(content), read_value(content))


def read_value(content: bytes) -> object:
    """The one value in ``content``, read at once. Raises ``BadInput``."""
    try:
        return _decode(content.decode())
    except json.JSONDecodeError as error:
        raise BadInput(error.lineno, _explain(error)) from None
    except UnicodeDecodeError as error:
        raise BadInput(content[: error.start].count(b"\n") + 1, _explain(error)) from None
    except ValueError as error:
        raise BadInput(_line_of_beginning(content), _explain(error)) from None


def _line_of_beginning(content: bytes) -> int:
    return content[: len(content) - len(content.lstrip())].count(b"\n") + 1


def read_list(stream: BinaryIO) -> Iterator[Record]:
    """The records of a list, each as soon as it is whole."""
    text = _Text(stream)
    text.take("[")
    if text.see() != "]":
        yield text.record()
        while text.see() == ",":
            text.take(",")
            yield text.record()
    text.take("]")
    if text.see():
        raise BadInput(text.line, "there is something after the end of the list")


class _Text:
    """The part of a stream that is being looked at."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._fault: UnicodeDecodeError | None = None
        self.line = 1

    def see(self) -> str:
        """The next character that is not blank, or nothing at the end."""
        while True:
            blank = _BLANK.match(self._text, self._at)
            self._advance(blank.end() if blank else self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_more():
                return ""

    def take(self, expected: str) -> None:
        found = self.see()
        if found != expected:
            wanted = "a comma or the end of the list" if expected == "]" else f"“{expected}”"
            raise BadInput(self.line, f"this is not JSON: {wanted} should be here")
        self._advance(self._at + 1)

    def record(self) -> Record:
        """The next value."""
        self.see()
        while True:
            try:
                content, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > LONGEST:
                    raise BadInput(self.line, TOO_LONG + ", or it is not JSON") from None
                if not self._read_more():
                    line = self.line + self._text.count("\n", self._at, error.pos)
                    raise BadInput(line, _explain(error)) from None
            except RecursionError:
                raise BadInput(self.line, _TOO_DEEP) from None
            except ValueError as error:
                raise BadInput(self.line, _explain(error)) from None
            else:
                if end < len(self._text) or not self._read_more():
                    record = Record(self.line, content)
                    self._advance(end)
                    return record

    def _advance(self, end: int) -> None:
        self.line += self._text.count("\n", self._at, end)
        self._at = end

    def _read_more(self) -> bool:
        """Reads on; false at the end. What came before bytes that are not UTF-8 is given first."""
        if self._fault:
            raise BadInput(self.line + self._text.count("\n", self._at), _explain(self._fault))
        chunk = self._stream.read(CHUNK)
        try:
            more = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            self._fault = error
            more = error.object[: error.start].decode()
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(chunk or more or self._fault)


def _decode(text: str) -> object:
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


_TOO_DEEP = "this is nested too deeply"


def _explain(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"this is not JSON: {error.msg[0].lower()}{error.msg[1:]}, at character {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "this is not UTF-8 text"
    return str(error)


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"“{twice}” is given twice")
    return found


def _make_number(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(digits):,} digits is no fact")
    return int(digits)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"this is not JSON: {name} is no value")


_DECODER = json.JSONDecoder(object_pairs_hook=_make_object, parse_int=_make_number, parse_constant=_refuse_constant)
