"""Databases of many claims: some employers brought to every state by the real services, then copied.

Every row that belongs to an employer is copied, whatever its table, so that nothing is missing when tables are added.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Column, Connection, Integer, String, Table, UniqueConstraint, create_engine, func, select, text
from sqlalchemy.orm import Session

from claims.clock import LONDON
from claims.db import Database
from claims.db import Table as Model
from claims.demo import cast
from claims.demo.acting import Assessing, Claiming
from claims.files import EvidenceStore
from claims.models import Claim, Purchase
from claims.secrets import Keyring
from claims.services import drawing_up, paying
from claims.services.answering import withdraw
from claims.services.seeding import seed
from claims.services.supervising import suspend
from claims.services.upgrading import upgrade
from claims.store.claims import claims_in
from claims.store.ready import RunFilter, ready_claims

TODAY = date(2026, 2, 2)
SEEDED_AT = datetime(2025, 4, 7, 9, 0, tzinfo=LONDON)
COURSES = (("IMLM", 5_500), ("MHFA", 9_500), ("UPM", 12_000), ("PBSFL", 14_000), ("LTS", 62_000))
"""Code and cost in pence."""
FIRST = (
    "Ada",
    "Ben",
    "Chipo",
    "Dev",
    "Ewa",
    "Femi",
    "Grace",
    "Hana",
    "Ivo",
    "Joy",
    "Kofi",
    "Lena",
    "Mo",
    "Nia",
    "Omar",
)
LAST = ("Adeyemi", "Brown", "Clarke", "Davies", "Evans", "Fisher", "Green", "Hughes", "Iqbal", "Jones", "Khan", "Lewis")
SURNAMES = tuple(
    f"{first}{last}"
    for first in ("Ash", "Bar", "Cal", "Dun", "Elm", "Fen", "Gar", "Hol", "Ing", "Jar")
    for last in ("ley", "ton", "ford", "wick", "by", "den", "ham", "shaw", "worth", "well")
)
"""Of the learners of copied employers."""
FATES = (
    ("paid",) * 60 + ("drawn-up",) * 4 + ("submitted",) * 9 + ("sent-back",) * 4 + ("withdrawn",) * 3 + ("draft",) * 20
)
"""What became of purchases, in hundredths."""
WATCHED_CLAIMS = 200
"""Of the employer whose pages are measured."""
SIZES = (1, 2, 3, 5, 8, 13, 21, 40)
"""Purchases of the employers that are copied; the smaller, the oftener."""
READY_CLAIMS = 10
"""Of each employer with claims that are ready to pay."""
STEP = 1_000_000
"""Between the ids of one copy and the next."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in every crowd, and whose rows are copied."""

    watched: cast.House
    office: cast.BackOffice
    copied: Mapping[int, tuple[int, float]]
    """By employer: how many claims it has, and how often it is copied compared with others."""
    paying: cast.House
    """Its claims are ready to pay, as are those of its copies."""
    held: cast.House
    """Its claims are approved and held, because it is suspended; as are those of its copies."""


def bring(database: Database, keyring: Keyring, folder: Path) -> Cast:
    """The employers of every crowd, the same ones each time. Takes a minute or two."""
    upgrade(database)
    with database.write() as session:
        seed(session, SEEDED_AT)
        office = cast.back_office(session, keyring, SEEDED_AT)
        maker = _Maker(session, keyring, EvidenceStore(str(folder)), office)
        watched = maker.employer("Watched House", claims=WATCHED_CLAIMS)
        made = [maker.employer(f"Care Home {size}", purchases=size) for size in SIZES]
        maker.pay()
        paying_house = maker.employer_with_ready_claims("Ready House")
        held_house = maker.employer_with_ready_claims("Held House")
        suspend(session, held_house.employer_id, office.lead, _at(TODAY), "The care home is closed.")
        copied = {
            house.employer_id: (_count_claims(session, house.employer_id), size**-0.5)
            for house, size in zip(made, SIZES, strict=True)
        }
    return Cast(watched, office, copied, paying_house, held_house)


