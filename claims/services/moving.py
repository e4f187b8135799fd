"""Move a claim from one state to the next: the only place that writes ``claim.state``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims.lifecycle import LIVE, Act, Actor, NotAllowed, State, decide
from claims.models import Claim, Event, Purchase, Slot
from claims.models.claims import SLOTS
from claims.rules.facts import Part
from claims.services.recording import record, take_turn
from claims.store.closing import is_closed

AFTER_CLOSING = frozenset({State.DRAFT, State.REJECTED, State.PAID})
"""What a closed year may hold and an act may still move: whatever is under way kept it from being closed."""


class AlreadyClaimed(NotAllowed):
    """Another live claim, with any employer, holds this learner's course."""


def move(
    session: Session,
    claim: Claim,
    act: Act,
    by: Actor,
    at: datetime,
    *,
    because: str = "",
    prepared_by: Actor | None = None,
    details: Mapping[str, Any] | None = None,
) -> Event:
    """Do ``act`` to ``claim``: state, slots and event, in the caller's transaction.

    Raises ``NotAllowed`` as ``lifecycle.decide`` does, and ``AlreadyClaimed`` when the claim would become live while
    another live claim holds the same number, course and part.
    """
    if claim.personal_data_removed_at is not None:
        raise NotAllowed(
            "Its time was over and personal data was removed from it, so nothing more can be done with it."
        )
    before = State(claim.state)
    after = decide(before, act, by, because, prepared_by)
    if before in AFTER_CLOSING and after.to is not None:
        refuse_closed(session, claim.scheme_year)
    if after.to in LIVE and before not in LIVE:
        _take_slots(session, claim)
    if after.to not in LIVE and before in LIVE:
        session.execute(delete(Slot).where(Slot.claim_id == claim.id))
    event = record(
        session,
        act,
        ("claim", claim.id),
        by,
        at,
        employer_id=claim.employer_id,
        change=(before, after.to),
        details={"reference": claim.reference, **(details or {})},
        note=because,
    )
    if after.to is None:
        session.delete(claim)
    else:
        claim.state = after.to
    session.flush()
    _keep_waiting(session, claim.purchase_id, (after.to == State.SUBMITTED) - (before == State.SUBMITTED))
    return event


class YearClosed(NotAllowed):
    """Finance has closed the scheme year."""


def refuse_closed(session: Session, scheme_year: str | None, sentence: str = "") -> None:
    """Raise ``YearClosed`` when finance has closed the year; until the transaction ends, nobody can close it.

    It says ``sentence``, or else that finance must open the year again.
    """
    take_turn(session)
    if is_closed(session, scheme_year):
        raise YearClosed(
            sentence or f"Scheme year {scheme_year} is closed. Finance must open it again before anything in it moves."
        )


def _keep_waiting(session: Session, purchase_id: int, change: int) -> None:
    """Since when the purchase waits, and how many of its claims do, after so many more or fewer.

    The event before it made whoever else moves claims wait, so nobody counts from the same number.
    """
    if not change:
        return
    since = select(func.min(Claim.submitted_at)).where(Claim.purchase_id == purchase_id, Claim.state == State.SUBMITTED)
    session.execute(
        update(Purchase)
        .where(Purchase.id == purchase_id)
        .values(waiting_since=since.scalar_subquery(), waiting_claims=Purchase.waiting_claims + change)
        .execution_options(synchronize_session="fetch")
    )


def _take_slots(session: Session, claim: Claim) -> None:
    try:
        with session.begin_nested():
            for slot in SLOTS[Part(claim.part)]:
                session.add(
                    Slot(
                        number_hash=claim.learner.number_hash,
                        course_code=claim.course_code,
                        slot=slot,
                        claim_id=claim.id,
                    )
                )
    except IntegrityError:
        raise AlreadyClaimed(_clash(session, claim)) from None


def _clash(session: Session, claim: Claim) -> str:
    holders = session.scalars(
        select(Claim)
        .join(Slot, Slot.claim_id == Claim.id)
        .where(
            Slot.number_hash == claim.learner.number_hash,
            Slot.course_code == claim.course_code,
            Slot.slot.in_(SLOTS[Part(claim.part)]),
            Claim.employer_id == claim.employer_id,
        )
    ).all()
    if holders:
        return f"This learner’s course is already claimed: {', '.join(holder.reference for holder in holders)}."
    return "This learner’s course is already claimed by another employer."
