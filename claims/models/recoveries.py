"""Money that comes back: recoveries, what runs set off against them, payments that the bank returned."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims.db import Table
from claims.models.kinds import one_of
from claims.models.payments import PaymentRun
from claims.rules.scheme import Fund

PROPOSED = text("state = 'proposed'")
OPEN = text("left_pence > 0 AND state = 'approved'")


class Recovery(Table):
    """A paid claim that is to be paid back, wholly or in part: proposed by finance, approved by a lead assessor."""

    __tablename__ = "recoveries"
    __table_args__ = (
        one_of("fund", Fund),
        one_of("way", ("set-off", "invoice")),
        one_of("state", ("proposed", "approved", "refused")),
        CheckConstraint("amount_pence > 0", name="amount_positive"),
        CheckConstraint("left_pence >= 0 AND left_pence <= amount_pence", name="left_in_range"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name="decided_by_another"),
        CheckConstraint("state = 'proposed' OR decided_by_id IS NOT NULL", name="decided_by_somebody"),
        Index("ix_recoveries_one_proposed", "claim_id", unique=True, sqlite_where=PROPOSED, postgresql_where=PROPOSED),
        Index("ix_recoveries_open", "employer_id", "fund", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_recoveries_claim_id", "claim_id", "id"),
        Index("ix_recoveries_employer_id", "employer_id", "id"),
        Index("ix_recoveries_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    fund: Mapped[str]
    amount_pence: Mapped[int]
    left_pence: Mapped[int]
    """What is still owed of it once it is approved; what a run sets off is taken away when the run is drawn up."""
    whole: Mapped[bool]
    """All that was left of the claim: it becomes recovered. Otherwise the claim stays paid."""
    way: Mapped[str]
    """``set-off``: in later runs of the employer and fund; ``invoice``: the employer is sent one."""
    state: Mapped[str]
    reason: Mapped[str]
    """What the employer will read."""
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    repaid_on: Mapped[date | None]
    """The day on which the employer paid the invoice."""


class SetOff(Table):
    """What one run keeps back from an employer's payment for one recovery."""

    __tablename__ = "set_offs"
    __table_args__ = (
        one_of("state", ("live", "taken", "given-back")),
        CheckConstraint("amount_pence > 0", name="amount_positive"),
        Index("ix_set_offs_run_id", "run_id", "employer_id", "fund"),
        Index("ix_set_offs_recovery_id", "recovery_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recovery_id: Mapped[int] = mapped_column(ForeignKey("recoveries.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("payment_runs.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    fund: Mapped[str]
    amount_pence: Mapped[int]
    state: Mapped[str]


class PaymentReturn(Table):
    """A payment that was recorded as paid and came back: proposed by finance, confirmed by a second person."""

    __tablename__ = "payment_returns"
    __table_args__ = (
        one_of("fund", Fund),
        one_of("state", ("proposed", "confirmed", "refused")),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name="decided_by_another"),
        CheckConstraint("state = 'proposed' OR decided_by_id IS NOT NULL", name="decided_by_somebody"),
        Index(
            "ix_payment_returns_one_proposed",
            "run_id",
            "employer_id",
            "fund",
            unique=True,
            sqlite_where=PROPOSED,
            postgresql_where=PROPOSED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("payment_runs.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    fund: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    run: Mapped[PaymentRun] = relationship()
