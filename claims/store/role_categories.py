"""Where learners stand on the care workforce pathway, and which funded courses come next. Decides no funding."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from claims.rules.deadlines import add_months
from claims.rules.scheme import CourseEntry, PathwayLink, Progression, Reference, RoleCategory
from claims.store.browsing import Variants, group_variants
from claims.store.courses import describe_course

NEW_TO_CARE = "new-to-care"
NEW_FOR_MONTHS = 12
"""Normally so long; source: the summary of the category on the GOV.UK pathway page."""
CERTIFICATE_TITLE, CERTIFICATE_LEVEL = "Adult Social Care Certificate", "2"
FIRM = {"G1": 0, "G2": 0, "O": 1}
"""How firm the evidence of a link is, firmest first; other evidence comes after these."""


class Employed(Protocol):
    """What of a learner decides their place."""

    @property
    def job_role(self) -> str: ...
    @property
    def role_category(self) -> str | None: ...
    @property
    def employed_from(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A learner's role category; ``None``: the job role suggests none."""

    category: RoleCategory | None
    chosen: bool
    """By the employer, and not suggested."""


@dataclass(frozen=True, slots=True)
class Step:
    """Funded courses of one role category that a learner has not taken."""

    category: RoleCategory
    move: Progression | None
    """How they would come there; ``None``: they are there."""
    courses: tuple[tuple[Variants, PathwayLink], ...]
    """With the firmest link of each; the firmest first, then by title."""


def place_of(reference: Reference, learner: Employed, today: date) -> Place:
    """The category that the employer chose, or else the one that job role and start date suggest."""
    chosen = reference.role_categories.get(learner.role_category or "")
    if chosen is not None:
        return Place(chosen, chosen=True)
    return Place(suggest_category(reference, learner.job_role, learner.employed_from, today), chosen=False)


def suggest_category(reference: Reference, job_role: str, employed_from: date, today: date) -> RoleCategory | None:
    """The first category of the job role; new to care for its first twelve months, where the role begins there."""
    role = reference.job_roles.get(job_role)
    slugs = role.role_categories if role else ()
    is_new = today < add_months(employed_from, NEW_FOR_MONTHS)
    if is_new and NEW_TO_CARE in slugs:
        return reference.role_categories[NEW_TO_CARE]
    established = [slug for slug in slugs if slug != NEW_TO_CARE]
    return reference.role_categories[established[0]] if established else None


def next_steps(reference: Reference, category: RoleCategory, taken: Collection[str], on: date) -> list[Step]:
    """Courses on the list on ``on`` for the category and for those one can move to; ``taken`` are codes.

    A qualification that was taken with one awarding organisation is not offered again from another.
    """
    moves = [move for move in reference.progression if move.from_category == category.slug]
    ways = [(category, None), *((reference.role_categories[move.to_category], move) for move in moves)]
    done = {_same(entry) for code in taken for entry in reference.courses.get(code, ())}
    steps = [Step(to, move, _courses(reference, to.slug, done, on)) for to, move in ways]
    return [step for step in steps if step.courses]


def _same(entry: CourseEntry) -> tuple[str, str, str]:
    return entry.title.casefold(), entry.level, entry.size


def _courses(
    reference: Reference, slug: str, done: Collection[tuple[str, str, str]], on: date
) -> tuple[tuple[Variants, PathwayLink], ...]:
    links = {code: link for code, found in reference.links.items() for link in found if link.role_category == slug}
    courses = [describe_course(reference, code, on) for code in links]
    open_ = [course for course in courses if course is not None and course.holds and _same(course.entry) not in done]
    groups = group_variants(sorted(open_, key=lambda course: (course.entry.title, course.entry.level)))
    with_links = [(group, min((links[each.entry.code] for each in group.courses), key=_firmness)) for group in groups]
    return tuple(sorted(with_links, key=lambda pair: _firmness(pair[1])))


def _firmness(link: PathwayLink) -> int:
    return FIRM.get(link.evidence, 2) if link.basis == "published" else 3


def certificate_codes(reference: Reference) -> frozenset[str]:
    """Codes of the Level 2 Adult Social Care Certificate, of every awarding organisation."""
    return frozenset(
        code
        for code, entries in reference.courses.items()
        if entries[-1].title == CERTIFICATE_TITLE and entries[-1].level == CERTIFICATE_LEVEL
    )


def categories_needing_certificate(reference: Reference) -> frozenset[str]:
    """Slugs of the role categories that the certificate is for."""
    return frozenset(
        link.role_category for code in certificate_codes(reference) for link in reference.links.get(code, ())
    )


def certificate_maximum(reference: Reference, on: date) -> CourseEntry | None:
    """The certificate with the highest amount on the list on ``on``; ``None`` where it is not on it."""
    holding = [
        entry for code in certificate_codes(reference) for entry in reference.courses[code] if entry.holds_on(on)
    ]
    return max(holding, key=lambda entry: (entry.max_reimbursement_pence, entry.code), default=None)
