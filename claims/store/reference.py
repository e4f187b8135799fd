"""The reference that rules read: the course list that holds and what was said of the pathway, from the database;
everything else from the files."""

from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from claims import reference as files
from claims.models import CourseList, CourseListEntry, FundOpening
from claims.reference.linking import in_force, with_edits
from claims.rules.scheme import CourseEntry, Fund, FundingModel, Reference
from claims.store.pathway import changed_categories, edits_of, last_change

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
        _asked_for()
        .where(CourseList.from_on <= day)
        .order_by(CourseList.from_on.desc(), CourseList.version.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NoCourseList("No eligible course list has been published. Run `claims seed`.")
    return _listed(session, found, day)


def as_listed(session: Session, course_list_id: int) -> Listed:
    """The reference with one version of the course list, and the role categories of the version's first day."""
    found = session.execute(_asked_for().where(CourseList.id == course_list_id)).one()
    return _listed(session, found, found.from_on)


def _asked_for() -> Select[*tuple[Any, ...]]:
    """A version, how many there are, and how far the pathway has been edited."""
    return select(
        CourseList.id,
        CourseList.version,
        CourseList.from_on,
        CourseList.sha256,
        select(func.max(CourseList.version)).scalar_subquery().label("latest"),
        last_change().label("pathway"),
    )


_made: dict[tuple[str, int, str, int, str, date | None], Listed] = {}
"""By database, list, hash, latest version, last change of the pathway, and day where categories have dates: of that
nothing changes."""
MOST_KEPT = 64


def _listed(session: Session, found: Row[Any], day: date) -> Listed:
    dated = not found.pathway.endswith("/")
    database, on = str(session.get_bind().engine.url), day if dated else None
    key = (database, found.id, found.sha256, found.latest, found.pathway, on)
    if key not in _made:
        if len(_made) >= MOST_KEPT:
            _made.clear()
        courses, dropped = _courses_in(session, found.id), _dropped_from(session, found.id)
        reference = with_edits(replace(from_files(), courses=courses, dropped=dropped), edits_of(session))
        if dated:
            reference = in_force(reference, day, changed_categories(session))
        _made[key] = Listed(found.id, found.version, reference)
    return _made[key]


def _courses_in(session: Session, course_list_id: int) -> dict[str, tuple[CourseEntry, ...]]:
    rows = session.execute(
        select(*(getattr(CourseListEntry, name) for name in ENTRY))
        .where(CourseListEntry.course_list_id == course_list_id)
        .order_by(CourseListEntry.code, CourseListEntry.paid_from)
    )
    return {code: tuple(map(_entry, group)) for code, group in groupby(rows, key=lambda row: row.code)}


def _dropped_from(session: Session, course_list_id: int) -> dict[str, CourseEntry]:
    """Courses that other versions have and this one has not, each as the latest of them has it."""
    here = select(CourseListEntry.code).where(CourseListEntry.course_list_id == course_list_id)
    rows = session.execute(
        select(*(getattr(CourseListEntry, name) for name in ENTRY))
        .join(CourseList, CourseList.id == CourseListEntry.course_list_id)
        .where(CourseListEntry.course_list_id != course_list_id, CourseListEntry.code.not_in(here))
        .order_by(CourseList.from_on, CourseList.version, CourseListEntry.paid_from)
    )
    return {row.code: _entry(row) for row in rows}


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


@dataclass(frozen=True, slots=True)
class FundStands:
    """What holds for one fund of one scheme year on a day."""

    fund: Fund
    scheme_year: str
    open: bool | None
    """``None`` when nothing was said yet: nothing can be claimed until it is."""
    since: date | None
    message: str
    to_come: tuple[FundOpening, ...]
    """What was said for later days, in their order."""


def funds_on(session: Session, day: date) -> list[FundStands]:
    """Every fund of every scheme year as it stands on ``day``, years and funds in order."""
    said: dict[tuple[str, str], list[FundOpening]] = {}
    for opening in session.scalars(select(FundOpening).order_by(FundOpening.from_on)):
        said.setdefault((opening.scheme_year, opening.fund), []).append(opening)
    found = []
    for year in from_files().years:
        for fund in Fund:
            openings = said.get((year.name, fund), [])
            past = [each for each in openings if each.from_on <= day]
            latest = past[-1] if past else None
            found.append(
                FundStands(
                    fund=fund,
                    scheme_year=year.name,
                    open=latest.open if latest else None,
                    since=latest.from_on if latest else None,
                    message=latest.message if latest else "",
                    to_come=tuple(each for each in openings if each.from_on > day),
                )
            )
    return found
