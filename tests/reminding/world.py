"""A made-up world: employers, people, purchases and claims, and on which day what happens to them. Plain values."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

FIRST = date(2025, 4, 1)
DAYS = 730
YEARS = ("2025-26", "2026-27")
FIRST_ID = 1000
"""Ids of what is made here begin here, so that everybody knows them beforehand."""
MAIN_COURSE, OMMT_COURSE = "610/4009/5", "OMMT/T2/EXT"
CAP_PENCE = 40_000_000


@dataclass
class Colleague:
    person_id: int
    from_on: date
    is_sro: bool
    left_on: date | None = None


@dataclass
class MadeClaim:
    """A claim and its days; each happens at noon, after that day's reminders."""

    claim_id: int
    learner_id: int
    entered_by: int
    entered_on: date
    part: str
    scheme_year: str
    last_day_on: date | None
    submitted_on: date | None = None
    asked_on: date | None = None
    answered_on: date | None = None
    approved_on: date | None = None
    taken_on: date | None = None
    """Into a payment run."""
    certificate_on: date | None = None
    start: "MadeClaim | None" = None

    def is_draft_before(self, day: date) -> bool:
        """Whether in the morning of ``day`` it is there and a draft."""
        return self.entered_on < day and (self.submitted_on is None or self.submitted_on >= day)


@dataclass
class MadePurchase:
    purchase_id: int
    fund: str
    entered_by: int
    entered_on: date
    paid_on: date | None
    started_on: date | None
    planned_end_on: date | None
    claims: list[MadeClaim] = field(default_factory=list)

    @property
    def fixed_on(self) -> date | None:
        return min((claim.submitted_on for claim in self.claims if claim.submitted_on), default=None)


@dataclass
class MadeEmployer:
    employer_id: int
    registered_on: date
    colleagues: list[Colleague]
    signed_on: dict[str, date]
    """The day the agreement of a year was signed."""
    bank_on: date | None
    updated_on: list[date]
    """Days on which the workforce data was brought up to date."""
    purchases: list[MadePurchase] = field(default_factory=list)
    committed: list[tuple[date, str, int]] = field(default_factory=list)
    """Day, scheme year and pence committed from then on, from the main fund."""


@dataclass
class MadeRun:
    run_id: int
    drawn_up_on: date
    released_on: date | None


@dataclass
class World:
    employers: list[MadeEmployer]
    runs: list[MadeRun]


def make_world(seed: int, employers: int) -> World:
    """The same for the same ``seed``."""
    chance = random.Random(seed)
    maker = _Maker(chance)
    return World([maker.employer() for _ in range(employers)], [maker.run(number) for number in range(40)])


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance, self.latest = chance, FIRST_ID

    def new_id(self) -> int:
        self.latest += 1
        return self.latest

    def after(self, day: date, least: int, most: int, *, often: float = 1.0) -> date | None:
        """A day so many days after ``day``, or sometimes none."""
        return day + timedelta(days=self.chance.randint(least, most)) if self.chance.random() < often else None

    def some_day(self, day: date, least: int, most: int) -> date:
        return day + timedelta(days=self.chance.randint(least, most))

    def employer(self) -> MadeEmployer:
        registered_on = self.some_day(FIRST, 0, 500)
        sro = Colleague(self.new_id(), registered_on, is_sro=True)
        colleagues = [sro]
        for _ in range(self.chance.randint(0, 2)):
            left_on = self.after(registered_on, 20, 600, often=0.3)
            colleagues.append(Colleague(self.new_id(), registered_on, is_sro=False, left_on=left_on))
        if replaced_on := self.after(registered_on, 30, 400, often=0.15):
            sro.left_on = replaced_on
            colleagues.append(Colleague(self.new_id(), replaced_on, is_sro=True))
        made = MadeEmployer(
            self.new_id(),
            registered_on,
            colleagues,
            {year: on for year in YEARS if (on := self.after(registered_on, 0, 500, often=0.7))},
            self.after(registered_on, 0, 30, often=0.8),
            [self.some_day(registered_on, 0, 600) for _ in range(self.chance.randint(0, 3))],
        )
        made.purchases = [self.purchase(made) for _ in range(self.chance.randint(1, 4))]
        if self.chance.random() < 0.3:
            days = sorted(self.some_day(registered_on, 1, 500) for _ in range(4))
            for day in days:
                share = self.chance.choice((50, 79, 80, 81, 94, 95, 100))
                made.committed.append((day, self.chance.choice(YEARS), CAP_PENCE * share // 100))
        return made

    def purchase(self, employer: MadeEmployer) -> MadePurchase:
        entered_on = self.some_day(employer.registered_on, 0, 400)
        present = [each for each in employer.colleagues if each.from_on <= entered_on]
        present = [each for each in present if each.left_on is None or each.left_on > entered_on]
        fund = self.chance.choice(("main", "main", "main", "ommt"))
        started_on = self.after(entered_on, -20, 80, often=0.8)
        made = MadePurchase(
            self.new_id(),
            fund,
            self.chance.choice(present).person_id,
            entered_on,
            self.after(entered_on, -30, 120, often=0.7),
            started_on,
            self.after(started_on, 20, 300, often=0.8) if started_on and fund == "main" else None,
        )
        for _ in range(self.chance.randint(1, 3)):
            made.claims += self.claims(made, self.chance.choice(present).person_id)
        return made

    def claims(self, purchase: MadePurchase, entered_by: int) -> list[MadeClaim]:
        """A claim, and the completion claim that its approval opened."""
        entered_on = self.some_day(purchase.entered_on, 0, 20)
        year = year_of(entered_on)
        if purchase.fund == "ommt":
            part, last_day_on = "full", date(int(year[:4]) + 1, 3, 20)
        else:
            part, last_day_on = self.chance.choice(("full", "start")), self.after(entered_on, -10, 100, often=0.8)
        claim = MadeClaim(
            self.new_id(),
            self.new_id(),
            entered_by,
            entered_on,
            part,
            year,
            last_day_on,
            self.after(entered_on, 0, 90, often=0.6),
        )
        claim.certificate_on = self.after(entered_on, 0, 90, often=0.4)
        self._assess(claim)
        if part == "full" or claim.approved_on is None:
            return [claim]
        completion = MadeClaim(
            self.new_id(),
            claim.learner_id,
            entered_by,
            claim.approved_on,
            "completion",
            year,
            None,
            self.after(claim.approved_on, 5, 500, often=0.6),
            start=claim,
        )
        return [claim, completion]

    def _assess(self, claim: MadeClaim) -> None:
        if claim.submitted_on is None:
            return
        decided_from = claim.submitted_on
        claim.asked_on = self.after(claim.submitted_on, 1, 12, often=0.3)
        if claim.asked_on:
            claim.answered_on = self.after(claim.asked_on, 0, 40, often=0.8)
            if claim.answered_on is None:
                return
            decided_from = claim.answered_on
        claim.approved_on = self.after(decided_from, 1, 25, often=0.8)
        if claim.approved_on:
            claim.taken_on = self.after(claim.approved_on, 0, 30, often=0.8)

    def run(self, number: int) -> MadeRun:
        drawn_up_on = self.some_day(FIRST, number * 17, number * 17 + 10)
        return MadeRun(self.new_id(), drawn_up_on, self.after(drawn_up_on, 0, 12, often=0.8))


def year_of(day: date) -> str:
    begins = day.year if day >= date(day.year, 4, 1) else day.year - 1
    return f"{begins}-{(begins + 1) % 100}"
