"""The chain of events exactly as it is stored, so that nothing is read kindly that was altered."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Text, cast, exists, select
from sqlalchemy.orm import Session

from claims.models import ChainHead, Event, EventNote

ROWS_AT_A_TIME = 1000
WRITTEN_BY_SQLITE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Link:
    """One event as it is stored, with its note."""

    number: int
    content: list[Any]
    """What the event's hash is made of."""
    is_well_written: bool
    """``False`` when something is written otherwise than this service writes it, even where it means the same."""
    about: tuple[str, int]
    act: str
    note_hash: str | None
    previous_hash: str
    hash: str
    salt: str | None
    """``None`` when there is no row for a note."""
    note: str | None


def links(session: Session) -> Iterator[Link]:
    """Every event in the order of their numbers, a thousand at a time."""
    as_text, instant = _readers(session)
    rows = session.execute(
        select(
            Event.number,
            instant.label("at"),
            Event.by_id,
            as_text(Event.by_role).label("by_role"),
            Event.employer_id,
            as_text(Event.about_kind).label("about_kind"),
            Event.about_id,
            as_text(Event.act).label("act"),
            as_text(Event.from_state).label("from_state"),
            as_text(Event.to_state).label("to_state"),
            as_text(Event.details).label("details"),
            as_text(Event.note_hash).label("note_hash"),
            as_text(Event.previous_hash).label("previous_hash"),
            as_text(Event.hash).label("hash"),
            as_text(EventNote.salt).label("salt"),
            as_text(EventNote.note).label("note"),
        )
        .outerjoin(EventNote, EventNote.event_number == Event.number)
        .order_by(Event.number)
        .execution_options(yield_per=ROWS_AT_A_TIME)
    )
    for row in rows:
        written_at, at = _read_instant(row.at)
        written_details, details = _read_json(_read_text(row.details))
        kind, act, note_hash, previous = map(_read_text, (row.about_kind, row.act, row.note_hash, row.previous_hash))
        content = [
            row.number,
            at,
            row.by_id,
            _read_text(row.by_role),
            row.employer_id,
            kind,
            row.about_id,
            act,
            _read_text(row.from_state),
            _read_text(row.to_state),
            details,
            note_hash,
            previous,
        ]
        yield Link(
            row.number,
            content,
            written_at and written_details,
            (str(kind), row.about_id),
            str(act),
            note_hash,
            str(previous),
            str(_read_text(row.hash)),
            _read_text(row.salt),
            _read_text(row.note),
        )


def ends(session: Session) -> list[tuple[int, str]]:
    """Number and hash of the last event, as they are written down beside the chain: one, where all is well."""
    return [(head.number, head.hash) for head in session.scalars(select(ChainHead))]


def notes_of_nothing(session: Session) -> list[int]:
    """Numbers of notes whose event is not there."""
    of_an_event = exists().where(Event.number == EventNote.event_number)
    return list(session.scalars(select(EventNote.event_number).where(~of_an_event).order_by(EventNote.event_number)))


def _readers(session: Session) -> tuple[Callable[[Any], ColumnElement[Any]], ColumnElement[Any]]:
    """How text and instants are asked for.

    SQLite keeps whatever bytes a text has and would fail on those that are none; PostgreSQL keeps text only.
    """
    if session.get_bind().dialect.name == "sqlite":
        return (lambda column: cast(column, LargeBinary)), cast(Event.at, LargeBinary)
    return (lambda column: cast(column, Text)), Event.__table__.c.at


def _read_text(stored: bytes | str | None) -> str | None:
    return stored.decode(errors="surrogateescape") if isinstance(stored, bytes) else stored


def _read_instant(stored: bytes | datetime) -> tuple[bool, str]:
    if isinstance(stored, datetime):
        return True, stored.astimezone(UTC).isoformat(timespec="microseconds")
    text = str(_read_text(stored))
    return WRITTEN_BY_SQLITE.fullmatch(text) is not None, f"{text[:10]}T{text[11:]}+00:00"


def _read_json(text: str | None) -> tuple[bool, Any]:
    try:
        value = json.loads(text or "")
    except ValueError:
        return False, text
    return json.dumps(value) == text, value
