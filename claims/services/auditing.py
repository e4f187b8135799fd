"""Look back: hand out events as a file, and walk the chain; both are events themselves."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.clock import LONDON
from claims.db import Database
from claims.incoming.guarding import guard_cell
from claims.lifecycle import Actor, NotAllowed
from claims.models import Event
from claims.rules.wording import in_words
from claims.services.recording import Fault, record, verify
from claims.store.events import EventFilter, FoundEvent, count_events, every_event, latest_event
from claims.workbooks.events import COLUMNS, EventRow, stream_events
from claims.workbooks.rows import About
from claims.workbooks.sheet import MOST_ROWS

EVENTS = ("events", 0)
"""What an event is about that is about the events."""
VERIFY = "verify"
MOST_WALKED = 200_000
"""Events that are walked while somebody waits: some ten seconds."""


class As(StrEnum):
    CSV = "csv"
    WORKBOOK = "xlsx"


class ChainAltered(Exception):
    """The chain of events does not hold."""


def export_events(database: Database, wanted: EventFilter, how: As, by: Actor, at: datetime) -> Iterator[bytes]:
    """The events that ``wanted`` lets through as a file, as they are read. That somebody asked for it is an event.

    Raises ``NotAllowed`` when they are more than a sheet holds.
    """
    with database.write() as session:
        if how is As.WORKBOOK and count_events(session, wanted) > MOST_ROWS:
            raise NotAllowed(
                f"A workbook holds at most {MOST_ROWS:,} events. Choose fewer days, or download a CSV file."
            )
        # A typed part of a name is a person's; what was typed stays out of the chain.
        details = {
            "as": how,
            **{name: value for name, value in _in_words(wanted) if name not in ("Person", "Employer")},
        }
        record(session, "export", EVENTS, by, at, details=details)
    return _stream(database, wanted, how, by, at)


def walk_chain(database: Database, by: Actor, at: datetime) -> tuple[int, list[Fault]]:
    """Verify the whole chain, and write down that it was done: how many events there were, and what was altered."""
    with database.read() as session:
        count, faults = verify(session)
    with database.write() as session:
        details = {"events": count, "altered": len(faults), **({"first": faults[0].number} if faults else {})}
        record(session, VERIFY, EVENTS, by, at, details=details)
    return count, faults


def last_walk(session: Session) -> Event | None:
    """The event of the last time that the whole chain was verified; its details say how it went."""
    return latest_event(session, EVENTS[0], VERIFY)


def is_short_enough(session: Session) -> bool:
    """Whether the chain can be walked while somebody waits."""
    return (session.scalars(select(func.max(Event.number))).one() or 0) <= MOST_WALKED


def _stream(database: Database, wanted: EventFilter, how: As, by: Actor, at: datetime) -> Iterator[bytes]:
    with database.read() as session:
        rows = map(_row, every_event(session, wanted))
        if how is As.CSV:
            yield from _write_csv(rows)
            return
        about = About(
            subject="events",
            filters=_in_words(wanted),
            scheme_year="Every",
            course_list_version="Every",
            rules_version="Every",
            made_at=at,
            made_by=by.name,
        )
        yield from stream_events(about, rows, count_events(session, wanted))


def _write_csv(rows: Iterator[EventRow]) -> Iterator[bytes]:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow([column.header for column in COLUMNS])
    yield "\ufeff".encode()
    for row in rows:
        writer.writerow([row.number, *(guard_cell(str(cell)) for cell in row[1:])])
        if held.tell() > 100_000:
            yield held.getvalue().encode(errors="replace")
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode(errors="replace")


def _row(event: FoundEvent) -> EventRow:
    return EventRow(
        event.number,
        event.at.astimezone(LONDON).isoformat(sep=" ", timespec="seconds"),
        event.person or ("" if event.role != "system" else "The service"),
        event.role,
        event.employer or "",
        event.workplace_id or "",
        f"{event.kind} {event.about_id}",
        event.reference,
        event.act,
        event.from_state or "",
        event.to_state or "",
        json.dumps(event.details, ensure_ascii=False, sort_keys=True) if event.details else "",
        event.note,
        event.hash,
    )


def _in_words(wanted: EventFilter) -> tuple[tuple[str, str], ...]:
    said = (
        ("Person", wanted.person),
        ("Claim", wanted.claim),
        ("Employer", wanted.employer),
        ("Kind", wanted.kind),
        ("From", in_words(wanted.first) if wanted.first else ""),
        ("To", in_words(wanted.last) if wanted.last else ""),
    )
    return tuple((name, value) for name, value in said if value)
