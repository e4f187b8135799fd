"""Reads the dates that people type: in three boxes or pasted whole, months in numbers or words. Pure functions."""

import re
from collections.abc import Sequence
from datetime import date

from claims.exchange.parsing import Misread, capitalise, tidy
from claims.rules.wording import in_words

EARLIEST_TRAINING_DATE = date(2024, 4, 1)
EARLIEST_DATE = date(1950, 1, 1)
PLANNED_DAYS_AHEAD = 2 * 365
"""How far ahead of today a planned date may be, itself included."""
DAY, MONTH, YEAR = "day", "month", "year"
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_IN_NUMBERS = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4}|\d{2})", re.ASCII)
_IN_WORDS = re.compile(
    r"(\d{1,2}(?:st|nd|rd|th)?)[\s./-]*([a-z]{3,9}\.?)[\s.,/-]*(\d{4}|\d{2})", re.ASCII | re.IGNORECASE
)


def parse_date(typed: Sequence[str], called: str, earliest: date = EARLIEST_DATE, latest: date | None = None) -> date:
    """The date in three boxes ``(day, month, year)``, or pasted whole into the first.

    ``earliest`` and ``latest`` are inclusive. A month may be a number, ``apr`` or ``April``; a year of two digits
    lies between 1950 and 2049.
    """
    day, month, year = (tidy(each) for each in typed)
    start = capitalise(called)
    if day and not month and not year:
        day, month, year = _split_date(day) or (day, month, year)
    boxes = {DAY: day, MONTH: month, YEAR: year}
    missing = [name for name, text in boxes.items() if not text]
    if len(missing) == 3:
        raise Misread(f"Enter {called}, like 27 3 2025")
    if missing:
        raise Misread(f"{start} must include a {' and a '.join(missing)}", missing[0])
    found = _whole_date(_day_of(day), _month_of(month), _year_of(year), start)
    if found < earliest:
        raise Misread(f"{start} must be on or after {in_words(earliest)}")
    if latest is not None and found > latest:
        raise Misread(f"{start} must be on or before {in_words(latest)}")
    return found


def _split_date(text: str) -> tuple[str, str, str] | None:
    """A date that was pasted whole, as day, month and year; ``None`` when it is something else."""
    text = _WEEKDAY.sub("", text)
    if found := _YEAR_FIRST.fullmatch(text):
        return found[3], found[2], found[1]
    found = _IN_NUMBERS.fullmatch(text) or _IN_WORDS.fullmatch(text)
    return (found[1], found[2], found[3]) if found else None


def _day_of(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", text, re.IGNORECASE | re.ASCII)
    return int(found[1]) if found else None


def _month_of(text: str) -> int | None:
    if re.fullmatch(r"\d{1,2}", text, re.ASCII):
        return int(text)
    word = text.lower().rstrip(".")
    named = [number for number, name in enumerate(_MONTHS, 1) if len(word) >= 3 and name.startswith(word)]
    if word == "sept":
        return 9
    return named[0] if named else None


def _year_of(text: str) -> int | None:
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"\d{2}", text, re.ASCII):
        return int(text) + (2000 if int(text) < 50 else 1900)
    return None


def _whole_date(day: int | None, month: int | None, year: int | None, start: str) -> date:
    if month is None or not 1 <= month <= 12:
        raise Misread(f"{start} must have a month from 1 to 12, or its name", MONTH)
    if year is None:
        raise Misread(f"{start} must have a year of 4 digits, like 2025", YEAR)
    if day is None or not 1 <= day <= 31:
        raise Misread(f"{start} must have a day from 1 to 31", DAY)
    try:
        return date(year, month, day)
    except ValueError:
        raise Misread(f"{start} must be a real date: check how many days the month has", DAY) from None
