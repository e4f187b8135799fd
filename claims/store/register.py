"""Claims as the rows of finance's workbooks: streamed, in a fixed order, never all in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Row, and_, case, func, or_, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from claims.clock import LONDON
from claims.lifecycle import State
from claims.models import Claim, Employer, PaymentLine, PaymentRun, Person, Purchase
from claims.store.payments import IN_A_RUN
from claims.words import CLAIM_STATES, FUNDS

ROWS_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which claims the register holds; everything beyond the scheme year may be left open."""

    scheme_year: str
    fund: str | None = None
    state: str | None = None
    employer: str = ""
    """A part of a name, or a whole workplace ID."""
    submitted_from: date | None = None
    """First day of (last) submission, inclusive, in London."""
    submitted_to: date | None = None
    """Last day, inclusive."""

    def in_words(self) -> tuple[tuple[str, str], ...]:
        """The filters that are set, as the workbook's first sheet shows them."""
        words = {"Fund": FUNDS, "State": CLAIM_STATES}
        return tuple((name, words.get(name, {}).get(value, value)) for name, value in self.chosen())

    def chosen(self) -> tuple[tuple[str, str], ...]:
        """The filters that are set, with the values that tables hold."""
        said = (
            ("Fund", self.fund),
            ("State", self.state),
            ("Employer", self.employer),
            ("Submitted from", self.submitted_from and self.submitted_from.isoformat()),
            ("Submitted to", self.submitted_to and self.submitted_to.isoformat()),
        )
        return (("Scheme year", self.scheme_year), *((name, value) for name, value in said if value))


class Counted(NamedTuple):
    """What the database counts of one state or one fund."""

    name: str
    claims: int
    pence: int


def rows_in_register(session: Session, wanted: RegisterFilter) -> Iterator[Row[Any]]:
    """The claims that ``wanted`` lets through, by reference, with what they show (``_lines``) and their findings."""
    statement = (
        _lines(Claim.as_submitted["assessment"]["findings"].label("findings"))
        .where(*_conditions(wanted))
        .order_by(Claim.base, Claim.part)
        .execution_options(yield_per=ROWS_AT_A_TIME)
    )
    yield from session.execute(statement)


def rows_of_claims(session: Session, claim_ids: Sequence[int]) -> Iterator[Row[Any]]:
    """Some claims with what they show, in no order."""
    for start in range(0, len(claim_ids), ROWS_AT_A_TIME):
        some = claim_ids[start : start + ROWS_AT_A_TIME]
        yield from session.execute(_lines().where(Claim.id.in_(some)))


def count_by_state(session: Session, wanted: RegisterFilter) -> tuple[Counted, ...]:
    """Claims and pence of what ``wanted`` lets through, by state."""
    return _grouped(session, Claim.state, wanted)


def count_by_fund(session: Session, wanted: RegisterFilter) -> tuple[Counted, ...]:
    """Claims and pence of what ``wanted`` lets through, by fund."""
    return _grouped(session, Claim.fund, wanted)


def _lines(*more: ColumnElement[Any]) -> Any:
    return (
        select(
            Claim.id,
            Claim.base,
            Claim.part,
            Claim.state,
            Claim.purchase_id,
            Claim.course_code,
            Claim.course_list_id,
            Claim.fund,
            Claim.scheme_year,
            Claim.started_on,
            Claim.completed_on,
            Claim.last_day_on,
            Claim.cost_pence,
            Claim.reimbursable_pence,
            amount_pence().label("amount_pence"),
            Claim.submitted_at,
            Claim.decided_at,
            Claim.rules_version,
            Claim.paid_on.label("claim_paid_on"),
            Employer.workplace_id,
            Employer.name.label("employer"),
            Purchase.paid_on,
            Purchase.cost_pence.label("purchase_cost_pence"),
            Purchase.people_covered,
            Purchase.other_funding_pence,
            Person.name.label("decided_by"),
            PaymentRun.reference.label("run"),
            *more,
        )
        .join(Employer, Employer.id == Claim.employer_id)
        .join(Purchase, Purchase.id == Claim.purchase_id)
        .outerjoin(Person, Person.id == Claim.decided_by_id)
        .outerjoin(PaymentLine, and_(PaymentLine.claim_id == Claim.id, IN_A_RUN))
        .outerjoin(PaymentRun, PaymentRun.id == PaymentLine.run_id)
    )


def would_pay_pence() -> ColumnElement[int]:
    """What a claim would pay as it was last submitted, in pence; null for one that never was."""
    written = Claim.as_submitted["assessment"]["amount"]["payable_gbp"].as_string()
    # "924.00" without its point is whole pence; no database makes a float of it on the way.
    return cast_to(func.replace(written, ".", ""), BigInteger)


def amount_pence() -> ColumnElement[int | None]:
    """What a claim pays; before the decision, what it would pay as submitted. Nothing for what is over or a draft."""
    return case(
        (Claim.payable_pence.is_not(None), Claim.payable_pence),
        (Claim.state.in_((State.SUBMITTED, State.NEEDS_ACTION)), would_pay_pence()),
        else_=None,
    )


def _conditions(wanted: RegisterFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [Claim.scheme_year == wanted.scheme_year]
    if wanted.fund:
        where.append(Claim.fund == wanted.fund)
    if wanted.state:
        where.append(Claim.state == wanted.state)
    if sought := wanted.employer.strip():
        named = select(Employer.id).where(
            or_(Employer.name.icontains(sought, autoescape=True), func.upper(Employer.workplace_id) == sought.upper())
        )
        where.append(Claim.employer_id.in_(named))
    if wanted.submitted_from:
        where.append(Claim.submitted_at >= _midnight(wanted.submitted_from))
    if wanted.submitted_to:
        where.append(Claim.submitted_at < _midnight(wanted.submitted_to + timedelta(days=1)))
    return where


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _grouped(session: Session, by: Any, wanted: RegisterFilter) -> tuple[Counted, ...]:
    counted = session.execute(
        select(by, func.count(), func.coalesce(func.sum(amount_pence()), 0))
        .where(*_conditions(wanted))
        .group_by(by)
        .order_by(by)
    )
    return tuple(Counted(name, claims, int(pence)) for name, claims, pence in counted)
