"""Browse courses: which are wanted, and the variants of one qualification together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from claims.reference.linking import group_name
from claims.rules.scheme import CourseEntry, Reference
from claims.store.courses import FoundCourse


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a course must be to be shown; blank asks for nothing."""

    role_category: str = ""
    level: str = ""
    topic: str = ""
    length: str = ""
    """A key of ``LENGTHS``."""
    funding_model: str = ""
    fund: str = ""
    organisation: str = ""
    amount: str = ""
    """A key of ``AMOUNTS``."""
    quality: str = ""
    """``yes``: only courses known to be quality assured."""

    def lets_through(self, course: FoundCourse) -> bool:
        entry = course.entry
        return (
            self.role_category in ("", *(category.slug for category in course.role_categories))
            and self.level in ("", entry.level)
            and self.topic in ("", entry.category)
            and self.funding_model in ("", entry.funding_model)
            and self.fund in ("", entry.fund)
            and self.organisation in ("", entry.awarding_organisation)
            and (not self.quality or entry.quality_assured is True)
            and _within(LENGTHS, self.length, entry.learning_hours)
            and _within(AMOUNTS, self.amount, entry.max_reimbursement_pence)
        )


Bounds = tuple[int, int]
MOST = 10**9

LENGTHS: dict[str, tuple[str, Bounds]] = {
    "short": ("Up to 50 hours", (0, 50)),
    "medium": ("51 to 200 hours", (51, 200)),
    "long": ("More than 200 hours", (201, MOST)),
}
"""In words, and as hours, both inclusive."""
AMOUNTS: dict[str, tuple[str, Bounds]] = {
    "to-100": ("Up to £100", (0, 100_00)),
    "to-500": ("£100.01 to £500", (100_01, 500_00)),
    "to-1000": ("£500.01 to £1,000", (500_01, 1_000_00)),
    "more": ("More than £1,000", (1_000_01, MOST)),
}
"""In words, and as pence, both inclusive."""


def _within(bands: dict[str, tuple[str, Bounds]], chosen: str, figure: int | None) -> bool:
    if chosen not in bands:
        return True
    least, most = bands[chosen][1]
    return figure is not None and least <= figure <= most


@dataclass(frozen=True, slots=True)
class Variants:
    """One qualification as several awarding organisations offer it, or one course. Never empty."""

    courses: tuple[FoundCourse, ...]

    @property
    def entry(self) -> CourseEntry:
        """Any of them, for what they have in common: title, level, size."""
        return self.courses[0].entry

    @property
    def confidence(self) -> str:
        """That of an amount among theirs which is not confirmed, where there is one."""
        return min((course.entry.confidence for course in self.courses), key=lambda each: each == "confirmed")

    @property
    def least_pence(self) -> int:
        return min(course.entry.max_reimbursement_pence for course in self.courses)

    @property
    def most_pence(self) -> int:
        return max(course.entry.max_reimbursement_pence for course in self.courses)


def group_variants(courses: Iterable[FoundCourse]) -> list[Variants]:
    """Courses of the same title, level and size together, each group where its first course stands.

    Within a group they are in the order of their awarding organisations.
    """
    courses = list(courses)
    first: dict[str, int] = {}
    for index, course in enumerate(courses):
        first.setdefault(group_name(course.entry), index)

    def place(course: FoundCourse) -> tuple[int, str, str]:
        return first[group_name(course.entry)], course.entry.awarding_organisation.casefold(), course.entry.code

    in_order = sorted(courses, key=place)
    return [Variants(tuple(group)) for _, group in groupby(in_order, key=lambda course: group_name(course.entry))]


GROUPS_OFFERED = 20


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody who searched may choose from."""

    groups: Sequence[Variants]
    """The first ``GROUPS_OFFERED``, each with all its variants."""
    found: int
    """Courses that were found in all."""

    @property
    def shown(self) -> int:
        """Courses in the groups."""
        return sum(len(group.courses) for group in self.groups)


def offer(found: Sequence[FoundCourse]) -> Offered:
    return Offered(group_variants(found)[:GROUPS_OFFERED], len(found))


def topics(reference: Reference) -> list[str]:
    return _values(reference, "category")


def levels(reference: Reference) -> list[str]:
    return _values(reference, "level")


def organisations(reference: Reference) -> list[str]:
    return _values(reference, "awarding_organisation")


def _values(reference: Reference, name: str) -> list[str]:
    found = {str(getattr(entries[-1], name)) for entries in reference.courses.values()}
    return sorted(found - {""}, key=str.casefold)
