"""Look for courses in words: by title, code, level, topic or awarding organisation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from claims.rules.scheme import CourseEntry, Fund, Reference, RoleCategory, entry_on

_PARTS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class FoundCourse:
    """A course as the list has it on a day."""

    entry: CourseEntry
    """The entry that holds on the day, or else the latest."""
    holds: bool
    """Whether a payment on the day would be taken."""
    role_categories: tuple[RoleCategory, ...]
    listed: bool = True
    """Whether the list has it at all; otherwise it was on an earlier one, and nothing new is claimed for it."""


def find_courses(reference: Reference, search: str, on: date) -> Sequence[FoundCourse]:
    """Courses in which every word of ``search`` begins a word; all of them for a blank search.

    Those that hold on the day come first, then those whose title says what was asked for, then by title.
    """
    words = _words(search)
    found = [
        course
        for course in (describe_course(reference, code, on) for code in reference.courses)
        if course is not None and all(any(part.startswith(word) for part in _text(course.entry)) for word in words)
    ]
    return sorted(found, key=lambda course: (not course.holds, not _in_title(course, words), course.entry.title))


def describe_course(reference: Reference, code: str, on: date) -> FoundCourse | None:
    """One course; ``None`` for a code that was never on the list."""
    entries = reference.courses.get(code, ())
    if not entries:
        return None
    holding = entry_on(entries, on)
    links = reference.links.get(code, ())
    categories = tuple(
        reference.role_categories[link.role_category]
        for link in links
        if link.role_category in reference.role_categories
    )
    return FoundCourse(holding or entries[-1], holding is not None, tuple(dict.fromkeys(categories)))


def _text(entry: CourseEntry) -> list[str]:
    level = f"level {entry.level}" if entry.level else ""
    text = f"{entry.code} {entry.title} {level} {entry.size} {entry.category} {entry.awarding_organisation}"
    return [*_words(text), entry.code.casefold(), re.sub(r"\W", "", entry.code.casefold())]


def _in_title(course: FoundCourse, words: list[str]) -> bool:
    parts = _words(course.entry.title)
    return all(any(part.startswith(word) for part in parts) for word in words)


def _words(text: str) -> list[str]:
    return _PARTS.findall(text.casefold())


def deliveries_of(reference: Reference, code: str) -> dict[str, str]:
    """The codes of a course's ways of delivery, ``internal`` and ``external``, where it has both; else none.

    Codes of one course differ in their last part only.
    """
    stem = code.rpartition("/")[0]
    if not stem or not reference.courses.get(code):
        return {}
    found = {
        entries[-1].delivery: other
        for other, entries in reference.courses.items()
        if other.rpartition("/")[0] == stem and entries[-1].fund is Fund.OMMT and entries[-1].delivery
    }
    return found if len(found) > 1 else {}
