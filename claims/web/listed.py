"""What pages look up in the reference that holds today."""

from flask import g

from claims import clock
from claims.rules.scheme import JobRole, Reference
from claims.store.courses import FoundCourse, describe_course
from claims.store.reference import listed_on
from claims.web.transactions import session


def todays_reference() -> Reference:
    """Looked up once a request, however many courses a page names."""
    today = clock.today()
    if "todays_reference" not in g or g.todays_reference[0] != today:
        g.todays_reference = today, listed_on(session(), today).reference
    found: Reference = g.todays_reference[1]
    return found


def course_of(code: str) -> FoundCourse | None:
    return describe_course(todays_reference(), code, clock.today())


def job_roles() -> list[JobRole]:
    """By title."""
    return sorted(todays_reference().job_roles.values(), key=lambda role: role.title)
