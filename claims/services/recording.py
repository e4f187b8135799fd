"""Write down what was done, in one chain of events that shows any change, gap or reordering afterwards."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor
from claims.models import ChainHead, Event, EventNote

FIRST = "0" * 64
"""What the first event names as the hash before it."""


def record(
    session: Session,
    act: str,
    about: tuple[str, int],
    by: Actor,
    at: datetime,
    *,
    employer_id: int | None = None,
    change: tuple[str | None, str | None] = (None, None),
    details: Mapping[str, Any] | None = None,
    note: str = "",
) -> Event:
    """Append the event that ``by`` did ``act`` to ``about`` (a kind and an id).

    ``change`` is the state before and after. ``details`` go into the chain for good and must hold no personal data;
    ``note`` may, because it stands beside the chain and can be emptied.
    """
    head = _locked_head(session)
    salt = secrets.token_hex(16) if note else ""
    event = Event(
        number=head.number + 1,
        at=at,
        by_id=by.person_id,
        by_role=by.role,
        employer_id=employer_id if employer_id is not None else by.employer_id,
        about_kind=about[0],
        about_id=about[1],
        act=act,
        from_state=change[0],
        to_state=change[1],
        details=dict(details or {}),
        note_hash=_note_hash(salt, note) if note else None,
        previous_hash=head.hash,
    )
    event.hash = hash_of(event)
    head.number, head.hash = event.number, event.hash
    session.add(event)
    session.flush()
    if note:
        session.add(EventNote(event_number=event.number, salt=salt, note=note))
    return event


def hash_of(event: Event) -> str:
    """The SHA-256 of an event's content and of the hash before it."""
    content = [
        event.number,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.by_id,
        event.by_role,
        event.employer_id,
        event.about_kind,
        event.about_id,
        event.act,
        event.from_state,
        event.to_state,
        event.details,
        event.note_hash,
        event.previous_hash,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain does not hold, and how."""

    number: int
    what: str


def verify(session: Session) -> tuple[int, list[Fault]]:
    """Walk the chain: how many events there are, and every place where something was altered."""
    faults: list[Fault] = []
    expected_number, previous = 1, FIRST
    events = select(Event).order_by(Event.number).execution_options(yield_per=1000)
    notes = {note.event_number: note for note in session.scalars(select(EventNote))}
    for event in session.scalars(events):
        if event.number != expected_number:
            faults.append(Fault(event.number, f"event {expected_number} is missing"))
        if event.previous_hash != previous:
            faults.append(Fault(event.number, "does not follow the event before it"))
        if event.hash != hash_of(event):
            faults.append(Fault(event.number, "its content was changed"))
        note = notes.get(event.number)
        if note is not None and note.note and _note_hash(note.salt, note.note) != event.note_hash:
            faults.append(Fault(event.number, "its note was changed"))
        expected_number, previous = event.number + 1, event.hash
    head = session.scalars(select(ChainHead)).one()
    if (head.number, head.hash) != (expected_number - 1, previous):
        faults.append(Fault(head.number, "the end of the chain was cut off or replaced"))
    return expected_number - 1, faults


def _note_hash(salt: str, note: str) -> str:
    return hashlib.sha256(f"{salt}:{note}".encode()).hexdigest()


def take_turn(session: Session) -> None:
    """Wait until no other transaction that appends events is under way, and keep the others waiting.

    For acts that read, decide and then change many rows: they never decide on what another is just changing,
    and never stand in each other's way half done.
    """
    _locked_head(session)


def _locked_head(session: Session) -> ChainHead:
    # The lock is held to the end of the transaction, so that events are numbered in the order they are committed.
    return session.scalars(select(ChainHead).with_for_update().execution_options(populate_existing=True)).one()
