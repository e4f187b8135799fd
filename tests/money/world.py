"""Where claim lives are lived: employers side by side, an office, a year with low caps; a world for each few lives."""

import csv
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.db import Database
from claims.demo import cast
from claims.lifecycle import Actor, Role
from claims.models import BankAccount, Person
from claims.store import reference
from tests.keys import KEYRING
from tests.money.books import CAPS, Books, Course, Employer
from tests.second_year import SHIPPED

BEGINS = datetime(2025, 6, 10, 9, 0, tzinfo=UTC)
EMPLOYERS = 4
LEARNERS = 12
SHARED_NUMBERS = 3
"""So many learners of each employer also work for the next one, and may be claimed for by both."""
CODES = ("610/4009/5", "LTS", "OMMT/T1/INT", "OMMT/T2/EXT", "603/2877/0", "501/1146/2")


@dataclass(eq=False)
class House:
    """An employer, its people, and its learners: id and number."""

    employer: Employer
    sro: Actor
    submitter: Actor
    learners: list[tuple[int, str]]


@dataclass(eq=False)
class Office:
    assessors: list[Actor]
    leads: list[Actor]
    finance: list[Actor]
    others: list[Actor]


@dataclass(eq=False)
class World:
    database: Database
    books: Books
    houses: list[House]
    office: Office
    courses: list[Course]


@contextmanager
def low_caps(folder: Path) -> Iterator[None]:
    """The service reads scheme years that differ from the real one in the caps alone."""
    made = folder / "reference"
    if not made.exists():
        shutil.copytree(SHIPPED, made)
        years = made / "scheme_years.toml"
        text = years.read_text()
        for fund, pence in CAPS.items():
            text = re.sub(rf"(cap_{fund}_pence\]\nvalue = ).*", rf"\g<1>{pence}", text)
        years.write_text(text)
    with (
        mock.patch.dict("os.environ", CLAIMS_REFERENCE_FOLDER=str(made)),
        mock.patch.object(reference, "_made", {}),
    ):
        reference.from_files.cache_clear()
        yield
    reference.from_files.cache_clear()


def make_world(database: Database) -> World:
    books = Books()
    with database.write() as session:
        office = _open_office(session)
        houses = [_settle(session, books, number) for number in range(EMPLOYERS)]
    return World(database, books, houses, office, list(_courses()))


def _courses() -> Iterator[Course]:
    """What the published list says, read from the file as anybody would."""
    with (SHIPPED / "eligible_courses.csv").open(newline="") as rows:
        for row in csv.DictReader(rows):
            if row["code"] in CODES and row["paid_to"] > "2025-04-01":
                yield Course(
                    row["code"],
                    row["fund"],
                    int(row["max_reimbursement_gbp"].replace(".", "")),
                    row["delivery"] == "internal",
                    row["funding_model"] == "split",
                )


def _open_office(session: Session) -> Office:
    hired = cast.back_office(session, KEYRING, BEGINS)
    second = Person(
        email="second.lead@example.org", name="Second Lead", staff_role=Role.LEAD_ASSESSOR, created_at=BEGINS
    )
    session.add(second)
    session.flush()
    return Office(
        assessors=[hired.assessor, hired.other_assessor],
        leads=[hired.lead, Actor(Role.LEAD_ASSESSOR, second.name, second.id)],
        finance=[hired.finance, hired.other_finance],
        others=[hired.administrator, hired.auditor],
    )


def _settle(session: Session, books: Books, number: int) -> House:
    made = cast.employer(session, f"House {number}", f"W{number:07}", "1 Road", BEGINS)
    settled = cast.settle_house(
        session,
        KEYRING,
        BEGINS,
        made=made,
        sro=(f"Officer {number}", f"officer{number}@example.com"),
        submitter=(f"Submitter {number}", f"submitter{number}@example.com"),
        learners=(),
        first_number=1,
    )
    learners = []
    for each in range(LEARNERS):
        # The first few have the numbers of the last few of the employer before.
        written = cast.unreal_number(number * (LEARNERS - SHARED_NUMBERS) + each + 1)
        name = (f"Learner {each:02}", f"Of {number}")
        added = cast.learner(session, KEYRING, made.id, name, number=written, at=BEGINS)
        learners.append((added.id, written))
    session.flush()
    account = session.scalars(select(BankAccount.id).where(BankAccount.employer_id == made.id)).one()
    employer = Employer(made.id, account_id=account)
    books.employers.append(employer)
    return House(employer, settled.sro, settled.submitter, learners)
