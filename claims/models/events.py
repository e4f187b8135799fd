"""Events: everything that was done, by whom and why, in one chain that shows any change."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table


class Event(Table):
    """One act. Append-only; carries the hash of its own content and of the event before it.

    Holds no names and no notes: those stand in ``event_notes``, which removal can empty.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_about", "about_kind", "about_id", "number"),
        Index("ix_events_employer_id", "employer_id", "number"),
        Index("ix_events_by_id", "by_id", "number"),
        Index("ix_events_kind", "about_kind", "act", "number"),
        Index("ix_events_at", "at", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    by_role: Mapped[str]
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employers.id"))
    about_kind: Mapped[str]
    about_id: Mapped[int]
    act: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    note_hash: Mapped[str | None]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class EventNote(Table):
    """The words that went with an event, and the salt of their hash. Removal empties it; the chain still holds."""

    __tablename__ = "event_notes"

    event_number: Mapped[int] = mapped_column(ForeignKey("events.number"), primary_key=True)
    salt: Mapped[str]
    note: Mapped[str]


class ChainHead(Table):
    """The last event's number and hash: one row, locked while an event is appended."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[str]
