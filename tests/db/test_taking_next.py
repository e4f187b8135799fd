"""Twenty assessors ask for the next purchase at once, over two processes: nobody gets what somebody else holds."""

import multiprocessing
import threading
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from claims.db import Database
from claims.lifecycle import Actor, Role
from claims.models import Event, Person, Purchase
from claims.services.holding import take_next
from tests.db.test_delivering import run_together
from tests.stage import AT, Stage

ASSESSORS, PROCESSES = 20, 2


def ask_for_the_next(url: str, people: Sequence[int], at: datetime) -> list[tuple[int, int | None]]:
    """Each of ``people`` asks, all at once, from a thread of their own: who got which purchase."""
    database, together, got = Database(url), threading.Barrier(len(people)), []
    asking = list(people)

    def ask() -> None:
        person_id = asking.pop()
        together.wait()
        with database.write() as session:
            taken = take_next(session, Actor(Role.ASSESSOR, "Assessor", person_id), at)
            got.append((person_id, taken.id if taken else None))

    run_together(ask, len(people))
    database.close()
    return got


def test_twenty_ask_for_the_next_at_once_and_no_purchase_is_held_twice(stage: Stage) -> None:
    waiting = {stage.submitted(name) for name in list(stage.house.learners)[3:9]}
    with stage.database.write() as session:
        people = [
            Person(email=f"a{number}@example.org", name=f"A {number}", staff_role=Role.ASSESSOR, created_at=AT)
            for number in range(ASSESSORS)
        ]
        session.add_all(people)
        session.flush()
        numbers = [person.id for person in people]
    halves = [(stage.database.url, numbers[half::PROCESSES], AT) for half in range(PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        got = [each for found in pool.starmap(ask_for_the_next, halves) for each in found]
    assert len(got) == ASSESSORS
    taken = [purchase_id for _, purchase_id in got if purchase_id is not None]
    assert sorted(taken) == sorted(waiting)
    with stage.database.read() as session:
        holders = dict(session.execute(select(Purchase.id, Purchase.holder_id).where(Purchase.id.in_(waiting))).all())
        assert holders == {purchase_id: person for person, purchase_id in got if purchase_id is not None}
        assert len(session.scalars(select(Event).where(Event.act == "take")).all()) == len(waiting)
