"""What a lead assessor has to look at because something that was decided has lost its ground."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table
from claims.models.kinds import one_of

OPEN = text("closed_at IS NULL")


class LeadTask(Table):
    """One task. Which claims it is about, and how they stand, is read from the claims themselves."""

    __tablename__ = "lead_tasks"
    __table_args__ = (
        one_of("kind", ("payment-rejected", "start-recovered")),
        CheckConstraint("(kind = 'start-recovered') = (start_claim_id IS NOT NULL)", name="names_the_start"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (closing_event IS NULL)",
            name="closed_by_somebody",
        ),
        Index("ix_lead_tasks_open", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_lead_tasks_purchase_id", "purchase_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchases.id"))
    start_claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    """The start claim that was recovered."""
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """Whose act opened it."""
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closing_event: Mapped[int | None] = mapped_column(ForeignKey("events.number"))
    """The event beside which the reason stands."""
