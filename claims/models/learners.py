"""Learners and the services they work in: an employer's own, never shared between employers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from claims.db import Table
from claims.models.kinds import one_of
from claims.rules.facts import Engagement


class CareService(Table):
    """A service an employer runs, such as one home. Learners work in one; submitters may be limited to some."""

    __tablename__ = "care_services"
    __table_args__ = (
        UniqueConstraint("employer_id", "name"),
        {"sqlite_autoincrement": True},  # an event about a removed one must never point at a later one
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    name: Mapped[str]
    created_at: Mapped[datetime]


class Learner(Table):
    """A member of an employer's staff who is trained."""

    __tablename__ = "learners"
    __table_args__ = (
        UniqueConstraint("employer_id", "number_hash"),
        one_of("engagement", Engagement),
        CheckConstraint("certified_on IS NULL OR certified", name="certified_on_only_if_certified"),
        Index("ix_learners_employer_name", "employer_id", "last_name", "first_name", "id"),
        Index("ix_learners_service_id", "service_id"),
        Index("ix_learners_number_hash", "number_hash"),
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
    next_number_hash: Mapped[str | None]
    """The same under the key that follows, while the hash key is being changed."""
    job_role: Mapped[str]
    engagement: Mapped[str]
    works_in_england: Mapped[bool]
    post_requires_registration: Mapped[bool]
    employed_from: Mapped[date]
    left_on: Mapped[date | None]
    """The last day employed."""
    service_id: Mapped[int | None] = mapped_column(ForeignKey("care_services.id"))
    """Where they work; none: the employer did not say."""
    role_category: Mapped[str | None]
    """The one the employer chose; none: the one the job role suggests. Never decides funding."""
    in_role_from: Mapped[date | None]
    """When they began in this job role; none: with the employment."""
    certified: Mapped[bool | None]
    """Whether they hold the Level 2 Adult Social Care Certificate, as the employer says; none: did not say."""
    certified_on: Mapped[date | None]
    created_at: Mapped[datetime]
    personal_data_removed_at: Mapped[datetime | None]
    """When its time was over and retention took it out."""

    @validates("number_hash")
    def _forget_next_hash(self, _name: str, value: str) -> str:
        self.next_number_hash = None
        return value

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def has_left(self, today: date) -> bool:
        """Whether the last day employed is over; on the day itself they are still employed."""
        return self.left_on is not None and self.left_on < today
