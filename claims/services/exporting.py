"""Workbooks out of the database: a payment run's, stored as it was made, and the claims register, streamed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.db import Database
from claims.lifecycle import Actor
from claims.models import BankAccount, PaymentLine, PaymentRun, RunWorkbook, SetOff
from claims.secrets import Keyring
from claims.services.itemising import line_from, register_rows, register_totals
from claims.services.keeping_workbooks import keep_version
from claims.services.recording import record
from claims.services.sealing import decrypt_account
from claims.store.payments import IN_A_RUN, live_lines, workbooks_of
from claims.store.recoveries import IN_FORCE, set_off_in
from claims.store.reference import listed_on
from claims.store.register import RegisterFilter
from claims.words import FUNDS
from claims.workbooks.payment_run import stream_payment_run
from claims.workbooks.register import stream_register
from claims.workbooks.rows import About, GroupTotal, LineRow, PaymentRow, RunTotals

FILTERS = {"fund": "Fund", "employer": "Employer", "approved_to": "Approved on or before"}
FUND_LETTERS = {"main": "M", "ommt": "O"}


def store_workbook(session: Session, keyring: Keyring, run: PaymentRun, made_by: str, at: datetime) -> RunWorkbook:
    """Make the next version of the run's workbook from its stored lines, and keep it with its SHA-256."""
    session.flush()
    lines = list(live_lines(session, run))
    rows = [line_from(line.shown) for line in lines]
    listed = listed_on(session, london_date(at))
    about = About(
        subject=run.reference,
        filters=tuple(
            (words, FUNDS.get(chosen, chosen)) for name, words in FILTERS.items() if (chosen := run.filters.get(name))
        ),
        scheme_year=run.scheme_year,
        course_list_version=str(listed.version),
        rules_version=", ".join(sorted({row.rules_version for row in rows})),
        made_at=at,
        made_by=made_by,
    )
    payments = [payment.row for payment in _payments(session, keyring, run, lines)]
    content = b"".join(stream_payment_run(about, payments, rows, _totals(session, run)))
    latest = next(iter(workbooks_of(session, run)), None)
    return keep_version(session, RunWorkbook(run_id=run.id), content, after=latest, at=at)


def payment_reference(run: PaymentRun, employer_id: int, fund: str) -> str:
    """What stands on the employer's bank statement: at most 18 characters, such as ``2526-0007-12-M``."""
    return f"{run.reference.removeprefix('RUN-')}-{employer_id}-{FUND_LETTERS[fund]}"


def export_register(database: Database, wanted: RegisterFilter, by: Actor, at: datetime) -> Iterator[bytes]:
    """The register workbook of the claims that ``wanted`` lets through, as it is read.

    That somebody asked for it is an event. The rows and the sums beside them are one state of the database.
    """
    with database.write() as session:
        # A typed part of a name could be a person's; what was typed stays out of the chain.
        filters = {name: value for name, value in wanted.chosen() if name != "Employer"}
        record(session, "export", ("register", 0), by, at, details=filters)
    return _stream_register(database, wanted, by, at)


def _stream_register(database: Database, wanted: RegisterFilter, by: Actor, at: datetime) -> Iterator[bytes]:
    with database.read() as session:
        today = london_date(at)
        listed = listed_on(session, today)
        year = next((year for year in listed.reference.years if year.name == wanted.scheme_year), None)
        about = About(
            subject=wanted.scheme_year,
            filters=wanted.in_words(),
            scheme_year=wanted.scheme_year,
            course_list_version=str(listed.version),
            rules_version=year.rules_version if year else "",
            made_at=at,
            made_by=by.name,
        )
        yield from stream_register(about, register_rows(session, wanted, today), register_totals(session, wanted))


@dataclass(frozen=True, slots=True)
class Payment:
    """What one employer is paid from one fund in a run, and the lines that make it up."""

    employer_id: int
    fund: str
    row: PaymentRow
    lines: tuple[PaymentLine, ...]


def payments_in(session: Session, keyring: Keyring, run: PaymentRun) -> list[Payment]:
    """The payments of a run, one per employer and fund, in the order of the lines."""
    return _payments(session, keyring, run, live_lines(session, run))


def _payments(session: Session, keyring: Keyring, run: PaymentRun, lines: Sequence[PaymentLine]) -> list[Payment]:
    groups: dict[tuple[int, str, int], list[PaymentLine]] = {}
    for line in lines:
        groups.setdefault((line.employer_id, line.fund, line.bank_account_id), []).append(line)
    payments = []
    kept_back = set_off_in(session, run.id)
    for (employer_id, fund, account_id), group in groups.items():
        account = session.get_one(BankAccount, account_id)
        shown: LineRow = line_from(group[0].shown)
        total = sum(line.amount_pence for line in group)
        set_off = kept_back.get((employer_id, fund), 0)
        sort_code = decrypt_account(keyring, account.sort_code)
        row = PaymentRow(
            payment_reference=payment_reference(run, employer_id, fund),
            workplace_id=shown.workplace_id,
            employer=shown.employer,
            fund=fund,
            claims=len(group),
            amount_pence=total,
            set_off_pence=set_off,
            net_pence=total - set_off,
            account_name=account.account_name,
            sort_code=f"**-**-{sort_code[-2:]}",
            account_ends_in=decrypt_account(keyring, account.account_number)[-4:],
        )
        payments.append(Payment(employer_id, fund, row, tuple(group)))
    return payments


def _totals(session: Session, run: PaymentRun) -> RunTotals:
    """Counted by the database, not from the rows that are written."""
    of_run = (PaymentLine.run_id == run.id, IN_A_RUN)
    claims, pence = session.execute(
        select(func.count(), func.coalesce(func.sum(PaymentLine.amount_pence), 0)).where(*of_run)
    ).one()
    paid_to = select(PaymentLine.employer_id, PaymentLine.fund).where(*of_run).distinct().subquery()
    payments = session.scalars(select(func.count()).select_from(paid_to)).one()
    by_fund = session.execute(
        select(PaymentLine.fund, func.count(), func.sum(PaymentLine.amount_pence))
        .where(*of_run)
        .group_by(PaymentLine.fund)
        .order_by(PaymentLine.fund)
    )
    kept_back = session.scalars(
        select(func.coalesce(func.sum(SetOff.amount_pence), 0)).where(
            SetOff.run_id == run.id, SetOff.state.in_(IN_FORCE)
        )
    ).one()
    return RunTotals(
        claims=claims,
        amount_pence=int(pence),
        payments=payments,
        set_off_pence=int(kept_back),
        net_pence=int(pence) - int(kept_back),
        by_fund=tuple(GroupTotal(fund, count, int(sum_)) for fund, count, sum_ in by_fund),
    )
