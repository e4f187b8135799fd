"""Dates, money and lists as an employer reads them in a finding."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@lru_cache(maxsize=4096)
def in_words(day: date) -> str:
    """For example ``10 August 2025``, whatever the machine's language."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=4096)
def in_pounds(pence: int) -> str:
    """For example ``£1,540.00``."""
    pounds, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}£{pounds:,}.{rest:02d}"


def periods_in_words(periods: Iterable[tuple[date, date]]) -> str:
    """For example ``from 1 April 2024 until 4 February 2025``; several are joined by "and"."""
    return " and ".join(f"from {in_words(first)} until {in_words(last)}" for first, last in periods)
