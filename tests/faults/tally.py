"""Where the kills landed, and what they broke."""

from collections.abc import Mapping
from dataclasses import dataclass, field

HEADINGS = (
    "act",
    "kills",
    "before",
    "during",
    "of those, done",
    "after",
    "confirmed and lost",
    "half done",
    "doubled",
)


@dataclass(slots=True)
class Tally:
    """The kills of one act."""

    before: int = 0
    """Before the server had begun."""
    during: int = 0
    during_but_done: int = 0
    """Of those: it was done all the same, and nobody had been told."""
    after: int = 0
    """After it was confirmed."""
    lost: dict[str, str] = field(default_factory=dict)
    """What had been confirmed, and was not there: what, and where it was first seen, like the next two."""
    half_done: dict[str, str] = field(default_factory=dict)
    doubled: dict[str, str] = field(default_factory=dict)

    def count(self, *, begun: bool, done: bool, confirmed: bool) -> None:
        """One more kill."""
        if confirmed:
            self.after += 1
        elif begun or done:
            self.during += 1
            self.during_but_done += done
        else:
            self.before += 1

    @property
    def kills(self) -> int:
        return self.before + self.during + self.after

    @property
    def faults(self) -> list[str]:
        found = {**self.lost, **self.half_done, **self.doubled}
        return [f"{where}: {what}" for what, where in found.items()]


def table_of(tallies: Mapping[str, Tally]) -> str:
    """The tallies by act, as a table in Markdown."""
    rows = [HEADINGS, tuple("---" if heading == "act" else "--:" for heading in HEADINGS)]
    for act, tally in tallies.items():
        landed = (tally.kills, tally.before, tally.during, tally.during_but_done, tally.after)
        broken = (len(tally.lost), len(tally.half_done), len(tally.doubled))
        rows.append((act, *map(str, (*landed, *broken))))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "| "
        + " | ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in rows
    )
