"""Fill an empty database with the reference data: the first course list and the open funds."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, Role
from claims.models import CourseList, FundOpening
from claims.reference.comparing import arrange
from claims.rules.scheme import Fund
from claims.services.recording import record
from claims.store.course_lists import add_list
from claims.store.reference import from_files

SYSTEM = Actor(Role.SYSTEM, "The service")


def seed(session: Session, at: datetime) -> bool:
    """Publish the reference files' course list as version 1 and open every fund of every scheme year.

    Returns whether anything was done; a database that already has a course list is left as it is.
    """
    if session.scalars(select(CourseList.id).limit(1)).first() is not None:
        return False
    reference = from_files()
    entries = arrange(entry for dated in reference.courses.values() for entry in dated)
    first_day = min(entry.paid_from for entry in entries)
    course_list = add_list(
        session, entries, version=1, from_on=min(first_day, london_date(at)), published_by=SYSTEM.name, at=at
    )
    course_list.taken_up_at = at
    session.add_all(
        FundOpening(fund=fund, scheme_year=year.name, from_on=first_day, open=True, message="")
        for year in reference.years
        for fund in Fund
    )
    record(
        session, "publish", ("course-list", course_list.id), SYSTEM, at, details={"version": 1, "entries": len(entries)}
    )
    return True
