"""Registrations: what an employer told when it registered, its proofs of address, and what staff noted about it."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims.db import Table
from claims.models.employers import Employer
from claims.models.kinds import not_negative, one_of

PROOFS = ("council-tax", "utility-bill", "bank-statement", "lease", "insurance", "government-letter")
PRESENT = text("removed_at IS NULL")


class Registration(Table):
    """What an employer told that its own row does not hold. How far it has come is ``employers.registration``."""

    __tablename__ = "registrations"
    __table_args__ = (
        not_negative("care_staff"),
        not_negative("times_sent"),
        CheckConstraint("(times_sent = 0) = (sent_at IS NULL)", name="sent_when"),
        Index("ix_registrations_sent_at", "sent_at"),
    )

    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), primary_key=True)
    address_line_1: Mapped[str | None]
    address_line_2: Mapped[str | None]
    town: Mapped[str | None]
    postcode: Mapped[str | None]
    services: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Slugs of the kinds of care it provides; an empty list when none of those that are offered."""
    care_staff: Mapped[int | None]
    """How many care staff in England it employs directly."""
    cqc_location: Mapped[str | None]
    companies_house_number: Mapped[str | None]
    vat_number: Mapped[str | None]
    numbers_told_at: Mapped[datetime | None]
    """When the three numbers were last answered; all of them may be left out."""
    officer_job_title: Mapped[str | None]
    reference: Mapped[str | None] = mapped_column(unique=True)
    """Given when it is first sent, and kept."""
    times_sent: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    checks: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Slugs of what the assessor found in order."""
    reasons: Mapped[str]
    """What the employer reads about a refusal; blank otherwise."""

    employer: Mapped[Employer] = relationship()


class RegistrationProof(Table):
    """One proof of address. An employer has one of a kind at a time. The bytes are stored by hash."""

    __tablename__ = "registration_proofs"
    __table_args__ = (
        one_of("kind", PROOFS),
        Index(
            "ix_registration_proofs_present",
            "employer_id",
            "kind",
            unique=True,
            sqlite_where=PRESENT,
            postgresql_where=PRESENT,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    kind: Mapped[str]
    name: Mapped[str]
    """The file's name as the person had it; for showing only."""
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    removed_at: Mapped[datetime | None]


class EmployerNote(Table):
    """What somebody of the back office noted about an employer, for colleagues."""

    __tablename__ = "employer_notes"
    __table_args__ = (Index("ix_employer_notes_employer_id", "employer_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    note: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
