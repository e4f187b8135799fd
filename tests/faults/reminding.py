"""Two made-up years while the schedulers are killed and the mail misbehaves: everybody still gets every letter."""

import asyncio
import logging
import os
import random
import signal
import socket
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import func, select

from claims import clock
from claims.config import Settings
from claims.db import Database
from claims.jobs import JOBS, Given, run_once
from claims.mail import FolderSender, NotifySender, Sender, SmtpSender
from claims.mail.smtp import Security
from claims.models import Message
from claims.services.delivering import MOST_GIVEN
from claims.store.holidays import england_bank_holidays
from tests.notify import API_KEY, TEMPLATE, notify_stand_in
from tests.reminding.living import at, happenings, open_office, said_in
from tests.reminding.obvious import everything_said
from tests.reminding.world import DAYS, FIRST, World
from tests.site import settings_in

DONE_EACH_MORNING = ("remind", "deliver")
LATER = timedelta(minutes=6)
"""Longer than a letter's lease."""
MISBEHAVIOURS = ("refuse", "drop", "silent")
OFTEN = 0.06
"""Of letters, how many meet a mail server that misbehaves."""
HANGS = 0.002
"""And how many one that says nothing for longer than anybody waits."""
SECONDS_FOR_NOTIFY, SECONDS_FOR_RELAY = 2, 3
"""How long our senders wait for an answer here."""


@dataclass
class Post:
    """A way out for letters, and how often each has been taken there."""

    sender: Sender
    count: Callable[[], Counter[str]]
    can_be_asked: bool


@dataclass
class Lived:
    """What became of the letters."""

    kills: int = 0
    said: int = 0
    letters: int = 0
    doubled: int = 0
    """Letters of which a relay that cannot be asked got two copies."""
    in_doubt: int = 0
    """Letters that a relay may have taken twice, so that they were given up; they arrived, or they count as lost."""
    seconds: float = 0
    faults: list[str] = field(default_factory=list)


@contextmanager
def folder_post(folder: Path, chance: random.Random) -> Iterator[Post]:
    """A folder, which never misbehaves."""
    sender = FolderSender(folder / "mail", "claims@example.org")

    def count() -> Counter[str]:
        return Counter(path.stem.partition("~")[0] for path in (folder / "mail").glob("[!.]*.eml"))

    yield Post(sender, count, can_be_asked=True)


@contextmanager
def notify_post(folder: Path, chance: random.Random) -> Iterator[Post]:
    """GOV.UK Notify, that is unwell now and then."""
    with notify_stand_in() as stand_in:
        stand_in.misbehave = lambda _: chance.choice(MISBEHAVIOURS) if chance.random() < OFTEN else ""
        sender = NotifySender(API_KEY, TEMPLATE, stand_in.url, SECONDS_FOR_NOTIFY)
        yield Post(sender, lambda: Counter(stand_in.references()), can_be_asked=True)


