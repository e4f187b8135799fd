"""Learners of a purchase: put them on it, as many as the invoice covers, and take them off again."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from claims.lifecycle import Act, Actor, NotAllowed, State
from claims.models import Claim, Evidence, Learner, Purchase
from claims.rules.facts import Part
from claims.services.drafting import hold, open_draft, refuse_stale
from claims.services.moving import move
from claims.store.sight import whole_sight


class AlreadyAdded(NotAllowed):
    """The learner is on this purchase already."""


class NotEnoughCovered(NotAllowed):
    """The invoice covers fewer people than would be claimed for."""


@whole_sight()
def enrol(session: Session, purchase: Purchase, learner: Learner, by: Actor, at: datetime) -> Claim:
    """A draft claim for ``learner``. Raises ``AlreadyAdded`` and ``NotEnoughCovered``."""
    hold(session, purchase)
    present = learners_on(session, purchase)
    if learner.id in present:
        raise AlreadyAdded(f"{learner.name} is on this purchase already.")
    _refuse_too_many(purchase, len(present), 1)
    return open_draft(session, purchase, learner, by, at)


@whole_sight()
def enrol_all(
    session: Session, purchase: Purchase, learners: Iterable[Learner], by: Actor, at: datetime
) -> list[Claim]:
    """Draft claims for those of ``learners`` who are not on the purchase yet. Raises ``NotEnoughCovered``, for all."""
    hold(session, purchase)
    present = learners_on(session, purchase)
    joining = [learner for learner in dict.fromkeys(learners) if learner.id not in present]
    _refuse_too_many(purchase, len(present), len(joining))
    return [open_draft(session, purchase, learner, by, at) for learner in joining]


@whole_sight()
def learners_on(session: Session, purchase: Purchase) -> frozenset[int]:
    """The ids of those who are claimed for with the purchase, in claims that are neither withdrawn nor rejected."""
    return frozenset(
        session.scalars(
            select(Claim.learner_id).where(
                Claim.purchase_id == purchase.id,
                Claim.part != Part.COMPLETION,
                Claim.state.not_in((State.WITHDRAWN, State.REJECTED)),
            )
        )
    )


def room_on(purchase: Purchase, present: int) -> int | None:
    """How many more the invoice covers when so many are there. ``None``: the cost is each learner's, for any number."""
    covered = purchase.people_covered or 1
    return max(0, covered - present) if covered > 1 else None


def _refuse_too_many(purchase: Purchase, present: int, joining: int) -> None:
    room = room_on(purchase, present)
    if room is None or joining <= room:
        return
    covers = f"The invoice covers {purchase.people_covered} people"
    if not room:
        raise NotEnoughCovered(
            f"{covers}, and all of them are on this purchase already. "
            "Change the number of people covered, or take somebody off."
        )
    there = f" and {present} of them {'is' if present == 1 else 'are'} on this purchase already" if present else ""
    raise NotEnoughCovered(
        f"{covers}{there}: you selected {joining}, which is {joining - room} too many. "
        "Select fewer, or change the number of people covered."
    )


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
