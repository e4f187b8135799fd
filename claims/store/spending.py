"""What reports are made from: sums over all employers of one scheme year, and of one fund if asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import Session

from claims.lifecycle import COMMITTED, Act, State
from claims.models import Claim, Commitment, Employer, Event, EventNote, Purchase
from claims.rules.facts import Part

ROWS_AT_A_TIME = 2_000


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What the reports are about."""

    scheme_year: str
    fund: str | None = None


def _of(wanted: ReportFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [Claim.scheme_year == wanted.scheme_year]
    return [*where, Claim.fund == wanted.fund] if wanted.fund else where


def _sums() -> tuple[Any, ...]:
    committed = Claim.state.in_(COMMITTED)
    return (
        func.count().filter(Claim.state != State.DRAFT).label("claims"),
        func.count().filter(committed).label("approved"),
        func.coalesce(func.sum(case((committed, Claim.payable_pence), else_=0)), 0).label("committed_pence"),
        func.coalesce(func.sum(case((Claim.state == State.PAID, Claim.payable_pence), else_=0)), 0).label("paid_pence"),
    )


def sums_by_course(session: Session, wanted: ReportFilter) -> list[Row[Any]]:
    """``course_code, claims, approved, committed_pence, paid_pence``; claims are those beyond draft."""
    statement = select(Claim.course_code, *_sums()).where(*_of(wanted)).group_by(Claim.course_code)
    return list(session.execute(statement.order_by(Claim.course_code)))


def sums_in_all(session: Session, wanted: ReportFilter) -> Row[Any]:
    """``claims, approved, committed_pence, paid_pence`` of everything, asked for by itself."""
    return session.execute(select(*_sums()).where(*_of(wanted))).one()


def decided_claims(session: Session, wanted: ReportFilter) -> Iterator[Row[Any]]:
    """``fund, state, payable_pence, submitted_at, decided_at, paid_on`` of what was decided, in no order."""
    decided = (*COMMITTED, State.RECOVERED, State.REJECTED)
    statement = select(
        Claim.fund, Claim.state, Claim.payable_pence, Claim.submitted_at, Claim.decided_at, Claim.paid_on
    ).where(*_of(wanted), Claim.state.in_(decided), Claim.decided_at.is_not(None))
    rows: Iterator[Row[Any]] = iter(session.execute(statement.execution_options(yield_per=ROWS_AT_A_TIME)))
    yield from rows


def commitments(session: Session, wanted: ReportFilter, limit: int | None = None) -> list[Row[Any]]:
    """``workplace_id, name, fund, committed_pence, cap_pence``: what counts towards each cap, the largest first."""
    statement = (
        select(Employer.workplace_id, Employer.name, Commitment.fund, Commitment.committed_pence, Commitment.cap_pence)
        .join(Employer, Employer.id == Commitment.employer_id)
        .where(Commitment.scheme_year == wanted.scheme_year, Commitment.committed_pence > 0)
        .order_by(Commitment.committed_pence.desc(), Employer.workplace_id, Commitment.fund)
        .limit(limit)
    )
    if wanted.fund:
        statement = statement.where(Commitment.fund == wanted.fund)
    return list(session.execute(statement))


def committed_in_all(session: Session, wanted: ReportFilter) -> tuple[int, int]:
    """How many employers' funds have something committed, and how much in pence."""
    statement = select(func.count(), func.coalesce(func.sum(Commitment.committed_pence), 0)).where(
        Commitment.scheme_year == wanted.scheme_year, Commitment.committed_pence > 0
    )
    if wanted.fund:
        statement = statement.where(Commitment.fund == wanted.fund)
    employers, pence = session.execute(statement).one()
    return employers, int(pence)


def rejections(session: Session, wanted: ReportFilter) -> list[Row[Any]]:
    """``act, note``: how each claim that stands rejected was rejected, and the words its employer read."""
    latest = (
        select(func.max(Event.number))
        .where(Event.about_kind == "claim", Event.about_id == Claim.id, Event.act.in_((Act.REJECT, Act.LAPSE)))
        .correlate(Claim)
        .scalar_subquery()
    )
    return list(
        session.execute(
            select(Event.act, func.coalesce(EventNote.note, "").label("note"))
            .select_from(Claim)
            .join(Event, Event.number == latest)
            .outerjoin(EventNote, EventNote.event_number == Event.number)
            .where(*_of(wanted), Claim.state == State.REJECTED)
        )
    )


@dataclass(frozen=True, slots=True)
class Expected:
    """Drafts of one part of one purchase that are still to come."""

    purchase: Purchase
    part: Part
    fund: str
    claims: int
    last_day_on: date | None
    """The first of their last days to claim; ``None`` while it is not known."""
    fixed_pence: int | None
    """What completion parts come to together: R less the start's entitlement, fixed on its approval."""


def expected_claims(session: Session, wanted: ReportFilter) -> Iterator[Expected]:
    """Drafts by purchase, part and last day to claim; completion parts with the amount that their starts fixed."""
    start = select(Claim.id, Claim.reimbursable_pence, Claim.entitlement_pence).subquery()
    statement = (
        select(
            Purchase,
            Claim.part,
            Claim.fund,
            func.count().label("claims"),
            Claim.last_day_on,
            func.sum(start.c.reimbursable_pence - start.c.entitlement_pence).label("fixed_pence"),
        )
        .join(Claim, Claim.purchase_id == Purchase.id)
        .outerjoin(start, start.c.id == Claim.start_claim_id)
        .where(*_of(wanted), Claim.state == State.DRAFT)
        .group_by(Purchase.id, Claim.part, Claim.fund, Claim.last_day_on)
        .order_by(Purchase.id, Claim.part)
        .execution_options(yield_per=ROWS_AT_A_TIME)
    )
    for purchase, part, fund, claims, last_day_on, fixed_pence in session.execute(statement):
        fixed = int(fixed_pence) if fixed_pence is not None else None
        yield Expected(purchase, Part(part), fund, claims, last_day_on, fixed)
