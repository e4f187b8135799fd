"""The scheduler: when each job is due. A clock only; that a thing happens once is for the services to see to."""

import logging
import signal
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from claims import clock
from claims.config import Settings
from claims.db import Database
from claims.files import EvidenceStore
from claims.mail import ReportsBounces, Sender, sender_from
from claims.reminders.rhythm import MORNING
from claims.secrets import Keyring
from claims.services import watching
from claims.services.auditing import ChainAltered, walk_chain
from claims.services.bouncing import note_bounces
from claims.services.bulk_uploading import forget_old
from claims.services.bulk_working import work_on_uploads
from claims.services.delivering import Letterhead, deliver
from claims.services.emailing_codes import clear_tries
from claims.services.forgetting import forget_codes
from claims.services.limiting import clear_windows
from claims.services.reminding import queue_reminders
from claims.services.seeding import SYSTEM
from claims.services.taking_up import take_up_due

LATE_BY = timedelta(hours=1)
"""How late a job that is due still runs; after that it waits until it is due again."""

UNFINISHED_AFTER = timedelta(days=1)
"""An upload takes minutes."""

UPLOADS_SECONDS = 5
"""After so long the other jobs have their turn."""

LOG = logging.getLogger("claims.jobs")


@dataclass(frozen=True, slots=True)
class Given:
    """What the jobs are given to work with."""

    settings: Settings
    database: Database
    sender: Sender


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again."""

    name: str
    words: str
    """What it does, for the people who watch over it."""
    every: timedelta
    run: Callable[[Given], int]
    """Does it and says how many of whatever it handles were done."""


def _clear_tries(given: Given) -> int:
    with given.database.write() as session:
        return clear_tries(session, clock.now()) + clear_windows(session, clock.now())


def _remind(given: Given) -> int:
    """Once a day, from 08:00 on, whenever that is noticed; run again, it would queue nothing twice."""
    now = clock.now()
    begins_at = datetime.combine(clock.london_date(now), MORNING, clock.LONDON)
    if now < begins_at:
        return 0
    with given.database.read() as session:
        if watching.has_run_since(session, REMIND, begins_at):
            return 0
    with given.database.write() as session:
        return queue_reminders(session, clock.london_date(now), now)


def _deliver(given: Given) -> int:
    settings = given.settings
    letterhead = Letterhead(settings.base_url, Keyring(settings.encryption_keys, settings.hash_key))
    return deliver(given.database, given.sender, letterhead, clock.now).sent


def _note_bounces(given: Given) -> int:
    if not isinstance(given.sender, ReportsBounces):
        return 0
    letters = list(given.sender.bounced())
    with given.database.write() as session:
        return note_bounces(session, letters, clock.now())


def _remove_unfinished(given: Given) -> int:
    return EvidenceStore(given.settings.evidence_url).remove_unfinished(clock.machine_now() - UNFINISHED_AFTER)


def _forget_codes(given: Given) -> int:
    with given.database.write() as session:
        # The demonstration shows its messages until their code is used or too old.
        return forget_codes(session, clock.now(), once_sent=not given.settings.demonstration)


def _take_up(given: Given) -> int:
    with given.database.write() as session:
        return take_up_due(session, clock.now())


def _verify(given: Given) -> int:
    """Raises ``ChainAltered``, so that the run is seen to have failed."""
    count, faults = walk_chain(given.database, SYSTEM, clock.now())
    if faults:
        raise ChainAltered(f"{len(faults)} places, the first at event {faults[0].number}")
    return count


def _work_on_uploads(given: Given) -> int:
    keyring = Keyring(given.settings.encryption_keys, given.settings.hash_key)
    return work_on_uploads(given.database, keyring, clock.now, UPLOADS_SECONDS)


def _forget_uploads(given: Given) -> int:
    with given.database.write() as session:
        return forget_old(session, clock.now())


REMIND = "remind"

JOBS: tuple[Job, ...] = (
    Job(REMIND, "Queues the reminders that are due, once a day from 8am", timedelta(minutes=1), _remind),
    Job(
        "course-lists",
        "Judges open drafts by a course list that was published beforehand, on the day from which it holds",
        timedelta(minutes=1),
        _take_up,
    ),
    Job("deliver", "Sends the letters that are queued", timedelta(seconds=5), _deliver),
    Job(
        "clear-tries",
        "Deletes sign-in codes and tries a day after they stopped counting, and counts of the API that are over",
        timedelta(hours=1),
        _clear_tries,
    ),
    Job("forget-codes", "Empties messages whose sign-in code has done its work", timedelta(minutes=1), _forget_codes),
    Job("bounces", "Asks which letters came back, where the sender can tell", timedelta(minutes=10), _note_bounces),
    Job(
        "remove-unfinished",
        "Deletes what is left of uploads that were broken off a day ago or earlier",
        timedelta(days=1),
        _remove_unfinished,
    ),
    Job(
        "bulk-uploads",
        "Checks workbooks of claims that were uploaded, and makes drafts of those that were confirmed",
        timedelta(seconds=1),
        _work_on_uploads,
    ),
    Job(
        "forget-uploads",
        "Empties uploaded workbooks of which nothing was made for a week",
        timedelta(hours=1),
        _forget_uploads,
    ),
    Job("verify", "Verifies the chain of events, and fails when anything was altered", timedelta(days=1), _verify),
)


class Shift:
    """Whether this scheduler does the work now, or stands by while another one does."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._name = uuid.uuid4().hex
        self._until = datetime.min.replace(tzinfo=UTC)

    def beat(self) -> None:
        """Take the work or go on holding it; a failure to write it down is as good as standing by."""
        at = clock.now()
        try:
            with self._given.database.write() as session:
                if watching.take_work(session, self._name, at):
                    self._until = at + watching.HELD_FOR
        except Exception:
            LOG.exception("the scheduler's sign of life could not be written down")

    def is_ours(self) -> bool:
        return clock.now() < self._until

    def run(self, job: Job) -> None:
        if self.is_ours():
            run_once(job, self._given)

    def end(self) -> None:
        """Somebody who stands by may go on at once."""
        try:
            with self._given.database.write() as session:
                watching.give_up_work(session, self._name)
        except Exception:
            LOG.exception("the work could not be given back; another scheduler takes it within a minute")


