"""How often a person is written to, and at which instant a message goes: pure functions of choice, kind and time."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from claims.reminders.kinds import Kind
from claims.reminders.working_days import working_day_from

LONDON = ZoneInfo("Europe/London")
MORNING = time(8)
"""When the letters of a day go, in London."""
QUIET_HOUR = 1
"""Nothing goes between 01:00 and 02:00 in London, an hour that comes twice or not at all when the clocks change."""
NEAR = timedelta(days=7)
"""A deadline so near is told of whatever somebody chose."""

ALWAYS_SENT = frozenset({Kind.DECISION, Kind.CLAIM_MISSED, Kind.REGISTRATION, Kind.OFFICER_CHANGED})
"""Neither held back nor stopped."""
DEADLINES = frozenset({Kind.CLAIM_DEADLINE, Kind.OMMT_CLOSING, Kind.SCHEME_YEAR_CLOSING})


class Rhythm(StrEnum):
    """What a person chooses. What is due at one moment is one letter, whatever was chosen."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    WEEKLY = "weekly"


def may_be_stopped(kind: str) -> bool:
    """Whether a person may stop messages of ``kind``. Only reminders and notifications are; a code for signing in is
    neither.
    """
    return kind in set(Kind) - ALWAYS_SENT


def goes_at(
    rhythm: Rhythm, kind: str, at: datetime, holidays: frozenset[date], last_day_on: date | None = None
) -> datetime:
    """The instant from which a message of ``kind``, queued ``at``, goes to a person who chose ``rhythm``. UTC.

    ``last_day_on`` is the deadline that it is about, if it is about one.
    """
    there = at.astimezone(LONDON)
    near = kind in DEADLINES and last_day_on is not None and last_day_on - there.date() <= NEAR
    if kind in ALWAYS_SENT or near or not may_be_stopped(kind) or rhythm is Rhythm.AT_ONCE:
        return at
    begins_on = there.date() if there.time() <= MORNING else there.date() + timedelta(days=1)
    if rhythm is Rhythm.WEEKLY:
        monday = begins_on - timedelta(days=begins_on.weekday())
        if working_day_from(monday, holidays) < begins_on:
            monday += timedelta(days=7)
        begins_on = monday
    morning_at = datetime.combine(working_day_from(begins_on, holidays), MORNING, LONDON)
    return morning_at.astimezone(UTC)


def is_quiet(at: datetime) -> bool:
    """Whether ``at`` is in the hour in which nothing is sent."""
    return at.astimezone(LONDON).hour == QUIET_HOUR
