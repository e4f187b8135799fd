"""Pathway links as they hold: those of the reference file, with what administrators set in their place.

What an administrator sets for one course goes before what was set for its group, and that before the file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from claims.reference.pathway import RANKS
from claims.rules.scheme import CourseEntry, PathwayLink, Reference, RoleCategory


class Act(StrEnum):
    LINK = "link"
    UNLINK = "unlink"
    WITHDRAW = "withdraw"
    """Go by the file again."""


@dataclass(frozen=True, slots=True)
class LinkEdit:
    """What an administrator said of one role category and one course, or one group of courses."""

    number: int
    """In the order in which they were made; the latest of a subject and category stands."""
    subject: str
    """A course's code, or a group's name (``group_name``)."""
    whole_group: bool
    role_category: str
    act: Act
    rank: str = ""
    basis: str = ""
    evidence: str = ""
    confidence: str = ""
    source: str = ""
    files_said: Mapping[str, str] = field(default_factory=dict)
    """What the file said of each course (``said_of``) when this was set."""

    def link(self, code: str) -> PathwayLink:
        return PathwayLink(
            code,
            self.role_category,
            self.rank,
            self.basis,
            self.evidence,
            self.confidence,
            set_by_administrator=True,
            source=self.source,
        )


def group_name(entry: CourseEntry) -> str:
    """Courses of the same title, level, size, kind and fund are one group, whoever awards them."""
    return f"{entry.title} | {entry.level} | {entry.size} | {entry.kind} | {entry.fund}"


def groups_of(reference: Reference) -> dict[str, tuple[str, ...]]:
    """The codes of each group, by its name; groups in the order of their titles."""
    groups: dict[str, list[str]] = {}
    for code, entries in sorted(reference.courses.items(), key=lambda item: (item[1][-1].title, item[0])):
        groups.setdefault(group_name(entries[-1]), []).append(code)
    return {name: tuple(codes) for name, codes in groups.items()}


def said_of(links: Iterable[PathwayLink], role_category: str) -> str:
    """What links say of a category, as one word to compare; blank for nothing."""
    return next(
        (
            f"{link.rank}/{link.basis}/{link.evidence}/{link.confidence}"
            for link in links
            if link.role_category == role_category
        ),
        "",
    )


def standing_edits(edits: Iterable[LinkEdit]) -> list[LinkEdit]:
    """The latest edit of each subject and category, without those that were withdrawn."""
    latest: dict[tuple[str, bool, str], LinkEdit] = {}
    for edit in sorted(edits, key=lambda each: each.number):
        latest[edit.subject, edit.whole_group, edit.role_category] = edit
    return [edit for edit in latest.values() if edit.act is not Act.WITHDRAW]


def with_edits(reference: Reference, edits: Iterable[LinkEdit]) -> Reference:
    """``reference``, whose links are the file's, with what stands of ``edits`` in their place."""
    said: dict[tuple[str, bool], list[LinkEdit]] = {}
    for edit in standing_edits(edits):
        said.setdefault((edit.subject, edit.whole_group), []).append(edit)
    if not said:
        return reference
    links = dict(reference.links)
    for name, codes in groups_of(reference).items():
        for code in codes:
            over = [*said.get((name, True), ()), *said.get((code, False), ())]
            if over:
                links[code] = _laid_over(code, reference.links.get(code, ()), over)
    return replace(reference, links={code: of_code for code, of_code in links.items() if of_code})


def _laid_over(code: str, of_file: Sequence[PathwayLink], over: Sequence[LinkEdit]) -> tuple[PathwayLink, ...]:
    by_category = {link.role_category: link for link in of_file}
    for edit in over:
        if edit.act is Act.LINK:
            by_category[edit.role_category] = edit.link(code)
        else:
            by_category.pop(edit.role_category, None)
    return tuple(sorted(by_category.values(), key=lambda link: RANKS.index(link.rank)))


def in_force(reference: Reference, day: date, changed: Iterable[RoleCategory] = ()) -> Reference:
    """``reference`` with the role categories of ``day``: those of the file, as ``changed`` or added by administrators.

    What names a category that does not hold on the day is left out.
    """
    known = {**reference.role_categories, **{category.slug: category for category in changed}}
    holding = {
        slug: category
        for slug, category in sorted(known.items(), key=lambda item: (item[1].position, item[0]))
        if category.holds_on(day)
    }
    if holding == reference.role_categories:
        return reference
    return replace(
        reference,
        role_categories=holding,
        job_roles={
            slug: replace(role, role_categories=tuple(each for each in role.role_categories if each in holding))
            for slug, role in reference.job_roles.items()
        },
        links={
            code: kept
            for code, links in reference.links.items()
            if (kept := tuple(link for link in links if link.role_category in holding))
        },
        progression=tuple(
            move for move in reference.progression if move.from_category in holding and move.to_category in holding
        ),
    )


@dataclass(frozen=True, slots=True)
class Conflict:
    """A new reference file says something else of a course than the one that an administrator went against."""

    edit: LinkEdit
    code: str
    before: str
    now: str


def conflicts(files: Reference, edits: Iterable[LinkEdit]) -> list[Conflict]:
    """Where ``files``, whose links nobody edited, say something new under an edit that stands.

    Nothing that the file now says just as the edit does: there is nothing left to decide.
    """
    groups = groups_of(files)
    return [
        Conflict(edit, code, edit.files_said.get(code, ""), now)
        for edit in standing_edits(edits)
        for code in (groups.get(edit.subject, ()) if edit.whole_group else (edit.subject,))
        if (now := said_of(files.links.get(code, ()), edit.role_category)) != edit.files_said.get(code, "")
        and now != (said_of([edit.link(code)], edit.role_category) if edit.act is Act.LINK else "")
    ]


@dataclass(frozen=True, slots=True)
class Work:
    """What is left to do about links, by group name with the codes it concerns."""

    unlinked: dict[str, tuple[str, ...]]
    """No category at all."""
    inferred: dict[str, tuple[str, ...]]
    """Linked, but only by what this project suggests."""
    strays: tuple[LinkEdit, ...]
    """Edits of a course or group that is not on the list any more, under that name."""


def work_left(reference: Reference, edits: Iterable[LinkEdit]) -> Work:
    """``reference`` is the one with edits."""
    groups = groups_of(reference)

    def those(wanted: Iterator[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
        return {name: codes for name, codes in wanted if codes}

    return Work(
        unlinked=those(
            (name, tuple(code for code in codes if not reference.links.get(code))) for name, codes in groups.items()
        ),
        inferred=those((name, _only_inferred(reference, codes)) for name, codes in groups.items()),
        strays=tuple(
            edit
            for edit in standing_edits(edits)
            if edit.subject not in (groups if edit.whole_group else reference.courses)
        ),
    )


def _only_inferred(reference: Reference, codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        code
        for code in codes
        if (links := reference.links.get(code)) and all(link.basis == "inferred" for link in links)
    )
