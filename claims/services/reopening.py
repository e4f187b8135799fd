"""Take a decision or a request back: a lead undoes, an assessor recalls, a lead closes what nobody answered."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import PAST, UNANSWERED_FOR, Act, Actor, NotAllowed, State
from claims.models import Claim, Message
from claims.reminders.kinds import Kind, about_deadline, about_request
from claims.reminders.wording import word_decision
from claims.rules.facts import Part
from claims.rules.scheme import Fund
from claims.services.assessing import close_waiting_completion
from claims.services.committing import give_back_pence, lock_commitment
from claims.services.drafting import hold
from claims.services.holding import belongs_to
from claims.services.moving import move
from claims.services.recording import take_turn
from claims.services.sampling import answer_sample, refuse_whoever_approved
from claims.services.telling import named, tell
from claims.store.claims import completion_of, open_requests_of
from claims.store.recoveries import recovered_pence
from claims.store.reference import from_files
from claims.store.sampling import waiting_sample_of

REMINDERS_BEFORE_LAPSE = 2
"""Besides the message that asked. Source: docs/product.md, "The life of a claim"."""


def undo(session: Session, claim: Claim, by: Actor, at: datetime, *, because: str) -> None:
    """Put an approved or rejected claim back among the submitted ones; both decisions stay in its history.

    Gives back what was committed. Raises ``NotAllowed`` for anybody but a lead, without a reason, while the claim is
    in a payment run, for a start claim whose completion claim is beyond draft, and for whoever approved it while it
    waits in the quality sample; ``AlreadyClaimed`` when somebody has claimed the same training since.
    """
    _begin(session, claim, by)
    completion = completion_of(session, claim)
    if completion is not None and completion.state != State.DRAFT:
        raise NotAllowed(f"Its completion claim {completion.reference} has been submitted, so this cannot be undone.")
    sampled = waiting_sample_of(session, claim.id)
    if sampled is not None:
        refuse_whoever_approved(sampled, by)
    if recovered_pence(session, claim.id):
        raise NotAllowed("A part of this claim was recovered after it was paid, so this cannot be undone.")
    given_back = claim.payable_pence or 0
    was_approved = claim.state == State.APPROVED
    event = move(session, claim, Act.UNDO, by, at, because=because, details={"given_back_pence": given_back})
    if was_approved and claim.scheme_year is not None:
        year = next(year for year in from_files().years if year.name == claim.scheme_year)
        give_back_pence(session, lock_commitment(session, claim.employer_id, Fund(claim.fund), year), given_back)
    claim.cost_pence = claim.reimbursable_pence = claim.entitlement_pence = claim.payable_pence = None
    claim.decided_at = claim.decided_by_id = None
    if sampled is not None:
        # The employer was not told of this decision yet, so there is nothing to take back from them.
        answer_sample(sampled, "undone", by, at)
        session.flush()
        return
    words = (
        f"We have taken back our decision on claim {claim.reference} and are looking at it again. "
        "You do not need to do anything."
    )
    worded = word_decision(named(session, claim, at), "being looked at again", words, london_date(at))
    about = f"{about_deadline(claim.id)}:event:{event.number}"
    tell(session, claim, Kind.DECISION, about=about, worded=worded, at=at)
    session.flush()


def recall(session: Session, claim: Claim, by: Actor, at: datetime, *, because: str) -> None:
    """Take a request back: a claim that needs action is submitted again, as it is. Raises ``NotAllowed``."""
    _begin(session, claim, by)
    move(session, claim, Act.RECALL, by, at, because=because)
    _settle_requests(session, claim, at)


def may_lapse(session: Session, claim: Claim, at: datetime) -> bool:
    """Whether 28 days and two reminders have gone by without an answer."""
    open_requests = open_requests_of(session, claim)
    if not open_requests or at - open_requests[0].asked_at < UNANSWERED_FOR:
        return False
    reminded = session.scalars(
        select(func.count(Message.due_on.distinct())).where(
            Message.kind == Kind.NEEDS_ACTION,
            Message.about == about_request(claim.id, open_requests[0].id),
            Message.due_on > london_date(open_requests[0].asked_at),
            # Who stopped such emails was reminded in the service.
            Message.state.in_(("sent", "stopped")),
        )
    ).one()
    return reminded >= REMINDERS_BEFORE_LAPSE


def lapse(session: Session, claim: Claim, by: Actor, at: datetime, *, because: str) -> None:
    """Close a claim that was not answered. Raises ``NotAllowed`` for anybody but a lead, and before its time."""
    _begin(session, claim, by)
    if claim.state == State.NEEDS_ACTION and not may_lapse(session, claim, at):
        raise NotAllowed("A claim can be closed 28 days after we asked, when two reminders have been sent.")
    event = move(session, claim, Act.LAPSE, by, at, because=because)
    _settle_requests(session, claim, at)
    if claim.part == Part.START:
        close_waiting_completion(session, claim, at)
    claim.decided_at, claim.decided_by_id = at, by.person_id
    words = f"We have closed claim {claim.reference} because we had no answer. It will not be paid.\n\nWhy: {because}"
    worded = word_decision(named(session, claim, at), PAST[Act.LAPSE], words, london_date(at))
    about = f"{about_deadline(claim.id)}:event:{event.number}"
    tell(session, claim, Kind.DECISION, about=about, worded=worded, at=at)
    session.flush()


def _begin(session: Session, claim: Claim, by: Actor) -> None:
    hold(session, claim.purchase)
    take_turn(session)
    session.refresh(claim)
    if belongs_to(session, by.person_id, claim.employer_id):
        raise NotAllowed("You belong to this employer, so somebody else must decide on its claims.")


def _settle_requests(session: Session, claim: Claim, at: datetime) -> None:
    for request in open_requests_of(session, claim):
        request.settled_at = at
    session.flush()
