"""Recoveries, what runs set off against them, and payments that came back, as finance and leads look for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from claims.clock import london_date
from claims.lifecycle import State
from claims.models import (
    Claim,
    Employer,
    PaymentCheck,
    PaymentLine,
    PaymentReturn,
    PaymentRun,
    Person,
    Recovery,
    SetOff,
)

IN_FORCE = ("live", "taken")
"""Set-offs that count."""
STILL_OPEN = (State.DRAFT, State.SUBMITTED, State.NEEDS_ACTION, State.APPROVED, State.IN_PAYMENT)
STILL_OPEN_OR_PAID = (*STILL_OPEN, State.PAID)
"""States in which a completion claim is of concern when its start claim was recovered."""
MOST_SHOWN = 200


def owed(session: Session) -> Sequence[Recovery]:
    """Approved recoveries that are to be set off and of which something is left, the oldest first."""
    return session.scalars(
        select(Recovery)
        .where(Recovery.state == "approved", Recovery.left_pence > 0, Recovery.way == "set-off")
        .order_by(Recovery.employer_id, Recovery.fund, Recovery.id)
    ).all()


def set_off_in(session: Session, run_id: int) -> dict[tuple[int, str], int]:
    """What a run keeps back, in pence, by employer and fund."""
    rows = session.execute(
        select(SetOff.employer_id, SetOff.fund, func.sum(SetOff.amount_pence))
        .where(SetOff.run_id == run_id, SetOff.state.in_(IN_FORCE))
        .group_by(SetOff.employer_id, SetOff.fund)
    )
    return {(employer_id, fund): int(pence) for employer_id, fund, pence in rows}


def recovered_pence(session: Session, claim_id: int) -> int:
    """What was approved to be recovered of a claim, in pence."""
    return int(
        session.scalars(
            select(func.coalesce(func.sum(Recovery.amount_pence), 0)).where(
                Recovery.claim_id == claim_id, Recovery.state == "approved"
            )
        ).one()
    )


@dataclass(frozen=True, slots=True)
class Described:
    """A recovery with what is needed to judge it."""

    recovery: Recovery
    claim: Claim
    employer: Employer
    proposed_by: str
    decided_by: str


def recoveries(
    session: Session, *, state: str | None = None, employer_id: int | None = None, recovery_id: int | None = None
) -> list[Described]:
    """Recoveries, the latest first, at most 200."""
    proposer, decider = aliased(Person), aliased(Person)
    query = (
        select(Recovery, Claim, Employer, proposer.name, decider.name)
        .join(Claim, Claim.id == Recovery.claim_id)
        .join(Employer, Employer.id == Recovery.employer_id)
        .join(proposer, proposer.id == Recovery.proposed_by_id)
        .outerjoin(decider, decider.id == Recovery.decided_by_id)
        .order_by(Recovery.id.desc())
        .limit(MOST_SHOWN)
    )
    if state is not None:
        query = query.where(Recovery.state == state)
    if employer_id is not None:
        query = query.where(Recovery.employer_id == employer_id)
    if recovery_id is not None:
        query = query.where(Recovery.id == recovery_id)
    return [
        Described(recovery, claim, employer, proposed_by, decided_by or "")
        for recovery, claim, employer, proposed_by, decided_by in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Owed:
    """What an employer still has to pay back of one claim, as it reads it."""

    claim_id: int
    claim: str
    """Its reference."""
    fund: str
    because: str
    since: date
    """The day on which it was decided."""
    way: str
    """``set-off`` or ``invoice``."""
    amount_pence: int
    left_pence: int
    """Above zero."""

    @property
    def recovered_pence(self) -> int:
        """What was kept back of payments already, of those on their way to the bank too."""
        return self.amount_pence - self.left_pence


def owed_by(session: Session, employer_id: int) -> list[Owed]:
    """What an employer still owes, the oldest first, which is the order in which it is set off."""
    rows = session.execute(
        select(Recovery, Claim)
        .join(Claim, Claim.id == Recovery.claim_id)
        .where(Recovery.employer_id == employer_id, Recovery.state == "approved", Recovery.left_pence > 0)
        .order_by(Recovery.id)
    )
    return [
        Owed(
            claim.id,
            claim.reference,
            recovery.fund,
            recovery.reason,
            london_date(recovery.decided_at),
            recovery.way,
            recovery.amount_pence,
            recovery.left_pence,
        )
        for recovery, claim in rows
        if recovery.decided_at is not None
    ]


def completions_of_recovered(session: Session) -> list[tuple[Claim, Claim, Employer]]:
    """Completion claims that are open or paid though their start claim was recovered: claim, start, employer."""
    start = aliased(Claim)
    rows = session.execute(
        select(Claim, start, Employer)
        .join(start, start.id == Claim.start_claim_id)
        .join(Employer, Employer.id == Claim.employer_id)
        .where(start.state == State.RECOVERED, Claim.state.in_(STILL_OPEN_OR_PAID))
        .order_by(Claim.id)
        .limit(MOST_SHOWN)
    )
    return [(claim, started, employer) for claim, started, employer in rows]


def paid_against_a_rejected_check(session: Session) -> list[tuple[Claim, Employer]]:
    """Paid claims of purchases whose latest confirmed payment check is a rejection."""
    latest = (
        select(PaymentCheck.purchase_id, func.max(PaymentCheck.version).label("version"))
        .where(PaymentCheck.confirmed_at.is_not(None))
        .group_by(PaymentCheck.purchase_id)
        .subquery()
    )
    rows = session.execute(
        select(Claim, Employer)
        .join(PaymentCheck, PaymentCheck.purchase_id == Claim.purchase_id)
        .join(latest, (latest.c.purchase_id == PaymentCheck.purchase_id) & (latest.c.version == PaymentCheck.version))
        .join(Employer, Employer.id == Claim.employer_id)
        .where(PaymentCheck.answer == "reject", Claim.state == State.PAID)
        .order_by(Claim.id)
        .limit(MOST_SHOWN)
    )
    return [(claim, employer) for claim, employer in rows]


@dataclass(frozen=True, slots=True)
class Balance:
    """How an employer stands with one fund, in pence, over all years."""

    fund: str
    paid_pence: int
    """What claims were paid with, before anything was set off."""
    recovered_pence: int
    set_off_pence: int
    repaid_pence: int
    """Invoices that the employer paid."""
    owed_pence: int


def balances(session: Session, employer_id: int) -> list[Balance]:
    """How an employer stands with each fund it had to do with."""
    paid = _sums(
        session.execute(
            select(PaymentLine.fund, func.sum(PaymentLine.amount_pence))
            .where(PaymentLine.employer_id == employer_id, PaymentLine.state == "paid")
            .group_by(PaymentLine.fund)
        )
    )
    set_off = _sums(
        session.execute(
            select(SetOff.fund, func.sum(SetOff.amount_pence))
            .where(SetOff.employer_id == employer_id, SetOff.state.in_(IN_FORCE))
            .group_by(SetOff.fund)
        )
    )
    mine = (Recovery.employer_id == employer_id, Recovery.state == "approved")
    recovered = _sums(
        session.execute(select(Recovery.fund, func.sum(Recovery.amount_pence)).where(*mine).group_by(Recovery.fund))
    )
    left = _sums(
        session.execute(select(Recovery.fund, func.sum(Recovery.left_pence)).where(*mine).group_by(Recovery.fund))
    )
    return [
        Balance(
            fund=fund,
            paid_pence=paid.get(fund, 0),
            recovered_pence=recovered.get(fund, 0),
            set_off_pence=set_off.get(fund, 0),
            repaid_pence=recovered.get(fund, 0) - set_off.get(fund, 0) - left.get(fund, 0),
            owed_pence=left.get(fund, 0),
        )
        for fund in sorted(paid.keys() | recovered.keys())
    ]


def _sums(rows: Iterable[Row[str, Any]]) -> dict[str, int]:
    return {row[0]: int(row[1]) for row in rows}


def set_offs_of(session: Session, employer_id: int) -> list[tuple[SetOff, PaymentRun, Recovery]]:
    """What runs set off against an employer's recoveries, given back or not, the latest first, at most 200."""
    rows = session.execute(
        select(SetOff, PaymentRun, Recovery)
        .join(PaymentRun, PaymentRun.id == SetOff.run_id)
        .join(Recovery, Recovery.id == SetOff.recovery_id)
        .where(SetOff.employer_id == employer_id)
        .order_by(SetOff.id.desc())
        .limit(MOST_SHOWN)
    )
    return [(set_off, run, recovery) for set_off, run, recovery in rows]


