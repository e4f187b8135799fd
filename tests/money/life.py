"""What a life of many claims is made of: acts drawn at random, and whether the service does what the books allow."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, NotAllowed
from tests.money import books as kept
from tests.money.world import BEGINS, House, World

LAST_DAY = date(2026, 3, 10)
T = TypeVar("T")


class Act(NamedTuple):
    """One thing that somebody tries."""

    kind: str
    allowed: bool
    """What the books say."""
    do: Callable[[Session], Any]
    note: Callable[[Any], None]
    """What the books do when it was done."""


class Disagreement(AssertionError):
    """The service and the books do not tell the same."""


class HeldBack(NotAllowed):
    """Nothing of what was chosen could be submitted."""


@dataclass
class Tried:
    kind: str
    refused: str


class Life:
    """A world lived in: draws one act after another. Every random choice comes from one seed."""

    acts: Sequence[tuple[int, Callable[[], Act | None]]] = ()
    """What may be tried, each with how often."""

    def __init__(self, world: World, seed: int, wanted: int) -> None:
        self.world, self.books, self.office = world, world.books, world.office
        self.chance = random.Random(seed)
        self.wanted = wanted
        self.at: datetime = BEGINS + timedelta(hours=1)
        self.counted = 0

    @property
    def today(self) -> date:
        return london_date(self.at)

    def live_on(self) -> Tried | None:
        """Let time pass and try one act; ``None`` when there was nothing to try it on."""
        draw = self.chance.choices([each for _, each in self.acts], [weight for weight, _ in self.acts])[0]
        if self.today < LAST_DAY:
            self.at += timedelta(minutes=self.chance.randrange(5, 420))
        else:
            self.at += timedelta(seconds=1)
        act = draw()
        if act is None:
            return None
        refused = ""
        done = None
        try:
            with self.world.database.write() as session:
                done = act.do(session)
        except NotAllowed as because:
            refused = str(because) or type(because).__name__
        if act.allowed and refused:
            raise Disagreement(f"{act.kind} was refused, and the books say that it is allowed: {refused}")
        if not act.allowed and not refused:
            raise Disagreement(f"{act.kind} was done, and the books say that it must be refused.")
        if not refused:
            act.note(done)
        return Tried(act.kind, refused)

    # Drawing

    def pick(self, some: Iterable[T]) -> T | None:
        there = list(some)
        return self.chance.choice(there) if there else None

    def mostly(self, right: T, *others: T, often: float = 0.9) -> T:
        return right if self.chance.random() < often else self.chance.choice(others)

    def happens(self, often: float) -> bool:
        return self.chance.random() < often

    def house_of(self, employer: kept.Employer) -> House:
        return next(house for house in self.world.houses if house.employer is employer)

    def next_number(self) -> int:
        self.counted += 1
        return self.counted


def in_the_order_shown(claims: Iterable[kept.Claim]) -> list[kept.Claim]:
    """By learner's name, which is that of their number in these lives; a completion after its start."""
    return sorted(claims, key=lambda claim: (claim.learner, claim.part == "completion", claim.id))


def person(by: Actor) -> int:
    assert by.person_id is not None
    return by.person_id
