"""Save what an assessor finds: the payment once for a purchase, the completion once for each claim."""

import hashlib
import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.decisions import Answer, Checked
from claims.lifecycle import Actor, NotAllowed, State
from claims.models import Claim, CompletionCheck, Evidence, PaymentCheck, Purchase
from claims.rules.facts import Part
from claims.services.holding import require_holder, take

LONGEST_NOTE = 1_500
"""Characters. Source: docs/back-office.md."""


class BadCheck(NotAllowed):
    """A check cannot be saved as given."""


def save_payment_check(
    session: Session,
    purchase: Purchase,
    by: Actor,
    at: datetime,
    *,
    answer: Answer | None,
    cost_pence: int | None = None,
    paid_in_full: bool | None = None,
    note: str = "",
) -> PaymentCheck:
    """Save the payment check of ``purchase`` as work in hand; anything may still be missing.

    ``cost_pence`` is what was paid for each learner, before other funding. Raises ``NotAllowed`` unless ``by`` holds
    the purchase, and ``BadCheck`` for a cost that is not above zero or a note that is too long.
    """
    require_holder(session, purchase, by, at)
    _refuse_long(note)
    if cost_pence is not None and cost_pence <= 0:
        raise BadCheck("The cost for each learner must be more than £0.00.")
    latest = latest_payment_check(session, purchase)
    made_of = evidence_hash_of(session, purchase)
    check = latest
    if check is None or check.confirmed_at is not None:
        check = PaymentCheck(purchase_id=purchase.id, version=latest.version + 1 if latest else 1)
        session.add(check)
    check.answer, check.cost_pence, check.paid_in_full, check.note = answer, cost_pence, paid_in_full, note.strip()
    check.by_id, check.saved_at, check.evidence_hash = _person(by), at, made_of
    take(session, purchase, by, at)
    session.flush()
    return check


def save_completion_check(
    session: Session, claim: Claim, by: Actor, at: datetime, *, answer: Answer | None, note: str = ""
) -> CompletionCheck:
    """Save the completion check of ``claim`` as work in hand. Raises as ``save_payment_check``."""
    require_holder(session, claim.purchase, by, at)
    if claim.state != State.SUBMITTED:
        raise NotAllowed(f"Claim {claim.reference} is not waiting for a decision any more.")
    _refuse_long(note)
    latest = latest_completion_check(session, claim)
    check = latest
    if check is None or check.confirmed_at is not None:
        check = CompletionCheck(claim_id=claim.id, version=latest.version + 1 if latest else 1)
        session.add(check)
    check.answer, check.note, check.by_id, check.saved_at = answer, note.strip(), _person(by), at
    take(session, claim.purchase, by, at)
    session.flush()
    return check


def latest_payment_check(session: Session, purchase: Purchase) -> PaymentCheck | None:
    """The last version of the payment check, in hand or confirmed."""
    return session.scalars(
        select(PaymentCheck)
        .where(PaymentCheck.purchase_id == purchase.id)
        .order_by(PaymentCheck.version.desc())
        .limit(1)
    ).first()


def latest_completion_check(session: Session, claim: Claim) -> CompletionCheck | None:
    """The last version of the completion check, in hand or confirmed."""
    return session.scalars(
        select(CompletionCheck)
        .where(CompletionCheck.claim_id == claim.id)
        .order_by(CompletionCheck.version.desc())
        .limit(1)
    ).first()


def standing_payment_check(session: Session, purchase: Purchase) -> PaymentCheck | None:
    """The payment check that decides now: the one in hand, or else the latest passed one while nothing has changed.

    A confirmed check that asked for action or rejected has had its effect; what comes after it is checked anew.
    """
    check = latest_payment_check(session, purchase)
    if check is None or check.answer is None or check.evidence_hash != evidence_hash_of(session, purchase):
        return None
    if check.confirmed_at is not None and check.answer != Answer.YES:
        return None
    return check


def is_payment_rejected(session: Session, purchase: Purchase) -> bool:
    """Whether the latest confirmed payment check rejects the payment as it stands: then no draft can be submitted.

    Source: docs/product.md, on what follows from a later rejection.
    """
    check = session.scalars(
        select(PaymentCheck)
        .where(PaymentCheck.purchase_id == purchase.id, PaymentCheck.confirmed_at.is_not(None))
        .order_by(PaymentCheck.version.desc())
        .limit(1)
    ).first()
    return (
        check is not None
        and check.answer == Answer.REJECT
        and check.evidence_hash == evidence_hash_of(session, purchase)
    )


def standing_completion_check(session: Session, claim: Claim) -> CompletionCheck | None:
    """The completion check in hand, if it has an answer. A confirmed one has had its effect."""
    check = latest_completion_check(session, claim)
    return check if check is not None and check.confirmed_at is None and check.answer is not None else None


def needs_payment_check(claim: Claim, *, internal_ommt: bool) -> bool:
    """Whether the decision on ``claim`` rests on a payment check.

    Internal OMMT has no payment, and a plain completion part uses its start part's cost.
    """
    if internal_ommt:
        return False
    return claim.part != Part.COMPLETION or bool(claim.purchase.by_plan)


def missing_from_payment(check: PaymentCheck, claim: Claim) -> list[str]:
    """What must still be said before the check can decide ``claim``, as sentences for the assessor."""
    first_of_plan = bool(claim.purchase.by_plan) and claim.part == Part.START
    if check.answer == Answer.YES:
        missing = []
        if check.cost_pence is None:
            missing.append("Enter what was paid for each learner.")
        if not check.paid_in_full and not first_of_plan:
            missing.append("A payment that passes must be paid in full; otherwise ask for action or reject it.")
        return missing
    return [] if check.note else ["Write a note that says what is wrong with the payment."]


def missing_from_completion(check: CompletionCheck) -> list[str]:
    """As ``missing_from_payment``, for a completion check."""
    return [] if check.answer == Answer.YES or check.note else ["Write a note that says what is wrong."]


def said(check: PaymentCheck | CompletionCheck | None) -> Checked | None:
    """A check as decisions read it."""
    return None if check is None or check.answer is None else Checked(Answer(check.answer), check.note)


def evidence_hash_of(session: Session, purchase: Purchase) -> str:
    """SHA-256 of what a payment check is made of: cost, dates and payment evidence."""
    files = session.scalars(
        select(Evidence.sha256).where(
            Evidence.purchase_id == purchase.id, Evidence.kind == "payment", Evidence.removed_at.is_(None)
        )
    )
    made_of = [
        sorted(files),
        purchase.cost_pence,
        purchase.people_covered,
        purchase.other_funding_pence,
        purchase.by_plan,
        str(purchase.paid_on),
        str(purchase.second_payment_on),
    ]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def _refuse_long(note: str) -> None:
    if len(note.strip()) > LONGEST_NOTE:
        raise BadCheck(f"A note can have up to {LONGEST_NOTE:,} characters; this one has {len(note.strip()):,}.")


def _person(by: Actor) -> int:
    if by.person_id is None:
        raise NotAllowed("Only a person can check a claim.")
    return by.person_id
