"""Who may sign in."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Role
from claims.models import Employer, Membership, Person


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
