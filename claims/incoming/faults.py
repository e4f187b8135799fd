"""What is wrong with what was read, all of it at once, where a person can find it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one place."""

    file: str
    row: int | None
    """As a spreadsheet counts: the header is row 1. In TOML, the line. ``None`` for the file as a whole."""
    column: str | None
    """A column's header; in TOML, ``2025-26.paid_from``."""
    problem: str
    """Of the file as a whole, it goes on from the file's name: ``is empty``."""

    def __str__(self) -> str:
        if self.row is None and self.column is None:
            return f"The file {self.file} {self.problem}."
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(self.column)
        return f"{', '.join(place)}: {self.problem}"


class Faulty(Exception):
    """What may not be used, with every fault that was found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(slots=True)
class Faults:
    """Collects the faults of one reading."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: str, row: int | None, column: str | None, problem: str) -> None:
        self.found.append(Fault(file, row, column, problem))


@contextmanager
def collected_faults() -> Iterator[Faults]:
    """Raises ``Faulty`` at the end of the block if a fault was added in it."""
    faults = Faults()
    yield faults
    if faults.found:
        raise Faulty(tuple(faults.found))
