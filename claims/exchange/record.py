"""One record as it was read, and what can go wrong with it or with the input as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

LONGEST = 1_048_576
"""Bytes in one record. A real one is about one kilobyte."""

TOO_LONG = f"this is longer than {LONGEST // 1024:,} KB, which no record can be"


@dataclass(frozen=True, slots=True)
class Record:
    """JSON values for ``read_facts``, or the reason why they could not be read."""

    line: int
    """Where it begins, from 1, as a text editor counts."""
    content: object = None
    problem: str | None = None


class BadInput(Exception):
    """Input that cannot be read on: where it stopped making sense, and why."""

    def __init__(self, line: int | None, problem: str) -> None:
        super().__init__(problem if line is None else f"line {line}: {problem}")
        self.line = line
        """From 1; ``None`` when it is about the input as a whole."""
        self.problem = problem


def number_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers, from 1. A line over ``LONGEST`` comes cut, one byte over it."""
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        yield number, line
        while len(line) > LONGEST and not line.endswith(b"\n"):
            line = stream.readline(LONGEST + 1)
