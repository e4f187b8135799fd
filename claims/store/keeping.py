"""What is kept, with the dates that say how long: claims, purchases, accounts, and what is older than it need be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from claims import references
from claims.clock import london_date
from claims.db import Table
from claims.lifecycle import State
from claims.models import (
    BankAccount,
    Claim,
    Employer,
    Event,
    Evidence,
    Message,
    PaymentLine,
    Person,
    Purchase,
    SignedInSession,
)
from claims.retention import CLOSED, PAID, SESSIONS_KEPT_DAYS
from claims.rules.facts import Part

GOING = ("queued", "leased")
"""Messages that may still be sent."""


@dataclass(frozen=True, slots=True)
class KeptClaim:
    """A claim that is closed one way or another and still has its personal data."""

    claim_id: int
    purchase_id: int
    reference: str
    employer: str
    course_code: str
    state: State
    paid_on: date | None
    last_event_on: date | None
    """For a draft, of its purchase too."""


def closed_claims(session: Session) -> Iterator[KeptClaim]:
    """Every claim in a state that is not open work, oldest first."""
    for row in session.execute(_claims().order_by(Claim.id)):
        yield _kept(row)


def closed_claim(session: Session, claim_id: int) -> KeptClaim | None:
    """One of them, as it is now; ``None`` when it is gone, open again, or has lost its personal data already."""
    row = session.execute(_claims().where(Claim.id == claim_id)).one_or_none()
    return _kept(row) if row else None


def empty_purchases(session: Session) -> Iterator[tuple[int, date | None]]:
    """Purchases of which nothing was ever submitted and that have no claim, with the day of their last event."""
    has_claims = exists().where(Claim.purchase_id == Purchase.id)
    found = session.execute(
        select(Purchase.id, _last_event("purchase", Purchase.id)).where(Purchase.fixed_at.is_(None), ~has_claims)
    )
    for purchase_id, at in found:
        yield purchase_id, _day(at)


def closed_accounts(session: Session) -> Iterator[tuple[int, date | None]]:
    """Accounts that were closed, with the day."""
    found = session.execute(
        select(Person.id, Person.closed_at).where(
            Person.closed_at.is_not(None), Person.personal_data_removed_at.is_(None)
        )
    )
    for person_id, at in found:
        yield person_id, _day(at)


def replaced_bank_accounts(session: Session) -> Iterator[tuple[int, date | None, date | None]]:
    """Bank accounts that another has replaced: when that was, and the day of the last payment to it."""
    last_paid = (
        select(func.max(Claim.paid_on))
        .join(PaymentLine, PaymentLine.claim_id == Claim.id)
        .where(PaymentLine.bank_account_id == BankAccount.id, PaymentLine.state == "paid")
        .scalar_subquery()
    )
    found = session.execute(
        select(BankAccount.id, BankAccount.replaced_at, last_paid).where(
            BankAccount.replaced_at.is_not(None), BankAccount.personal_data_removed_at.is_(None)
        )
    )
    for account_id, at, paid_on in found:
        yield account_id, _day(at), paid_on


def old_messages(before: datetime) -> list[ColumnElement[bool]]:
    """Conditions on messages that went, or never will, before the instant and still say something."""
    return [
        func.coalesce(Message.sent_at, Message.queued_at) < before,
        Message.state.not_in(GOING),
        or_(Message.subject != "", Message.text != "", Message.problem != "", Message.letter.is_not(None)),
    ]


def old_sessions(at: datetime) -> list[ColumnElement[bool]]:
    """Conditions on sessions that ended, by themselves or not, longer ago than they are kept."""
    return [func.coalesce(SignedInSession.ended_at, SignedInSession.seen_at) < at - timedelta(days=SESSIONS_KEPT_DAYS)]


def has_kept_claims(session: Session, *conditions: ColumnElement[bool]) -> bool:
    """Whether any claim that ``conditions`` pick still has its personal data."""
    kept = select(Claim.id).where(Claim.personal_data_removed_at.is_(None), *conditions)
    return session.scalars(kept.limit(1)).first() is not None


def files_in_use(session: Session, sha256: str | None = None) -> set[str]:
    """What is kept of files, by SHA-256: all of it, or whether the one is.

    Whatever table names a file by ``sha256`` keeps it, so that a table that is added later loses none; evidence keeps
    it until its name is taken away.
    """
    found: set[str] = set()
    for table in Table.metadata.sorted_tables:
        if "sha256" in table.c:
            wanted = select(table.c.sha256).distinct()
            wanted = wanted.where(table.c.name != "") if table is Evidence.__table__ else wanted
            wanted = wanted.where(table.c.sha256 == sha256) if sha256 else wanted
            found.update(session.scalars(wanted))
    return found


def _claims() -> Select[Any]:
    of_claim, of_purchase = _last_event("claim", Claim.id), _last_event("purchase", Claim.purchase_id)
    return (
        select(
            Claim.id,
            Claim.purchase_id,
            Claim.base,
            Claim.part,
            Employer.name,
            Claim.course_code,
            Claim.state,
            Claim.paid_on,
            case((Claim.state.not_in(PAID), of_claim)).label("last_at"),
            case((Claim.state == State.DRAFT, of_purchase)).label("purchase_last_at"),
        )
        .join(Employer, Employer.id == Claim.employer_id)
        .where(Claim.state.in_(PAID | CLOSED), Claim.personal_data_removed_at.is_(None))
    )


def _last_event(kind: str, about_id: Any) -> ColumnElement[Any]:
    event = aliased(Event)
    return (
        select(func.max(event.at)).where(and_(event.about_kind == kind, event.about_id == about_id)).scalar_subquery()
    )


def _kept(row: Any) -> KeptClaim:
    last = max((at for at in (row.last_at, row.purchase_last_at) if at is not None), default=None)
    return KeptClaim(
        row.id,
        row.purchase_id,
        references.written(row.base, Part(row.part)),
        row.name,
        row.course_code,
        State(row.state),
        row.paid_on,
        _day(last),
    )


def _day(at: datetime | None) -> date | None:
    return london_date(at) if at is not None else None
