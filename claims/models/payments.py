"""Payment runs, their lines and their workbooks."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from claims.db import Table
from claims.models.kinds import one_of

LIVE_LINE = text("state IN ('live', 'paid')")


class PaymentRun(Table):
    """A set of approved claims paid together: drawn up, released by another person, settled."""

    __tablename__ = "payment_runs"
    __table_args__ = (
        one_of("state", ("drawn-up", "released", "settled", "cancelled")),
        CheckConstraint("released_by_id IS NULL OR released_by_id <> drawn_up_by_id", name="released_by_another"),
        CheckConstraint(
            "state NOT IN ('released', 'settled') OR released_by_id IS NOT NULL", name="released_by_somebody"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    scheme_year: Mapped[str]
    filters: Mapped[dict[str, Any]]
    state: Mapped[str]
    drawn_up_at: Mapped[datetime]
    drawn_up_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    claims: Mapped[int] = mapped_column(server_default="0")
    """How many lines there are, without those that were taken out."""
    pence: Mapped[int] = mapped_column(server_default="0")
    """What they come to."""
    changes: Mapped[int] = mapped_column(default=0)

    __mapper_args__ = {"version_id_col": changes}  # noqa: RUF012

    lines: Mapped[list["PaymentLine"]] = relationship(back_populates="run", order_by="PaymentLine.id")


class PaymentLine(Table):
    """One claim in one run, with everything the workbook shows, as it was when the run was drawn up."""

    __tablename__ = "payment_lines"
    __table_args__ = (
        one_of("state", ("live", "removed", "failed", "paid")),
        CheckConstraint("amount_pence > 0", name="amount_positive"),
        Index(
            "ix_payment_lines_one_live",
            "claim_id",
            unique=True,
            sqlite_where=LIVE_LINE,
            postgresql_where=LIVE_LINE,
        ),
        Index("ix_payment_lines_claim_id", "claim_id", "state"),
        Index("ix_payment_lines_run_id", "run_id", "id"),
        Index("ix_payment_lines_employer_id", "employer_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("payment_runs.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_accounts.id"))
    fund: Mapped[str]
    amount_pence: Mapped[int]
    state: Mapped[str]
    shown: Mapped[dict[str, Any]]
    """The cells of the workbook's line."""

    run: Mapped[PaymentRun] = relationship(back_populates="lines")


class RunWorkbook(Table):
    """A run's workbook as it was made: stored once, downloaded any number of times."""

    __tablename__ = "run_workbooks"
    __table_args__ = (UniqueConstraint("run_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("payment_runs.id"))
    version: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    made_at: Mapped[datetime]
