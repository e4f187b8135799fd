"""Registrations and their proofs of address, and which of them wait for an assessor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from claims.models import Employer, Registration, RegistrationProof
from claims.store.claims import NotFound


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything an employer told to be registered."""

    employer: Employer
    registration: Registration
    proofs: Sequence[RegistrationProof]
    """Those that were not removed, the first added first."""


def dossier_of(session: Session, employer_id: int) -> Dossier | None:
    """``None`` for an employer that is not there or was never registered here."""
    registration = session.get(Registration, employer_id)
    if registration is None:
        return None
    return Dossier(registration.employer, registration, proofs_of(session, employer_id))


def proofs_of(session: Session, employer_id: int) -> Sequence[RegistrationProof]:
    return session.scalars(
        select(RegistrationProof)
        .where(RegistrationProof.employer_id == employer_id, RegistrationProof.removed_at.is_(None))
        .order_by(RegistrationProof.id)
    ).all()


def proof_of(session: Session, employer_id: int, proof_id: int) -> RegistrationProof:
    """Raises ``NotFound``, also for another employer's and for what was removed."""
    found = session.get(RegistrationProof, proof_id)
    if found is None or found.employer_id != employer_id or found.removed_at is not None:
        raise NotFound("no such proof of this employer")
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """A registration that waits for a decision."""

    employer_id: int
    employer: str
    workplace_id: str
    reference: str
    sent_at: datetime
    times_sent: int


def waiting_registrations(session: Session, limit: int = 200) -> list[Waiting]:
    """Registrations that were sent and not decided, the longest waiting first."""
    rows = session.execute(
        select(
            Employer.id,
            Employer.name,
            Employer.workplace_id,
            Registration.reference,
            Registration.sent_at,
            Registration.times_sent,
        )
        .join(Registration, Registration.employer_id == Employer.id)
        .where(Employer.registration == "sent")
        .order_by(Registration.sent_at, Employer.id)
        .limit(limit)
    )
    return [
        Waiting(employer_id, name, workplace_id, reference or "", sent_at, times_sent)
        for employer_id, name, workplace_id, reference, sent_at, times_sent in rows
        if sent_at is not None
    ]


def look_alikes(session: Session, dossier: Dossier, limit: int = 10) -> Sequence[Employer]:
    """Other employers that may be the same one: of the same name, or the same Companies House number."""
    same = [func.lower(Employer.name) == dossier.employer.name.lower()]
    if dossier.registration.companies_house_number:
        same.append(Registration.companies_house_number == dossier.registration.companies_house_number)
    return session.scalars(
        select(Employer)
        .outerjoin(Registration, Registration.employer_id == Employer.id)
        .where(Employer.id != dossier.employer.id, or_(*same))
        .order_by(Employer.id)
        .limit(limit)
    ).all()
