"""Learners of a purchase: add somebody new or known, change what is said about them, take them off again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims.lifecycle import Act, Actor, NotAllowed, State
from claims.models import Claim, Evidence, Learner, Purchase
from claims.rules.facts import Engagement, Part
from claims.rules.learner import normal_national_insurance_number
from claims.secrets import Keyring
from claims.services.drafting import CHANGEABLE, bring_up_to_date, hold, open_draft, refuse_stale
from claims.services.moving import move
from claims.services.recording import record
from claims.services.sealing import encrypt_number, hash_number
from claims.store.claims import claims_for


class AlreadyAdded(NotAllowed):
    """The learner is on this purchase already."""


class NotEnoughCovered(NotAllowed):
    """The invoice covers fewer people than would be claimed for."""


@dataclass(frozen=True, slots=True)
class LearnerDetails:
    """A member of staff as an employer describes them."""

    first_name: str
    last_name: str
    number: str
    """The National Insurance number, in any spacing and case."""
    job_role: str
    engagement: Engagement
    works_in_england: bool
    post_requires_registration: bool
    employed_from: date
    left_on: date | None = None
    """The last day employed."""


def keep_learner(
    session: Session, keyring: Keyring, employer_id: int, details: LearnerDetails, *, by: Actor, at: datetime
) -> tuple[Learner, bool]:
    """The employer's learner with this number: a new one, or the one there is with ``details`` taken over.

    Returns the learner and whether they are new. Raises ``NotAllowed`` for a malformed number.
    """
    number = _normal(details.number)
    hashed = hash_number(keyring, number)
    there = _learner_numbered(session, employer_id, hashed)
    if there is None:
        learner = Learner(
            employer_id=employer_id, number=encrypt_number(keyring, number), number_hash=hashed, created_at=at
        )
        _describe(learner, details)
        try:
            with session.begin_nested():
                session.add(learner)
                session.flush()
        except IntegrityError:
            # Another tab added the same person a moment ago.
            there = _learner_numbered(session, employer_id, hashed)
            if there is None:
                raise
        else:
            record(session, "add", ("learner", learner.id), by, at, employer_id=employer_id)
            return learner, True
    # Somebody who adds a person does not say that they left; only the learner's own page takes that back.
    kept = details if details.left_on else replace(details, left_on=there.left_on)
    change_learner(session, keyring, there, kept, by=by, at=at)
    return there, False


def change_learner(
    session: Session, keyring: Keyring, learner: Learner, details: LearnerDetails, *, by: Actor, at: datetime
) -> bool:
    """Take over ``details``; the learner's open claims follow. Returns whether anything changed.

    Raises ``NotAllowed`` for a number that belongs to another learner, or is changed after a claim was submitted.
    """
    session.flush()
    session.refresh(learner, with_for_update=True)
    number = _normal(details.number)
    hashed = hash_number(keyring, number)
    before = _description(learner)
    if hashed != learner.number_hash:
        _refuse_new_number(session, learner, hashed)
        learner.number, learner.number_hash = encrypt_number(keyring, number), hashed
    elif before == _description_of(details):
        return False
    _describe(learner, details)
    session.flush()
    changed = [name for name, value in _description(learner).items() if before[name] != value]
    bring_up_to_date(session, [claim for claim in claims_for(session, learner) if claim.state in CHANGEABLE], at)
    record(session, "change", ("learner", learner.id), by, at, details={"changed": changed or ["number"]})
    return True


def enrol(session: Session, purchase: Purchase, learner: Learner, by: Actor, at: datetime) -> Claim:
    """A draft claim for ``learner``. Raises ``AlreadyAdded`` and ``NotEnoughCovered``."""
    hold(session, purchase)
    present = session.scalars(
        select(Claim.learner_id).where(
            Claim.purchase_id == purchase.id,
            Claim.part != Part.COMPLETION,
            Claim.state.not_in((State.WITHDRAWN, State.REJECTED)),
        )
    ).all()
    if learner.id in present:
        raise AlreadyAdded(f"{learner.name} is on this purchase already.")
    if _is_full(purchase, present):
        raise NotEnoughCovered(
            f"The invoice covers {purchase.people_covered} people, and all of them are on this purchase already. "
            "Change the number of people covered, or take somebody off."
        )
    return open_draft(session, purchase, learner, by, at)


def _is_full(purchase: Purchase, present: Sequence[int]) -> bool:
    """One person covered means that the cost is each learner's, however many there are."""
    covered = purchase.people_covered or 1
    return covered > 1 and len(present) >= covered


def take_off(session: Session, claim: Claim, by: Actor, at: datetime, changes: int | None = None) -> None:
    """Discard a draft. Raises ``NotAllowed`` beyond draft, and for a completion claim, which waits for its learner."""
    hold(session, claim.purchase)
    session.refresh(claim)
    refuse_stale(claim, changes)
    if claim.state == State.DRAFT and claim.part == Part.COMPLETION:
        raise NotAllowed("A completion claim waits until the training is completed, so it cannot be discarded.")
    if claim.state == State.DRAFT:
        session.execute(delete(Evidence).where(Evidence.claim_id == claim.id))
    move(session, claim, Act.DISCARD, by, at)


def number_may_change(session: Session, learner: Learner) -> bool:
    """The number belongs to what was submitted, so it is fixed with the first claim beyond draft."""
    return all(claim.state == State.DRAFT for claim in claims_for(session, learner))


def _refuse_new_number(session: Session, learner: Learner, hashed: str) -> None:
    if not number_may_change(session, learner):
        raise NotAllowed(
            "A claim for this learner has been submitted with this National Insurance number. "
            "Withdraw the claim and claim anew with the right number."
        )
    if _learner_numbered(session, learner.employer_id, hashed) is not None:
        raise NotAllowed("Another of your learners has this National Insurance number.")


def _learner_numbered(session: Session, employer_id: int, hashed: str) -> Learner | None:
    return session.scalars(
        select(Learner).where(Learner.employer_id == employer_id, Learner.number_hash == hashed)
    ).first()


def _normal(number: str) -> str:
    found = normal_national_insurance_number(number)
    if found is None:
        raise NotAllowed("This is not a National Insurance number. It has 2 letters, 6 numbers and a letter A to D.")
    return found


_DESCRIBED = (
    "first_name",
    "last_name",
    "job_role",
    "engagement",
    "works_in_england",
    "post_requires_registration",
    "employed_from",
    "left_on",
)


def _describe(learner: Learner, details: LearnerDetails) -> None:
    for name, value in _description_of(details).items():
        setattr(learner, name, value)


def _description_of(details: LearnerDetails) -> dict[str, object]:
    return {name: getattr(details, name) for name in _DESCRIBED}


def _description(learner: Learner) -> dict[str, object]:
    return {name: getattr(learner, name) for name in _DESCRIBED}
