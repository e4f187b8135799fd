"""The scheduler's jobs by hand: reminders once a day from 08:00 in London, letters whenever there are some."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select

from claims.jobs import JOBS, Given, run_once
from claims.mail import FolderSender
from claims.models import JobRun, Message
from tests.site import settings_in
from tests.stage import Stage

DAY = datetime(2026, 2, 10, tzinfo=UTC)
"""28 days before the last day to claim of the draft."""


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(DAY) as time:
        yield time


@pytest.fixture
def given(quick_stage: Stage, tmp_path: Path) -> Given:
    stage = quick_stage
    with stage.database.write() as session:
        stage.drafted(session, ["Niamh O’Brien"])
    settings = settings_in(tmp_path, stage.database.url, demonstration=True)
    return Given(settings, stage.database, FolderSender(tmp_path / "mail", settings.mail_from))


def run(name: str, given: Given) -> None:
    run_once(next(job for job in JOBS if job.name == name), given)


def queued(given: Given) -> int:
    with given.database.read() as session:
        return session.scalars(select(func.count()).where(Message.kind == "claim-deadline")).one()


def test_reminders_are_queued_from_eight_in_london_and_once(given: Given, time: FrozenDateTimeFactory) -> None:
    time.move_to(DAY + timedelta(hours=7, minutes=59, seconds=59))
    run("remind", given)
    assert queued(given) == 0
    time.move_to(DAY + timedelta(hours=8))
    run("remind", given)
    assert queued(given) == 2
    time.move_to(DAY + timedelta(hours=20))
    run("remind", given)
    assert queued(given) == 2


def test_a_scheduler_that_was_down_at_eight_queues_when_it_is_back(given: Given, time: FrozenDateTimeFactory) -> None:
    time.move_to(DAY + timedelta(hours=23))
    run("remind", given)
    assert queued(given) == 2


def test_a_scheduler_that_was_down_for_days_queues_the_latest_of_what_it_missed(
    given: Given, time: FrozenDateTimeFactory
) -> None:
    time.move_to(DAY + timedelta(days=22, hours=8))
    run("remind", given)
    with given.database.read() as session:
        due = set(session.scalars(select(Message.due_on).where(Message.kind == "claim-deadline")))
    assert due == {(DAY + timedelta(days=21)).date()}


def test_letters_go_to_the_folder_once(given: Given, time: FrozenDateTimeFactory) -> None:
    time.move_to(DAY + timedelta(hours=8))
    run("remind", given)
    for _ in range(3):
        run("deliver", given)
    assert isinstance(given.sender, FolderSender)
    letters = given.sender.letters()
    assert sorted(letter.to.partition(" <")[0] for letter in letters) == ["Grace Okafor", "Helen Novak", "Tom Bell"]
    assert "http://localhost/claims/1" in next(letter.text for letter in letters if "Bell" in letter.to)


def test_how_a_job_went_is_written_down(given: Given, time: FrozenDateTimeFactory) -> None:
    time.move_to(DAY + timedelta(hours=8))
    run("remind", given)
    with given.database.read() as session:
        noted = session.scalars(select(JobRun)).one()
        assert (noted.job, noted.done, noted.problem) == ("remind", 3, "")
