"""The only place that asks the time. Dates are dates in Europe/London; instants are UTC."""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def _shift() -> timedelta:
    """How far the demonstration's clock stands from the real one: ``CLAIMS_CLOCK_SHIFT_SECONDS``."""
    return timedelta(seconds=int(os.environ.get("CLAIMS_CLOCK_SHIFT_SECONDS", "0")))


def now() -> datetime:
    """This instant, in UTC."""
    return machine_now() + _shift()


def machine_now() -> datetime:
    """This instant as the machine itself has it, also in the demonstration: for its timers and its files' dates."""
    return datetime.now(UTC)


def today() -> date:
    """Today in London."""
    return now().astimezone(LONDON).date()


def london_date(at: datetime) -> date:
    """The London date of the instant ``at``."""
    return at.astimezone(LONDON).date()
