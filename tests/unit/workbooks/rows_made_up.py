"""Rows for tests and measurements, the same every time."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from claims.workbooks.rows import (
    About,
    GroupTotal,
    LineRow,
    PaymentRow,
    RegisterRow,
    RegisterTotals,
    RunTotals,
)

ABOUT = About(
    subject="PR-2026-004",
    filters=(("Fund", "main and ommt"), ("Approved up to", "31 Jan 2026")),
    scheme_year="2025-26",
    course_list_version="2025-26, version 3 of 9 April 2025",
    rules_version="2025-26.1",
    made_at=datetime(2026, 2, 2, 10, 15, 30, tzinfo=UTC),
    made_by="Fatima Noor",
)

LONG_TITLE = "Level 5 Diploma in Leadership and Management for Adult Social Care"
COURSES = (
    ("610/4009/5", "Level 2 Adult Social Care Certificate", "2", "City & Guilds", "split", "main", 154_000),
    ("603/2540/5", LONG_TITLE, "5", "Pearson", "split", "main", 200_000),
    ("LTS", "Lead to succeed", "", "Skills for Care", "full", "main", 50_000),
    ("IMEC", "Effective communication", "", "Skills for Care", "full", "main", 5_000),
    ("OMMT/T1/EXT", "Oliver McGowan Mandatory Training tier 1, external", "", "", "full", "ommt", 2_500),
    ("OMMT/T2/EXT", "Oliver McGowan Mandatory Training tier 2, external", "", "", "full", "ommt", 6_000),
)  # fmt: skip

HOUSES = ("Hartley House", "Willow & Sons Care", "Ash Grove Homecare Ltd", "St Mary's <Respite>", "Cartref Newydd")
ROLES = ("Care or support worker", "Supervisor or leader", "Registered manager", None)
STATES = ("submitted", "needs-action", "approved", "rejected", "in-payment", "paid", "recovered")
ALPHABET = "2346789BCDFGHJKLMNPQRTVWXYZ"
SHARES = {"full": 100, "start": 60, "completion": 40}


def make_lines(count: int) -> Iterator[LineRow]:
    """Approved claims: as many employers as a thirtieth of them, purchases of four, costs to the penny."""
    chance = random.Random(20260202)
    employers = max(count // 30, 3)
    for number in range(count):
        code, title, level, organisation, model, fund, maximum = chance.choice(COURSES)
        part = chance.choice(("start", "completion", "full")) if model == "split" else "full"
        employer = number // 4 % employers
        paid_on = date(2025, 4, 1) + timedelta(chance.randrange(280))
        started_on = paid_on + timedelta(chance.randrange(30))
        cost = chance.randrange(maximum // 2, maximum * 2)
        reimbursable = min(cost, maximum)
        start = (reimbursable * 60 + 50) // 100
        yield LineRow(
            reference=f"{_letters(number + 9_000_000)}-{_letters(chance.randrange(10**6))}-{'ABC'[len(part) % 3]}",
            purchase=f"P-{number // 4 + 1:06}",
            workplace_id=f"E{employer + 100_000:06}",
            employer=f"{HOUSES[employer % len(HOUSES)]} {employer // len(HOUSES) + 1}",
            course_code=code,
            course_title=title,
            level=level,
            awarding_organisation=organisation,
            funding_model=model,
            part=part,
            fund=fund,
            role_category=chance.choice(ROLES),
            paid_on=paid_on,
            started_on=started_on,
            completed_on=None if part == "start" else started_on + timedelta(chance.randrange(100)),
            cost_pence=cost,
            other_funding_pence=0,
            maximum_pence=maximum,
            reimbursable_pence=reimbursable,
            share_percent=SHARES[part],
            amount_pence={"full": reimbursable, "start": start, "completion": reimbursable - start}[part],
            approved_on=started_on + timedelta(110),
            approved_by=f"Assessor {chance.randrange(12) + 1}",
            rules_version="2025-26.1",
            maximum_confidence="unconfirmed" if number % 3 else "secondary",
        )


def make_register(count: int) -> Iterator[RegisterRow]:
    """Claims in every state, some of them not yet decided or without an amount."""
    chance = random.Random(42)
    for number, line in enumerate(make_lines(count)):
        state = chance.choice(STATES)
        decided = state not in ("submitted", "needs-action")
        submitted_on = line.started_on + timedelta(chance.randrange(80)) if line.started_on else None
        yield RegisterRow(
            line=line if decided else line._replace(approved_on=None, approved_by=None),
            state=state,
            submitted_on=submitted_on,
            last_day_to_claim=date(2026, 3, 20) if line.fund == "ommt" else date(2026, 1, 1) + timedelta(number % 90),
            days_to_decision=chance.randrange(25) if decided else None,
            failed_findings=("submitted-in-time",) if state == "rejected" else (),
            check_findings=("employer-within-cap", "learner-role-is-funded")[: number % 3],
            assessor=line.approved_by,
            payment_run=f"PR-2026-{number % 9:03}" if state in ("in-payment", "paid", "recovered") else None,
            payment_sent_on=date(2026, 1, 30) if state in ("paid", "recovered") else None,
        )  # fmt: skip


def make_payments(lines: list[LineRow]) -> list[PaymentRow]:
    """One payment per employer and fund; the first has something set off."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for line in lines:
        groups.setdefault((line.workplace_id, line.employer, line.fund), []).append(line.amount_pence or 0)
    return [
        PaymentRow(
            payment_reference=f"LDSS {number:06}",
            workplace_id=workplace_id,
            employer=employer,
            fund=fund,
            claims=len(amounts),
            amount_pence=sum(amounts),
            set_off_pence=1_234 if number == 1 else 0,
            net_pence=sum(amounts) - (1_234 if number == 1 else 0),
            account_name=employer.upper(),
            sort_code=f"04-00-{number % 100:02}",
            account_ends_in=f"{number % 10_000:04}",
        )
        for number, ((workplace_id, employer, fund), amounts) in enumerate(sorted(groups.items()), 1)
    ]


def count_run(lines: list[LineRow], payments: list[PaymentRow]) -> RunTotals:
    """What the database would say."""
    amount = sum(line.amount_pence or 0 for line in lines)
    return RunTotals(
        claims=len(lines),
        amount_pence=amount,
        payments=len(payments),
        set_off_pence=sum(payment.set_off_pence for payment in payments),
        net_pence=sum(payment.net_pence for payment in payments),
        by_fund=tuple(_total(fund, [line for line in lines if line.fund == fund]) for fund in ("main", "ommt")),
    )


def count_register(rows: list[RegisterRow]) -> RegisterTotals:
    """What the database would say."""
    return RegisterTotals(
        claims=len(rows),
        amount_pence=sum(row.line.amount_pence or 0 for row in rows),
        by_state=tuple(_total(state, [row.line for row in rows if row.state == state]) for state in STATES),
        by_fund=tuple(_total(fund, [row.line for row in rows if row.line.fund == fund]) for fund in ("main", "ommt")),
    )


def _total(name: str, lines: list[LineRow]) -> GroupTotal:
    return GroupTotal(name, len(lines), sum(line.amount_pence or 0 for line in lines))


def _letters(number: int) -> str:
    letters = ""
    for _ in range(5):
        number, rest = divmod(number, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    return letters
