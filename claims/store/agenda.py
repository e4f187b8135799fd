"""What an employer's people have to see to: each list bounded, with how many there are in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, nulls_last, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from claims.lifecycle import State
from claims.models import ActionRequest, Agreement, BankAccount, Claim, PaymentLine, Purchase
from claims.rules.facts import Part

SOON = timedelta(days=28)
URGENT = timedelta(days=7)
SHOWN = 8
"""So many of each list stand on the home page; the rest are one click away."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Some(Generic[Row]):
    """The first rows of a list, and how many it has."""

    rows: Sequence[Row]
    total: int

    @property
    def more(self) -> int:
        """How many are not among ``rows``."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class SentBack:
    """A claim that needs action, and since when."""

    claim: Claim
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A purchase of which nothing was submitted, and how many learners it has so far."""

    purchase: Purchase
    learners: int


@dataclass(frozen=True, slots=True)
class Agenda:
    """What claims and purchases ask for, each of them once."""

    urgent: Some[Claim]
    """Drafts whose last day to claim is within ``URGENT``, the soonest first."""
    soon: Some[Claim]
    """Those within ``SOON``."""
    sent_back: Some[SentBack]
    """The longest asked first."""
    completions: Some[Claim]
    """Completion claims that are drafts and not due within ``SOON``: by last day, then by the planned end."""
    failed: Some[Claim]
    """Approved again because the bank did not pay, and in no run yet."""
    unfinished: Some[Unfinished]
    """Nothing of them was submitted and none of their claims is due; newest first."""
    missed: Some[Claim]
    """Drafts whose last day has passed, the latest first."""

    @property
    def is_empty(self) -> bool:
        lists = (self.urgent, self.soon, self.sent_back, self.completions, self.failed, self.unfinished, self.missed)
        return not any(each.total for each in lists)


def agenda_of(session: Session, employer_id: int, today: date) -> Agenda:
    """What waits for an employer's people on ``today``. Seven queries, however much there is."""
    draft = (Claim.employer_id == employer_id, Claim.state == State.DRAFT)
    by_day = (Claim.last_day_on, Claim.id)
    urgent = Claim.last_day_on.between(today, today + URGENT)
    soon = (Claim.last_day_on > today + URGENT) & (Claim.last_day_on <= today + SOON)
    later = or_(Claim.last_day_on.is_(None), Claim.last_day_on > today + SOON)
    completions = (
        _claims(*draft, Claim.part == Part.COMPLETION, later)
        .join(Purchase, Purchase.id == Claim.purchase_id)
        .order_by(nulls_last(Claim.last_day_on), nulls_last(Purchase.planned_end_on), Claim.id)
    )
    return Agenda(
        urgent=_some(session, _claims(*draft, urgent).order_by(*by_day)),
        soon=_some(session, _claims(*draft, soon).order_by(*by_day)),
        sent_back=_sent_back(session, employer_id),
        completions=_some(session, completions),
        failed=_some(session, _failed(employer_id)),
        unfinished=_unfinished(session, employer_id, today),
        missed=_some(session, _claims(*draft, Claim.last_day_on < today).order_by(Claim.last_day_on.desc(), Claim.id)),
    )


def _claims(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(Claim, func.count().over())
        .where(*where)
        .options(defer(Claim.as_submitted), joinedload(Claim.learner), joinedload(Claim.purchase))
        .limit(SHOWN)
    )


def _some(session: Session, statement: Select[*tuple[Any, ...]]) -> Some[Any]:
    rows = session.execute(statement).all()
    return Some([row[0] for row in rows], rows[0][-1] if rows else 0)


def _sent_back(session: Session, employer_id: int) -> Some[SentBack]:
    asked_at = (
        select(func.min(ActionRequest.asked_at))
        .where(ActionRequest.claim_id == Claim.id, ActionRequest.settled_at.is_(None))
        .scalar_subquery()
    )
    waiting = _claims(Claim.employer_id == employer_id, Claim.state == State.NEEDS_ACTION)
    rows = session.execute(waiting.add_columns(asked_at.label("asked_at")).order_by(asked_at, Claim.id)).all()
    sent_back = [SentBack(row[0], row.asked_at or row[0].submitted_at) for row in rows]
    return Some(sent_back, rows[0][1] if rows else 0)


def _failed(employer_id: int) -> Select[*tuple[Any, ...]]:
    def line(*states: str) -> ColumnElement[bool]:
        return exists().where(PaymentLine.claim_id == Claim.id, PaymentLine.state.in_(states))

    again = (Claim.employer_id == employer_id, Claim.state == State.APPROVED, line("failed"))
    return _claims(*again).order_by(Claim.id)


def _unfinished(session: Session, employer_id: int, today: date) -> Some[Unfinished]:
    due = exists().where(
        Claim.purchase_id == Purchase.id, Claim.state == State.DRAFT, Claim.last_day_on <= today + SOON
    )
    learners = select(func.count(Claim.learner_id.distinct())).where(Claim.purchase_id == Purchase.id).scalar_subquery()
    rows = session.execute(
        select(Purchase, learners.label("learners"), func.count().over())
        .where(Purchase.employer_id == employer_id, Purchase.fixed_at.is_(None), ~due)
        .order_by(Purchase.id.desc())
        .limit(SHOWN)
    ).all()
    return Some([Unfinished(row[0], row.learners) for row in rows], rows[0][-1] if rows else 0)


@dataclass(frozen=True, slots=True)
class PaperWork:
    """What an employer needs before claims can be submitted or paid, besides the claims themselves."""

    unsigned_years: tuple[str, ...]
    """Scheme years of drafts, and this one, whose agreement nobody signed."""
    account: str
    """``missing``, ``unverified`` or ``verified``."""


def paperwork_of(session: Session, employer_id: int, this_year: str) -> PaperWork:
    """Agreements and bank details of an employer. ``this_year`` is the scheme year that payments made today fall in."""
    signed = set(session.scalars(select(Agreement.scheme_year).where(Agreement.employer_id == employer_id)))
    drafted = session.scalars(
        select(Claim.scheme_year)
        .where(Claim.employer_id == employer_id, Claim.state == State.DRAFT, Claim.scheme_year.is_not(None))
        .distinct()
    )
    needed = {this_year, *(year for year in drafted if year)}
    given = session.execute(
        select(BankAccount.verified_at).where(BankAccount.employer_id == employer_id, BankAccount.replaced_at.is_(None))
    ).first()
    account = "missing" if given is None else "unverified" if given.verified_at is None else "verified"
    return PaperWork(tuple(sorted(needed - signed)), account)