@dataclass(frozen=True, slots=True)
class Debtor:
    """An employer that owes a fund something."""

    employer_id: int
    employer: str
    workplace_id: str
    fund: str
    owed_pence: int


def debtors(session: Session) -> list[Debtor]:
    """Who still owes what, by name, at most 200."""
    rows = session.execute(
        select(Employer.id, Employer.name, Employer.workplace_id, Recovery.fund, func.sum(Recovery.left_pence))
        .join(Employer, Employer.id == Recovery.employer_id)
        .where(Recovery.state == "approved", Recovery.left_pence > 0)
        .group_by(Employer.id, Employer.name, Employer.workplace_id, Recovery.fund)
        .order_by(Employer.name, Employer.id, Recovery.fund)
        .limit(MOST_SHOWN)
    )
    return [Debtor(*row[:4], int(row[4])) for row in rows]


@dataclass(frozen=True, slots=True)
class Returned:
    """A payment that came back, or is said to have."""

    id: int
    employer: str
    fund: str
    reason: str
    state: str
    proposed_at: datetime
    proposed_by_id: int
    proposed_by: str


def returns_of(session: Session, run_id: int) -> list[Returned]:
    """The payments of a run that came back, in the order in which that was proposed."""
    rows = session.execute(
        select(PaymentReturn, Employer.name, Person.name)
        .join(Employer, Employer.id == PaymentReturn.employer_id)
        .join(Person, Person.id == PaymentReturn.proposed_by_id)
        .where(PaymentReturn.run_id == run_id)
        .order_by(PaymentReturn.id)
    )
    return [
        Returned(
            found.id, employer, found.fund, found.reason, found.state, found.proposed_at, found.proposed_by_id, person
        )
        for found, employer, person in rows
    ]
