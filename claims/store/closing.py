"""What stands at the end of a scheme year: what is open, what can still come, what was paid by which run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session, aliased

from claims.lifecycle import State
from claims.models import (
    Claim,
    Commitment,
    Employer,
    PaymentLine,
    PaymentReturn,
    PaymentRun,
    Person,
    Recovery,
    RunWorkbook,
    SetOff,
    YearEnd,
)
from claims.store.payments import IN_A_RUN
from claims.store.recoveries import IN_FORCE
from claims.store.register import amount_pence

UNDER_WAY = (State.SUBMITTED, State.NEEDS_ACTION, State.APPROVED, State.IN_PAYMENT)
"""States in which a claim keeps its year open."""
PAID_ONCE = (State.PAID, State.RECOVERED)
ROWS_AT_A_TIME = 2_000


def is_closed(session: Session, scheme_year: str | None) -> bool:
    """Whether finance has closed the year and not opened it again."""
    return bool(closed_among(session, [scheme_year]))


def closed_among(session: Session, scheme_years: Iterable[str | None]) -> Sequence[str]:
    """Those of the years that finance has closed and not opened again, in order of time."""
    closed = select(YearEnd.scheme_year).where(
        YearEnd.scheme_year.in_({year for year in scheme_years if year}),
        YearEnd.closes.is_(True),
        YearEnd.reopened_at.is_(None),
    )
    return session.scalars(closed.distinct().order_by(YearEnd.scheme_year)).all()


def latest_year_end(session: Session, scheme_year: str) -> YearEnd | None:
    return session.scalars(
        select(YearEnd).where(YearEnd.scheme_year == scheme_year).order_by(YearEnd.version.desc()).limit(1)
    ).first()


def year_end_called(session: Session, scheme_year: str, version: int) -> YearEnd | None:
    return session.scalars(
        select(YearEnd).where(YearEnd.scheme_year == scheme_year, YearEnd.version == version)
    ).one_or_none()


def year_ends_of(session: Session, scheme_year: str) -> list[tuple[YearEnd, str, str]]:
    """The versions of a year's workbook without their content, the latest first: who made it, who opened it again."""
    maker, opener = aliased(Person), aliased(Person)
    rows = session.execute(
        select(YearEnd, maker.name, opener.name)
        .join(maker, maker.id == YearEnd.made_by_id)
        .outerjoin(opener, opener.id == YearEnd.reopened_by_id)
        .where(YearEnd.scheme_year == scheme_year)
        .order_by(YearEnd.version.desc())
        .limit(100)
    )
    return [(made, by or "", opened_by or "") for made, by, opened_by in rows]


@dataclass(frozen=True, slots=True)
class StillOpen:
    """Claims of one fund in one state."""

    fund: str
    state: str
    claims: int
    pence: int
    """What they pay; before the decision, what they would pay as submitted."""


def claims_under_way(session: Session, scheme_year: str) -> list[StillOpen]:
    """Submitted, sent back, approved and in payment, by fund, in the order of the states."""
    rows = session.execute(
        select(Claim.fund, Claim.state, func.count(), func.coalesce(func.sum(amount_pence()), 0))
        .where(Claim.state.in_(UNDER_WAY), Claim.scheme_year == scheme_year)
        .group_by(Claim.fund, Claim.state)
    )
    found = [StillOpen(fund, state, claims, int(pence or 0)) for fund, state, claims, pence in rows]
    return sorted(found, key=lambda each: (each.fund, UNDER_WAY.index(State(each.state))))


@dataclass(frozen=True, slots=True)
class StillToCome:
    """Drafts of one fund and part."""

    fund: str
    part: str
    in_time: int
    """Their last day to claim is today or later, or not known yet and yet to come."""
    too_late: int


def drafts_to_come(session: Session, scheme_year: str, today: date, last_day_of_all: date) -> list[StillToCome]:
    """Drafts by fund and part. Until ``last_day_of_all``, those whose own last day is not known are in time."""
    last_day_on = func.coalesce(Claim.last_day_on, last_day_of_all)
    in_time = case((last_day_on >= today, 1), else_=0)
    rows = session.execute(
        select(Claim.fund, Claim.part, func.sum(in_time), func.count())
        .where(Claim.state == State.DRAFT, Claim.scheme_year == scheme_year)
        .group_by(Claim.fund, Claim.part)
        .order_by(Claim.fund, Claim.part.desc())
    )
    return [StillToCome(fund, part, int(some or 0), every - int(some or 0)) for fund, part, some, every in rows]


def unsettled_runs(session: Session, scheme_year: str) -> Sequence[PaymentRun]:
    """Drawn up or released, and the bank's result is not recorded."""
    return session.scalars(
        select(PaymentRun)
        .where(PaymentRun.scheme_year == scheme_year, PaymentRun.state.in_(("drawn-up", "released")))
        .order_by(PaymentRun.id)
    ).all()


def proposals_waiting(session: Session, scheme_year: str) -> tuple[int, int]:
    """Recoveries, and payments said to have come back, that wait for a second person."""
    recoveries = (
        select(func.count())
        .select_from(Recovery)
        .join(Claim, Claim.id == Recovery.claim_id)
        .where(Recovery.state == "proposed", Claim.scheme_year == scheme_year)
    )
    returns = (
        select(func.count())
        .select_from(PaymentReturn)
        .join(PaymentRun, PaymentRun.id == PaymentReturn.run_id)
        .where(PaymentReturn.state == "proposed", PaymentRun.scheme_year == scheme_year)
    )
    return session.scalars(recoveries).one(), session.scalars(returns).one()


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
