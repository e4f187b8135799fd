"""What waits for an assessor: purchases with submitted claims, the longest waiting first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, State
from claims.models import Claim, Employer, Membership, Person, Purchase
from claims.rules.findings import Outcome
from claims.store.register import would_pay_pence


@dataclass(frozen=True, slots=True)
class Waiting:
    """One purchase in the queue."""

    purchase_id: int
    course_code: str
    fund: str
    employer: str
    at_risk: bool
    claims: int
    waiting_since: datetime
    """When the first of its waiting claims was last submitted."""
    amount_pence: int
    """What its waiting claims would pay as submitted."""
    to_check: bool
    """Whether a rule left something of them to a person."""
    resubmitted: bool
    """Whether one of its waiting claims was sent back before."""
    holder_id: int | None
    """Who holds it now; ``None`` when a lease has run out."""
    holder: str | None


def waiting(
    session: Session,
    viewer: Actor,
    at: datetime,
    *,
    fund: str | None = None,
    employer: str = "",
    free_only: bool = False,
    held_by: int | None = None,
    limit: int = 200,
) -> list[Waiting]:
    """Purchases with submitted claims, the longest waiting first, without those of an employer ``viewer`` belongs to.

    ``employer`` is a part of a name or a whole workplace ID; ``held_by`` is a person's id.
    """
    statement = _waiting(viewer, at).limit(limit)
    if fund:
        statement = statement.where(Purchase.fund == fund)
    if employer.strip():
        sought = employer.strip()
        statement = statement.where(
            or_(Employer.name.icontains(sought, autoescape=True), func.upper(Employer.workplace_id) == sought.upper())
        )
    if free_only:
        statement = statement.where(or_(Purchase.holder_id.is_(None), Purchase.held_until <= at))
    if held_by is not None:
        statement = statement.where(Purchase.holder_id == held_by, Purchase.held_until > at)
    return [
        Waiting(
            purchase_id=row.id,
            course_code=row.course_code,
            fund=row.fund,
            employer=row.name,
            at_risk=row.registration == "at-risk",
            claims=row.claims,
            waiting_since=row.waiting_since,
            amount_pence=int(row.amount_pence or 0),
            to_check=bool(row.to_check),
            resubmitted=bool(row.resubmitted),
            holder_id=row.holder_id if row.holder else None,
            holder=row.holder,
        )
        for row in session.execute(statement)
    ]


def _waiting(viewer: Actor, at: datetime) -> Select[*tuple[Any, ...]]:
    own_employers = select(Membership.employer_id).where(
        Membership.person_id == viewer.person_id, Membership.left_at.is_(None)
    )
    return (
        select(
            Purchase.id,
            Purchase.course_code,
            Purchase.fund,
            Employer.name,
            Employer.registration,
            func.count(Claim.id).label("claims"),
            func.min(Claim.submitted_at).label("waiting_since"),
            func.sum(would_pay_pence()).label("amount_pence"),
            func.count(Claim.id)
            .filter(Claim.as_submitted["assessment"]["outcome"].as_string() == Outcome.CHECK)
            .label("to_check"),
            func.count(Claim.id).filter(Claim.submitted_at > Claim.first_submitted_at).label("resubmitted"),
            Purchase.holder_id,
            Person.name.label("holder"),
        )
        .join(Claim, Claim.purchase_id == Purchase.id)
        .join(Employer, Employer.id == Purchase.employer_id)
        .outerjoin(Person, and_(Person.id == Purchase.holder_id, Purchase.held_until > at))
        .where(Claim.state == State.SUBMITTED, Purchase.employer_id.not_in(own_employers))
        .group_by(Purchase.id, Employer.name, Employer.registration, Person.name)
        .order_by(func.min(Claim.submitted_at), Purchase.id)
    )
