"""Personal data whose time is over: what of it is due on a day. Only reads."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from claims import retention
from claims.clock import london_date
from claims.models import Message, SignedInSession
from claims.store.keeping import (
    KeptClaim,
    closed_accounts,
    closed_claims,
    empty_purchases,
    old_messages,
    old_sessions,
    replaced_bank_accounts,
)


@dataclass(frozen=True, slots=True)
class DueClaim:
    claim: KeptClaim
    due_on: date


@dataclass(frozen=True, slots=True)
class Plan:
    """What is past its time on one day."""

    claims: Sequence[DueClaim]
    """In the order in which their time was over."""
    purchases: Sequence[int]
    """Ids of purchases that have no claim."""
    accounts: Sequence[int]
    bank_accounts: Sequence[int]
    messages: int
    sessions: int

    def counts(self) -> dict[str, int]:
        """How many of each; claims by their state."""
        states = Counter(str(due.claim.state) for due in self.claims)
        others = {
            "empty-purchases": len(self.purchases),
            "accounts": len(self.accounts),
            "bank-accounts": len(self.bank_accounts),
            "messages": self.messages,
            "sessions": self.sessions,
        }
        return {**dict(sorted(states.items())), **{name: count for name, count in others.items() if count}}


def plan(session: Session, at: datetime) -> Plan:
    """What is past its time; only reads."""
    today = london_date(at)
    claims = [
        DueClaim(kept, due_on) for kept in closed_claims(session) if (due_on := due_on_of(kept)) and due_on <= today
    ]
    return Plan(
        claims=sorted(claims, key=lambda due: (due.due_on, due.claim.claim_id)),
        purchases=_past(today, ((key, retention.empty_purchase_due_on(on)) for key, on in empty_purchases(session))),
        accounts=_past(today, ((key, retention.account_due_on(on)) for key, on in closed_accounts(session))),
        bank_accounts=_past(
            today,
            ((key, retention.bank_account_due_on(on, paid)) for key, on, paid in replaced_bank_accounts(session)),
        ),
        messages=_count(session, Message, messages_past(at)),
        sessions=_count(session, SignedInSession, old_sessions(at)),
    )


def due_on_of(kept: KeptClaim) -> date | None:
    """``retention.claim_due_on`` of a claim as it is kept."""
    return retention.claim_due_on(kept.state, paid_on=kept.paid_on, last_event_on=kept.last_event_on)


def _past(today: date, dated: Iterable[tuple[int, date | None]]) -> list[int]:
    return [key for key, due_on in dated if due_on is not None and due_on <= today]


def messages_past(at: datetime) -> Sequence[ColumnElement[bool]]:
    """Conditions on messages that are past their time at ``at``."""
    return old_messages(at - timedelta(days=366 * retention.MESSAGES_KEPT_YEARS))


def _count(session: Session, table: type[Any], conditions: Sequence[Any]) -> int:
    return session.scalars(select(func.count()).select_from(table).where(*conditions)).one()
