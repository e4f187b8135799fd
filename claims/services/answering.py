"""What an employer does with a claim that was sent: answer a request, change it, send it again, take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Act, Actor, NotAllowed, State
from claims.models import Claim
from claims.readiness import Blocker
from claims.rules.facts import Part
from claims.secrets import Keyring
from claims.services.claiming import look_up_facts, send
from claims.services.drafting import CHANGEABLE, bring_up_to_date, hold, refuse_closed_for, refuse_stale
from claims.services.moving import move
from claims.services.recording import record
from claims.services.snapshots import changes_since
from claims.store.claims import open_requests_of
from claims.store.history import KEEP_NOTE, kept_note_of

NOTE_LENGTH = 1500


def tell_dates(
    session: Session,
    claim: Claim,
    *,
    started_on: date | None,
    completed_on: date | None,
    by: Actor,
    at: datetime,
    changes: int | None = None,
) -> bool:
    """Say when this learner started and completed. Returns whether either changed.

    Raises ``NotAllowed`` while the claim is in other hands, and ``Stale``; and ``moving.YearClosed`` for a draft whose
    scheme year the completion decides, in a year that is closed.
    """
    _take(session, claim, changes)
    if claim.state not in CHANGEABLE:
        raise NotAllowed("This claim has been submitted, so its dates can no longer be changed.")
    if claim.part == Part.START and completed_on is not None:
        raise NotAllowed("The start part has no completion date. It is asked for with the completion part.")
    if claim.part == Part.COMPLETION and started_on != claim.started_on:
        raise NotAllowed("The start date was fixed with the start part of this claim.")
    if (claim.started_on, claim.completed_on) == (started_on, completed_on):
        return False
    if claim.state == State.DRAFT and completed_on not in (None, claim.completed_on):
        # Where the payment decides, its year was asked when the draft was opened.
        refuse_closed_for(session, claim.course_code, paid_on=None, completed_on=completed_on, at=at)
    claim.started_on, claim.completed_on = started_on, completed_on
    session.flush()
    bring_up_to_date(session, [claim], at)
    dates = {
        "started_on": started_on.isoformat() if started_on else None,
        "completed_on": completed_on.isoformat() if completed_on else None,
    }
    record(
        session,
        "change",
        ("claim", claim.id),
        by,
        at,
        employer_id=claim.employer_id,
        details={"reference": claim.reference, **dates},
    )
    return True


@dataclass(frozen=True, slots=True)
class Answered:
    """What an employer says to one request."""

    reply: str
    ticked: bool
    """It has been done."""


def answer(
    session: Session,
    claim: Claim,
    answers: Mapping[int, Answered],
    *,
    note: str | None = None,
    by: Actor,
    at: datetime,
    changes: int | None = None,
) -> bool:
    """Keep answers to open requests, by their ids; they are sent with the claim. Returns whether anything changed.

    A ``note`` to the assessor is kept with them, and a blank one takes it out again; ``None`` leaves it as it is.
    Raises ``NotAllowed`` for a request that is not open (any more), for a note to a claim that needs no action, and
    for a reply or note that is too long; and ``Stale``.
    """
    _take(session, claim, changes)
    there = {request.id: request for request in open_requests_of(session, claim)}
    changed = False
    for request_id, answered in answers.items():
        request, text = there.get(request_id), answered.reply.strip()
        if claim.state != State.NEEDS_ACTION or request is None:
            raise NotAllowed("This request is no longer open.")
        if len(text) > NOTE_LENGTH:
            raise NotAllowed(f"The reply must be {NOTE_LENGTH:,} characters or fewer.")
        if request.ticked != answered.ticked:
            request.ticked, changed = answered.ticked, True
        if request.reply != text:
            request.reply, changed = text, True
            details = {"reference": claim.reference, "request": request.id}
            record(
                session, "reply", ("claim", claim.id), by, at, employer_id=claim.employer_id, details=details, note=text
            )
    if note is not None and _keep_note(session, claim, note.strip(), by, at):
        changed = True
    if changed:
        session.flush()
        bring_up_to_date(session, [claim], at)
    return changed


def _keep_note(session: Session, claim: Claim, note: str, by: Actor, at: datetime) -> bool:
    """Whether the note is another than was kept before."""
    if claim.state != State.NEEDS_ACTION:
        raise NotAllowed("This claim no longer waits for an answer.")
    if len(note) > NOTE_LENGTH:
        raise NotAllowed(f"The note must be {NOTE_LENGTH:,} characters or fewer.")
    if note == kept_note_of(session, claim.id):
        return False
    details = {"reference": claim.reference}
    record(session, KEEP_NOTE, ("claim", claim.id), by, at, employer_id=claim.employer_id, details=details, note=note)
    return True


def resubmit(
    session: Session,
    keyring: Keyring,
    claim: Claim,
    by: Actor,
    at: datetime,
    *,
    note: str = "",
    changes: int | None = None,
) -> tuple[Blocker, ...]:
    """Send a claim again that needed action, with an optional note to the assessor.

    Returns what blocks it; then nothing was done. Raises ``NotAllowed`` when nothing was changed and no reply
    written, and ``Stale``.
    """
    _take(session, claim, changes)
    if claim.state == State.NEEDS_ACTION:
        facts, _ = look_up_facts(session, keyring, claim, london_date(at))
        answered = any(request.reply for request in open_requests_of(session, claim))
        if not answered and not changes_since(session, claim, facts):
            raise NotAllowed("Change what the assessor asked about, or write a reply, before you send the claim again.")
    blockers = send(session, keyring, claim, Act.RESUBMIT, by=by, at=at, because=note)
    if not blockers:
        _settle_requests(session, claim, at)
    return blockers


def withdraw(
    session: Session, claim: Claim, because: str, *, by: Actor, at: datetime, changes: int | None = None
) -> None:
    """Take a claim back for good. Raises ``NotAllowed`` without a reason or once it is decided, and ``Stale``."""
    _take(session, claim, changes)
    move(session, claim, Act.WITHDRAW, by, at, because=because)
    _settle_requests(session, claim, at)


def _settle_requests(session: Session, claim: Claim, at: datetime) -> None:
    for request in open_requests_of(session, claim):
        request.settled_at = at
    session.flush()


def _take(session: Session, claim: Claim, changes: int | None) -> None:
    hold(session, claim.purchase)
    session.refresh(claim)
    refuse_stale(claim, changes)
