"""When a message goes: at once, in the morning or on Monday, never in the quiet hour, and near deadlines always."""

from datetime import UTC, date, datetime

import pytest

from claims.models.correspondence import RHYTHMS
from claims.reminders.kinds import NAMES, Kind
from claims.reminders.rhythm import ALWAYS_SENT, Rhythm, goes_at, is_quiet, may_be_stopped

EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
TUESDAY = datetime(2026, 2, 3, 10, 30, tzinfo=UTC)


def goes(rhythm: Rhythm, at: datetime, kind: str = Kind.PAYMENT, last_day_on: date | None = None) -> str:
    return goes_at(rhythm, kind, at, EASTER, last_day_on).strftime("%a %d %b %H:%M")


def test_at_once_is_at_once_on_any_day() -> None:
    assert goes(Rhythm.AT_ONCE, datetime(2026, 4, 4, 23, 5, tzinfo=UTC)) == "Sat 04 Apr 23:05"


@pytest.mark.parametrize(
    ("at", "goes_on"),
    [
        (datetime(2026, 2, 3, 8, 0, tzinfo=UTC), "Tue 03 Feb 08:00"),
        (datetime(2026, 2, 3, 8, 0, 1, tzinfo=UTC), "Wed 04 Feb 08:00"),
        (datetime(2026, 2, 6, 12, 0, tzinfo=UTC), "Mon 09 Feb 08:00"),
        # Over Easter, and over the change to summer time: eight o'clock in London is seven in UTC.
        (datetime(2026, 4, 2, 12, 0, tzinfo=UTC), "Tue 07 Apr 07:00"),
        (datetime(2026, 3, 27, 12, 0, tzinfo=UTC), "Mon 30 Mar 07:00"),
    ],
)
def test_daily_is_the_next_morning_of_a_working_day(at: datetime, goes_on: str) -> None:
    assert goes(Rhythm.DAILY, at) == goes_on


@pytest.mark.parametrize(
    ("at", "goes_on"),
    [
        (TUESDAY, "Mon 09 Feb 08:00"),
        (datetime(2026, 2, 9, 8, 0, tzinfo=UTC), "Mon 09 Feb 08:00"),
        (datetime(2026, 2, 9, 8, 1, tzinfo=UTC), "Mon 16 Feb 08:00"),
        (datetime(2026, 4, 1, 12, 0, tzinfo=UTC), "Tue 07 Apr 07:00"),
        (datetime(2026, 4, 6, 12, 0, tzinfo=UTC), "Tue 07 Apr 07:00"),
        (datetime(2026, 4, 7, 6, 0, tzinfo=UTC), "Tue 07 Apr 07:00"),
        (datetime(2026, 4, 7, 12, 0, tzinfo=UTC), "Mon 13 Apr 07:00"),
    ],
)
def test_weekly_is_the_morning_of_the_first_working_day_of_the_week(at: datetime, goes_on: str) -> None:
    assert goes(Rhythm.WEEKLY, at) == goes_on


@pytest.mark.parametrize(("days", "held_back"), [(7, False), (8, True)])
def test_a_deadline_within_seven_days_is_sent_whatever_was_chosen(days: int, held_back: bool) -> None:
    last_day_on = date(2026, 2, 3 + days)
    for rhythm in (Rhythm.DAILY, Rhythm.WEEKLY):
        for kind in (Kind.CLAIM_DEADLINE, Kind.OMMT_CLOSING, Kind.SCHEME_YEAR_CLOSING):
            assert (goes(rhythm, TUESDAY, kind, last_day_on) != "Tue 03 Feb 10:30") is held_back


def test_decisions_missed_deadlines_and_codes_are_never_held_back_nor_stopped() -> None:
    for kind in ("decision", "claim-missed", "sign-in-code"):
        assert goes(Rhythm.WEEKLY, TUESDAY, kind) == "Tue 03 Feb 10:30"
        assert not may_be_stopped(kind)
    assert all(may_be_stopped(kind) for kind in Kind if kind not in ALWAYS_SENT)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (datetime(2026, 2, 3, 0, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 2, 3, 1, 0, tzinfo=UTC), True),
        (datetime(2026, 2, 3, 2, 0, tzinfo=UTC), False),
        # In summer the hour is another one in UTC; in October it comes twice, in March it does not come.
        (datetime(2026, 7, 1, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 1, 30, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), False),
    ],
)
def test_the_quiet_hour_is_from_one_to_two_in_london(at: datetime, quiet: bool) -> None:
    assert is_quiet(at) is quiet


def test_every_kind_has_its_name_and_the_database_knows_every_rhythm() -> None:
    assert set(NAMES) == set(Kind)
    assert len(set(NAMES.values())) == len(Kind)
    assert set(RHYTHMS) == set(Rhythm)
