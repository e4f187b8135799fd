"""The quality sample: approvals that wait for a lead assessor before they are sent, open a completion and are paid."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import COMMITTED, PAST, Act, Actor, NotAllowed, Role, State
from claims.models import Claim, Event, SampledApproval
from claims.reminders.kinds import Kind, about_deadline
from claims.reminders.wording import word_decision
from claims.rules.facts import Part
from claims.secrets import Keyring
from claims.services.drafting import hold, open_completion
from claims.services.holding import belongs_to
from claims.services.recording import record, take_turn
from claims.services.telling import named, tell
from claims.store.sampling import waiting_sample_of

DRAWN_IN_A_HUNDRED = 10
"""Of approvals. Source: docs/back-office.md, "Quality sample"."""
PURPOSE = "quality.sample"
"""What the hash of a reference is about: under its own purpose it tells nothing of any other hash."""


def finish_approval(
    session: Session, keyring: Keyring, claim: Claim, by: Actor, at: datetime, *, event: Event, words: str
) -> None:
    """Send the decision on a claim just approved and open its completion, or let both wait for a lead assessor.

    ``event`` is the approval's, ``words`` exactly what the employer is to read.
    """
    reason = _why_sampled(session, keyring, claim)
    if reason is None:
        _announce(session, claim, by, at, event=event, words=words)
        return
    session.add(
        SampledApproval(claim_id=claim.id, reason=reason, words=words, approved_at=at, approved_by_id=by.person_id)
    )
    session.flush()


def agree(session: Session, claim: Claim, by: Actor, at: datetime) -> None:
    """A lead assessor agrees to an approval in the sample: its decision is sent and its completion opens.

    Raises ``NotAllowed`` for anybody but a lead, for who approved it or belongs to its employer, and when the approval
    waits for nobody any more.
    """
    hold(session, claim.purchase)
    take_turn(session)
    session.refresh(claim)
    if by.role is not Role.LEAD_ASSESSOR:
        raise NotAllowed("Only a lead assessor can agree to an approval.")
    sampled = waiting_sample_of(session, claim.id)
    if sampled is None or claim.state != State.APPROVED:
        raise NotAllowed(f"Claim {claim.reference} does not wait for a lead assessor.")
    refuse_whoever_approved(sampled, by)
    if belongs_to(session, by.person_id, claim.employer_id):
        raise NotAllowed("You belong to this employer, so somebody else must decide on its claims.")
    answer_sample(sampled, "agreed", by, at)
    event = record(
        session,
        "agree",
        ("claim", claim.id),
        by,
        at,
        employer_id=claim.employer_id,
        details={"reference": claim.reference, "sampled_because": sampled.reason},
    )
    _announce(session, claim, by, at, event=event, words=sampled.words)
    session.flush()


def refuse_whoever_approved(sampled: SampledApproval, by: Actor) -> None:
    """Raise ``NotAllowed`` when ``by`` approved what is in the sample: it takes two people."""
    if sampled.approved_by_id == by.person_id:
        raise NotAllowed("You approved this claim, so another lead assessor must look at it.")


def answer_sample(sampled: SampledApproval, answer: str, by: Actor, at: datetime) -> None:
    """Note what became of an approval in the sample: ``agreed`` or ``undone``."""
    sampled.answer, sampled.answered_at, sampled.answered_by_id = answer, at, by.person_id


def is_drawn(keyring: Keyring, reference: str) -> bool:
    """Whether the claim with this reference is among the tenth that is drawn: always the same answer for one key."""
    drawn = int(keyring.keyed_hash(reference, PURPOSE)[:16], 16)
    return drawn * 100 < DRAWN_IN_A_HUNDRED << 64


def _why_sampled(session: Session, keyring: Keyring, claim: Claim) -> str | None:
    another = select(Claim.id).where(
        Claim.employer_id == claim.employer_id,
        Claim.state.in_([*COMMITTED, State.RECOVERED]),
        Claim.id != claim.id,
    )
    undone = exists().where(SampledApproval.claim_id == claim.id, SampledApproval.answer == "undone")
    if session.scalars(select(undone)).one():
        return "undone-before"
    if session.scalars(another.limit(1)).first() is None:
        return "first-of-employer"
    return "drawn" if is_drawn(keyring, claim.reference) else None


def _announce(session: Session, claim: Claim, by: Actor, at: datetime, *, event: Event, words: str) -> None:
    if claim.part == Part.START:
        open_completion(session, claim, by, at)
    worded = word_decision(named(session, claim, at), PAST[Act.APPROVE], words, london_date(at))
    tell(session, claim, Kind.DECISION, about=f"{about_deadline(claim.id)}:event:{event.number}", worded=worded, at=at)
