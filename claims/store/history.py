"""What was done to a thing, by whom, and why: events with the names and notes that stand beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

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


def history_of(session: Session, kind: str, about_id: int) -> Sequence[Happened]:
    """Everything done to the thing, newest first. The caller has made sure that it may be seen."""
    rows = session.execute(
        select(Event, Person.name, EventNote.note)
        .outerjoin(Person, Person.id == Event.by_id)
        .outerjoin(EventNote, EventNote.event_number == Event.number)
        .where(Event.about_kind == kind, Event.about_id == about_id)
        .order_by(Event.number.desc())
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
        )
        for event, name, note in rows
    ]
