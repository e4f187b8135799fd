"""Learners: an employer's own, never shared between employers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table
from claims.models.kinds import one_of
from claims.rules.facts import Engagement


class Learner(Table):
    """A member of an employer's staff who is trained."""

    __tablename__ = "learners"
    __table_args__ = (
        UniqueConstraint("employer_id", "number_hash"),
        one_of("engagement", Engagement),
        {"sqlite_autoincrement": True},  # an event about a discarded row must never point at a later one
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    first_name: Mapped[str]
    last_name: Mapped[str]
    number: Mapped[str]
    """The National Insurance number, encrypted."""
    number_hash: Mapped[str]
    """Its keyed hash: equal for equal numbers, whoever the employer."""
    job_role: Mapped[str]
    engagement: Mapped[str]
    works_in_england: Mapped[bool]
    post_requires_registration: Mapped[bool]
    employed_from: Mapped[date]
    left_on: Mapped[date | None]
    """The last day employed."""
    created_at: Mapped[datetime]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"