def multiply(database: Database, present: Cast, *, claims: int, ready: int) -> None:
    """Copy employers until there are about so many ``claims``, exactly ``ready`` of them ready to pay.

    A tenth as many are approved and held.
    """
    there = WATCHED_CLAIMS + sum(count for count, _ in present.copied.values())
    per_round = sum(count * often for count, often in present.copied.values())
    rounds = max(0, claims - there - ready - ready // 10) / per_round
    copies = {employer: round(rounds * often) for employer, (_, often) in present.copied.items()}
    copies[present.paying.employer_id] = ready // READY_CLAIMS - 1
    copies[present.held.employer_id] = ready // 10 // READY_CLAIMS - 1
    with _filling(database) as connection:
        _copy(connection, copies)


class _Maker:
    """Tells what happened at some employers, by the services."""

    def __init__(self, session: Session, keyring: Keyring, store: EvidenceStore, office: cast.BackOffice) -> None:
        self.session, self.keyring, self.store, self.office = session, keyring, store, office
        self.chance = random.Random(20260202)
        self.people = 0
        self.waiting: list[tuple[Purchase, str]] = []
        """Submitted purchases whose claims will be approved, and what run they will be in."""

    def employer(self, name: str, *, purchases: int = 10**6, claims: int = 10**6) -> cast.House:
        """An employer with so many purchases, or so many claims, in the states of ``FATES``."""
        house = self._house(name, learners=min(120, 5 * (purchases // len(COURSES) + 1)))
        names, made = list(house.learners), 0
        for number in range(purchases):
            if made >= claims:
                break
            course, cost = COURSES[number % len(COURSES)]
            many = min(self.chance.choice((1, 1, 2, 3, 5)), claims - made)
            # Nobody takes a course twice: each round of the courses is for the next people.
            first = number // len(COURSES) * 5
            enrolled = [names[(first + each) % len(names)] for each in range(many)]
            self._buy(house, course, cost, enrolled, self.chance.choice(FATES))
            made += many
        return house

    def employer_with_ready_claims(self, name: str) -> cast.House:
        house = self._house(name, learners=READY_CLAIMS)
        self._buy(house, "IMLM", 5_500, list(house.learners), name)
        self._approve(name)
        return house

    def pay(self) -> None:
        """What is to be paid is in one run, paid; the rest of what was approved in another, drawn up."""
        for fate in ("paid", "drawn-up"):
            self._approve(fate)
            wanted, at = RunFilter(cast.SCHEME_YEAR), _at(TODAY - timedelta(6))
            seen = drawing_up.seen_hash([each for each in ready_claims(self.session, wanted) if not each.held_because])
            run = drawing_up.draw_up(self.session, self.keyring, wanted, self.office.finance, at, seen=seen)
            if fate == "paid":
                paying.release(self.session, self.keyring, run, self.office.other_finance, at)
                paying.record_result(self.session, run, {}, self.office.finance, at, paid_on=at.date())

    def _approve(self, fate: str) -> None:
        asha = Assessing(self.session, self.keyring, self.office.assessor, self.office.lead)
        for purchase, chosen in self.waiting:
            if chosen == fate:
                asha.approve(_at(TODAY - timedelta(9)), purchase, cost_pence=purchase.cost_pence or 0)

    def _house(self, name: str, learners: int) -> cast.House:
        made = cast.employer(self.session, name, f"W{self.people + 1:07}", "1 Long Road, Ashcombe, AC1 1AA", SEEDED_AT)
        described = [(FIRST[each % len(FIRST)], _last_name(each, learners), "care-worker") for each in range(learners)]
        house = cast.settle_house(
            self.session,
            self.keyring,
            SEEDED_AT,
            made=made,
            sro=(f"{name} Officer", f"sro{made.id}@example.com"),
            submitter=(f"{name} Colleague", f"submitter{made.id}@example.com"),
            learners=tuple(described),
            first_number=self.people + 1,
        )
        self.people += learners
        return house

    def _buy(self, house: cast.House, course: str, cost_pence: int, names: Sequence[str], fate: str) -> None:
        claiming = Claiming(self.session, self.keyring, self.store, house, "Brightwater Training")
        completed = TODAY - timedelta(self.chance.randrange(20, 75))
        purchase = claiming.buy(
            _at(completed + timedelta(2)),
            course,
            *names,
            paid_on=completed - timedelta(self.chance.randrange(30, 90)),
            started_on=completed - timedelta(self.chance.randrange(5, 25)),
            cost_pence=cost_pence,
            completed_on=completed,
        )
        if fate == "draft":
            return
        claiming.submit(_at(completed + timedelta(self.chance.randrange(3, 9))), purchase)
        if fate == "sent-back":
            ben = Assessing(self.session, self.keyring, self.office.other_assessor, self.office.lead)
            ben.send_back(_at(TODAY - timedelta(8)), purchase, cost_pence=cost_pence, note="Please send a full page.")
        elif fate == "withdrawn":
            for claim in claims_in(self.session, purchase):
                withdraw(self.session, claim, "A slip.", by=house.submitter, at=_at(TODAY - timedelta(8)))
        elif fate != "submitted":
            self.waiting.append((purchase, fate))


def _last_name(number: int, learners: int) -> str:
    """One word where that tells all learners of a house apart, so that copies can be given another."""
    first = LAST[number % len(LAST)]
    return first if learners <= len(FIRST) * len(LAST) // 3 else f"{first}-{LAST[number // len(LAST) % len(LAST)]}"


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10, 0), LONDON)


def _count_claims(session: Session, employer_id: int) -> int:
    return session.scalars(select(func.count()).select_from(Claim).where(Claim.employer_id == employer_id)).one()


@contextmanager
def _filling(database: Database) -> Iterator[Connection]:
    """One transaction in which millions of rows go in quickly: indexes are made afterwards, and keys not looked up.

    What is lost when the machine stops is filled again, so nothing is waited for until it is on the disk.
    """
    indexes = [index for table in _tables_of_employers() for index in sorted(table.indexes, key=lambda each: each.name)]
    if database.is_sqlite:
        quickly = ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -500000", "journal_mode = OFF")
        settings = [f"PRAGMA {each}" for each in quickly]
    else:
        settings = ["SET session_replication_role = replica", "SET maintenance_work_mem = '500MB'"]
        settings += ["SET synchronous_commit = off"]
    engine = create_engine(database.url)
    with engine.connect() as connection:
        for setting in settings:
            connection.exec_driver_sql(setting)
        connection.commit()
        for index in indexes:
            index.drop(connection)
        yield connection
        for index in indexes:
            index.create(connection)
        connection.commit()
    engine.dispose()


def _copy(connection: Connection, copies: Mapping[int, int]) -> None:
    """Copy everything that belongs to each employer of ``copies`` so many times, one statement for each table.

    Every number that points into what is copied is moved by the copy's number times ``STEP``; words that must be unique
    are told apart by it.
    """
    connection.execute(text("CREATE TEMPORARY TABLE copies (world BIGINT, n BIGINT)"))
    numbered, rows = 0, []
    for world, many in copies.items():
        rows += [{"world": world, "n": numbered + each} for each in range(1, many + 1)]
        numbered += many
    connection.execute(text("INSERT INTO copies (world, n) VALUES (:world, :n)"), rows)
    connection.execute(text("CREATE TEMPORARY TABLE surnames (k INTEGER PRIMARY KEY, name TEXT)"))
    connection.execute(
        text("INSERT INTO surnames (k, name) VALUES (:k, :name)"),
        [{"k": k, "name": name} for k, name in enumerate(SURNAMES)],
    )
    belonging = _tables_of_employers()
    for table in belonging:
        connection.execute(text(f"CREATE TEMPORARY TABLE staged_{table.name} AS {_staged(table, belonging)}"))
    for table in belonging:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        values = ", ".join(_moved(column, belonging) for column in table.columns)
        connection.execute(
            text(
                f"INSERT INTO {table.name} ({names}) SELECT {values} "
                f"FROM copies c JOIN staged_{table.name} s ON c.world = s.world ORDER BY c.n, {_in_order(table)}"
            )
        )
    for table in reversed(belonging):
        connection.execute(text(f"DROP TABLE staged_{table.name}"))
    connection.execute(text("DROP TABLE copies"))
    connection.execute(text("DROP TABLE surnames"))


def _in_order(table: Table) -> str:
    """Rows go in along the primary key, as they would in life."""
    return ", ".join(f's."{column.name}"' for column in table.primary_key.columns)


def _tables_of_employers() -> list[Table]:
    """Employers, the people who act for them, and every table that points at one of these tables, parents first.

    What only points at people is left out: it is about somebody, and not about an employer.
    """
    belonging: list[Table] = []
    for table in Model.metadata.sorted_tables:
        if table.name in ("employers", "people") or any(
            key.column.table in belonging and key.column.table.name != "people" for key in table.foreign_keys
        ):
            belonging.append(table)
    return belonging


def _staged(table: Table, belonging: Sequence[Table]) -> str:
    """The rows of employers that are copied, with the employer as ``world``."""
    worlds = "SELECT DISTINCT world FROM copies"
    if table.name == "employers":
        return f"SELECT t.*, t.id AS world FROM employers t WHERE t.id IN ({worlds})"
    if table.name == "people":
        return (
            "SELECT t.*, m.employer_id AS world FROM people t JOIN memberships m ON m.person_id = t.id "
            f"WHERE m.employer_id IN ({worlds})"
        )
    if "employer_id" in table.columns:
        return f"SELECT t.*, t.employer_id AS world FROM {table.name} t WHERE t.employer_id IN ({worlds})"
    key = next(
        key
        for key in table.foreign_keys
        if key.column.table in belonging
        and key.column.table.name not in ("people", table.name)
        and not key.parent.nullable
    )
    parent, column = key.column.table.name, key.parent.name
    return (
        f"SELECT t.*, p.world AS world FROM {table.name} t "
        f'JOIN staged_{parent} p ON p."{key.column.name}" = t."{column}"'
    )


def _moved(column: Column[object], belonging: Sequence[Table]) -> str:
    """What a column of a copy holds."""
    name = f's."{column.name}"'
    surname = f"(SELECT name FROM surnames WHERE k = ({{}} * 7 + c.n * 13) % {len(SURNAMES)})"
    first_names = ", ".join(f"'{each.lower()}'" for each in FIRST)
    renamed = {
        "learners.last_name": surname.format("s.id"),
        "name_parts.part": f"CASE WHEN {name} IN ({first_names}) THEN {name} ELSE "
        f"lower({surname.format('s.learner_id')}) END",
        "employers.name": f"{name} || ' ' || c.n",
        "employers.name_sought": f"{name} || ' ' || c.n",
    }
    if (found := renamed.get(f"{column.table.name}.{column.name}")) is not None:
        return found
    moved = f"{name} + c.n * {STEP}"
    if column.name == "number_hash" or _told_apart(column, belonging):
        return f"{name} || '-' || c.n"
    for key in column.foreign_keys:
        if key.column.table.name == "people":
            return f"CASE WHEN {name} IN (SELECT id FROM staged_people) THEN {moved} ELSE {name} END"
        if key.column.table in belonging:
            return moved
    if column.name == "about_id" and column.table.name == "events":
        return moved
    if column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys:
        return moved
    return name


def _is_moved(column: Column[object], belonging: Sequence[Table]) -> bool:
    return any(key.column.table in belonging for key in column.foreign_keys) or (
        column.primary_key and isinstance(column.type, Integer)
    )


def _told_apart(column: Column[object], belonging: Sequence[Table]) -> bool:
    """Whether it is the first word of a key in which no number moves."""
    table = column.table
    keys = [list(table.primary_key.columns)]
    keys += [list(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)]
    keys += [list(each.columns) for each in table.indexes if each.unique]
    for key in keys:
        words = [each for each in key if isinstance(each.type, String)]
        if words and not any(_is_moved(each, belonging) for each in key) and words[0] is column:
            return True
    return False
