"""Published course lists and those that are prepared: which there are, which holds when, and adding one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from claims.models import CourseList, CourseListEntry, CourseListProposal, Person
from claims.reference import render_courses
from claims.reference.comparing import arrange
from claims.rules.scheme import CourseEntry
from claims.store.claims import NotFound
from claims.store.reference import ENTRY, as_listed, listed_on


@dataclass(frozen=True, slots=True)
class Version:
    """A published version, with the days on which it holds."""

    id: int
    number: int
    from_on: date
    to_on: date | None
    """The last day on which it holds; ``None`` while no other follows; before ``from_on`` for one that was replaced on
    its first day or before."""
    published_at: datetime
    published_by: str
    entries: int

    @property
    def ever_holds(self) -> bool:
        """Whether it holds to the end of any day."""
        return self.to_on is None or self.to_on >= self.from_on

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


def versions(session: Session) -> list[Version]:
    """Every version, newest first."""
    counts = select(CourseListEntry.course_list_id, func.count().label("entries")).group_by(
        CourseListEntry.course_list_id
    )
    counted = counts.subquery()
    rows = session.execute(
        select(CourseList, counted.c.entries)
        .join(counted, counted.c.course_list_id == CourseList.id)
        .order_by(CourseList.version)
    ).all()
    lists = [course_list for course_list, _ in rows]
    found = [
        Version(
            id=each.id,
            number=each.version,
            from_on=each.from_on,
            to_on=_last_day(each, lists),
            published_at=each.published_at,
            published_by=each.published_by,
            entries=entries,
        )
        for each, entries in rows
    ]
    return found[::-1]


def _last_day(course_list: CourseList, lists: Sequence[CourseList]) -> date | None:
    """Later versions end it on the day before theirs begin; one from the same day or before takes all of its days."""
    mine = (course_list.from_on, course_list.version)
    later = [each.from_on for each in lists if (each.from_on, each.version) > mine]
    return min(later) - timedelta(days=1) if later else None


def version_called(session: Session, number: int) -> Version:
    """Raises ``NotFound``."""
    for version in versions(session):
        if version.number == number:
            return version
    raise NotFound(f"no version {number} of the course list")


def latest_version(session: Session) -> int:
    """The number of the version that was published last, whenever it holds; 0 before the first."""
    return session.scalars(select(func.max(CourseList.version))).one() or 0


def entries_of(session: Session, course_list_id: int) -> tuple[CourseEntry, ...]:
    """The entries of one version, arranged."""
    courses = as_listed(session, course_list_id).reference.courses
    return arrange(entry for dated in courses.values() for entry in dated)


def entries_on(session: Session, day: date) -> tuple[CourseEntry, ...]:
    """The entries of the list that holds on ``day``, arranged."""
    return entries_of(session, listed_on(session, day).course_list_id)


def fingerprint(entries: Sequence[CourseEntry]) -> str:
    """The SHA-256 of a list as a file."""
    return hashlib.sha256(render_courses(entries).encode()).hexdigest()


def add_list(
    session: Session, entries: Sequence[CourseEntry], *, version: int, from_on: date, published_by: str, at: datetime
) -> CourseList:
    """Add a version with its entries, as they are arranged."""
    course_list = CourseList(
        version=version, from_on=from_on, published_at=at, published_by=published_by, sha256=fingerprint(entries)
    )
    session.add(course_list)
    session.flush()
    session.execute(
        insert(CourseListEntry),
        [
            {"course_list_id": course_list.id, "position": position, **{name: getattr(entry, name) for name in ENTRY}}
            for position, entry in enumerate(entries, start=1)
        ],
    )
    return course_list


def proposal_called(session: Session, proposal_id: int) -> CourseListProposal:
    """Raises ``NotFound``."""
    found = session.get(CourseListProposal, proposal_id)
    if found is None:
        raise NotFound("no such proposal")
    return found


def open_proposals(session: Session) -> list[tuple[CourseListProposal, str]]:
    """Those neither published nor set aside, newest first, with who prepared them."""
    rows = session.execute(
        select(CourseListProposal, Person.name)
        .join(Person, Person.id == CourseListProposal.prepared_by_id)
        .where(CourseListProposal.published_as_id.is_(None), CourseListProposal.set_aside_at.is_(None))
        .order_by(CourseListProposal.id.desc())
    )
    return [(proposal, name) for proposal, name in rows]
