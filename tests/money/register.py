"""``python -m tests.money.register``: the claims register read back and compared, cell by cell, with the database.

What must stand in a cell is read from the tables by plain SQL and from the reference files, not by the service.
"""

import csv
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import openpyxl
from sqlalchemy import text

from claims.db import Database
from claims.lifecycle import Actor
from claims.services.exporting import export_register
from claims.store.register import RegisterFilter
from tests.keys import KEYRING
from tests.money.workbooks import recalculated
from tests.second_year import SHIPPED
from tests.unit.workbooks.reading import HOSTILE

YEAR = "2025-26"
LONDON = ZoneInfo("Europe/London")
SHORT = [*[each for each in HOSTILE if len(each) < 1_000 and "_x" not in each], "a\x07bell and \x1b[31mcolour"]
"""Without what looks escaped: LibreOffice reads it as it is, and does not escape it when it saves. That it reads it is
held by way of CSV in ``tests/unit/workbooks/test_libreoffice.py``."""
LONG = [each for each in HOSTILE if len(each) >= 1_000]
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
LETTER = {"full": "A", "start": "B", "completion": "C"}
PARTS = {"full": "All at once", "start": "Start", "completion": "Completion"}
FUNDS = {"main": "Main", "ommt": "OMMT"}
MODELS = {"full": "All at once", "split": "60% and 40%, or all at once"}
PASSED_OVER = "Confidence of maximum"
"""The one column that is not compared: no table holds it."""

STORED = """
SELECT c.base, c.part, c.purchase_id, e.workplace_id, e.name, c.course_code, c.course_list_id, c.fund,
       p.paid_on, c.started_on, c.completed_on, c.cost_pence, p.cost_pence, p.people_covered, p.other_funding_pence,
       c.reimbursable_pence, c.payable_pence, c.as_submitted, c.state, c.submitted_at, c.decided_at, d.name,
       c.rules_version, c.last_day_on, r.reference, c.paid_on
FROM claims c
JOIN employers e ON e.id = c.employer_id
JOIN purchases p ON p.id = c.purchase_id
LEFT JOIN people d ON d.id = c.decided_by_id
LEFT JOIN payment_lines l ON l.claim_id = c.id AND l.state IN ('live', 'paid')
LEFT JOIN payment_runs r ON r.id = l.run_id
WHERE c.scheme_year = :year
ORDER BY c.base, c.part
"""
LISTED = """
SELECT course_list_id, code, paid_from, paid_to, title, level, awarding_organisation, funding_model, delivery,
       max_reimbursement_pence
FROM course_list_entries ORDER BY course_list_id, code, paid_from
"""


def make_hostile(database: Database) -> None:
    """Every employer and everybody in the office gets a name that a spreadsheet might trip over."""
    with database.write() as session:
        fewest_first = session.execute(
            text(
                "SELECT e.id FROM employers e ORDER BY (SELECT count(*) FROM claims c WHERE c.employer_id = e.id), e.id"
            )
        )
        employers = [row[0] for row in fewest_first]
        names = [*LONG, *(SHORT[number % len(SHORT)] for number in range(len(employers)))]
        if len(employers) <= len(LONG):
            names = names[len(LONG) :]
        for employer, name in zip(employers, names, strict=False):
            session.execute(text("UPDATE employers SET name = :name WHERE id = :id"), {"name": name, "id": employer})
        staff = session.execute(text("SELECT id FROM people WHERE staff_role IS NOT NULL ORDER BY id")).all()
        for number, (person,) in enumerate(staff):
            given = {"name": SHORT[number * 5 % len(SHORT)], "id": person}
            session.execute(text("UPDATE people SET name = :name WHERE id = :id"), given)


def expected_rows(database: Database) -> Iterator[dict[str, Any]]:
    """What the sheet must hold, by header, as a reader gives it: money as decimals, dates as days."""
    categories = _primary_categories()
    with database.read() as session:
        listed: dict[tuple[int, str], list[Any]] = {}
        for row in session.execute(text(LISTED)):
            listed.setdefault((row[0], row[1]), []).append(row)
        latest = session.execute(text("SELECT max(id) FROM course_lists")).scalar_one()
        for row in session.execute(text(STORED), {"year": YEAR}):
            yield _expected(tuple(row), listed, latest, categories)


