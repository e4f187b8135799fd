"""Employers as the back office looks them up: found by name, workplace ID or email, their people, notes and claims."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from claims.lifecycle import Role, State
from claims.models import Claim, Employer, EmployerNote, Membership, Person
from claims.store.register import would_pay_pence


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who acts, or acted, for an employer."""

    person_id: int
    name: str
    email: str
    role: Role
    joined_at: datetime
    left_at: datetime | None


def find_employers(session: Session, sought: str, limit: int = 50) -> Sequence[Employer]:
    """Employers of which ``sought`` is part of the name, the beginning of the workplace ID, or a person's address.

    By name; with nothing sought, the newest first.
    """
    sought = " ".join(sought.split())
    if not sought:
        return session.scalars(select(Employer).order_by(Employer.id.desc()).limit(limit)).all()
    of_a_person = exists().where(
        Membership.employer_id == Employer.id,
        Membership.person_id == Person.id,
        Person.email == sought.lower(),
    )
    return session.scalars(
        select(Employer)
        .where(
            or_(
                Employer.name.icontains(sought, autoescape=True),
                Employer.workplace_id.istartswith(sought.replace(" ", ""), autoescape=True),
                of_a_person,
            )
        )
        .order_by(Employer.name, Employer.id)
        .limit(limit)
    ).all()


def people_of(session: Session, employer_id: int) -> list[Member]:
    """Everybody who acts or acted for the employer: those there now first, the officer before the others."""
    rows = session.execute(
        select(Person.id, Person.name, Person.email, Membership.role, Membership.joined_at, Membership.left_at)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.employer_id == employer_id)
        .order_by(Membership.left_at.is_not(None), Membership.role != Role.SRO, Membership.id)
    )
    return [
        Member(person_id, name, email, Role(role), joined, left) for person_id, name, email, role, joined, left in rows
    ]


def officer_of(session: Session, employer_id: int) -> Member | None:
    """The senior responsible officer now."""
    first = next(iter(people_of(session, employer_id)), None)
    return first if first is not None and first.role is Role.SRO and first.left_at is None else None


def unregistered_employers_of(session: Session, person_id: int, states: frozenset[str]) -> Sequence[int]:
    """Ids of the employers whose officer the person is and whose registration is in one of ``states``, newest first."""
    return session.scalars(
        select(Employer.id)
        .join(Membership, Membership.employer_id == Employer.id)
        .where(
            Membership.person_id == person_id,
            Membership.role == Role.SRO,
            Membership.left_at.is_(None),
            Employer.registration.in_(states),
        )
        .order_by(Employer.id.desc())
    ).all()


def at_risk_among(session: Session, employer_ids: Collection[int]) -> set[int]:
    """Those of the employers that are marked as at risk now."""
    return set(
        session.scalars(select(Employer.id).where(Employer.id.in_(employer_ids), Employer.registration == "at-risk"))
    )


@dataclass(frozen=True, slots=True)
class Note:
    note: str
    at: datetime
    by: str


def notes_of(session: Session, employer_id: int, limit: int = 50) -> list[Note]:
    """What staff noted, the newest first."""
    rows = session.execute(
        select(EmployerNote.note, EmployerNote.at, Person.name)
        .join(Person, Person.id == EmployerNote.by_id)
        .where(EmployerNote.employer_id == employer_id)
        .order_by(EmployerNote.id.desc())
        .limit(limit)
    )
    return [Note(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class InState:
    """An employer's claims in one state."""

    state: State
    claims: int
    pence: int
    """What they pay, or would as submitted."""


def claims_by_state(session: Session, employer_id: int) -> list[InState]:
    """In the order of a claim's life; drafts are left out, which are the employer's own."""
    worth = func.coalesce(Claim.payable_pence, would_pay_pence(), 0)
    rows = session.execute(
        select(Claim.state, func.count(), func.sum(worth))
        .where(Claim.employer_id == employer_id, Claim.state != State.DRAFT)
        .group_by(Claim.state)
    )
    found = {State(state): (claims, int(pence or 0)) for state, claims, pence in rows}
    return [InState(state, *found[state]) for state in State if state in found]


def newest_claims_of(session: Session, employer_id: int, limit: int = 10) -> Sequence[Claim]:
    """The claims that came in last."""
    return session.scalars(
        select(Claim)
        .where(Claim.employer_id == employer_id, Claim.state != State.DRAFT)
        .options(joinedload(Claim.learner))
        .order_by(Claim.id.desc())
        .limit(limit)
    ).all()
