"""Open and close a fund of a scheme year from a day on, with the words people will read."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import FundOpening
from claims.rules.scheme import Fund
from claims.services.recording import record, take_turn
from claims.store.reference import from_files

MOST_MESSAGE = 500


def open_or_close(
    session: Session,
    fund: Fund,
    scheme_year: str,
    *,
    is_open: bool,
    from_on: date,
    message: str,
    by: Actor,
    at: datetime,
) -> FundOpening:
    """The fund is open, or closed, for claims first submitted on or after ``from_on``, until something later is said.

    What was said for the same day gives way, in the events both stand. Raises ``NotAllowed`` for anybody but an
    administrator, an unknown year, a day that is past, or closing without a message.
    """
    if by.role is not Role.ADMINISTRATOR:
        raise NotAllowed("Only administrators can open and close funds.")
    if scheme_year not in {year.name for year in from_files().years}:
        raise NotAllowed(f"There is no scheme year {scheme_year}.")
    if from_on < london_date(at):
        raise NotAllowed("The day must be today or later: what was submitted before stays as it was.")
    if not is_open and not message.strip():
        raise NotAllowed("Say what people who want to claim will read.")
    take_turn(session)
    opening = session.scalars(
        select(FundOpening).where(
            FundOpening.fund == fund, FundOpening.scheme_year == scheme_year, FundOpening.from_on == from_on
        )
    ).first()
    if opening is None:
        opening = FundOpening(fund=fund, scheme_year=scheme_year, from_on=from_on, open=is_open, message="")
        session.add(opening)
    opening.open, opening.message = is_open, message.strip()[:MOST_MESSAGE]
    session.flush()
    details = {
        "fund": str(fund),
        "scheme_year": scheme_year,
        "from_on": from_on.isoformat(),
        "message": opening.message,
    }
    record(session, "open" if is_open else "close", ("fund", opening.id), by, at, details=details)
    return opening
