"""Who may sign in, and who is signed in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.lifecycle import Role
from claims.models import Employer, Event, Membership, Person, SignedInSession


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in, in one role."""

    name: str
    email: str
    role: Role
    employer: str
    """The employer's name; blank for the back office."""


def accounts(session: Session) -> list[Account]:
    """Everybody: each employer's people, by employer, then the back office; in the order in which they joined."""
    members = session.execute(
        select(Person.name, Person.email, Membership.role, Employer.name.label("employer"))
        .join(Membership, Membership.person_id == Person.id)
        .join(Employer, Employer.id == Membership.employer_id)
        .where(Membership.left_at.is_(None), Person.closed_at.is_(None))
        .order_by(Employer.id, Membership.id)
    )
    staff = session.execute(
        select(Person.name, Person.email, Person.staff_role)
        .where(Person.staff_role.is_not(None), Person.closed_at.is_(None))
        .order_by(Person.id)
    )
    return [
        *[Account(name, email, Role(role), employer) for name, email, role, employer in members],
        *[Account(name, email, Role(role), "") for name, email, role in staff if role],
    ]


@dataclass(frozen=True, slots=True)
class Authenticator:
    """What belongs to the authenticator app of somebody in the back office."""

    secret: str
    """Encrypted."""
    last_used_step: int | None


def authenticator_of(session: Session, email: str) -> Authenticator | None:
    """The authenticator of a back-office account; ``None`` for anybody else."""
    found = session.execute(
        select(Person.authenticator_secret, Person.authenticator_step).where(Person.email == email)
    ).first()
    return Authenticator(found[0], found[1]) if found and found[0] else None


@dataclass(frozen=True, slots=True)
class Colleague:
    """An account of the back office."""

    person_id: int
    name: str
    email: str
    role: Role
    created_at: datetime
    closed_at: datetime | None
    signed_in_at: datetime | None
    """The last time; ``None`` for somebody who never did."""


def back_office(session: Session) -> list[Colleague]:
    """Everybody of the back office, those who left last; each by name."""
    signed_in = (
        select(func.max(Event.at))
        .where(Event.about_kind == "person", Event.about_id == Person.id, Event.act == "sign-in")
        .scalar_subquery()
    )
    found = session.execute(
        select(Person, signed_in)
        .where(Person.staff_role.is_not(None))
        .order_by(Person.closed_at.is_not(None), Person.name, Person.id)
    )
    return [
        Colleague(
            person.id, person.name, person.email, Role(person.staff_role or ""), person.created_at, person.closed_at, at
        )
        for person, at in found
    ]


@dataclass(frozen=True, slots=True)
class Present:
    """A browser in which somebody is signed in."""

    session_id: int
    person_id: int
    name: str
    role: str
    employer: str
    """Blank for the back office."""
    started_at: datetime
    seen_at: datetime


MOST_PRESENT = 200


def signed_in_now(
    session: Session, *, seen_after: datetime, started_after: datetime, person_id: int | None = None
) -> list[Present]:
    """Sessions that have neither ended nor timed out, the last used first: ``MOST_PRESENT`` at most.

    Of everybody, or of one person.
    """
    found = session.execute(
        select(SignedInSession, Person, Membership.role, Employer.name.label("employer"))
        .join(Person, Person.id == SignedInSession.person_id)
        .outerjoin(Employer, Employer.id == SignedInSession.employer_id)
        .outerjoin(
            Membership,
            (Membership.person_id == SignedInSession.person_id)
            & (Membership.employer_id == SignedInSession.employer_id),
        )
        .where(
            SignedInSession.ended_at.is_(None),
            SignedInSession.seen_at > seen_after,
            SignedInSession.started_at > started_after,
            Person.closed_at.is_(None),
            *([SignedInSession.person_id == person_id] if person_id is not None else []),
        )
        .order_by(SignedInSession.seen_at.desc(), SignedInSession.id.desc())
        .limit(MOST_PRESENT)
    )
    return [
        Present(
            kept.id,
            person.id,
            person.name,
            role or person.staff_role or "",
            employer or "",
            kept.started_at,
            kept.seen_at,
        )
        for kept, person, role, employer in found
    ]
