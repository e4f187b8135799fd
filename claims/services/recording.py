"""Write down what was done, in one chain of events that shows any change, gap or reordering afterwards."""

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor
from claims.models import ChainHead, Event, EventNote
from claims.store.chain import Link, ends, links, notes_of_nothing

FIRST = "0" * 64
"""What the first event names as the hash before it."""

REMOVED = "remove-personal-data"
"""The act of events which say that personal data was taken out of what they are about, and of earlier events' notes."""


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
    return _hash(
        [
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
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain does not hold, and how."""

    number: int
    what: str


def verify(session: Session) -> tuple[int, list[Fault]]:
    """Walk the chain as it is stored: how many events there are, and every place where something was altered.

    A note may be empty only when a later event says that what the event is about was removed (``REMOVED``).
    """
    faults: list[Fault] = []
    expected_number, previous = 1, FIRST
    emptied: dict[tuple[str, int], list[int]] = defaultdict(list)
    """Events with an empty note, by what they are about, until its removal is met."""
    for link in links(session):
        if link.number != expected_number:
            faults.append(Fault(link.number, _say_missing(expected_number, link.number - 1)))
        if link.previous_hash != previous:
            faults.append(Fault(link.number, "does not follow the event before it"))
        if not link.is_well_written or link.hash != _hash(link.content):
            faults.append(Fault(link.number, "its content was changed"))
        if fault := _fault_of_note(link):
            faults.append(Fault(link.number, fault))
        if link.note == "":
            emptied[link.about].append(link.number)
        if link.act == REMOVED:
            emptied.pop(link.about, None)
        expected_number, previous = link.number + 1, link.hash
    if ends(session) != [(expected_number - 1, previous)]:
        faults.append(Fault(expected_number - 1, "the end of the chain was cut off or replaced"))
    faults += [
        Fault(number, "its note was emptied, and no removal says so") for some in emptied.values() for number in some
    ]
    faults += [
        Fault(number, "there is a note, and no event that it belongs to") for number in notes_of_nothing(session)
    ]
    return expected_number - 1, faults


def _say_missing(first: int, last: int) -> str:
    if last < first:
        return f"stands where event {first} should be"
    return f"event {first} is missing" if first == last else f"events {first} to {last} are missing"


def _fault_of_note(link: Link) -> str | None:
    if link.note is None:
        return None if link.note_hash is None else "its note was taken away"
    if link.note_hash is None:
        return "a note was added to it"
    if not link.note:
        # Removal empties the salt too: with it, a short note could be guessed from its hash.
        return "its note was changed" if link.salt else None
    return None if _note_hash(link.salt or "", link.note) == link.note_hash else "its note was changed"


def _hash(content: list[Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _note_hash(salt: str, note: str) -> str:
    return hashlib.sha256(f"{salt}:{note}".encode(errors="surrogateescape")).hexdigest()


def take_turn(session: Session) -> None:
    """Wait until no other transaction that appends events is under way, and keep the others waiting.

    For acts that read, decide and then change many rows: they never decide on what another is just changing,
    and never stand in each other's way half done.
    """
    _locked_head(session)


def _locked_head(session: Session) -> ChainHead:
    # The lock is held to the end of the transaction, so that events are numbered in the order they are committed.
    return session.scalars(select(ChainHead).with_for_update().execution_options(populate_existing=True)).one()
