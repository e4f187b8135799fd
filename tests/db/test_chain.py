# ruff: noqa: S608  names of tables and columns are our own
"""The chain shows any change: of one bit of any column, of a row taken away, put in or moved; notes included."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from claims.db import Database
from claims.lifecycle import Actor, Role
from claims.models import Event, EventNote
from claims.services.recording import REMOVED, record, verify
from tests.stage import Stage

AT = datetime(2026, 2, 2, 9, 30, 12, 345_678, tzinfo=UTC)
BY = Actor(Role.SYSTEM, "The service")
TRIALS = 1_000
COLUMNS = [
    (str(table.name), column.name) for table in (Event.__table__, EventNote.__table__) for column in table.columns
]
SWAPPED = ";".join(
    f"UPDATE events SET number = {to} WHERE number = {which}" for which, to in ((16, 98), (14, 16), (98, 14))
)
KEYS = {"events": "number", "event_notes": "event_number"}


@pytest.fixture
def altering(stage: Stage) -> Iterator[Session]:
    """A session on a chain of some thirty events that may do what no service does; nothing of it is kept."""
    database, by = stage.database, stage.house.submitter
    with database.write() as session:
        for number in range(14):
            about = ("claim", number % 5)
            state = ("draft", "submitted") if number % 2 else (None, None)
            details = {"n": number, "word": "Größe ’n“", "list": [True, None, "a\nb"]}
            at = AT + timedelta(minutes=number)
            record(session, "try", about, by, at, details=details, change=state, note=f"Reason {number}, wegen é")
            record(session, "plain", ("purchase", number), by, at)
    without_foreign_keys = (
        "PRAGMA defer_foreign_keys = ON" if database.is_sqlite else "SET LOCAL session_replication_role = replica"
    )
    with database.engine.connect() as connection, Session(connection) as session:
        session.execute(text(without_foreign_keys))
        assert verify(session) == (36, [])
        yield session
        session.rollback()


def faults(session: Session) -> list[str]:
    session.expire_all()
    return [fault.what for fault in verify(session)[1]]


def flip(session: Session, table: str, column: str, key: int, chance: random.Random) -> bool:
    """Change one bit of one value; ``False`` where there is no value, or the database does not take the changed one."""
    where = f"WHERE {KEYS[table]} = :key"
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    as_bytes = f"CAST({column} AS BLOB)" if is_sqlite else f"convert_to({column}::text, 'UTF8')"
    value, stored = session.execute(text(f"SELECT {column}, {as_bytes} FROM {table} {where}").bindparams(key=key)).one()
    if value is None:
        return False
    if isinstance(value, int):
        changed, written = value ^ 1 << chance.randrange(31), ":changed"
    elif isinstance(value, datetime):
        changed, written = value + timedelta(microseconds=1 << chance.randrange(40)), ":changed"
    else:
        raw = bytearray(bytes(stored))
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        if is_sqlite:
            changed, written = bytes(raw), "CAST(:changed AS TEXT)"
        else:
            changed, written = raw.decode(errors="replace"), ":changed"
            if "\ufffd" in changed or "\0" in changed:
                return False
            written = "CAST(:changed AS JSON)" if column == "details" else ":changed"
    try:
        with session.begin_nested():
            session.execute(
                text(f"UPDATE {table} SET {column} = {written} {where}").bindparams(changed=changed, key=key)
            )
    except DBAPIError:
        return False
    return True


def test_every_change_of_a_single_bit_is_found(altering: Session) -> None:
    chance = random.Random(20260202)
    tried: dict[tuple[str, str], int] = {}
    while sum(tried.values()) < TRIALS:
        table, column = chance.choice(COLUMNS)
        keys = [row[0] for row in altering.execute(text(f"SELECT {KEYS[table]} FROM {table}"))]
        key = chance.choice(keys)
        with altering.begin_nested() as undoing:
            if flip(altering, table, column, key, chance):
                tried[table, column] = tried.get((table, column), 0) + 1
                assert faults(altering), f"{table}.{column} of {key}"
            undoing.rollback()
    assert set(tried) == set(COLUMNS)
    assert not faults(altering)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ("DELETE FROM event_notes WHERE event_number = 13", "its note was taken away"),
        ("UPDATE event_notes SET note = '' WHERE event_number = 13", "its note was changed"),
        (
            "UPDATE event_notes SET note = '', salt = '' WHERE event_number = 13",
            "its note was emptied, and no removal says so",
        ),
        ("INSERT INTO event_notes VALUES (14, 'salt', 'Not what was said')", "a note was added to it"),
        (
            "INSERT INTO event_notes VALUES (99, 'salt', 'Of nothing')",
            "there is a note, and no event that it belongs to",
        ),
        ("UPDATE event_notes SET event_number = 99 WHERE event_number = 13", "its note was taken away"),
        ("DELETE FROM events WHERE number = 14", "event 14 is missing"),
        ("DELETE FROM events WHERE number IN (14, 16)", "event 16 is missing"),
        (
            "DELETE FROM event_notes WHERE event_number < 5; DELETE FROM events WHERE number < 5",
            "events 1 to 4 are missing",
        ),
        ("DELETE FROM events WHERE number = 36", "the end of the chain was cut off or replaced"),
        ("DELETE FROM chain_head", "the end of the chain was cut off or replaced"),
        ("UPDATE events SET number = 99 WHERE number = 14", "event 14 is missing"),
        (SWAPPED, "does not follow the event before it"),
        ("UPDATE events SET number = 37 WHERE number = 36; UPDATE chain_head SET number = 37", "event 36 is missing"),
        ("UPDATE events SET details = '{}' WHERE number = 1", "its content was changed"),
    ],
)
def test_a_row_taken_away_put_in_or_moved_is_found(altering: Session, statements: str, found: str) -> None:
    for statement in statements.split(";"):
        altering.execute(text(statement))
    assert found in faults(altering)


def emptied(session: Session, *numbers: int) -> None:
    for number in numbers:
        session.execute(
            text("UPDATE event_notes SET note = '', salt = '' WHERE event_number = :n").bindparams(n=number)
        )


def test_a_note_that_removal_emptied_leaves_the_chain_whole(database: Database) -> None:
    with database.write() as session:
        record(session, "reject", ("claim", 1), BY, AT, note="Because")
        record(session, "reject", ("claim", 2), BY, AT, note="Because")
        emptied(session, 2)
        record(session, REMOVED, ("claim", 1), BY, AT)
        assert faults(session) == []
        emptied(session, 3)
        assert faults(session) == ["its note was emptied, and no removal says so"]


def test_a_removal_excuses_no_note_that_was_written_after_it(database: Database) -> None:
    with database.write() as session:
        record(session, REMOVED, ("claim", 1), BY, AT)
        record(session, "reject", ("claim", 1), BY, AT, note="Because")
        emptied(session, 3)
        assert faults(session) == ["its note was emptied, and no removal says so"]
