"""A course list of 5,000 rows checked and previewed against 20,000 open drafts, from the file to what it would do."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.rows import Row
from claims.db import Database
from claims.lifecycle import State
from claims.models import Agreement, Claim, Employer, Learner, Membership, Person, Purchase
from claims.reference import render_courses
from claims.reference.comparing import arrange
from claims.reference.course_files import read_course_file
from claims.rules.scheme import CourseEntry, Fund
from claims.services.listing import Preview, preview_list
from claims.services.seeding import seed
from claims.services.upgrading import upgrade
from claims.store.course_lists import add_list
from claims.store.reference import from_files
from claims.workbooks.course_list import ListTotals, stream_course_list
from claims.workbooks.rows import About

ROWS, DRAFTS = 5_000, 20_000
RUNS = 3
BAR_SECONDS = 5
SEEDED_AT = datetime(2025, 4, 1, 9, 0, tzinfo=UTC)
TODAY = date(2026, 2, 2)
PAID_ON = date(2025, 12, 10)
DRAFTS_OF_AN_EMPLOYER = 50
DRAFTS_OF_A_PURCHASE = 5
JOB_ROLES = ("care-worker", "senior-care-worker", "support-worker", "team-leader")


def measure() -> list[Row]:
    """Time for CSV and workbook, for few and for all amounts changed, and for half and twice the size."""
    rows = []
    whole: dict[float, float] = {}
    for size in (0.5, 1, 2):
        with TemporaryDirectory() as folder:
            bench = Bench(Path(folder), int(ROWS * size), int(DRAFTS * size))
            what = f"{len(bench.old):,} rows, {bench.drafts:,} drafts of {bench.employers:,} employers, SQLite"
            changed = bench.with_amounts_changed(every=10)
            all_changed = bench.with_amounts_changed(every=1)
            seconds, found = bench.take(as_csv(all_changed), "list.csv")
            whole[size] = seconds
            touched = f"{len(found.effects.drafts):,} drafts come out otherwise"
            bar = BAR_SECONDS if size <= 1 else None
            rows.append(_row(f"Every amount changed, CSV, {what}", seconds, touched, bar))
            assert len(found.difference.changed) == len(bench.old)
            if size == 1:
                for entries, much in ((all_changed, "Every amount"), (changed, "A tenth of the amounts")):
                    seconds, found = bench.take(as_workbook(entries), "list.xlsx")
                    touched = f"{len(found.effects.drafts):,} drafts come out otherwise; read in a process with limits"
                    rows.append(_row(f"{much} changed, workbook, {what}", seconds, touched, BAR_SECONDS))
                seconds, found = bench.take(as_csv(changed), "list.csv")
                touched = f"{len(found.effects.drafts):,} drafts come out otherwise"
                rows.append(_row(f"A tenth of the amounts changed, CSV, {what}", seconds, touched, BAR_SECONDS))
            bench.database.close()
    growth = whole[2] / whole[1]
    note = "twice the rows and twice the drafts; every amount changed"
    return [*rows, Row("Growth when everything doubles", round(growth, 2), "times", "at most 2.5", growth <= 2.5, note)]


def _row(name: str, seconds: float, note: str, bar: float | None) -> Row:
    holds = bar is None or seconds < bar
    return Row(name, round(seconds, 2), "s", f"under {bar}" if bar else "", holds, f"median of {RUNS}; {note}")


class Bench:
    """A database with a long list and many drafts, one course and learner each."""

    def __init__(self, folder: Path, rows: int, drafts: int) -> None:
        self.reference = from_files()
        self.old = make_list(rows)
        self.drafts = drafts
        self.employers = -(-drafts // DRAFTS_OF_AN_EMPLOYER)
        self.database = Database(f"sqlite:///{folder / 'bench.db'}")
        upgrade(self.database)
        with self.database.write() as session:
            seed(session, SEEDED_AT)
            add_list(session, self.old, version=2, from_on=date(2025, 4, 2), published_by="Bench", at=SEEDED_AT)
            fill(session, self.old, drafts)

    def with_amounts_changed(self, every: int) -> tuple[CourseEntry, ...]:
        return tuple(
            replace(entry, max_reimbursement_pence=entry.max_reimbursement_pence + 100) if not number % every else entry
            for number, entry in enumerate(self.old)
        )

    def take(self, content: bytes, name: str) -> tuple[float, Preview]:
        """Seconds from the bytes of a file to its preview, and the preview."""

        def check_and_preview() -> Preview:
            checked = read_course_file(name, content, self.reference)
            with self.database.read() as session:
                return preview_list(session, checked.entries, TODAY)

        return timed(check_and_preview)


def timed(work: Callable[[], Preview]) -> tuple[float, Preview]:
    found = work()
    seconds = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - begun)
    return median(seconds), found


def make_list(rows: int) -> tuple[CourseEntry, ...]:
    """As many courses as asked for, made from the real list under other codes."""
    real = arrange(
        entry
        for dated in from_files().courses.values()
        for entry in dated
        if entry.fund is Fund.MAIN and entry.holds_on(PAID_ON)
    )
    return arrange(
        replace(
            real[number % len(real)],
            code=f"{100 + number // 10_000}/{number % 10_000:04}/1",
            paid_from=date(2025, 4, 1),
        )
        for number in range(rows)
    )


def fill(session: Session, entries: Sequence[CourseEntry], drafts: int) -> None:
    """Drafts spread over the courses and over employers that may claim."""
    employers = -(-drafts // DRAFTS_OF_AN_EMPLOYER)
    purchases = -(-drafts // DRAFTS_OF_A_PURCHASE)
    many = range(1, employers + 1)
    add = session.execute
    add(
        insert(Person),
        [{"id": n, "email": f"sro{n}@example.com", "name": f"SRO {n}", "created_at": SEEDED_AT} for n in many],
    )
    add(
        insert(Employer),
        [
            {
                "id": n, "workplace_id": f"W{n:07}", "name": f"Employer {n}", "address": "A street",
                "registration": "registered", "suspended": False, "provides_adult_social_care": True,
                "employs_care_staff_in_england": True, "workforce_data_updated_on": date(2025, 5, 2),
                "registered_with_cqc": True, "created_at": SEEDED_AT,
            }
            for n in many
        ],
    )  # fmt: skip
    add(insert(Membership), [{"employer_id": n, "person_id": n, "role": "sro", "joined_at": SEEDED_AT} for n in many])
    add(
        insert(Agreement),
        [{"employer_id": n, "scheme_year": "2025-26", "signed_on": date(2025, 4, 10), "signed_by_id": n} for n in many],
    )

    def employer_of(purchase: int) -> int:
        return (purchase - 1) * DRAFTS_OF_A_PURCHASE // DRAFTS_OF_AN_EMPLOYER + 1

    def entry_of(purchase: int) -> CourseEntry:
        return entries[(purchase * 7919) % len(entries)]

    add(
        insert(Purchase),
        [
            {
                "id": n, "employer_id": employer_of(n), "course_code": entry_of(n).code, "fund": "main",
                "provider": "Provider", "invoice_reference": f"INV-{n}", "by_plan": False, "paid_on": PAID_ON,
                "cost_pence": 5_000_00, "people_covered": 1, "other_funding_pence": 0, "apprenticeship": False,
                "claimed_as": "full", "started_on": PAID_ON, "entered_by_id": employer_of(n), "created_at": SEEDED_AT,
            }
            for n in range(1, purchases + 1)
        ],
    )  # fmt: skip
    claims = range(1, drafts + 1)
    add(
        insert(Learner),
        [
            {
                "id": n, "employer_id": (n - 1) // DRAFTS_OF_AN_EMPLOYER + 1, "first_name": "Learner",
                "last_name": str(n),
                "number": "sealed", "number_hash": f"{n:064}", "job_role": JOB_ROLES[n % len(JOB_ROLES)],
                "engagement": "employee",
                "works_in_england": True, "post_requires_registration": False, "employed_from": date(2024, 9, 2),
                "created_at": SEEDED_AT,
            }
            for n in claims
        ],
    )  # fmt: skip
    add(
        insert(Claim),
        [
            {
                "id": n, "base": f"B{n:010}", "part": "full", "state": State.DRAFT,
                "employer_id": (n - 1) // DRAFTS_OF_AN_EMPLOYER + 1, "purchase_id": (n - 1) // DRAFTS_OF_A_PURCHASE + 1,
                "learner_id": n, "course_code": entry_of((n - 1) // DRAFTS_OF_A_PURCHASE + 1).code, "fund": "main",
                "scheme_year": "2025-26", "started_on": PAID_ON, "completed_on": date(2026, 1, 20),
                "entered_by_id": (n - 1) // DRAFTS_OF_AN_EMPLOYER + 1, "created_at": SEEDED_AT, "changes": 1,
            }
            for n in claims
        ],
    )  # fmt: skip


def as_csv(entries: Sequence[CourseEntry]) -> bytes:
    return render_courses(entries).encode()


def as_workbook(entries: Sequence[CourseEntry]) -> bytes:
    reference = from_files()
    about = About("version 2", (), "2025-26", "2", "2025-26.1", SEEDED_AT, "Bench")
    totals = ListTotals(
        len(entries), sum(entry.max_reimbursement_pence for entry in entries), (("main", len(entries)),)
    )
    categories = list(reference.role_categories.values())
    stream = stream_course_list(about, entries, totals=totals, categories=categories, links=reference.links)
    return b"".join(stream)