def run_until_stopped(settings: Settings, say: Callable[[str], None]) -> None:
    """Run every job now and then again when it is due, until SIGTERM or SIGINT; a job under way is finished first.

    Several schedulers may run on one database: one does the work, and when it dies another takes over within a minute.
    That they might overlap for a moment does no harm: the services see to it that nothing is done twice.
    """
    given = Given(settings, Database(settings.database_url), sender_from(settings.mail_url, settings.mail_from))
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    # Jobs run one after the other: SQLite has one writer, and there is little to do. The sign of life waits for none.
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={
            "default": {"type": "threadpool", "max_workers": 1},
            "beat": {"type": "threadpool", "max_workers": 1},
        },
        job_defaults={"misfire_grace_time": int(LATE_BY.total_seconds()), "coalesce": True, "max_instances": 1},
    )
    shift = Shift(given)
    scheduler.add_job(shift.beat, "interval", seconds=watching.BEAT_EVERY.total_seconds(), executor="beat")
    for job in JOBS:
        scheduler.add_job(partial(shift.run, job), "interval", seconds=job.every.total_seconds())
    shift.beat()
    # Now is the first time for each of them, one after the other.
    for each in scheduler.get_jobs():
        each.modify(next_run_time=clock.machine_now())
    scheduler.start()
    say(f"Running {len(JOBS)} jobs: {', '.join(job.name for job in JOBS)}.")
    if not shift.is_ours():
        say("Another scheduler does the work; standing by.")
    stopped.wait()
    scheduler.shutdown(wait=True)
    shift.end()
    given.database.close()


def run_once(job: Job, given: Given) -> None:
    """Do ``job`` and write down how it went. A failure is written down too; the job is tried again when next due."""
    started_at = clock.now()
    LOG.debug("%s started", job.name)
    try:
        done, problem = job.run(given), ""
        LOG.log(logging.INFO if done else logging.DEBUG, "%s finished: %s done", job.name, done)
    except Exception as fault:
        LOG.exception("%s failed", job.name)
        done, problem = None, type(fault).__name__
    try:
        with given.database.write() as session:
            watching.note_run(session, job.name, started_at, clock.now(), done=done, problem=problem)
    except Exception:  # the database may be what failed
        LOG.exception("%s: how it went could not be written down", job.name)
