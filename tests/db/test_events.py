"""The chain of events: appended in order, and any change to it is found."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from claims.db import Database
from claims.lifecycle import Actor, Role
from claims.services.recording import record, verify

AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
BY = Actor(Role.SYSTEM, "The service")


def _ten_events(database: Database) -> None:
    for number in range(9):  # seeding wrote the first
        with database.write() as session:
            record(session, "try", ("claim", number), BY, AT, details={"n": number}, note=f"Reason {number}")


def test_an_untouched_chain_holds(database: Database) -> None:
    _ten_events(database)
    with database.read() as session:
        assert verify(session) == (10, [])


@pytest.mark.parametrize(
    ("altering", "found"),
    [
        ("UPDATE events SET act = 'other' WHERE number = 5", "its content was changed"),
        ("UPDATE events SET about_id = 99 WHERE number = 5", "its content was changed"),
        ("UPDATE event_notes SET note = 'Else' WHERE event_number = 5", "its note was changed"),
        ("DELETE FROM event_notes WHERE event_number = 5; DELETE FROM events WHERE number = 5", "event 5 is missing"),
        (
            "DELETE FROM event_notes WHERE event_number = 10; DELETE FROM events WHERE number = 10",
            "the end of the chain was cut off or replaced",
        ),
    ],
)
def test_an_altered_chain_is_found(database: Database, altering: str, found: str) -> None:
    _ten_events(database)
    with database.write() as session:
        for statement in altering.split("; "):
            session.execute(text(statement))
    with database.read() as session:
        faults = verify(session)[1]
    assert found in [fault.what for fault in faults]


def test_the_chain_holds_whatever_zone_an_instant_is_given_in(database: Database) -> None:
    with database.write() as session:
        record(session, "try", ("claim", 1), BY, AT.astimezone(timezone(timedelta(hours=1))))
    with database.read() as session:
        assert verify(session) == (2, [])
