"""The reference that rules read: the course list that holds, from the database; everything else from the files."""

from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from claims import reference as files
from claims.models import CourseList, CourseListEntry, FundOpening
from claims.rules.scheme import CourseEntry, Fund, FundingModel, Reference

ENTRY = tuple(field.name for field in fields(CourseEntry))
"""What is kept of an entry: columns of the table have the names of its fields."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A reference and the version of the course list it was made with."""

    course_list_id: int
    version: int
    reference: Reference


class NoCourseList(Exception):
    """No course list has been published that holds on the day."""


@lru_cache(maxsize=1)
def from_files() -> Reference:
    """The reference files, checked and read once per process."""
    return files.load()


def listed_on(session: Session, day: date) -> Listed:
    """The reference with the course list that holds on ``day``: the latest published with effect on or before it.

    Raises ``NoCourseList``.
    """
    found = session.execute(
        select(CourseList.id, CourseList.version)
        .where(CourseList.from_on <= day)
        .order_by(CourseList.from_on.desc(), CourseList.version.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NoCourseList("No eligible course list has been published. Run `claims seed`.")
    return _listed(session, found.id, found.version)


def as_listed(session: Session, course_list_id: int) -> Listed:
    """The reference with one version of the course list, whatever the day."""
    version = session.scalars(select(CourseList.version).where(CourseList.id == course_list_id)).one()
    return _listed(session, course_list_id, version)


_made: dict[tuple[str, int, str], Listed] = {}
"""By database, list and hash: a published list never changes."""


def _listed(session: Session, course_list_id: int, version: int) -> Listed:
    sha256 = session.scalars(select(CourseList.sha256).where(CourseList.id == course_list_id)).one()
    key = (str(session.get_bind().engine.url), course_list_id, sha256)
    if key not in _made:
        rows = session.execute(
            select(*(getattr(CourseListEntry, name) for name in ENTRY))
            .where(CourseListEntry.course_list_id == course_list_id)
            .order_by(CourseListEntry.code, CourseListEntry.paid_from)
        )
        courses = {code: tuple(map(_entry, group)) for code, group in groupby(rows, key=lambda row: row.code)}
        _made[key] = Listed(course_list_id, version, replace(from_files(), courses=courses))
    return _made[key]


def _entry(row: Row[Any]) -> CourseEntry:
    values = dict(zip(ENTRY, row, strict=True))
    values["funding_model"], values["fund"] = FundingModel(row.funding_model), Fund(row.fund)
    return CourseEntry(**values)


def fund_is_open(session: Session, fund: Fund, scheme_year: str, day: date) -> bool | None:
    """Whether the fund is open on ``day``; ``None`` when nothing was ever said about it."""
    return session.scalars(
        select(FundOpening.open)
        .where(FundOpening.fund == fund, FundOpening.scheme_year == scheme_year, FundOpening.from_on <= day)
        .order_by(FundOpening.from_on.desc())
        .limit(1)
    ).first()
