"""What was done to a thing, by whom, and why: events with the names and notes that stand beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from claims.lifecycle import Act
from claims.models import Event, EventNote, Person


@dataclass(frozen=True, slots=True)
class Happened:
    """One act on one thing."""

    act: str
    at: datetime
    by_role: str
    by_name: str | None
    """``None`` for the service itself and for people whose name was removed."""
    from_state: str | None
    to_state: str | None
    details: Mapping[str, Any]
    note: str
    kind: str = ""
    """What kind of thing it was done to."""


def history_of(session: Session, kind: str, about_id: int) -> Sequence[Happened]:
    """Everything done to the thing, newest first. The caller has made sure that it may be seen."""
    return _happened(session, Event.about_kind == kind, Event.about_id == about_id)


KEEP_NOTE = "keep-note"
"""The act of events which keep a note to the assessor until the claim is sent again."""


def kept_note_of(session: Session, claim_id: int) -> str:
    """The note to the assessor that was kept last since the claim was sent back; blank when there is none."""
    latest = session.execute(
        select(Event.act, EventNote.note)
        .outerjoin(EventNote, EventNote.event_number == Event.number)
        .where(Event.about_kind == "claim", Event.about_id == claim_id, Event.act.in_((KEEP_NOTE, Act.REQUEST_ACTION)))
        .order_by(Event.number.desc())
        .limit(1)
    ).first()
    # A request that is newer than the note asks for another.
    return (latest.note or "") if latest is not None and latest.act == KEEP_NOTE else ""


OF_CLAIMS = ("claim", "purchase", "learner")
"""Kinds of things that have pages and histories of their own."""


def history_of_employer(session: Session, employer_id: int, limit: int = 50) -> Sequence[Happened]:
    """The latest of what was done to an employer, its agreements, accounts and people, newest first; for staff."""
    return _happened(session, Event.employer_id == employer_id, Event.about_kind.not_in(OF_CLAIMS), limit=limit)


def _happened(session: Session, *where: ColumnElement[bool], limit: int | None = None) -> Sequence[Happened]:
    rows = session.execute(
        select(Event, Person.name, EventNote.note)
        .outerjoin(Person, Person.id == Event.by_id)
        .outerjoin(EventNote, EventNote.event_number == Event.number)
        .where(*where)
        .order_by(Event.number.desc())
        .limit(limit)
    )
    return [
        Happened(
            event.act,
            event.at,
            event.by_role,
            name,
            event.from_state,
            event.to_state,
            event.details,
            note or "",
            event.about_kind,
        )
        for event, name, note in rows
    ]


PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Discarded:
    """A draft that is gone, as its events tell of it."""

    number: int
    """Of the event."""
    reference: str
    course_code: str
    at: datetime
    by_role: str
    by_name: str | None
    """``None`` for the service itself and for people whose name was removed."""


def discarded_of(
    session: Session, employer_id: int, before: int | None = None, *, by_id: int | None = None
) -> tuple[list[Discarded], int | None]:
    """Drafts that an employer's people discarded, the latest first: twenty with an event number below ``before``.

    ``by_id`` keeps those of one person. Also the number before which the next page is; ``None`` on the last page.
    """
    opened = aliased(Event)
    found = (
        select(Event, Person.name, opened.details.label("opening"))
        .outerjoin(Person, Person.id == Event.by_id)
        .outerjoin(opened, and_(opened.about_kind == "claim", opened.about_id == Event.about_id, opened.act == "open"))
        .where(Event.employer_id == employer_id, Event.about_kind == "claim", Event.act == "discard")
        .order_by(Event.number.desc())
        .limit(PAGE_SIZE + 1)
    )
    if before is not None:
        found = found.where(Event.number < before)
    if by_id is not None:
        found = found.where(Event.by_id == by_id)
    rows = session.execute(found).all()
    discarded = [
        Discarded(
            event.number,
            str(event.details.get("reference", "")),
            str((opening or {}).get("course", "")),
            event.at,
            event.by_role,
            name,
        )
        for event, name, opening in rows[:PAGE_SIZE]
    ]
    return discarded, discarded[-1].number if len(rows) > PAGE_SIZE else None
