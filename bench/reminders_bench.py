"""Planning one day of reminders with 1,000, 10,000 and 100,000 open drafts, until every message is queued."""

import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bench.rows import Row
from claims.db import Database
from claims.models import Claim, Employer, Learner, Membership, Person, Purchase
from claims.services.reminding import plan_reminders, queue_reminders
from claims.services.seeding import seed
from claims.services.upgrading import upgrade

DRAFTS = (1_000, 10_000, 100_000)
EACH_EMPLOYER = 50
DAY = date(2026, 2, 10)
AT = datetime(2026, 2, 10, 8, tzinfo=UTC)
ENTERED_AT = AT - timedelta(days=60)
MOST_SECONDS = 10
MOST_GROWTH = 15
"""Times as long for ten times as many: linear is ten, and a little is allowed for what does not grow."""
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds, and how many messages there were."""

    planning: float
    queueing: float
    messages: int


def measure() -> list[Row]:
    """Seconds by the wall clock, planning the best of three; none of what is due was ever said before."""
    with tempfile.TemporaryDirectory() as folder:
        took = {drafts: _measure(Path(folder) / f"{drafts}.db", drafts) for drafts in DRAFTS}
    most = took[DRAFTS[-1]]
    growth = most.planning / took[DRAFTS[-2]].planning
    rows = [
        Row(
            f"plan a day, {drafts:,} open drafts",
            each.planning,
            "s",
            f"under {MOST_SECONDS}" if drafts == DRAFTS[-1] else "",
            drafts != DRAFTS[-1] or each.planning < MOST_SECONDS,
            f"facts from SQLite, plan; {each.messages:,} messages due",
        )
        for drafts, each in took.items()
    ]
    return [
        *rows,
        Row(
            "ten times as many drafts take",
            growth,
            "times as long",
            f"under {MOST_GROWTH}",
            growth < MOST_GROWTH,
            f"{DRAFTS[-2]:,} to {DRAFTS[-1]:,}",
        ),
        Row(
            f"plan, word and queue a day, {DRAFTS[-1]:,} open drafts",
            most.queueing,
            "s",
            f"under {MOST_SECONDS}",
            most.queueing < MOST_SECONDS,
            f"{most.messages:,} messages written in one transaction",
        ),
    ]


def _measure(path: Path, drafts: int) -> Took:
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.write() as session:
        seed(session, ENTERED_AT)
    _fill(database, drafts)
    seconds, messages = [], 0
    for _ in range(ROUNDS):
        with database.read() as session:
            began = time.perf_counter()
            messages = len(plan_reminders(session, DAY))
            seconds.append(time.perf_counter() - began)
    with database.write() as session:
        began = time.perf_counter()
        queued = queue_reminders(session, DAY, AT)
        session.flush()
        queueing = time.perf_counter() - began
    assert queued == messages
    database.close()
    return Took(min(seconds), queueing, messages)


def _fill(database: Database, drafts: int) -> None:
    """So many drafts, whose last days are spread over the next 60 days, at employers with an SRO and a submitter."""
    employers = range(1, drafts // EACH_EMPLOYER + 1)
    people = [
        {"id": 2 * each + side, "email": f"p{2 * each + side}@example.com"} for each in employers for side in (0, 1)
    ]
    with database.write() as session:
        session.execute(insert(Person), [{**each, "name": "Pat", "created_at": ENTERED_AT} for each in people])
        session.execute(insert(Employer), [_employer(each) for each in employers])
        session.execute(
            insert(Membership),
            [
                {"employer_id": each, "person_id": 2 * each + side, "role": role, "joined_at": ENTERED_AT}
                for each in employers
                for side, role in enumerate(("sro", "submitter"))
            ],
        )
        session.execute(insert(Purchase), [_purchase(each) for each in employers])
        numbers = range(1, drafts + 1)
        session.execute(insert(Learner), [_learner(number) for number in numbers])
        session.execute(insert(Claim), [_claim(number) for number in numbers])


def _of(number: int) -> int:
    return (number - 1) // EACH_EMPLOYER + 1


def _employer(employer_id: int) -> dict[str, object]:
    return {
        "id": employer_id,
        "workplace_id": f"A{employer_id:07}",
        "name": f"House {employer_id}",
        "address": "1 Road",
        "registration": "registered",
        "suspended": False,
        "workforce_data_updated_on": date(2025, 5, 2),
        "created_at": ENTERED_AT,
    }


def _purchase(employer_id: int) -> dict[str, object]:
    return {
        "id": employer_id,
        "employer_id": employer_id,
        "course_code": "610/4009/5",
        "fund": "main",
        "paid_on": date(2025, 11, 1),
        "started_on": date(2025, 11, 10),
        "entered_by_id": 2 * employer_id + 1,
        "created_at": ENTERED_AT,
    }


def _learner(number: int) -> dict[str, object]:
    return {
        "id": number,
        "employer_id": _of(number),
        "first_name": "Niamh",
        "last_name": "O’Brien",
        "number": "-",
        "number_hash": f"hash {number}",
        "job_role": "care-worker",
        "engagement": "employee",
        "works_in_england": True,
        "post_requires_registration": False,
        "employed_from": DAY,
        "created_at": ENTERED_AT,
    }


def _claim(number: int) -> dict[str, object]:
    return {
        "id": number,
        "base": f"{number:011}",
        "part": "start",
        "state": "draft",
        "employer_id": _of(number),
        "purchase_id": _of(number),
        "learner_id": number,
        "course_code": "610/4009/5",
        "fund": "main",
        "scheme_year": "2025-26",
        "last_day_on": DAY + timedelta(days=number % 60),
        "entered_by_id": 2 * _of(number) + 1,
        "created_at": ENTERED_AT,
        "changes": 1,
    }
