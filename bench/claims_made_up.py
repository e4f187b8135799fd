"""Claims made up for measurements: seeded, varied, and near the edges of the rules."""

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from claims.reference import load

Record = dict[str, dict[str, Any]]

TODAY = date(2026, 2, 2)

_TRUE_MOSTLY = (True,) * 12 + (False, None)
_FALSE_MOSTLY = (False,) * 12 + (True, None)
_PLAIN: Record = {
    "employer": {},
    "learner": {},
    "training": {},
    "claim": {},
    "fund": {},
}
_ROLES = ("care-worker",) * 6 + ("registered-nurse", "registered-manager", "assessment-officer", "nobody", None)
_ENGAGEMENTS = ("employee",) * 6 + ("bank", "zero-hours", "agency", "personal-assistant", "volunteer", "self-employed")
_STATES = ("approved", "paid", "in-payment", "submitted", "rejected", "none", None)


def make_records(count: int, seed: int = 20260202) -> Iterator[Record]:
    """``count`` records, the same ones for the same seed."""
    chance = random.Random(seed)
    codes = sorted(load().courses)
    for _ in range(count):
        yield _make_record(chance, codes)


def make_lines(count: int) -> Iterator[str]:
    """The same as JSON Lines."""
    for record in make_records(count):
        yield json.dumps(record) + "\n"


def _make_record(chance: random.Random, codes: list[str]) -> Record:
    pick: Callable[..., Any] = chance.choice
    record = deepcopy(_PLAIN)
    paid = _day(chance, date(2025, 3, 25), 380)
    started = _near(chance, paid, 40)
    completed = _near(chance, started, pick((200, 200, 200, 900)))
    submitted = pick((None, _near(chance, completed or started or TODAY, 100)))
    first = pick((None, None, None, _near(chance, submitted, 30))) if submitted else None
    record["employer"] = {
        "provides_adult_social_care": pick(_TRUE_MOSTLY),
        "employs_care_staff_in_england": pick(_TRUE_MOSTLY),
        "workforce_data_updated_on": _day(chance, date(2025, 3, 20), 300),
        "registered_with_cqc": pick(_TRUE_MOSTLY),
        "agreement_signed_on": _day(chance, date(2025, 4, 1), 60),
        "committed_gbp": pick(("0.00", "1234.56", "399000.00", "399999.99", "400000.00", None)),
    }
    record["learner"] = {
        "national_insurance_number": pick(("AB123456C", "ab 12 34 56 d", "BG123456A", "AB123456", None)),
        "job_role": pick(_ROLES),
        "engagement": pick((*_ENGAGEMENTS, None)),
        "works_in_england": pick(_TRUE_MOSTLY),
        "post_requires_registration": pick(_FALSE_MOSTLY),
        "employed_on_start": pick(_TRUE_MOSTLY),
        "employed_on_completion": pick(_TRUE_MOSTLY),
    }
    record["training"] = {
        "course": pick((pick(codes), "610/4009/5", "LTS", "OMMT/T1/INT", "OMMT/T2/EXT", "DLP", pick((None, "NOPE")))),
        "cost_gbp": pick((f"{chance.randrange(1, 200_000) / 100:.2f}",) * 6 + ("0.00", None)),
        "other_funding_gbp": pick(("0.00",) * 5 + ("25.00", None)),
        "apprenticeship": pick(_FALSE_MOSTLY),
        "paid_on": paid and paid.isoformat(),
        "second_payment_on": None if chance.random() < 0.7 else _iso(_near(chance, paid, 90)),
        "started_on": _iso(started),
        "completed_on": _iso(completed),
    }
    record["employer"] |= {
        name: _iso(record["employer"][name]) for name in ("workforce_data_updated_on", "agreement_signed_on")
    }
    state = pick(_STATES)
    record["claim"] = {
        "part": pick(("full", "start", "completion", "full", "start", "completion", None)),
        "first_submitted_on": _iso(first),
        "submitted_on": _iso(submitted),
        "start_part": state and {"state": state, "amount_gbp": pick(("600.00", None)), "reimbursable_gbp": None},
        "overlapping": pick(
            (
                {"own": [], "another_employer": False},
                {"own": [], "another_employer": False},
                {"own": [], "another_employer": False},
                {"own": [], "another_employer": True},
                {"own": ["7KD-4XQ2-M9RT-A"], "another_employer": False},
                None,
            )
        ),
    }
    record["fund"] = {"open": pick(_TRUE_MOSTLY)}
    return record


def _day(chance: random.Random, first: date, days: int) -> date | None:
    return None if chance.random() < 0.05 else first + timedelta(chance.randrange(days))


def _near(chance: random.Random, day: date | None, days: int) -> date | None:
    return None if day is None or chance.random() < 0.1 else day + timedelta(chance.randrange(-5, days))


def _iso(day: date | None) -> str | None:
    return day and day.isoformat()
