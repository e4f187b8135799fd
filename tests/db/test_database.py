"""Reading cannot write, writing is all or nothing, and nobody's transaction is lost to another's."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from claims.db import Database
from claims.models import Heartbeat

AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)


def test_a_reading_session_cannot_write(database: Database) -> None:
    with database.read() as session, pytest.raises(DBAPIError):
        session.add(Heartbeat(name="scheduler", at=AT))
        session.flush()


def test_a_writing_session_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.add(Heartbeat(name="scheduler", at=AT))
        session.flush()
        1 / 0  # noqa: B018  anything that goes wrong
    with database.read() as session:
        assert session.get(Heartbeat, "scheduler") is None


def test_what_is_written_hurriedly_is_seen_at_once_and_the_next_writing_waits_for_the_disk_again(
    database: Database,
) -> None:
    def care_for_the_disk(session: Session) -> str:
        sqlite = {1: "off", 2: "on"}
        asked = "PRAGMA synchronous" if database.is_sqlite else "SHOW synchronous_commit"
        answer = session.execute(text(asked)).scalar_one()
        return sqlite[answer] if database.is_sqlite else str(answer)

    with database.write_hurriedly() as session:
        session.add(Heartbeat(name="scheduler", at=AT))
        hurrying = care_for_the_disk(session)
    other = Database(database.url)
    with other.read() as session:
        assert session.get_one(Heartbeat, "scheduler").at == AT
    other.close()
    with database.write() as session:
        assert (hurrying, care_for_the_disk(session)) == ("off", "on")


def test_a_reading_session_sees_one_state_of_the_database(database: Database) -> None:
    with database.read() as reading:
        before = reading.scalar(select(func.count()).select_from(Heartbeat))
        other = Database(database.url)
        with other.write() as writing:
            writing.add(Heartbeat(name="scheduler", at=AT))
        other.close()
        assert reading.scalar(select(func.count()).select_from(Heartbeat)) == before


def test_sixteen_writers_lose_nothing(database: Database) -> None:
    with database.write() as session:
        session.add(Heartbeat(name="scheduler", at=AT))

    def beat_ten_times() -> None:
        for _ in range(10):
            with database.write() as session:
                row = session.get_one(Heartbeat, "scheduler", with_for_update=True)
                row.at += timedelta(seconds=1)

    writers = [threading.Thread(target=beat_ten_times) for _ in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with database.read() as session:
        assert session.get_one(Heartbeat, "scheduler").at == AT + timedelta(seconds=160)


def test_an_instant_comes_back_in_utc_whatever_zone_it_was_given_in(database: Database) -> None:
    with database.write() as session:
        session.add(Heartbeat(name="scheduler", at=AT.astimezone(timezone(timedelta(hours=5)))))
    with database.read() as session:
        found = session.get_one(Heartbeat, "scheduler").at
    assert (found, found.tzinfo) == (AT, UTC)


def test_an_instant_without_a_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="needs a time zone"), database.write() as session:
        session.add(Heartbeat(name="scheduler", at=AT.replace(tzinfo=None)))
