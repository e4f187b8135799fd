"""The senior responsible officer signs a scheme year's agreement."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Agreement, Employer
from claims.models.employers import MAY_SUBMIT
from claims.reference.letter import write_letter
from claims.rules.scheme import SchemeYear
from claims.services.queueing import Words, queue
from claims.services.recording import record
from claims.store.reference import listed_on

MESSAGE = "agreement-signed"


def years_to_sign(session: Session, at: datetime) -> list[SchemeYear]:
    """The scheme years whose agreement there is on that day, the latest first: those that have begun, and the next."""
    today = london_date(at)
    years = sorted(listed_on(session, today).reference.years, key=lambda year: year.name)
    begun = [year for year in years if year.day("paid_from") <= today]
    coming = [year for year in years if year.day("paid_from") > today]
    return [*reversed(coming[:1]), *reversed(begun)]


def sign_agreement(session: Session, scheme_year: str, *, declared: bool, by: Actor, at: datetime) -> Agreement:
    """Accept the agreement of ``scheme_year`` for the employer of ``by``. One that is signed stays as it is.

    Raises ``NotAllowed`` for anybody but the senior responsible officer of a registered employer, without the
    declaration, and for a year that has none.
    """
    if by.role is not Role.SRO or by.employer_id is None:
        raise NotAllowed("Only the senior responsible officer can sign the agreement.")
    # Locked, so that signing twice at once is signing once.
    employer = session.scalars(
        select(Employer)
        .where(Employer.id == by.employer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    signed = session.scalars(
        select(Agreement).where(Agreement.employer_id == employer.id, Agreement.scheme_year == scheme_year)
    ).one_or_none()
    if signed is not None:
        return signed
    if employer.registration not in MAY_SUBMIT:
        raise NotAllowed("You can sign the agreement once your organisation is registered.")
    if not declared:
        raise NotAllowed("Tick the box to accept the agreement.")
    year = next((each for each in years_to_sign(session, at) if each.name == scheme_year), None)
    if year is None:
        raise NotAllowed("There is no agreement for this year yet.")
    agreement = Agreement(
        employer_id=employer.id,
        scheme_year=year.name,
        signed_on=london_date(at),
        signed_by_id=by.person_id,
        terms=write_letter(year).as_kept(),
    )
    session.add(agreement)
    session.flush()
    record(session, "sign-agreement", ("employer", employer.id), by, at, details={"scheme_year": year.name})
    text = (
        f"You have signed the grant agreement {year.name} for {employer.name}. "
        "Keep this message. You can read and download what you signed at any time."
    )
    words = Words(f"Grant agreement {year.name} signed", text, f"/agreements/{year.name}")
    if by.person_id is not None:
        about = f"agreement:{agreement.id}"
        queue(session, MESSAGE, person_id=by.person_id, about=about, due_on=london_date(at), words=words, at=at)
    return agreement
