"""What a year-end workbook is made from: the year's runs, lines, employers and recoveries, and sums to hold them to."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session, aliased

from claims.lifecycle import State
from claims.models import Claim, Commitment, Employer, PaymentLine, PaymentRun, Person, Recovery, RunWorkbook, SetOff
from claims.store.payments import IN_A_RUN
from claims.store.recoveries import IN_FORCE

PAID_ONCE = (State.PAID, State.RECOVERED)
ROWS_AT_A_TIME = 2_000


def lines_of_year(session: Session, scheme_year: str) -> Iterator[Row[Any]]:
    """``shown, line_state, run, paid_on`` of every line that pays a claim of the year, by run and line."""
    statement = (
        select(
            PaymentLine.shown,
            PaymentLine.state.label("line_state"),
            PaymentRun.reference.label("run"),
            Claim.paid_on,
        )
        .join(PaymentRun, PaymentRun.id == PaymentLine.run_id)
        .join(Claim, Claim.id == PaymentLine.claim_id)
        .where(PaymentRun.scheme_year == scheme_year, IN_A_RUN)
        .order_by(PaymentRun.id, PaymentLine.id)
        .execution_options(yield_per=ROWS_AT_A_TIME)
    )
    yield from session.execute(statement)


def runs_of_year(session: Session, scheme_year: str) -> list[Row[Any]]:
    """``reference, state, drawn_up_at, drawn_up_by, released_at, released_by, claims, pence, set_off, sha256`` of every
    run of the year, in their order; the hash is that of the workbook's latest version.
    """
    lines = (
        select(
            PaymentLine.run_id,
            func.count().label("claims"),
            func.coalesce(func.sum(PaymentLine.amount_pence), 0).label("pence"),
        )
        .join(PaymentRun, PaymentRun.id == PaymentLine.run_id)
        .where(PaymentRun.scheme_year == scheme_year, IN_A_RUN)
        .group_by(PaymentLine.run_id)
        .subquery()
    )
    set_off = (
        select(SetOff.run_id, func.sum(SetOff.amount_pence).label("pence"))
        .where(SetOff.state.in_(IN_FORCE))
        .group_by(SetOff.run_id)
        .subquery()
    )
    latest = (
        select(RunWorkbook.run_id, func.max(RunWorkbook.version).label("version"))
        .group_by(RunWorkbook.run_id)
        .subquery()
    )
    drawer, releaser = aliased(Person), aliased(Person)
    return list(
        session.execute(
            select(
                PaymentRun.reference,
                PaymentRun.state,
                PaymentRun.drawn_up_at,
                drawer.name.label("drawn_up_by"),
                PaymentRun.released_at,
                releaser.name.label("released_by"),
                func.coalesce(lines.c.claims, 0).label("claims"),
                func.coalesce(lines.c.pence, 0).label("pence"),
                func.coalesce(set_off.c.pence, 0).label("set_off"),
                RunWorkbook.sha256,
            )
            .join(drawer, drawer.id == PaymentRun.drawn_up_by_id)
            .outerjoin(releaser, releaser.id == PaymentRun.released_by_id)
            .outerjoin(lines, lines.c.run_id == PaymentRun.id)
            .outerjoin(set_off, set_off.c.run_id == PaymentRun.id)
            .outerjoin(latest, latest.c.run_id == PaymentRun.id)
            .outerjoin(RunWorkbook, (RunWorkbook.run_id == PaymentRun.id) & (RunWorkbook.version == latest.c.version))
            .where(PaymentRun.scheme_year == scheme_year)
            .order_by(PaymentRun.id)
        )
    )


def employers_in_year(session: Session, scheme_year: str) -> list[Row[Any]]:
    """``workplace_id, employer, fund, approved, in_payment, paid, recovered, owed, committed, cap`` in pence, of every
    employer and fund that was promised something. What was recovered is in ``paid`` too.
    """
    claims = (
        select(
            Claim.employer_id,
            Claim.fund,
            func.sum(case((Claim.state == State.APPROVED, Claim.payable_pence), else_=0)).label("approved"),
            func.sum(case((Claim.state == State.IN_PAYMENT, Claim.payable_pence), else_=0)).label("in_payment"),
            func.sum(case((Claim.state.in_(PAID_ONCE), Claim.payable_pence), else_=0)).label("paid"),
        )
        .where(Claim.scheme_year == scheme_year, Claim.state.in_((State.APPROVED, State.IN_PAYMENT, *PAID_ONCE)))
        .group_by(Claim.employer_id, Claim.fund)
        .subquery()
    )
    recovered = (
        select(
            Recovery.employer_id,
            Recovery.fund,
            func.sum(Recovery.amount_pence).label("pence"),
            func.sum(Recovery.left_pence).label("left"),
        )
        .join(Claim, Claim.id == Recovery.claim_id)
        .where(Recovery.state == "approved", Claim.scheme_year == scheme_year)
        .group_by(Recovery.employer_id, Recovery.fund)
        .subquery()
    )
    return list(
        session.execute(
            select(
                Employer.workplace_id,
                Employer.name.label("employer"),
                Commitment.fund,
                func.coalesce(claims.c.approved, 0).label("approved"),
                func.coalesce(claims.c.in_payment, 0).label("in_payment"),
                func.coalesce(claims.c.paid, 0).label("paid"),
                func.coalesce(recovered.c.pence, 0).label("recovered"),
                func.coalesce(recovered.c.left, 0).label("owed"),
                Commitment.committed_pence.label("committed"),
                Commitment.cap_pence.label("cap"),
            )
            .join(Employer, Employer.id == Commitment.employer_id)
            .outerjoin(claims, (claims.c.employer_id == Commitment.employer_id) & (claims.c.fund == Commitment.fund))
            .outerjoin(
                recovered,
                (recovered.c.employer_id == Commitment.employer_id) & (recovered.c.fund == Commitment.fund),
            )
            .where(Commitment.scheme_year == scheme_year)
            .order_by(Employer.workplace_id, Commitment.fund)
        )
    )


def recoveries_of_year(session: Session, scheme_year: str) -> list[tuple[Recovery, Claim, Employer]]:
    """Every approved recovery of a claim of the year, in their order."""
    rows = session.execute(
        select(Recovery, Claim, Employer)
        .join(Claim, Claim.id == Recovery.claim_id)
        .join(Employer, Employer.id == Recovery.employer_id)
        .where(Recovery.state == "approved", Claim.scheme_year == scheme_year)
        .order_by(Recovery.id)
    )
    return [(recovery, claim, employer) for recovery, claim, employer in rows]


def paid_by_the_ledger(session: Session, scheme_year: str) -> tuple[int, int]:
    """Claims that are in payment, paid or recovered, and their pence, as the claims say, not the lines."""
    claims, pence = session.execute(
        select(func.count(), func.coalesce(func.sum(Claim.payable_pence), 0)).where(
            Claim.scheme_year == scheme_year, Claim.state.in_((State.IN_PAYMENT, *PAID_ONCE))
        )
    ).one()
    return claims, int(pence or 0)


def lines_in_all(session: Session, scheme_year: str) -> list[tuple[str, int, int]]:
    """Fund, claims and pence of the lines that pay, as the database adds them up."""
    rows = session.execute(
        select(PaymentLine.fund, func.count(), func.sum(PaymentLine.amount_pence))
        .join(PaymentRun, PaymentRun.id == PaymentLine.run_id)
        .where(PaymentRun.scheme_year == scheme_year, IN_A_RUN)
        .group_by(PaymentLine.fund)
        .order_by(PaymentLine.fund)
    )
    return [(fund, claims, int(pence)) for fund, claims, pence in rows]


def committed_pence_in_all(session: Session, scheme_year: str) -> int:
    committed = select(func.coalesce(func.sum(Commitment.committed_pence), 0)).where(
        Commitment.scheme_year == scheme_year
    )
    return int(session.scalars(committed).one() or 0)
