"""An employer's money at a glance, by scheme year and fund."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import Session

from claims.lifecycle import State
from claims.models import Claim, Commitment
from claims.store.register import would_pay_pence

WAITING = (State.SUBMITTED, State.NEEDS_ACTION)
TO_BE_PAID = (State.APPROVED, State.IN_PAYMENT)


@dataclass(frozen=True, slots=True)
class ToBePaid:
    """Pence that are approved or in payment, and when the first and the last of them were decided."""

    pence: int
    first_decided_at: datetime
    last_decided_at: datetime


@dataclass(frozen=True, slots=True)
class MoneyAtAGlance:
    """Pence of one employer from one fund in one scheme year."""

    fund: str
    scheme_year: str
    waiting_pence: int
    """Claimed and not decided, as worked out when it was submitted."""
    approved_pence: int
    """Approved or in payment."""
    paid_pence: int
    committed_pence: int
    """Approved, in payment and paid, less recoveries: what counts towards the cap."""
    cap_pence: int | None
    """As the last decision knew it; ``None`` before the first, and where there is none."""
    last_submitted_at: datetime | None
    """Of what waits for an assessor."""
    overdue: ToBePaid | None
    """Of ``approved_pence``, what was decided before the instant that was asked about; ``None`` when there is none."""
    in_time: ToBePaid | None
    """What was decided from that instant on."""

    @property
    def claimed_pence(self) -> int:
        """Everything that was claimed and neither rejected nor taken back."""
        return self.waiting_pence + self.approved_pence + self.paid_pence


def money_of(session: Session, employer_id: int, in_time_from: datetime) -> Sequence[MoneyAtAGlance]:
    """By scheme year, the latest first, and fund. Two queries, and one row for each year and fund.

    What is to be paid is parted at ``in_time_from``: decided before it, the money should be there by now.
    """
    waiting, to_be_paid = Claim.state.in_(WAITING), Claim.state.in_(TO_BE_PAID)
    overdue, in_time = to_be_paid & (Claim.decided_at < in_time_from), to_be_paid & (Claim.decided_at >= in_time_from)
    rows = session.execute(
        select(
            Claim.scheme_year,
            Claim.fund,
            func.sum(case((waiting, would_pay_pence()), else_=0)).label("waiting"),
            func.sum(case((to_be_paid, Claim.payable_pence), else_=0)).label("approved"),
            func.sum(case((Claim.state == State.PAID, Claim.payable_pence), else_=0)).label("paid"),
            func.max(case((Claim.state == State.SUBMITTED, Claim.submitted_at))).label("last_submitted_at"),
            *_to_be_paid("overdue", overdue),
            *_to_be_paid("in_time", in_time),
        )
        .where(
            Claim.employer_id == employer_id,
            Claim.scheme_year.is_not(None),
            Claim.state.in_((*WAITING, *TO_BE_PAID, State.PAID)),
        )
        .group_by(Claim.scheme_year, Claim.fund)
        .order_by(Claim.scheme_year.desc(), Claim.fund)
    ).all()
    kept = session.scalars(select(Commitment).where(Commitment.employer_id == employer_id))
    commitments = {(row.scheme_year, row.fund): row for row in kept}
    found = []
    for row in rows:
        commitment = commitments.get((row.scheme_year, row.fund))
        found.append(
            MoneyAtAGlance(
                row.fund,
                row.scheme_year,
                waiting_pence=int(row.waiting or 0),
                approved_pence=int(row.approved or 0),
                paid_pence=int(row.paid or 0),
                committed_pence=commitment.committed_pence if commitment else 0,
                cap_pence=commitment.cap_pence if commitment else None,
                last_submitted_at=row.last_submitted_at,
                overdue=_read_to_be_paid(row, "overdue"),
                in_time=_read_to_be_paid(row, "in_time"),
            )
        )
    return found


def _to_be_paid(name: str, which: ColumnElement[bool]) -> tuple[ColumnElement[Any], ...]:
    return (
        func.sum(case((which, Claim.payable_pence), else_=0)).label(f"{name}_pence"),
        func.min(case((which, Claim.decided_at))).label(f"{name}_first"),
        func.max(case((which, Claim.decided_at))).label(f"{name}_last"),
    )


def _read_to_be_paid(row: Row[Any], name: str) -> ToBePaid | None:
    first, last = getattr(row, f"{name}_first"), getattr(row, f"{name}_last")
    return None if first is None else ToBePaid(int(getattr(row, f"{name}_pence") or 0), first, last)
