"""Which reminders go on which day: at the edges, and against an obvious implementation for more than a year of days."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from claims.reminders.facts import Deadline, Facts, OpenRequest
from claims.reminders.kinds import Key, Kind
from claims.reminders.plan import Planned, plan
from claims.reminders.working_days import is_working_day, working_days_between

CHRISTMAS = frozenset({date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6)})
LONG_AGO = date(2025, 1, 1)


def deadline(
    last_day_on: date, known_from: date = LONG_AGO, people: tuple[int, ...] = (1,), claim_id: int = 5
) -> Deadline:
    return Deadline(
        claim_id, "7KD-4XQ2-M9RT-A", "Adult Social Care Certificate", "N. O.", last_day_on, known_from, people
    )


def request(asked_on: date, people: tuple[int, ...] = (1,), claim_id: int = 5) -> OpenRequest:
    return OpenRequest(claim_id, 9, "7KD-4XQ2-M9RT-A", "Adult Social Care Certificate", "N. O.", asked_on, people)


def due(facts: Facts, day: date, sent: frozenset[Key] = frozenset()) -> list[date]:
    return [planned.key.due_on for planned in plan(facts, sent, day)]


# Wednesday 4 March 2026 has only working days 28, 14, 7, 2 and 0 days before it, but for Monday 2 March - itself one.
WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize("days", [28, 14, 7, 2, 0])
def test_a_deadline_is_reminded_of_on_each_of_its_days(days: int) -> None:
    day = WEDNESDAY - timedelta(days=days)
    assert due(Facts((deadline(WEDNESDAY),)), day) == [day]


def test_nothing_goes_29_days_before_nor_once_the_last_day_has_passed() -> None:
    facts = Facts((deadline(WEDNESDAY),))
    assert due(facts, WEDNESDAY - timedelta(days=29)) == []
    assert due(facts, WEDNESDAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("last_day", "sent_on"),
    [
        (date(2026, 3, 7), date(2026, 3, 6)),
        (date(2026, 3, 8), date(2026, 3, 6)),
        (date(2025, 12, 26), date(2025, 12, 24)),
        (date(2026, 4, 6), date(2026, 4, 2)),
    ],
)
def test_a_last_day_that_is_no_working_day_is_reminded_of_on_the_working_day_before(
    last_day: date, sent_on: date
) -> None:
    facts = Facts((deadline(last_day),), holidays=CHRISTMAS)
    assert due(facts, sent_on) == [last_day]
    for later in range(1, (last_day - sent_on).days + 1):
        sent = frozenset(planned.key for planned in plan(facts, (), sent_on))
        assert due(facts, sent_on + timedelta(days=later), sent) == []


def test_what_a_late_run_missed_goes_once_and_only_the_latest_of_it() -> None:
    facts = Facts((deadline(WEDNESDAY),))
    day = WEDNESDAY - timedelta(days=6)
    assert due(facts, day) == [WEDNESDAY - timedelta(days=7)]
    sent = frozenset(planned.key for planned in plan(facts, (), day))
    assert due(facts, day + timedelta(days=1), sent) == []


def test_a_late_run_on_a_weekend_sends_only_what_could_not_wait_for_monday() -> None:
    saturday = date(2026, 3, 7)
    assert due(Facts((deadline(date(2026, 3, 8)),)), saturday) == [date(2026, 3, 8)]
    assert due(Facts((deadline(date(2026, 3, 9)),)), saturday) == []
    assert due(Facts((deadline(date(2026, 3, 9)),)), date(2026, 3, 9)) == [date(2026, 3, 9)]


def test_a_draft_is_not_reminded_of_what_was_due_before_it_was_entered() -> None:
    stage = WEDNESDAY - timedelta(days=14)
    assert due(Facts((deadline(WEDNESDAY, known_from=stage),)), stage) == [stage]
    assert due(Facts((deadline(WEDNESDAY, known_from=stage + timedelta(days=1)),)), stage + timedelta(days=1)) == []


def test_everyone_who_is_told_gets_a_message_of_their_own() -> None:
    planned = plan(Facts((deadline(WEDNESDAY, people=(3, 8)),)), (), WEDNESDAY)
    assert [message.key.person_id for message in planned] == [3, 8]
    assert {message.key.about for message in planned} == {"claim:5"}


@pytest.mark.parametrize("days", [7, 14])
def test_a_request_is_reminded_of_7_and_14_days_after_it_was_asked(days: int) -> None:
    asked_on = date(2026, 3, 2)
    facts = Facts(requests=(request(asked_on),))
    day = asked_on + timedelta(days=days)
    first = frozenset({Key(Kind.NEEDS_ACTION, 1, "claim:5:request:9", asked_on + timedelta(days=7))})
    assert due(facts, day - timedelta(days=1), first) == []
    assert due(facts, day, first if days == 14 else frozenset()) == [day]


def test_a_reminder_of_a_request_that_falls_on_a_weekend_goes_on_monday() -> None:
    facts = Facts(requests=(request(date(2026, 2, 28)),))
    assert due(facts, date(2026, 3, 7)) == []
    assert due(facts, date(2026, 3, 8)) == []
    assert due(facts, date(2026, 3, 9)) == [date(2026, 3, 7)]


def test_working_days_are_counted_without_weekends_and_holidays() -> None:
    assert working_days_between(date(2026, 4, 2), date(2026, 4, 7), CHRISTMAS) == 1
    assert working_days_between(date(2026, 3, 2), date(2026, 3, 2), CHRISTMAS) == 0
    assert working_days_between(date(2026, 3, 3), date(2026, 3, 2), CHRISTMAS) == 0
    assert working_days_between(date(2026, 3, 6), date(2026, 3, 9), CHRISTMAS) == 1


def obvious(facts: Facts, days: list[date]) -> Iterator[tuple[date, Key]]:
    """Walks the days one by one with a list of everything still to be sent, and strikes it off when it goes."""
    gone: set[Key] = set()
    for day in days:
        nobody_works = day.isoweekday() in (6, 7) or day in facts.holidays
        for item in facts.deadlines:
            stages = []
            for before in (0, 2, 7, 14, 28):
                wanted = item.last_day_on - timedelta(days=before)
                send = wanted
                while send.isoweekday() in (6, 7) or send in facts.holidays:
                    send = send - timedelta(days=1)
                stages.append((wanted, send))
            come = [(wanted, send) for wanted, send in stages if send <= day]
            if day > item.last_day_on or not come:
                continue
            wanted = max(come)[0]
            if wanted < item.known_from:
                continue
            if nobody_works:
                monday = day
                while monday.isoweekday() in (6, 7) or monday in facts.holidays:
                    monday = monday + timedelta(days=1)
                if monday <= item.last_day_on:
                    continue
            for person in item.people:
                key = Key(Kind.CLAIM_DEADLINE, person, f"claim:{item.claim_id}", wanted)
                if key not in gone:
                    gone.add(key)
                    yield day, key
        for asked in facts.requests:
            if nobody_works or day < asked.asked_on + timedelta(days=7):
                continue
            late = 14 if day >= asked.asked_on + timedelta(days=14) else 7
            for person in asked.people:
                key = Key(
                    Kind.NEEDS_ACTION,
                    person,
                    f"claim:{asked.claim_id}:request:9",
                    asked.asked_on + timedelta(days=late),
                )
                if key not in gone:
                    gone.add(key)
                    yield day, key


@pytest.mark.parametrize("seed", range(6))
def test_the_plan_equals_an_obvious_one_over_more_than_a_year_with_days_on_which_nothing_ran(seed: int) -> None:
    chance = random.Random(seed)
    begin = date(2025, 11, 3)
    every_day = [begin + timedelta(days=number) for number in range(400)]
    facts = Facts(
        tuple(
            deadline(chance.choice(every_day), chance.choice(every_day[:200]), (1, 2)[: chance.randint(1, 2)], number)
            for number in range(80)
        ),
        tuple(request(chance.choice(every_day), (3,), number) for number in range(30)),
        CHRISTMAS,
    )
    days = [day for day in every_day if chance.random() > 0.1 * seed]
    sent: set[Key] = set()
    planned: list[tuple[date, Key]] = []
    for day in days:
        messages: list[Planned] = plan(facts, sent, day)
        assert len({message.key for message in messages}) == len(messages)
        planned += [(day, message.key) for message in messages]
        sent |= {message.key for message in messages}
        assert plan(facts, sent, day) == []
    assert planned == list(obvious(facts, days))
    assert planned


def test_a_scheduler_that_runs_every_day_reminds_of_every_deadline_on_a_working_day_before_it_passes() -> None:
    first = date(2025, 12, 1)
    for offset in range(140):
        last_day = first + timedelta(days=offset)
        facts = Facts((deadline(last_day),), holidays=CHRISTMAS)
        sent: set[Key] = set()
        days = []
        for back in range(40, -1, -1):
            day = last_day - timedelta(days=back)
            messages = plan(facts, sent, day)
            sent |= {message.key for message in messages}
            days += [day for _ in messages]
        assert len(days) == len(set(days)) >= 4
        assert all(is_working_day(day, CHRISTMAS) for day in days)
        assert max(days) <= last_day