@contextmanager
def relay_post(folder: Path, chance: random.Random) -> Iterator[Post]:
    """A mail relay that refuses, hangs, drops the line, or takes a letter and says nothing."""
    taken: Counter[str] = Counter()
    silent: Counter[str] = Counter()

    class Relay:
        async def handle_DATA(self, server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
            content = envelope.content
            assert isinstance(content, bytes)
            name = content.partition(b"Message-ID: <")[2].partition(b"@")[0].decode()
            how = chance.choice(MISBEHAVIOURS) if chance.random() < OFTEN else ""
            how = "hang" if chance.random() < HANGS else how
            if how == "refuse":
                return "451 Not now"
            # Whether it took the letter before it fell silent, the client cannot know; so it does that once a letter.
            falls_silent = bool(how) and not silent[name]
            silent[name] += falls_silent
            if not falls_silent or how == "silent":
                taken[name] += 1
            if how == "hang" and falls_silent:
                await asyncio.sleep(SECONDS_FOR_RELAY + 1)
            if falls_silent:
                server.transport.close()
            return "250 OK"

    controller = Controller(Relay(), hostname="127.0.0.1", port=0)
    with socket.create_server(("127.0.0.1", 0)) as free:
        controller.port = free.getsockname()[1]
    controller.start()
    try:
        sender = SmtpSender(
            "127.0.0.1", controller.port, "claims@example.org", Security.NONE, seconds=SECONDS_FOR_RELAY
        )
        yield Post(sender, lambda: Counter(taken), can_be_asked=False)
    finally:
        controller.stop()


POSTS = {"a folder": folder_post, "GOV.UK Notify": notify_post, "a mail relay": relay_post}


def live_through(
    world: World,
    database: Database,
    folder: Path,
    post: Post,
    chance: random.Random,
    *,
    kills: int,
    at_once: int = 1,
    days: range = range(1, DAYS),
    down: frozenset[int] = frozenset(),
    show: Callable[[Lived], None] = lambda _: None,
) -> Lived:
    """Every morning of ``days`` the schedulers, so many ``at_once``, killed so many times in all; every noon the world.

    On the days that are ``down`` none runs. At the end everything that was said and everything that arrived is compared
    with the obvious implementation.
    """
    lived, began = Lived(), time.monotonic()
    settings = settings_in(folder, database.url, demonstration=True)
    with database.write() as session:
        office = open_office(session)
    changes, mornings, took = happenings(world), [], [0.05]
    for number in range(days.stop):
        day = FIRST + timedelta(days=number)
        if number in days and number not in down:
            mornings.append(day)
            _live_through_morning(
                lived, database, settings, post=post, chance=chance, day=day, kills=kills, at_once=at_once, took=took
            )
            show(lived)
        with database.write() as session:
            for change in changes.get(day, ()):
                change(session)
    lived.seconds = time.monotonic() - began
    expected = everything_said(world, office, england_bank_holidays(), mornings)
    with database.read() as session:
        said = said_in(session)
        lived.said = len(said)
        if set(said) != set(expected) or len(said) != len(expected):
            missing, extra = set(expected) - set(said), set(said) - set(expected)
            lived.faults.append(f"{len(missing)} not said, {len(extra)} said in vain: {[*missing, *extra][:3]}")
        states = Counter(session.scalars(select(Message.state)))
        doubtful = select(Message.letter).where(Message.state == "failed", Message.given == MOST_GIVEN).distinct()
        in_doubt = set() if post.can_be_asked else set(session.scalars(doubtful))
        lived.in_doubt = len(in_doubt)
        unsent = select(Message.letter).where(Message.state != "sent")
        if set(session.scalars(unsent)) - in_doubt:
            lived.faults.append(f"not sent: {dict(states)}")
        letters = set(session.scalars(select(Message.letter)))
        copies = post.count()
        lost, strange = letters - set(copies), set(copies) - letters
        if lost or strange:
            how = select(Message.letter, Message.state, Message.tries, Message.given, Message.problem)
            fates = session.execute(how.where(Message.letter.in_(lost)).distinct()).all()
            lived.faults.append(
                f"{len(lost)} letters lost, {len(strange)} of nobody: {[tuple(fate) for fate in fates]}"
            )
    lived.letters = len(letters)
    lived.doubled = sum(1 for many in copies.values() if many > 1)
    most = 1 if post.can_be_asked else 2
    if any(many > most for many in copies.values()):
        lived.faults.append(f"a letter went {max(copies.values())} times")
    return lived


def _live_through_morning(
    lived: Lived,
    database: Database,
    settings: Settings,
    *,
    post: Post,
    chance: random.Random,
    day: date,
    kills: int,
    at_once: int,
    took: list[float],
) -> None:
    """From eight o'clock on, start schedulers until they were left alone once and nothing waits any more."""
    instant = at(day, 8).astimezone(UTC)
    while True:
        kill = lived.kills < kills and chance.random() < 0.72
        database.close()
        began = time.monotonic()
        children = [_fork(settings, post.sender, instant) for _ in range(at_once)]
        if kill:
            time.sleep(chance.uniform(0, 1.1) * statistics.median(took[-9:]))
        for child in children:
            if kill:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        ended = [os.waitpid(child, 0)[1] for child in children]
        if kill:
            lived.kills += sum(os.WIFSIGNALED(status) for status in ended)
        else:
            took.append(time.monotonic() - began)
        if any(os.WIFEXITED(status) and os.WEXITSTATUS(status) for status in ended):
            raise RuntimeError("A scheduler failed by itself.")
        next_at = _next_try(database)
        if not kill and next_at is None:
            return
        instant = max(instant + LATER, (next_at or instant) + timedelta(seconds=1))


def _next_try(database: Database) -> datetime | None:
    """When a letter that was begun or put off is tried again."""
    with database.read() as session:
        queued = session.scalars(select(func.min(Message.not_before)).where(Message.state == "queued")).one()
        leased = session.scalars(select(func.max(Message.leased_until)).where(Message.state == "leased")).one()
    waiting = [each for each in (queued, leased) if each is not None]
    return max(waiting) if waiting else None


def _fork(settings: Settings, sender: Sender, instant: datetime) -> int:
    """A scheduler of its own, on a clock that shows ``instant``: it does what is due and ends."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        logging.disable()
        os.environ["CLAIMS_CLOCK_SHIFT_SECONDS"] = str(round((instant - datetime.now(UTC)).total_seconds()) + 1)
        given = Given(settings, Database(settings.database_url), sender)
        jobs = [job for job in JOBS if job.name in DONE_EACH_MORNING]
        for job in jobs:
            run_once(job, given)
        while _is_something_due(given):
            run_once(jobs[-1], given)
        status = 0
    finally:
        os._exit(status)


def _is_something_due(given: Given) -> bool:
    """A delivery takes at most a hundred letters at a time."""
    with given.database.read() as session:
        due = select(func.count()).where(Message.state == "queued", Message.not_before <= clock.now())
        return session.scalars(due).one() > 0