def _expected(
    row: tuple[Any, ...], listed: dict[tuple[int, str], list[Any]], latest: int, categories: dict[str, str]
) -> dict[str, Any]:
    (base, part, purchase, workplace, employer, code, course_list, fund, paid_on, started_on, completed_on) = row[:11]
    (cost, total, people, other, reimbursable, payable, as_submitted, state, submitted_at, decided_at) = row[11:21]
    (decided_by, rules_version, last_day, run, sent_on) = row[21:]
    on = _day(paid_on) or _day(completed_on)
    entries = listed.get((course_list or latest, code), [])
    held = [each for each in entries if on and _day(each[2]) <= on <= _day(each[3])]
    entry = held[-1] if held else entries[-1]
    internal = entry[8] == "internal"
    approved = state in ("approved", "in-payment", "paid", "recovered")
    assessment = json.loads(as_submitted)["assessment"] if isinstance(as_submitted, str) else None
    if isinstance(as_submitted, dict):
        assessment = as_submitted["assessment"]
    findings = assessment["findings"] if assessment else []
    would_pay = assessment["amount"]["payable_gbp"] if assessment else None
    amount = _pounds(payable)
    if payable is None and state in ("submitted", "needs-action") and would_pay is not None:
        amount = Decimal(would_pay)
    submitted, decided = _london(submitted_at), _london(decided_at)
    each = total // people if total is not None and people is not None else None
    return {
        "Reference": f"{base[:3]}-{base[3:7]}-{base[7:]}-{LETTER[part]}",
        "Purchase": f"P{purchase:06}",
        "Workplace ID": workplace,
        "Employer": employer,
        "Course code": code,
        "Course title": entry[4],
        "Level": entry[5],
        "Awarding organisation": entry[6],
        "Funding model": MODELS[entry[7]],
        "Part": PARTS[part],
        "Fund": FUNDS[fund],
        "Role category": categories.get(code),
        "Payment date": _day(paid_on),
        "Start date": _day(started_on),
        "Completion date": _day(completed_on),
        "Cost per learner": None if internal else _pounds(each if cost is None else cost),
        "Other funding": None if internal or each is None else _pounds(each - (total - (other or 0)) // people),
        "Maximum": _pounds(entry[9]),
        "Reimbursable": _pounds(reimbursable),
        "Share": {"full": Decimal(1), "start": Decimal("0.6"), "completion": Decimal("0.4")}[part],
        "Amount": amount,
        "Approved on": decided if approved else None,
        "Approved by": decided_by if approved else None,
        "Rules version": rules_version,
        "State": state.replace("-", " ").capitalize(),
        "Submitted on": submitted,
        "Last day to claim": _day(last_day),
        "Days to decision": (decided - submitted).days if decided and submitted else None,
        "Findings that failed": "; ".join(f["rule"] for f in findings if f["outcome"] == "fail"),
        "Findings that need a check": "; ".join(f["rule"] for f in findings if f["outcome"] == "check"),
        "Assessor": decided_by,
        "Run": run,
        "Paid on": _day(sent_on),
    }


def differing(path: Path, expected: Iterable[dict[str, Any]]) -> tuple[int, list[str]]:
    """How many cells were compared, and those that differ, or rows that are only here or there."""
    book = openpyxl.load_workbook(path, read_only=True)
    rows = book["Claims"].iter_rows(values_only=True)
    header = [str(name) for name in next(rows)]
    found, cells = [], 0
    for number, (row, wanted) in enumerate(zip(rows, expected, strict=True), 2):
        shown = dict(zip(header, row, strict=True))
        for name, value in shown.items():
            if name == PASSED_OVER:
                continue
            cells += 1
            if _plain(value) != _without_controls(wanted[name]):
                found.append(f"row {number}, {name}: {value!r}, and in the database {wanted[name]!r}")
    book.close()
    return cells, found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float):
        return Decimal(repr(round(value, 6)))
    if isinstance(value, int):
        return Decimal(value)
    return value or None


def _without_controls(value: Any) -> Any:
    if isinstance(value, str):
        return CONTROL.sub("", value) or None
    return Decimal(value) if isinstance(value, int) else value


def _pounds(pence: int | None) -> Decimal | None:
    return None if pence is None else Decimal(pence) / 100


def _day(stored: Any) -> date | None:
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


def _london(stored: Any) -> date | None:
    if stored is None:
        return None
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    at = at.replace(tzinfo=ZoneInfo("UTC")) if at.tzinfo is None else at
    return at.astimezone(LONDON).date()


def _primary_categories() -> dict[str, str]:
    with (SHIPPED / "role_categories.csv").open(newline="") as rows:
        titles = {row["slug"]: row["title"] for row in csv.DictReader(rows)}
    with (SHIPPED / "pathway_links.csv").open(newline="") as rows:
        return {row["code"]: titles[row["role_category"]] for row in csv.DictReader(rows) if row["rank"] == "primary"}


def write_register(database: Database, path: Path, by: Actor, at: datetime) -> None:
    with path.open("wb") as target:
        target.writelines(export_register(database, RegisterFilter(YEAR), by, at))


def compare_register(database: Database, folder: Path, by: Actor, at: datetime) -> tuple[int, list[str]]:
    """Export, read by openpyxl, save by LibreOffice, read again: cells compared and what differs."""
    path = folder / "register.xlsx"
    write_register(database, path, by, at)
    cells, found = differing(path, expected_rows(database))
    recalculated(folder, [path])
    more, again = differing(folder / "saved" / path.name, expected_rows(database))
    return cells + more, [*(f"openpyxl: {each}" for each in found), *(f"LibreOffice: {each}" for each in again)]


@click.command()
@click.option("--claims", type=click.IntRange(1), default=100_000, show_default=True)
def main(claims: int) -> None:
    """Export the register of so many claims from a real database, and compare every cell. Exit code 1 when one differs.

    With 100,000 claims this takes LibreOffice some minutes and gigabytes.
    """
    from bench.crowd import TODAY, bring, multiply

    with tempfile.TemporaryDirectory() as base:
        folder, began = Path(base), time.monotonic()
        database = Database(f"sqlite:///{folder / 'claims.db'}")
        present = bring(database, KEYRING, folder)
        database.close()  # filling needs the file for itself
        multiply(database, present, claims=claims, ready=100)
        make_hostile(database)
        with database.read() as session:
            there = session.scalars(text("SELECT count(*) FROM claims")).one()
            employers = session.scalars(text("SELECT count(*) FROM employers")).one()
        click.echo(f"{there:,} claims of {employers:,} employers made in {time.monotonic() - began:.0f} s")
        at = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=LONDON)
        cells, found = compare_register(database, folder, present.office.finance, at)
        database.close()
        click.echo(f"{cells:,} cells compared, {len(found)} differ, {time.monotonic() - began:.0f} s")
    for each in found[:20]:
        click.echo(each, err=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
