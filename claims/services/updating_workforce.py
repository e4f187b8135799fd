"""Tell when an employer last updated its workforce records: it counts for claims submitted from then on."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import EMPLOYER_ROLES, Actor, NotAllowed
from claims.models import Employer
from claims.rules.deadlines import latest_anniversary
from claims.rules.employer import say_outdated
from claims.rules.scheme import SchemeYear
from claims.services.recording import record


def tell_workforce_data(session: Session, employer: Employer, updated_on: date, *, by: Actor, at: datetime) -> bool:
    """Take over the day on which ASC-WDS was last updated. Returns whether it is another than was known.

    Raises ``NotAllowed`` for a day after today, for one before the day that is known, and for anybody but the
    employer's own people.
    """
    if by.role not in EMPLOYER_ROLES or by.employer_id != employer.id:
        raise NotAllowed("Only the employer can say when its workforce records were updated.")
    session.refresh(employer, with_for_update=True)
    known = employer.workforce_data_updated_on
    if updated_on > london_date(at):
        raise NotAllowed("The day of the update must be today or in the past.")
    if known is not None and updated_on < known:
        raise NotAllowed("The day of the update must be on or after the one that we know of.")
    if updated_on == known:
        return False
    employer.workforce_data_updated_on = updated_on
    details = {"workforce_data_updated_on": updated_on.isoformat()}
    record(session, "change", ("employer", employer.id), by, at, employer_id=employer.id, details=details)
    session.flush()
    return True


def workforce_data_since(employer: Employer, year: SchemeYear, today: date) -> date | None:
    """The day since which workforce data must have been updated; ``None`` when it has been."""
    since = counts_since(year, today)
    updated_on = employer.workforce_data_updated_on
    return None if updated_on is not None and updated_on >= since else since


def counts_since(year: SchemeYear, today: date) -> date:
    """The first day whose update of workforce data counts for claims that are submitted on ``today``."""
    return latest_anniversary(year.text("workforce_data_updated_since"), today)


def say_what_is_outdated(employer: Employer, year: SchemeYear, today: date) -> str:
    """What the rule says of workforce data that is too old; empty when it is not, and while nobody said when it was."""
    since, updated_on = workforce_data_since(employer, year, today), employer.workforce_data_updated_on
    return "" if since is None or updated_on is None else f"{say_outdated(updated_on, since)}."
