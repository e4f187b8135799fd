"""What stands at the end of a scheme year: what is open, what can still come, and whether it is closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from claims.lifecycle import State
from claims.models import Claim, PaymentReturn, PaymentRun, Person, Recovery, YearEnd
from claims.store.register import amount_pence

UNDER_WAY = (State.SUBMITTED, State.NEEDS_ACTION, State.APPROVED, State.IN_PAYMENT)
"""States in which a claim keeps its year open."""


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
