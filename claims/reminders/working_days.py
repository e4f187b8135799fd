"""Days on which people work: Monday to Friday, without the holidays that are given."""

from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5


def is_working_day(day: date, holidays: frozenset[date]) -> bool:
    """Whether people work on ``day``: Monday to Friday, no holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def working_day_until(day: date, holidays: frozenset[date]) -> date:
    """``day`` itself, or the last working day before it."""
    while not is_working_day(day, holidays):
        day -= ONE_DAY
    return day


def working_day_from(day: date, holidays: frozenset[date]) -> date:
    """``day`` itself, or the first working day after it."""
    while not is_working_day(day, holidays):
        day += ONE_DAY
    return day


def working_days_between(first: date, last: date, holidays: frozenset[date]) -> int:
    """How many working days have gone by from ``first`` (not counted) to ``last`` (counted); 0 when not after."""
    days = (last - first).days
    return sum(is_working_day(first + timedelta(days=count), holidays) for count in range(1, days + 1))


def add_working_days(day: date, count: int, holidays: frozenset[date]) -> date:
    """The ``count``-th working day after ``day``; ``count`` is at least 1."""
    while count:
        day = working_day_from(day + ONE_DAY, holidays)
        count -= 1
    return day
