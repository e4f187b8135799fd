"""People who sign in: their codes, their sessions, the employers they act for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims.db import Table
from claims.lifecycle import EMPLOYER_ROLES, STAFF_ROLES
from claims.models.employers import Employer
from claims.models.kinds import one_of

OPEN_INVITATION = text("ended_at IS NULL")
PRESENT_SRO = text("role = 'sro' AND left_at IS NULL")


class Person(Table):
    """Somebody who may sign in, for an employer or for the back office."""

    __tablename__ = "people"
    __table_args__ = (
        one_of("staff_role", sorted(STAFF_ROLES)),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    staff_role: Mapped[str | None]
    authenticator_secret: Mapped[str | None]
    """Encrypted. The back office signs in with a code made from it; others confirm with one what matters most."""
    authenticator_step: Mapped[int | None]
    """The last 30-second step whose code was used, so that no code works twice."""
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    personal_data_removed_at: Mapped[datetime | None]
    """When its time was over and retention took it out."""

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person")


class Membership(Table):
    """A person acts for an employer. An employer has one senior responsible officer at a time."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("employer_id", "person_id"),
        one_of("role", sorted(EMPLOYER_ROLES)),
        Index(
            "ix_memberships_one_sro",
            "employer_id",
            unique=True,
            sqlite_where=PRESENT_SRO,
            postgresql_where=PRESENT_SRO,
        ),
        Index("ix_memberships_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    limited: Mapped[bool] = mapped_column(default=False)
    """Only sees learners of the services in ``membership_services``; true of submitters only."""

    person: Mapped[Person] = relationship(back_populates="memberships")
    employer: Mapped[Employer] = relationship()


class MembershipService(Table):
    """A service whose learners a limited submitter sees."""

    __tablename__ = "membership_services"

    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("care_services.id"), primary_key=True)


class Invitation(Table):
    """Somebody is asked to act for an employer: to join its team, or to become its senior responsible officer."""

    __tablename__ = "invitations"
    __table_args__ = (
        one_of("role", sorted(EMPLOYER_ROLES)),
        Index(
            "ix_invitations_open",
            "employer_id",
            "person_id",
            unique=True,
            sqlite_where=OPEN_INVITATION,
            postgresql_where=OPEN_INVITATION,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]
    """Whoever is asked to be senior responsible officer is a submitter of the employer already."""
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    invited_at: Mapped[datetime]
    sendings: Mapped[int]
    """Counts the letters; only the address in the latest works."""
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it was accepted, declined, cancelled or replaced."""

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class SignInCode(Table):
    """A code that was emailed: single use, short-lived, good only in the browser that asked for it."""

    __tablename__ = "sign_in_codes"
    __table_args__ = ({"sqlite_autoincrement": True},)  # a letter names it, also when it is gone

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str]
    browser_hash: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(Table):
    """One try at asking for or entering a code, counted per account and per address."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_about_hash_at", "about_hash", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    about_hash: Mapped[str]
    """A keyed hash of what is counted: a kind of try, with an email address or a network address."""
    at: Mapped[datetime]


class SignedInSession(Table):
    """A browser that is signed in. The cookie holds a token, the table its hash."""

    __tablename__ = "sessions"
    __table_args__ = ({"sqlite_autoincrement": True},)  # events name it, also when it is gone

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employers.id"))
    """The employer acted for; none for the back office."""
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    """When its owner showed the second factor in it."""
    browser: Mapped[str] = mapped_column(default="")
    """Such as ``Firefox on Windows``, for its owner to know it again."""

    person: Mapped[Person] = relationship()


class RecoveryCode(Table):
    """A code that stands for the authenticator's once; shown when it was made and never again."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str]
    """Keyed."""
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KnownBrowser(Table):
    """A browser in which somebody signed in before. It keeps a random token, the table a keyed hash of it."""

    __tablename__ = "known_browsers"
    __table_args__ = (
        UniqueConstraint("person_id", "browser_hash"),
        {"sqlite_autoincrement": True},  # a letter names it, also when it is gone
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    browser_hash: Mapped[str]
    first_seen_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class FormToken(Table):
    """A form that was acted on: sent again, it leads to where the first went and does nothing."""

    __tablename__ = "form_tokens"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    used_at: Mapped[datetime]
    led_to: Mapped[str]
    """The address the first sending led to."""
