"""Tasks for lead assessors: opened when something that was decided has lost its ground, closed with a reason."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import COMMITTED, Actor, NotAllowed, Role
from claims.models import Claim, LeadTask, Purchase
from claims.services.holding import belongs_to
from claims.services.recording import record, take_turn
from claims.store.claims import claims_in, completion_of
from claims.store.recoveries import STILL_OPEN_OR_PAID


def heed_rejected_payment(session: Session, purchase: Purchase, by: Actor, at: datetime) -> LeadTask | None:
    """Open a task when the payment of ``purchase`` was rejected though claims of it are approved or paid already.

    ``None`` when there are none. Source: docs/product.md, on what follows from a later rejection.
    """
    if not any(claim.state in COMMITTED for claim in claims_in(session, purchase)):
        return None
    return _open(session, "payment-rejected", purchase, None, by=by, at=at)


def heed_recovered_start(session: Session, start: Claim, by: Actor, at: datetime) -> LeadTask | None:
    """Open a task when a start claim was recovered whose completion claim is open or paid; else ``None``."""
    completion = completion_of(session, start)
    if completion is None or completion.state not in STILL_OPEN_OR_PAID:
        return None
    return _open(session, "start-recovered", start.purchase, start, by=by, at=at)


def close_task(session: Session, task: LeadTask, by: Actor, at: datetime, *, because: str) -> None:
    """Close a task: what was done, or why nothing has to be. Raises ``NotAllowed`` for anybody but a lead assessor,
    for one who belongs to the employer, without a reason, and when it is closed already.
    """
    if by.role is not Role.LEAD_ASSESSOR:
        raise NotAllowed("Only a lead assessor can close this.")
    take_turn(session)
    session.refresh(task)
    purchase = session.get_one(Purchase, task.purchase_id)
    if task.closed_at is not None:
        raise NotAllowed("This task is closed already.")
    if belongs_to(session, by.person_id, purchase.employer_id):
        raise NotAllowed("You belong to this employer, so somebody else must decide on its claims.")
    if not because.strip():
        raise NotAllowed("Give a reason.")
    event = _record(session, "close-task", task, purchase, by=by, at=at, note=because.strip())
    task.closed_at, task.closed_by_id, task.closing_event = at, by.person_id, event
    session.flush()


def _open(session: Session, kind: str, purchase: Purchase, start: Claim | None, *, by: Actor, at: datetime) -> LeadTask:
    """One task of a kind is open at a time; the caller holds the turn."""
    start_id = start.id if start else None
    there = session.scalars(
        select(LeadTask).where(
            LeadTask.kind == kind,
            LeadTask.purchase_id == purchase.id,
            LeadTask.start_claim_id.is_not_distinct_from(start_id),
            LeadTask.closed_at.is_(None),
        )
    ).first()
    if there is not None:
        return there
    task = LeadTask(
        kind=kind, purchase_id=purchase.id, start_claim_id=start_id, opened_at=at, opened_by_id=by.person_id
    )
    session.add(task)
    session.flush()
    _record(session, "open-task", task, purchase, by=by, at=at)
    return task


def _record(
    session: Session, act: str, task: LeadTask, purchase: Purchase, *, by: Actor, at: datetime, note: str = ""
) -> int:
    details = {"task": task.id, "kind": task.kind}
    about = ("purchase", purchase.id)
    return record(session, act, about, by, at, employer_id=purchase.employer_id, details=details, note=note).number
