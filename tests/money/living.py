"""Live lives in one world after another: try an act, compare everything, count; at the end open the workbooks."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from claims.db import Database
from claims.services.recording import verify
from tests.money.comparing import Comparing
from tests.money.life import Disagreement
from tests.money.lives import Lives
from tests.money.world import make_world

ACTS_FOR_A_LIFE = 8
BALANCES_EVERY = 20


@dataclass
class Lived:
    """What was lived through, and what did not balance."""

    lives: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    """How claims stood in the end, by part and state."""
    events: int = 0
    runs: int = 0
    most_committed: int = 0
    """Employers and funds that had less than a pound left in the end."""
    capped: int = 0
    """Claims that the cap cut short."""
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Lived") -> None:
        self.lives += other.lives
        self.done += other.done
        self.refused += other.refused
        self.ends += other.ends
        self.events += other.events
        self.runs += other.runs
        self.most_committed += other.most_committed
        self.capped += other.capped
        self.faults += other.faults


def live(
    database: Database, seed: int, wanted: int, *, finish: Callable[[Database, Lives], None] = lambda *_: None
) -> Lived:
    """Some ``wanted`` lives of one world; stops at the first thing that does not balance."""
    lives = Lives(make_world(database), seed, wanted)
    comparing, lived = Comparing(lives.books), Lived()
    acts = wanted * ACTS_FOR_A_LIFE
    for number in range(acts):
        try:
            tried = lives.live_on()
        except Disagreement as fault:
            lived.faults.append(f"seed {seed}, act {number}: {fault}")
            break
        if tried is None:
            continue
        (lived.refused if tried.refused else lived.done)[tried.kind] += 1
        with database.read() as session:
            faults = comparing.faults(session)
            if number % BALANCES_EVERY == 0:
                faults += comparing.balances(session)
        if faults:
            lived.faults += [f"seed {seed}, act {number}, {tried.kind}: {fault}" for fault in faults[:5]]
            break
    with database.read() as session:
        lived.events, broken = verify(session)
    lived.faults += [f"seed {seed}: event {fault.number} {fault.what}" for fault in broken]
    books = lives.books
    lived.lives, lived.runs = books.opened, len(books.runs)
    lived.ends.update(f"{claim.part}, {claim.state}" for claim in books.claims.values())
    lived.capped = sum(claim.pays is not None and claim.pays != claim.due for claim in books.claims.values())
    lived.most_committed = sum(
        books.left(employer, fund) < 100 for employer in books.employers for fund in ("main", "ommt")
    )
    if not lived.faults:
        finish(database, lives)
    return lived
