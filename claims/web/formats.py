"""How values are written for people: money, dates, counts, sizes. Pure functions, used as template filters."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from claims import clock
from claims.exchange.money import read_pounds
from claims.rules.findings import Finding, Says
from claims.secrets import mask_national_insurance_number

_REFERENCE = re.compile(r"\b[A-Z0-9]{3}(?:-[A-Z0-9]{4}){2}(?:-[A-C])?\b")
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
MONTH_AND_DAY = re.compile(r"([0-9]{2})-([0-9]{2})")
LEAP_YEAR = 2000
"""Has every day that a year may have."""

WORST_FIRST = (Says.FAIL, Says.CHECK, Says.UNKNOWN, Says.PASS, Says.NOT_APPLICABLE)


def money(pence: int | None) -> str:
    """Whole pence as ``£1,540.00``; ``not known`` for ``None``."""
    if pence is None:
        return "not known"
    pounds, rest = divmod(abs(pence), 100)
    return f"{MINUS if pence < 0 else ''}£{pounds:,}.{rest:02}"


def claimed_pence(as_submitted: Mapping[str, Any] | None) -> int | None:
    """What a claim would pay as it was last sent, in whole pence; ``None`` where it never was."""
    written = as_submitted["assessment"]["amount"]["payable_gbp"] if as_submitted else None
    return read_pounds(written) if written else None


def written_date(day: date | None) -> str:
    """``10 August 2025``; ``not known`` for ``None``."""
    if day is None:
        return "not known"
    return f"{day.day} {day:%B %Y}"


def short_date(day: date | None) -> str:
    """``10 Aug 2025``, for tables."""
    if day is None:
        return "not known"
    return f"{day.day} {day:%b %Y}"


def written_time(at: datetime | None) -> str:
    """An instant in London: ``10 August 2025 at 3:05pm``. Needs a time zone."""
    if at is None:
        return "not known"
    there = at.astimezone(clock.LONDON)
    hour = there.hour % 12 or 12
    return f"{written_date(there.date())} at {hour}:{there.minute:02}{'am' if there.hour < 12 else 'pm'}"


def count(number: int, one: str, many: str = "") -> str:
    """``1 claim``, ``1,200 claims``, ``2 people`` (``many`` where an s is not enough)."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def days_away(day: date, today: date) -> str:
    """``today``, ``tomorrow``, ``in 12 days``, ``yesterday``, ``12 days ago``."""
    days = (day - today).days
    named = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in named:
        return named[days]
    return f"in {days:,} days" if days > 0 else f"{-days:,} days ago"


def file_size(size_bytes: int) -> str:
    """``480 bytes``, ``12 KB``, ``1.9 MB``, ``2 MB`` (1 MB is 1,048,576 bytes)."""
    if size_bytes < 1024:
        return count(size_bytes, "byte")
    if size_bytes < 1024 * 1024:
        return f"{size_bytes / 1024:,.0f}{NO_BREAK}KB"
    megabytes = f"{size_bytes / (1024 * 1024):,.1f}".removesuffix(".0")
    return f"{megabytes}{NO_BREAK}MB"


def spaced_number(number: str) -> str:
    """A National Insurance number as it is printed on letters: ``AB 12 34 56 C``."""
    return NO_BREAK.join(part for part in (number[:2], number[2:4], number[4:6], number[6:8], number[8:]) if part)


def groups_of_four(key: str) -> str:
    """``ABCDEFGH`` as ``ABCD EFGH``, to be typed."""
    return " ".join(key[begin : begin + 4] for begin in range(0, len(key), 4))


def whole_references(words: str) -> Markup:
    """``words`` with every reference, of a claim, a registration or a run, kept on one line."""
    return Markup(_REFERENCE.sub(r'<span class="app-whole">\g<0></span>', str(escape(words))))  # noqa: S704


def slug(words: str) -> str:
    """``words`` as an id or an address: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def value(name: str, known: Any) -> str:
    """One fact or parameter as a person reads it. Names ending ``_gbp`` or ``_pence`` carry whole pence."""
    if known is None:
        return "not known"
    if isinstance(known, bool):
        return "yes" if known else "no"
    if isinstance(known, datetime):
        return written_time(known)
    if isinstance(known, date):
        return written_date(known)
    if isinstance(known, tuple):
        return ", ".join(map(str, known)) or "none"
    if isinstance(known, int) and name.endswith(("_gbp", "_pence")):
        return money(known)
    if isinstance(known, int) and name.endswith("_percent"):
        return f"{known}%"
    if isinstance(known, int) and name.endswith("_months"):
        return count(known, "month")
    if isinstance(known, int) and name.endswith("_bytes_max"):
        return file_size(known)
    if name.endswith("_since") and (written := MONTH_AND_DAY.fullmatch(str(known))):
        day = date(LEAP_YEAR, int(written[1]), int(written[2]))
        return f"{day.day} {day:%B}"
    return f"{known:,}" if isinstance(known, int) else str(known)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Failures, then checks, unknowns, passes and rules that do not apply; each in guidance order."""
    return sorted(findings, key=lambda finding: WORST_FIRST.index(finding.outcome))


def mid_sentence(words: str) -> str:
    """As ``words`` stand after others: ``workforce records (ASC-WDS)``, but ``VAT number``."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


FILTERS: dict[str, Callable[..., Any]] = {
    "groups_of_four": groups_of_four,
    "money": money,
    "claimed_pence": claimed_pence,
    "date": written_date,
    "short_date": short_date,
    "time": written_time,
    "day_of": clock.london_date,
    "iso_day": date.fromisoformat,
    "count_of": count,
    "mid_sentence": mid_sentence,
    "days_away": days_away,
    "file_size": file_size,
    "spaced_number": spaced_number,
    "masked_number": mask_national_insurance_number,
    "slug": slug,
    "whole_references": whole_references,
    "value_of": lambda known, name: value(name, known),
    "worst_first": worst_first,
}
