"""Counting months, and the last day on which a claim can be made."""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache

from claims.rules.facts import START, Part, TrainingFacts
from claims.rules.scheme import OMMT, Fund, SchemeYear


def add_months(day: date, months: int) -> date:
    """The same day ``months`` (zero or more) later, or the last day of a shorter month.

    Stops at the last date there is.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > MAXYEAR:
        return date.max
    month += 1
    # Every month has 28 days, and looking up the length of a month is slow.
    return date(year, month, day.day if day.day <= 28 else min(day.day, monthrange(year, month)[1]))


@lru_cache(maxsize=512)
def latest_anniversary(month_and_day: str, on: date) -> date:
    """The latest date ``MM-DD`` on or before ``on``, such as the latest 1 April; the first there is before year 1."""
    month, day = int(month_and_day[:2]), int(month_and_day[3:])
    this_year = date(on.year, month, day)
    return this_year if this_year <= on else date(max(on.year - 1, MINYEAR), month, day)


def last_day_to_claim(part: Part | None, fund: Fund, training: TrainingFacts, year: SchemeYear) -> date | None:
    """The last day, inclusive, for the first submission; ``None`` while a date it runs from is not known.

    Source: DHSC LDSS guide for employers, 20 October 2025; for OMMT, Skills for Care notice, 22 December 2025.
    """
    if fund is OMMT:
        return _last_day_for_ommt(training.completed_on, year)
    window = year.number("claim_window_months")
    if part is START:
        if training.paid_on is None or training.started_on is None:
            return None
        return add_months(max(training.paid_on, training.started_on), window)
    if part is None or training.completed_on is None:
        return None
    return add_months(training.completed_on, window)


def last_day_of_all(year: SchemeYear) -> date:
    """The last day, inclusive, on which anything of ``year`` can be claimed, whenever it was paid, begun, completed."""
    latest = max(year.day("paid_to"), year.day("started_to"), year.day("long_courses_completed_by"))
    return max(add_months(latest, year.number("claim_window_months")), year.day("ommt_last_day_to_claim"))


def _last_day_for_ommt(completed_on: date | None, year: SchemeYear) -> date | None:
    last_day = year.day("ommt_last_day_to_claim")
    window = year.number_or_none("ommt_claim_window_months")
    if window is None:
        return last_day
    if completed_on is None:
        return None
    return min(last_day, add_months(completed_on, window))
