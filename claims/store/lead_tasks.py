"""Tasks for lead assessors, with the claims that each is about as they stand now."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from claims.lifecycle import Actor, State
from claims.models import Claim, Employer, EventNote, LeadTask, Membership, Person, Purchase

MOST_SHOWN = 50
DECIDED = (State.APPROVED, State.IN_PAYMENT, State.PAID, State.RECOVERED)


@dataclass(frozen=True, slots=True)
class Described:
    """A task with what its page shows."""

    task: LeadTask
    purchase: Purchase
    employer: Employer
    opened_by: str
    start: Claim | None
    """The start claim that was recovered."""
    claims: Sequence[Claim]
    """What a lead has to look at: approved and paid claims of the purchase, or the completion of the start claim."""
    closed_by: str
    reason: str


def lead_tasks(session: Session, viewer: Actor, *, closed: bool = False, task_id: int | None = None) -> list[Described]:
    """Open tasks, the oldest first, or closed ones, the latest first; at most 50, without ``viewer``'s own employers'.

    ``task_id`` asks for one, open or closed.
    """
    opener, closer, start = aliased(Person), aliased(Person), aliased(Claim)
    own = select(Membership.employer_id).where(Membership.person_id == viewer.person_id, Membership.left_at.is_(None))
    query = (
        select(LeadTask, Purchase, Employer, opener.name, start, closer.name, EventNote.note)
        .join(Purchase, Purchase.id == LeadTask.purchase_id)
        .join(Employer, Employer.id == Purchase.employer_id)
        .join(opener, opener.id == LeadTask.opened_by_id)
        .outerjoin(start, start.id == LeadTask.start_claim_id)
        .outerjoin(closer, closer.id == LeadTask.closed_by_id)
        .outerjoin(EventNote, EventNote.event_number == LeadTask.closing_event)
        .where(Purchase.employer_id.not_in(own))
        .order_by(LeadTask.id.desc() if closed else LeadTask.id)
        .limit(MOST_SHOWN)
    )
    if task_id is not None:
        query = query.where(LeadTask.id == task_id)
    elif closed:
        query = query.where(LeadTask.closed_at.is_not(None))
    else:
        query = query.where(LeadTask.closed_at.is_(None))
    return [
        Described(
            task, purchase, employer, opened_by or "", started, _claims_of(session, task), closed_by or "", note or ""
        )
        for task, purchase, employer, opened_by, started, closed_by, note in session.execute(query)
    ]


def _claims_of(session: Session, task: LeadTask) -> Sequence[Claim]:
    found = select(Claim).options(joinedload(Claim.learner)).order_by(Claim.id)
    if task.start_claim_id is not None:
        return session.scalars(found.where(Claim.start_claim_id == task.start_claim_id)).all()
    return session.scalars(found.where(Claim.purchase_id == task.purchase_id, Claim.state.in_(DECIDED))).all()
