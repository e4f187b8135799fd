"""Two years of days: everybody is told everything on its day, once, as a slow and obvious implementation has it."""

import random
from datetime import date, timedelta

import pytest

from claims.db import Database
from claims.reminders.kinds import Kind
from claims.services.reminding import queue_reminders
from claims.store.holidays import england_bank_holidays
from tests.reminding.living import EVERY_DAY, at, happenings, know_two_years, open_office, said_in
from tests.reminding.obvious import everything_said
from tests.reminding.world import FIRST, make_world

EMPLOYERS = 14
QUEUED_BY_ACTS = {
    Kind.DECISION,
    Kind.PAYMENT,
    Kind.COURSE_LIST_CHANGED,
    Kind.REGISTRATION,
    Kind.OFFICER_CHANGED,
}
"""These are no reminders: what causes them queues them."""


@pytest.mark.parametrize(("seed", "down"), [(7, 0.1)])
def test_every_kind_comes_on_its_day_to_the_right_person_once(
    quick_database: Database, monkeypatch: pytest.MonkeyPatch, seed: int, down: float
) -> None:
    know_two_years(monkeypatch)
    world, chance = make_world(seed, EMPLOYERS), random.Random(seed)
    mornings = [day for day in EVERY_DAY if chance.random() >= down]
    with quick_database.write() as session:
        office = open_office(session)
    live(quick_database, world, set(mornings))
    with quick_database.read() as session:
        said = said_in(session)
    expected = everything_said(world, office, england_bank_holidays(), mornings)
    missing, extra = sorted(set(expected) - set(said))[:5], sorted(set(said) - set(expected))[:5]
    assert (missing, extra) == ([], [])
    assert len(said) == len(set(said)) == len(expected)
    assert {kind for _, kind, *_ in said} == set(Kind) - QUEUED_BY_ACTS


def live(database: Database, world, mornings: set[date]) -> None:
    """Every morning the reminders, unless nothing runs then; every noon what happens that day."""
    changes = happenings(world)
    for day in [FIRST + timedelta(days=each) for each in range(len(EVERY_DAY) + 1)]:
        with database.write() as session:
            if day in mornings:
                queue_reminders(session, day, at(day, 8))
            for change in changes.get(day, ()):
                change(session)
