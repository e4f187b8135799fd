"""Approvals that a second person looks at before they count: the quality sample."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims.db import Table
from claims.models.claims import Claim
from claims.models.kinds import one_of

WAITING = text("answer IS NULL")


class SampledApproval(Table):
    """One approval in the sample. While it has no answer, its decision is not sent and its claim is not paid."""

    __tablename__ = "sampled_approvals"
    __table_args__ = (
        one_of("reason", ("first-of-employer", "drawn", "undone-before")),
        one_of("answer", ("agreed", "undone")),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_says_when"),
        Index(
            "ix_sampled_approvals_one_waiting",
            "claim_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index("ix_sampled_approvals_waiting", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_sampled_approvals_claim_id", "claim_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    reason: Mapped[str]
    words: Mapped[str]
    """Exactly what the employer will read once a lead agrees; amounts and the reference, no names."""
    approved_at: Mapped[datetime]
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    claim: Mapped[Claim] = relationship()
