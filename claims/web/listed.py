"""What pages look up in the reference that holds today."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import g

from claims import clock
from claims.rules.scheme import Fund, JobRole, Reference
from claims.store.courses import FoundCourse, describe_course
from claims.store.reference import from_files, funds_on, listed_on
from claims.web.transactions import session


def todays_reference() -> Reference:
    """Looked up once a request, however many courses a page names."""
    today = clock.today()
    if "todays_reference" not in g or g.todays_reference[0] != today:
        g.todays_reference = today, listed_on(session(), today).reference
    found: Reference = g.todays_reference[1]
    return found


def course_of(code: str) -> FoundCourse | None:
    """The course of a claim or purchase, also when it is dropped from the list; ``None`` for what was on no list."""
    reference = todays_reference()
    dropped = reference.dropped.get(code)
    if dropped is not None:
        return FoundCourse(dropped, holds=False, role_categories=(), listed=False)
    return describe_course(reference, code, clock.today())


def job_roles() -> list[JobRole]:
    """By title."""
    return sorted(todays_reference().job_roles.values(), key=lambda role: role.title)


FUNDS = {Fund.MAIN: "Courses and qualifications", Fund.OMMT: "Oliver McGowan Mandatory Training"}
STILL_OF_INTEREST = timedelta(days=365)
"""After the last day of payment of a year: completions are still claimed."""


@dataclass(frozen=True, slots=True)
class FundNotice:
    """What an administrator wants people to read about a fund."""

    name: str
    scheme_year: str
    open: bool
    from_on: date
    message: str


def fund_notices() -> list[FundNotice]:
    """What was said of the funds for today and for days to come, of years that still matter."""
    today = clock.today()
    matters = {year.name for year in from_files().years if today <= year.day("paid_to") + STILL_OF_INTEREST}
    found = []
    for stands in funds_on(session(), today):
        said = [(stands.open, stands.since, stands.message)]
        said += [(opening.open, opening.from_on, opening.message) for opening in stands.to_come]
        found += [
            FundNotice(FUNDS[stands.fund], stands.scheme_year, is_open, from_on, message)
            for is_open, from_on, message in said
            if message and is_open is not None and from_on is not None and stands.scheme_year in matters
        ]
    return found
