"""The engine against the rules once more, written slowly and plainly by somebody who had not seen it."""

from dataclasses import fields, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from claims import reference
from claims.lifecycle import State
from claims.rules.engine import assess
from claims.rules.facts import (
    ClaimFacts,
    EmployerFacts,
    Engagement,
    Facts,
    FundFacts,
    LearnerFacts,
    Overlapping,
    Part,
    StartPart,
    TrainingFacts,
)
from claims.rules.findings import Amount, Outcome
from claims.rules.scheme import Reference
from tests.builders import a_reference, a_year, a_year_later, an_entry, the_example
from tests.rules.judgements import COMPLETION, EXTERNAL_OMMT, FULL, INTERNAL_OMMT
from tests.rules.obvious import Year, judge

CASES = 10_000
"""Claims made up on each reference, from one seed: the same in every run, and quickly."""

THIS_YEAR = Year()
NEXT_YEAR = Year(date(2026, 4, 1), date(2027, 3, 31), date(2027, 12, 31), date(2027, 3, 20))
SHIPPED = reference.load()
THIS_YEAR_AS_SHIPPED = replace(SHIPPED, years=tuple(year for year in SHIPPED.years if year.name == "2025-26"))
TWO_YEARS = a_reference(
    extra=(
        an_entry("LTS", max_reimbursement_pence=600_00, paid_from=date(2026, 4, 1), paid_to=date(2027, 3, 31)),
        an_entry("GAP", paid_from=date(2025, 5, 1), paid_to=date(2025, 5, 31)),
        an_entry("GAP", paid_from=date(2025, 9, 1), paid_to=date(2026, 5, 31)),
    ),
    years=(a_year(), a_year_later()),
)

EDGES = [
    date(2024, 2, 29),
    date(2025, 2, 5),
    date(2025, 4, 1),
    date(2025, 5, 31),
    date(2025, 8, 10),
    date(2025, 11, 30),
    date(2026, 2, 28),
    date(2026, 3, 20),
    date(2026, 3, 31),
    date(2026, 12, 31),
    date(2027, 3, 31),
]
CODES = ["610/4009/5", "LTS", "DLP", "GAP", "OMMT/T1/INT", "OMMT/T1/EXT", "NOPE"]
ROLES = ["care-worker"] * 30 + ["registered-manager", "deputy-manager"] * 5 + ["wizard"]
NUMBERS = ["AB123456C"] * 12 + ["ab 12 34 56 c", "BG123456C", "DA123456C", "AO123456C", "AB123456E", "AB12345C", ""]
COMMITTED = [0, 0, 0, 398_460_00, 399_076_00, 399_900_00, 399_999_99, 400_000_00, 400_000_01]
STATES = ["none", *State, State.APPROVED, State.PAID]
STORIES = [the_example(**changes) for changes in ({}, FULL, COMPLETION, EXTERNAL_OMMT, INTERNAL_OMMT)]
FIELDS = [(subject.name, field.name) for subject in fields(Facts) for field in fields(getattr(Facts(), subject.name))]


