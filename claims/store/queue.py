"""What waits for an assessor: purchases with submitted claims, the longest waiting first.

A purchase keeps since when it waits (``claims.services.moving`` does), so that a page reads along an index as many
purchases as it shows, however many wait.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, State
from claims.models import Claim, Commitment, Employer, Membership, Person, Purchase
from claims.reminders.plan import SHARES_OF_CAP
from claims.rules.findings import Outcome
from claims.store.register import would_pay_pence
from claims.store.sampling import certain_to_be_sampled

PAGE_SIZE = 25
NEAR_CAP_PERCENT = min(SHARES_OF_CAP)
"""Of an employer's cap in a fund; as its senior responsible officer is reminded."""

Place = tuple[datetime, int]
"""Where a purchase stands in the queue: since when it waits, and its id."""


class Flag(StrEnum):
    """What an assessor looks out for."""

    AT_RISK = "at-risk"
    TO_CHECK = "to-check"
    RESUBMITTED = "resubmitted"
    NEAR_CAP = "near-cap"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which of what waits is shown; all of it by default."""

    fund: str | None = None
    employer: str = ""
    """A part of a name or a whole workplace ID."""
    flag: Flag | None = None
    held_by: int | None = None
    """A person's id."""


EVERYTHING = QueueFilter()


@dataclass(frozen=True, slots=True)
class Waiting:
    """One purchase in the queue."""

    purchase_id: int
    course_code: str
    fund: str
    employer: str
    at_risk: bool
    claims: int
    waiting_since: datetime
    """When the first of its waiting claims was last submitted."""
    amount_pence: int
    """What its waiting claims would pay as submitted."""
    to_check: bool
    """Whether a rule left something of them to a person."""
    resubmitted: bool
    """Whether one of its waiting claims was sent back before."""
    near_cap: bool
    """Whether the employer's cap is all but committed for one of its waiting claims."""
    sample: bool
    """Whether a lead assessor looks, or is certain to look, at an approval of it."""
    holder_id: int | None
    """Who holds it now; ``None`` when a lease has run out."""
    holder: str | None

    @property
    def place(self) -> Place:
        return self.waiting_since, self.purchase_id


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: Sequence[Waiting]
    after: Place | None
    """Where the next page begins; ``None`` on the last."""


def page_of_queue(
    session: Session,
    viewer: Actor,
    at: datetime,
    wanted: QueueFilter = EVERYTHING,
    *,
    after: Place | None = None,
    limit: int = PAGE_SIZE,
) -> QueuePage:
    """Purchases with submitted claims behind ``after``, without those of an employer ``viewer`` belongs to."""
    statement = (
        select(
            Purchase.id,
            Purchase.course_code,
            Purchase.fund,
            Purchase.waiting_since,
            Purchase.waiting_claims,
            Purchase.holder_id,
            Employer.name,
            Employer.registration,
            Person.name.label("holder"),
        )
        .join(Employer, Employer.id == Purchase.employer_id)
        .outerjoin(Person, and_(Person.id == Purchase.holder_id, Purchase.held_until > at))
        .where(*_conditions(wanted, at))
    )
    if after is not None:
        statement = statement.where(tuple_(Purchase.waiting_since, Purchase.id) > after)
    found = session.execute(_in_order(statement, viewer).limit(limit + 1)).all()
    shown = found[:limit]
    sums = _sums(session, [row.id for row in shown])
    rows = [_waiting(row, sums.get(row.id)) for row in shown]
    return QueuePage(rows, after=rows[-1].place if len(found) > limit else None)


def free_purchases(session: Session, viewer: Actor, at: datetime, limit: int) -> Sequence[int]:
    """Ids of the longest waiting that nobody holds, without those of an employer ``viewer`` belongs to."""
    free = or_(Purchase.holder_id.is_(None), Purchase.held_until <= at)
    return session.scalars(_in_order(select(Purchase.id).where(free), viewer).limit(limit)).all()


def _in_order(statement: Select[*tuple[Any, ...]], viewer: Actor) -> Select[*tuple[Any, ...]]:
    own_employers = select(Membership.employer_id).where(
        Membership.person_id == viewer.person_id, Membership.left_at.is_(None)
    )
    return statement.where(Purchase.waiting_since.is_not(None), Purchase.employer_id.not_in(own_employers)).order_by(
        Purchase.waiting_since, Purchase.id
    )


def _conditions(wanted: QueueFilter, at: datetime) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.fund:
        where.append(Purchase.fund == wanted.fund)
    if sought := wanted.employer.strip():
        where.append(
            or_(Employer.name.icontains(sought, autoescape=True), func.upper(Employer.workplace_id) == sought.upper())
        )
    if wanted.flag is not None:
        where.append(_is_flagged(wanted.flag))
    if wanted.held_by is not None:
        where += [Purchase.holder_id == wanted.held_by, Purchase.held_until > at]
    return where


def _is_flagged(flag: Flag) -> ColumnElement[bool]:
    if flag is Flag.AT_RISK:
        return Employer.registration == "at-risk"
    of_a_claim = {
        Flag.TO_CHECK: _to_check(),
        Flag.RESUBMITTED: _resubmitted(),
        Flag.NEAR_CAP: _near_cap(),
        Flag.SAMPLE: certain_to_be_sampled(),
    }
    return exists().where(Claim.purchase_id == Purchase.id, Claim.state == State.SUBMITTED, of_a_claim[flag])


def _to_check() -> ColumnElement[bool]:
    outcome: ColumnElement[str] = Claim.as_submitted["assessment"]["outcome"].as_string()
    return outcome == Outcome.CHECK


def _resubmitted() -> ColumnElement[bool]:
    return Claim.submitted_at > Claim.first_submitted_at


def _near_cap() -> ColumnElement[bool]:
    return exists().where(
        Commitment.employer_id == Claim.employer_id,
        Commitment.fund == Claim.fund,
        Commitment.scheme_year == Claim.scheme_year,
        Commitment.committed_pence * 100 >= Commitment.cap_pence * NEAR_CAP_PERCENT,
    )


def _sums(session: Session, purchase_ids: Collection[int]) -> dict[int, Any]:
    """What the waiting claims of the purchases come to, by purchase."""
    rows = session.execute(
        select(
            Claim.purchase_id,
            func.sum(would_pay_pence()).label("amount_pence"),
            func.count(Claim.id).filter(_to_check()).label("to_check"),
            func.count(Claim.id).filter(_resubmitted()).label("resubmitted"),
            func.count(Claim.id).filter(_near_cap()).label("near_cap"),
            func.count(Claim.id).filter(certain_to_be_sampled()).label("sample"),
        )
        .where(Claim.purchase_id.in_(purchase_ids), Claim.state == State.SUBMITTED)
        .group_by(Claim.purchase_id)
    )
    return {row.purchase_id: row for row in rows}


def _waiting(row: Row[Any], sums: Any) -> Waiting:
    return Waiting(
        purchase_id=row.id,
        course_code=row.course_code,
        fund=row.fund,
        employer=row.name,
        at_risk=row.registration == "at-risk",
        claims=row.waiting_claims,
        waiting_since=row.waiting_since,
        amount_pence=int(sums.amount_pence or 0) if sums else 0,
        to_check=bool(sums and sums.to_check),
        resubmitted=bool(sums and sums.resubmitted),
        near_cap=bool(sums and sums.near_cap),
        sample=bool(sums and sums.sample),
        holder_id=row.holder_id if row.holder else None,
        holder=row.holder,
    )
