"""Of several schedulers one works; when it is killed another takes over within a minute."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from claims.db import Database
from claims.models import Heartbeat
from claims.services.watching import BEAT_EVERY, HELD_FOR, give_up_work, is_alive, take_work
from tests.faults.server import environment
from tests.site import settings_in
from tests.stage import AT


def takes(database: Database, name: str, at=AT) -> bool:
    with database.write() as session:
        return take_work(session, name, at)


def test_one_takes_the_work_and_keeps_it_until_it_falls_silent(database: Database) -> None:
    assert takes(database, "one")
    assert not takes(database, "two")
    assert takes(database, "one", AT + BEAT_EVERY)
    later = AT + BEAT_EVERY + HELD_FOR
    assert not takes(database, "two", later - timedelta(seconds=1))
    assert takes(database, "two", later)
    assert not takes(database, "one", later)
    assert timedelta(minutes=1) > HELD_FOR + BEAT_EVERY


def test_who_stops_lets_another_begin_at_once(database: Database) -> None:
    takes(database, "one")
    with database.write() as session:
        give_up_work(session, "two")
    assert not takes(database, "two")
    with database.write() as session:
        give_up_work(session, "one")
    assert takes(database, "two")


def test_many_that_begin_together_leave_the_work_to_one(database: Database) -> None:
    together, taken = threading.Barrier(6), []

    def begin(name: str) -> None:
        together.wait()
        taken.append(takes(database, name))

    threads = [threading.Thread(target=begin, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 5 + [True]


def test_a_scheduler_is_alive_as_long_as_it_beats(quick_database: Database) -> None:
    with quick_database.read() as session:
        assert not is_alive(session, AT)
    takes(quick_database, "one")
    with quick_database.read() as session:
        assert is_alive(session, AT + timedelta(seconds=119))
        assert not is_alive(session, AT + timedelta(seconds=120))


@pytest.mark.faults
def test_a_second_scheduler_takes_over_within_a_minute_of_a_kill(
    postgres_template: tuple[str, str], worker_id: str, tmp_path: Path
) -> None:
    from tests.databases import create_database

    server, template = postgres_template
    database = Database(create_database(server, f"shifts_{worker_id}", template))
    settings = settings_in(tmp_path, database.url, demonstration=True)
    first = start(settings)
    try:
        holder = wait_for_another(database, "", 60)
        second = start(settings)
        try:
            second.stdout.readline()
            assert "standing by" in second.stdout.readline()
            os.kill(first.pid, signal.SIGKILL)
            killed_at = time.monotonic()
            assert wait_for_another(database, holder, 60) != holder
            assert time.monotonic() - killed_at < 60
        finally:
            second.terminate()
            second.communicate()
        with database.read() as session:
            # Who stops in order gives the work back.
            assert session.scalars(select(Heartbeat.holder)).one() == ""
    finally:
        first.kill()
        first.communicate()
        database.close()


def start(settings) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "claims.cli", "jobs"],
        env=environment(settings, timedelta()),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def wait_for_another(database: Database, holder: str, seconds: float) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with database.read() as session:
            found = session.scalars(select(Heartbeat.holder)).first()
        if found and found != holder:
            return found
        time.sleep(0.2)
    raise AssertionError("Nobody took the work.")