class Claims:
    """Claims near the edges of every rule, half of them an eligible claim with up to three facts changed."""

    def __init__(self, on: Reference, random: Random) -> None:
        self.random = random
        self.codes = CODES * 5 + list(on.courses)
        self.roles = ROLES + list(on.job_roles)

    def one(self) -> Facts:
        facts, changed = self.random.choice(STORIES), self.anything()
        if self.random.random() < 0.5:
            return changed
        for subject, field in self.random.sample(FIELDS, self.random.randrange(4)):
            new = replace(getattr(facts, subject), **{field: getattr(getattr(changed, subject), field)})
            facts = replace(facts, **{subject: new})
        return facts

    def anything(self) -> Facts:
        paid, started = self.day(), self.day()
        submitted = self.maybe(self.day(), 0.7)
        return Facts(
            EmployerFacts(
                self.truth(),
                self.truth(),
                self.maybe(self.day()),
                self.truth(),
                self.maybe(self.day()),
                self.maybe(self.random.choice(COMMITTED)),
            ),
            LearnerFacts(
                self.maybe(self.random.choice(NUMBERS)),
                self.maybe(self.random.choice(self.roles)),
                self.maybe(self.random.choice([Engagement.EMPLOYEE] * 10 + list(Engagement))),
                self.truth(),
                self.truth(0.2),
                self.truth(),
                self.truth(),
            ),
            TrainingFacts(
                self.maybe(self.random.choice(self.codes)),
                self.maybe(self.pence()),
                self.maybe(self.random.choice([0, 0, self.pence()])),
                self.truth(0.1),
                self.maybe(paid),
                self.maybe(self.day(paid), 0.3),
                self.maybe(started),
                self.maybe(self.day(started), 0.8),
            ),
            ClaimFacts(
                self.maybe(self.random.choice(list(Part))),
                self.random.choice([submitted, self.maybe(self.day(), 0.5)]),
                submitted,
                self.maybe(StartPart(self.random.choice(STATES), self.maybe(self.pence()), self.maybe(self.pence()))),
                self.maybe(Overlapping(self.random.choice([(), (), ("7KD-4XQ2-M9RT-A",)]), bool(self.truth(0.1)))),
            ),
            FundFacts(self.truth()),
        )

    def maybe(self, value: Any, share: float = 0.93) -> Any:
        return value if self.random.random() < share else None

    def truth(self, share: float = 0.95) -> bool | None:
        return self.random.choices([True, False, None], [share, 1 - share, 0.05])[0]

    def pence(self) -> int:
        return self.random.choice([0, 1, 12_50, 99_99, 125_55, 1333_33, 1600_00, self.random.randrange(2000_00)])

    def day(self, near: date | None = None) -> date:
        """A day at an edge, or any; or within weeks of another day, seldom before it."""
        if near and self.random.random() < 0.7:
            return near + timedelta(days=self.random.choice([0, 0, 1, 30, 100, -1]))
        if self.random.random() < 0.6:
            return self.random.choice(EDGES) + timedelta(days=self.random.choice([-1, 0, 1]))
        return date(2024, 4, 1) + timedelta(days=self.random.randrange(1500))


YES_OR_NO = {"pass", "fail", "unknown"}
CAN_SAY = {
    "employer-provides-adult-social-care": YES_OR_NO,
    "employer-employs-care-staff-in-england": YES_OR_NO,
    "employer-workforce-data-up-to-date": YES_OR_NO,
    "employer-registered-with-cqc": YES_OR_NO | {"not-applicable"},
    "employer-signed-agreement": YES_OR_NO,
    "learner-has-national-insurance-number": YES_OR_NO,
    "learner-works-in-england": YES_OR_NO,
    "learner-engagement-is-funded": YES_OR_NO | {"check"},
    "learner-role-is-funded": YES_OR_NO | {"check"},
    "learner-employed-when-training-started": YES_OR_NO,
    "learner-still-employed-on-completion": YES_OR_NO | {"check", "not-applicable"},
    "course-on-eligible-list": YES_OR_NO,
    "course-not-an-apprenticeship": YES_OR_NO,
    "part-allowed-for-course": YES_OR_NO,
    "paid-in-scheme-year": YES_OR_NO,
    "started-in-scheme-year": YES_OR_NO,
    "dates-in-order": YES_OR_NO,
    "training-completed": {"pass", "unknown", "not-applicable"},
    "completed-in-time": YES_OR_NO | {"check", "not-applicable"},
    "cost-is-reimbursable": YES_OR_NO | {"not-applicable"},
    "start-part-approved": YES_OR_NO | {"not-applicable"},
    "not-claimed-before": YES_OR_NO,
    "submitted-in-time": YES_OR_NO | {"check"},
    "fund-open": YES_OR_NO,
    "employer-within-cap": YES_OR_NO | {"check", "not-applicable"},
}


@pytest.mark.parametrize(
    ("on", "years"),
    [(THIS_YEAR_AS_SHIPPED, (THIS_YEAR,)), (TWO_YEARS, (THIS_YEAR, NEXT_YEAR))],
    ids=["the year as shipped", "two years"],
)
def test_the_engine_says_what_the_sentences_say(on: Reference, years: tuple[Year, ...]) -> None:
    claims = Claims(on, Random(2025))
    heard: dict[str, set[str]] = {rule: set() for rule in CAN_SAY}
    outcomes = set()
    for _ in range(CASES):
        facts, today = claims.one(), claims.day()
        assessment = assess(facts, on, today)
        expected = judge(facts, on.courses, on.job_roles, today, years)

        said = {finding.rule: str(finding.outcome) for finding in assessment.findings}
        assert said == expected.rules, (facts, today)
        assert assessment.outcome == expected.outcome, (facts, today)
        assert assessment.amount == Amount(*expected.amount), (facts, today)
        assert assessment.last_day_to_claim == expected.last_day, (facts, today)
        outcomes.add(assessment.outcome)
        for rule, outcome in said.items():
            heard[rule].add(outcome)
    assert outcomes == set(Outcome)
    assert heard == CAN_SAY, "some sentence was never put to the test"
