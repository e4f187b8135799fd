"""Who works on a purchase: one assessor at a time, by a lease that a lead can take over."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from claims.lifecycle import ASSESSING_ROLES, Actor, NotAllowed, Role
from claims.models import Membership, Person, Purchase
from claims.services.recording import record
from claims.store.queue import free_purchases

HELD_FOR = timedelta(hours=24)
"""From the last thing done with it."""

CANDIDATES = 20
"""How many purchases the next one is looked for among; others may take some in the same moment."""


class HeldByAnother(NotAllowed):
    """Somebody else works on this purchase."""


def take(session: Session, purchase: Purchase, by: Actor, at: datetime) -> None:
    """Hold ``purchase`` until a day from now; held already, it is held for longer.

    Raises ``HeldByAnother``, and ``NotAllowed`` for a role that does not assess or an employer one belongs to.
    """
    _refuse_outsiders(session, purchase, by)
    if _renew(session, purchase, by, at):
        return
    taken = session.execute(
        update(Purchase)
        .where(Purchase.id == purchase.id, or_(Purchase.holder_id.is_(None), Purchase.held_until <= at))
        .values(holder_id=by.person_id, held_until=at + HELD_FOR)
        .returning(Purchase.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(purchase)
    if taken is None:
        raise HeldByAnother(f"{holder_name(session, purchase)} is working on this purchase.")
    record(session, "take", ("purchase", purchase.id), by, at, employer_id=purchase.employer_id)


def take_over(session: Session, purchase: Purchase, by: Actor, at: datetime, because: str) -> None:
    """A lead assessor takes ``purchase`` from whoever holds it; the checks saved so far stay.

    Raises ``NotAllowed`` for anybody but a lead, an employer one belongs to, or a missing reason.
    """
    if by.role is not Role.LEAD_ASSESSOR:
        raise NotAllowed("Only a lead assessor can take over a purchase that somebody else holds.")
    if not because.strip():
        raise NotAllowed("Give a reason.")
    _refuse_outsiders(session, purchase, by)
    before = purchase.holder_id
    purchase.holder_id, purchase.held_until = by.person_id, at + HELD_FOR
    record(
        session,
        "take-over",
        ("purchase", purchase.id),
        by,
        at,
        employer_id=purchase.employer_id,
        details={"from_person": before},
        note=because,
    )


def release(session: Session, purchase: Purchase, by: Actor, at: datetime) -> None:
    """Give ``purchase`` back to the queue; the checks saved so far stay with it. Raises as ``require_holder``."""
    require_holder(session, purchase, by, at)
    let_go(purchase)
    record(session, "release", ("purchase", purchase.id), by, at, employer_id=purchase.employer_id)
    session.flush()


def let_go(purchase: Purchase) -> None:
    """Nobody holds ``purchase`` any more, because nothing of it is left to decide."""
    purchase.holder_id, purchase.held_until = None, None


def take_next(session: Session, by: Actor, at: datetime) -> Purchase | None:
    """Hold the purchase that has waited longest of those nobody holds; ``None`` when there is none."""
    for purchase_id in free_purchases(session, by, at, CANDIDATES):
        purchase = session.get_one(Purchase, purchase_id)
        try:
            take(session, purchase, by, at)
        except HeldByAnother:
            continue
        return purchase
    return None


def require_holder(session: Session, purchase: Purchase, by: Actor, at: datetime) -> None:
    """Raises ``NotAllowed`` unless ``by`` holds ``purchase`` now, and ``HeldByAnother`` when somebody else does."""
    _refuse_outsiders(session, purchase, by)
    if not holds(purchase, by, at):
        if purchase.holder_id is not None and purchase.holder_id != by.person_id:
            raise HeldByAnother(f"{holder_name(session, purchase)} is working on this purchase.")
        raise NotAllowed("Take this purchase before you work on it.")


def holds(purchase: Purchase, by: Actor, at: datetime) -> bool:
    """Whether ``by`` holds ``purchase`` at this instant."""
    return purchase.holder_id == by.person_id and purchase.held_until is not None and at < purchase.held_until


def holder_name(session: Session, purchase: Purchase) -> str:
    """The name of who holds ``purchase``, or held it last."""
    holder = session.get(Person, purchase.holder_id) if purchase.holder_id is not None else None
    return holder.name if holder else "Nobody"


def belongs_to(session: Session, person_id: int | None, employer_id: int) -> bool:
    """Whether a person acts for an employer."""
    found = select(Membership.id).where(
        Membership.person_id == person_id, Membership.employer_id == employer_id, Membership.left_at.is_(None)
    )
    return session.scalars(found).first() is not None


def _renew(session: Session, purchase: Purchase, by: Actor, at: datetime) -> bool:
    renewed = session.execute(
        update(Purchase)
        .where(Purchase.id == purchase.id, Purchase.holder_id == by.person_id, Purchase.held_until > at)
        .values(held_until=at + HELD_FOR)
        .returning(Purchase.id)
        .execution_options(synchronize_session=False)
    ).first()
    if renewed is not None:
        session.refresh(purchase)
    return renewed is not None


def _refuse_outsiders(session: Session, purchase: Purchase, by: Actor) -> None:
    if by.role not in ASSESSING_ROLES:
        raise NotAllowed("Only assessors can do this.")
    if belongs_to(session, by.person_id, purchase.employer_id):
        raise NotAllowed("You belong to this employer, so somebody else must assess its claims.")
