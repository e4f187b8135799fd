"""Employers, the agreements they signed, the accounts they are paid into, and what is committed to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from claims.db import Table
from claims.models.kinds import not_negative, one_of
from claims.models.names import Codes, words_of
from claims.rules.scheme import Fund

REGISTRATIONS = ("started", "sent", "registered", "at-risk", "refused")
MAY_SUBMIT = frozenset({"registered", "at-risk"})
CURRENT = text("replaced_at IS NULL")


def name_as_sought(name: str) -> str:
    """An employer's name as it is compared with what somebody types."""
    return " ".join(words_of(name))


def _from_name(context: Any) -> str:
    return name_as_sought(context.get_current_parameters()["name"])


class Employer(Table):
    """An organisation that may claim, known by its ASC-WDS workplace ID."""

    __tablename__ = "employers"
    __table_args__ = (one_of("registration", REGISTRATIONS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workplace_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_sought: Mapped[str] = mapped_column(Codes, default=_from_name, index=True)
    """``name_as_sought``, written with the name."""
    address: Mapped[str]
    registration: Mapped[str]
    suspended: Mapped[bool] = mapped_column(default=False)
    provides_adult_social_care: Mapped[bool | None]
    employs_care_staff_in_england: Mapped[bool | None]
    workforce_data_updated_on: Mapped[date | None]
    registered_with_cqc: Mapped[bool | None]
    created_at: Mapped[datetime]

    agreements: Mapped[list["Agreement"]] = relationship(back_populates="employer", order_by="Agreement.scheme_year")

    @validates("name")
    def _keep_sought(self, _name: str, value: str) -> str:
        self.name_sought = name_as_sought(value)
        return value


class Agreement(Table):
    """The year's grant determination letter, accepted by the senior responsible officer."""

    __tablename__ = "agreements"
    __table_args__ = (UniqueConstraint("employer_id", "scheme_year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    scheme_year: Mapped[str]
    signed_on: Mapped[date]
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    terms: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """The letter as it was signed (``claims.reference.letter``); none for those signed before it was kept."""

    employer: Mapped[Employer] = relationship(back_populates="agreements")


class BankAccount(Table):
    """Where an employer is paid. Never changed: a new one replaces it, and is used once verified.

    One that is refused is replaced by nothing: the employer then has no bank details.
    """

    __tablename__ = "bank_accounts"
    __table_args__ = (
        Index(
            "ix_bank_accounts_current",
            "employer_id",
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
        CheckConstraint("verified_by_id IS NULL OR verified_by_id <> given_by_id", name="verified_by_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    account_name: Mapped[str]
    sort_code: Mapped[str]
    """Encrypted, six digits."""
    account_number: Mapped[str]
    """Encrypted, eight digits."""
    account_hash: Mapped[str | None] = mapped_column(index=True)
    """A keyed hash of both numbers, to see that employers gave the same; none for what was given before it was kept."""
    next_account_hash: Mapped[str | None]
    """The same under the key that follows, while the hash key is being changed."""
    given_at: Mapped[datetime]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    replaced_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    refused_because: Mapped[str | None]
    """What a lead assessor wrote to the employer."""
    personal_data_removed_at: Mapped[datetime | None]
    """When its time was over and retention took it out."""


class Commitment(Table):
    """What is committed to one employer from one fund in one scheme year, in pence, and its cap.

    One row, changed in the approving or undoing transaction, so that two approvals never both use the last pound.
    """

    __tablename__ = "commitments"
    __table_args__ = (
        not_negative("committed_pence"),
        CheckConstraint("cap_pence IS NULL OR committed_pence <= cap_pence", name="within_cap"),
        one_of("fund", Fund),
    )

    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), primary_key=True)
    fund: Mapped[str] = mapped_column(primary_key=True)
    scheme_year: Mapped[str] = mapped_column(primary_key=True)
    cap_pence: Mapped[int | None]
    committed_pence: Mapped[int]


class FundOpening(Table):
    """From a day on, a fund of a scheme year is open or closed, and why."""

    __tablename__ = "fund_openings"
    __table_args__ = (UniqueConstraint("fund", "scheme_year", "from_on"), one_of("fund", Fund))

    id: Mapped[int] = mapped_column(primary_key=True)
    fund: Mapped[str]
    scheme_year: Mapped[str]
    from_on: Mapped[date]
    open: Mapped[bool]
    message: Mapped[str]
