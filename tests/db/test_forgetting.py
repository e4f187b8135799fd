"""Codes to sign in do not stay readable in the outbox; databases and folders are closed to others."""

import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from claims.db import Database
from claims.demo.folder import Folder
from claims.files import EvidenceStore
from claims.models import Message
from claims.services.emailing_codes import CODE_LASTS
from claims.services.forgetting import forget_codes
from claims.services.signing_in import SignedIn
from claims.store.notices import deliveries
from tests.db.test_signing_in import AT, ask, emailed_code, enter, peopled

__all__ = ["peopled"]

SECOND = timedelta(seconds=1)


def forget(database: Database, at: datetime, *, once_sent: bool = True) -> tuple[int, Message]:
    with database.write() as session:
        emptied = forget_codes(session, at, once_sent=once_sent)
    with database.read() as session:
        return emptied, session.scalars(select(Message)).one()


def mark(database: Database, state: str) -> None:
    until = AT + timedelta(minutes=5) if state == "leased" else None
    with database.write() as session:
        session.execute(update(Message).values(state=state, leased_until=until))


def test_a_code_that_was_sent_is_readable_no_longer(peopled: Database) -> None:
    ask(peopled)
    code = emailed_code(peopled)
    mark(peopled, "sent")
    emptied, message = forget(peopled, AT + SECOND)
    assert (emptied, message.subject, message.text, message.state) == (1, "Your code to sign in", "", "sent")
    assert isinstance(enter(peopled, code), SignedIn)


def test_a_code_that_waits_to_be_sent_is_kept_for_as_long_as_it_works(peopled: Database) -> None:
    ask(peopled)
    emptied, message = forget(peopled, AT + CODE_LASTS - SECOND)
    assert (emptied, message.state) == (0, "queued")
    assert message.text
    emptied, message = forget(peopled, AT + CODE_LASTS)
    assert (emptied, message.state, message.text) == (1, "dropped", "")


def test_a_code_that_was_used_is_forgotten_before_it_is_too_old(peopled: Database) -> None:
    ask(peopled)
    enter(peopled, emailed_code(peopled))
    assert forget(peopled, AT + SECOND, once_sent=False)[0] == 1


def test_the_demonstration_shows_a_code_that_was_sent_until_it_is_too_old(peopled: Database) -> None:
    ask(peopled)
    mark(peopled, "sent")
    assert forget(peopled, AT + SECOND, once_sent=False)[0] == 0
    assert forget(peopled, AT + CODE_LASTS, once_sent=False)[0] == 1


def test_a_code_that_is_just_being_sent_is_left_alone(peopled: Database) -> None:
    ask(peopled)
    mark(peopled, "leased")
    emptied, message = forget(peopled, AT + CODE_LASTS)
    assert (emptied, message.state) == (0, "leased")
    assert message.text


def test_a_code_that_is_forgotten_is_not_forgotten_again(peopled: Database) -> None:
    ask(peopled)
    assert [forget(peopled, AT + CODE_LASTS)[0] for _ in range(2)] == [1, 0]


def test_other_messages_keep_their_words(peopled: Database) -> None:
    ask(peopled)
    with peopled.write() as session:
        session.execute(update(Message).values(kind="decision", state="sent"))
    assert forget(peopled, AT + CODE_LASTS)[0] == 0


def test_whoever_watches_over_what_goes_out_reads_no_codes(peopled: Database) -> None:
    ask(peopled)
    with peopled.read() as session:
        (shown,), _ = deliveries(session)
    assert shown.subject == "Your code to sign in"
    assert emailed_code(peopled) not in repr(shown)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_sqlite_database_and_its_log_are_closed_to_other_users(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with database.write() as session:
        session.execute(text("CREATE TABLE a (b)"))
        assert {path.name: mode(path) for path in tmp_path.glob("new.db*")} == {
            "new.db": 0o600,
            "new.db-wal": 0o600,
            "new.db-shm": 0o600,
        }
    database.close()


def test_a_database_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "there.db").touch(0o640)
    database = Database(f"sqlite:///{tmp_path / 'there.db'}")
    with database.write() as session:
        session.execute(text("CREATE TABLE a (b)"))
    database.close()
    assert mode(tmp_path / "there.db") == 0o640


def test_a_database_in_memory_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///:memory:")
    with database.read() as session:
        session.execute(text("SELECT 1"))
    database.close()
    assert list(tmp_path.iterdir()) == []


def test_evidence_and_the_demonstration_are_closed_to_other_users(tmp_path: Path) -> None:
    EvidenceStore(str(tmp_path / "evidence")).put(b"an invoice")
    assert mode(tmp_path / "evidence") == 0o700
    with Folder(tmp_path / "demo").locked():
        assert mode(tmp_path / "demo") == 0o700
