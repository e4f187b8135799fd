"""Decide registrations: registered, registered at risk, or refused with reasons the employer reads."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import ASSESSING_ROLES, Actor, NotAllowed, Role
from claims.models import Employer, Membership, Person
from claims.reminders.kinds import Kind
from claims.reminders.wording import Worded, word_registered, word_registration_refused
from claims.services.holding import belongs_to
from claims.services.queueing import Words, queue
from claims.services.recording import record
from claims.store.registrations import dossier_of


class Decision(StrEnum):
    """What an assessor decides; the values are those of ``employers.registration``."""

    REGISTERED = "registered"
    AT_RISK = "at-risk"
    REFUSED = "refused"


ACTS = {
    Decision.REGISTERED: "register",
    Decision.AT_RISK: "register-at-risk",
    Decision.REFUSED: "refuse-registration",
}
CHECKS = ("workplace", "care", "workforce-data", "address", "officer", "once")
"""What an assessor looks at; all of it must be in order before an employer is registered without a mark."""


class SentAgain(NotAllowed):
    """The registration is no longer the one that was looked at."""


def decide(
    session: Session,
    employer_id: int,
    decision: Decision,
    *,
    checks: Collection[str],
    note: str,
    seen: int,
    by: Actor,
    at: datetime,
) -> None:
    """Decide a registration that was sent ``seen`` times when it was looked at.

    ``note`` is needed for a refusal, where the employer reads it, and for an employer at risk, where only staff do.
    Raises ``SentAgain`` when it was decided or sent again meanwhile, and ``NotAllowed`` for an employer one belongs
    to, a missing note, or checks that are not in order.
    """
    if by.role not in ASSESSING_ROLES:
        raise NotAllowed("Only an assessor can decide a registration.")
    session.scalars(
        select(Employer).where(Employer.id == employer_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    dossier = dossier_of(session, employer_id)
    if dossier is None or dossier.employer.registration != "sent" or dossier.registration.times_sent != seen:
        raise SentAgain("This registration has been decided or sent again meanwhile. Look at it as it is now.")
    if belongs_to(session, by.person_id, employer_id):
        raise NotAllowed("You belong to this employer, so somebody else must decide its registration.")
    note = note.strip()
    if decision is not Decision.REGISTERED and not note:
        raise NotAllowed("Give the reasons.")
    if decision is Decision.REGISTERED and set(checks) != set(CHECKS):
        raise NotAllowed("Not everything is in order. Register at risk, or refuse, and say why.")
    employer, registration = dossier.employer, dossier.registration
    employer.registration = decision
    registration.checks = [check for check in CHECKS if check in checks]
    registration.decided_at, registration.decided_by_id = at, by.person_id
    registration.reasons = note if decision is Decision.REFUSED else ""
    record(
        session,
        ACTS[decision],
        ("employer", employer_id),
        by,
        at,
        employer_id=employer_id,
        change=("sent", decision),
        details={"checks": registration.checks, "times_sent": seen},
        note=note,
    )
    reference = registration.reference or ""
    if decision is Decision.REFUSED:
        worded = word_registration_refused(employer.name, reference, note)
    else:
        worded = word_registered(employer.name, reference)
    _tell_officer(session, employer_id, worded, about=f"employer:{employer_id}:decided:{seen}", at=at)
    session.flush()


def _tell_officer(session: Session, employer_id: int, worded: Worded, *, about: str, at: datetime) -> None:
    officers = (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.employer_id == employer_id,
            Membership.role == Role.SRO,
            Membership.left_at.is_(None),
            Person.closed_at.is_(None),
        )
    )
    for person_id in session.scalars(officers):
        words = Words(*worded)
        queue(session, Kind.REGISTRATION, person_id=person_id, about=about, due_on=london_date(at), words=words, at=at)
