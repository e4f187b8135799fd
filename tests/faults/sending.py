"""Kill those who deliver letters, over and over, and look that each letter arrived, once."""

import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.config import Settings
from claims.mail import FolderSender
from claims.models import Message, Person
from claims.services.delivering import LEASE
from claims.services.queueing import Words, queue
from tests.faults.instants import Instants
from tests.faults.server import PATIENCE_SECONDS, clock_shift, environment, kill_group, start_group
from tests.faults.tally import Tally
from tests.site import settings_in
from tests.stage import AT, Stage

AT_ONCE = 2
"""Processes that deliver beside each other, as two schedulers would."""
TO_EACH = 2
"""Messages to each person in a round: they go in one letter."""
FINISHED = ("sent", "failed", "dropped")


def kill_while_sending(stage: Stage, folder: Path, instants: Instants, show: Callable[[Tally], None]) -> Tally:
    """Queue messages to everybody over and over, killing the deliverers each time; at the end others finish."""
    tally = Tally()
    settings, ahead = settings_in(folder, stage.database.url, demonstration=False), clock_shift()
    sender = FolderSender(folder / "mail", settings.mail_from)
    queued = 0
    for instant in instants:
        # What the last ones had in hand when they were killed is anybody's once their lease has run out.
        ahead += LEASE
        with delivering(settings, ahead):
            first, queued = queued + 1, queued + _queue_letters(stage, queued)
            began = time.monotonic()
            if instant is None:
                _wait_until_sent(stage)
                instants.note(time.monotonic() - began)
            else:
                time.sleep(max(0, instant))
        with stage.database.read() as session:
            states = Counter(session.scalars(select(Message.state).where(Message.id >= first)))
            tally.count(
                begun=set(states) != {"queued"},
                done=_is_there_but_not_sent(session, sender),
                confirmed=set(states) == {"sent"},
            )
        show(tally)
    with delivering(settings, ahead + LEASE):
        _wait_until_sent(stage)
    _judge(stage, sender, tally)
    return tally


@contextmanager
def delivering(settings: Settings, ahead: timedelta) -> Iterator[None]:
    """Deliverers that have begun; killed at the end."""
    deliverers = [
        start_group(["tests.faults.deliverer"], environment(settings, ahead), errors=subprocess.DEVNULL)
        for _ in range(AT_ONCE)
    ]
    try:
        for deliverer in deliverers:
            if deliverer.stdout.readline() != b"ready\n":
                raise RuntimeError("A deliverer did not start.")
        yield
    finally:
        for deliverer in deliverers:
            kill_group(deliverer)


def _queue_letters(stage: Stage, queued: int) -> int:
    """Numbered messages to everybody; how many."""
    with stage.database.write() as session:
        people = session.scalars(select(Person.id).order_by(Person.id)).all() * TO_EACH
        for number, person_id in enumerate(people, start=queued + 1):
            words = Words(f"Message {number}", f"This is message no. {number}.", "/")
            queue(session, "fault", person_id=person_id, about=f"fault:{number}", due_on=AT.date(), words=words, at=AT)
    stage.database.close()
    return len(people)


def _wait_until_sent(stage: Stage) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    unfinished = select(func.count()).where(Message.state.not_in(FINISHED))
    while time.monotonic() < give_up_at:
        with stage.database.read() as session:
            if not session.scalars(unfinished).one():
                return
        time.sleep(0.01)
    raise RuntimeError("The letters were not sent.")


def _is_there_but_not_sent(session: Session, sender: FolderSender) -> bool:
    """Whether a letter lies in the folder that the outbox does not know to be sent."""
    in_hand = session.scalars(select(Message.letter).where(Message.state == "leased")).all()
    return any(sender.already_sent(letter) for letter in in_hand)


def _judge(stage: Stage, sender: FolderSender, tally: Tally) -> None:
    letters = sender.letters()
    with stage.database.read() as session:
        for message in session.scalars(select(Message).order_by(Message.id)):
            arrived = sum(f"{message.text}\n" in letter.text for letter in letters)
            if arrived == 1 and message.state == "sent":
                continue
            broken = tally.half_done if arrived == 1 else tally.doubled if arrived else tally.lost
            broken[f"message {message.id} is {message.state} and arrived {arrived} times"] = "at the end"
