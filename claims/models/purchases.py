"""Purchases: what an employer paid for, and the payment evidence and checks that belong to it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims.db import Table
from claims.models.employers import Employer
from claims.models.kinds import not_negative, one_of
from claims.rules.scheme import Fund

WAITING = text("waiting_since IS NOT NULL")


class Purchase(Table):
    """One course, one provider, one payment or payment plan, for one or many learners.

    Its columns fill up step by step; once its first claim is submitted, ``fixed_at`` says that course, cost,
    payment dates and payment evidence no longer change.
    """

    __tablename__ = "purchases"
    __table_args__ = (
        one_of("fund", Fund),
        one_of("claimed_as", ("full", "split")),
        CheckConstraint("cost_pence > 0", name="cost_positive"),
        CheckConstraint("other_funding_pence >= 0", name="other_funding_not_negative"),
        CheckConstraint("people_covered > 0", name="people_covered_positive"),
        CheckConstraint("(holder_id IS NULL) = (held_until IS NULL)", name="held_by_somebody_until"),
        not_negative("waiting_claims"),
        CheckConstraint("(waiting_claims = 0) = (waiting_since IS NULL)", name="waits_since_the_first"),
        Index("ix_purchases_employer_id", "employer_id", "id"),
        Index("ix_purchases_waiting", "waiting_since", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        {"sqlite_autoincrement": True},  # an event about a discarded row must never point at a later one
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    course_code: Mapped[str]
    fund: Mapped[str]
    provider: Mapped[str | None]
    invoice_reference: Mapped[str | None]
    by_plan: Mapped[bool | None]
    """Paid by a plan: a first and a second payment."""
    paid_on: Mapped[date | None]
    second_payment_on: Mapped[date | None]
    cost_pence: Mapped[int | None]
    """What was paid, on the footing of ``people_covered``."""
    people_covered: Mapped[int | None]
    """1: the cost is each learner's. More: it is the invoice's total, for so many people."""
    other_funding_pence: Mapped[int | None]
    """On the same footing as the cost."""
    apprenticeship: Mapped[bool | None]
    claimed_as: Mapped[str | None]
    """``split``: 60/40; ``full``: all on completion."""
    started_on: Mapped[date | None]
    planned_end_on: Mapped[date | None]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    fixed_at: Mapped[datetime | None]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    """The assessor who holds it; nobody else decides its claims."""
    held_until: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    """When the first of its waiting claims was last submitted; none: nothing of it waits. Kept by ``moving``."""
    waiting_claims: Mapped[int] = mapped_column(default=0)
    """How many of its claims are submitted and not decided. Kept by ``moving``."""
    personal_data_removed_at: Mapped[datetime | None]
    """When its time was over and retention took it out."""

    employer: Mapped[Employer] = relationship()


class PaymentCheck(Table):
    """What an assessor found of a purchase's payment. Later versions stand beside earlier ones."""

    __tablename__ = "payment_checks"
    __table_args__ = (
        UniqueConstraint("purchase_id", "version"),
        one_of("answer", ("yes", "action-needed", "reject")),
        CheckConstraint("cost_pence > 0", name="cost_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchases.id"))
    version: Mapped[int]
    answer: Mapped[str | None]
    cost_pence: Mapped[int | None]
    """What was paid for each learner, as the evidence shows."""
    paid_in_full: Mapped[bool | None]
    note: Mapped[str]
    """What the employer will read."""
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When the outcome was confirmed; until then the check is work in hand."""
    evidence_hash: Mapped[str]
    """The evidence and figures it was made of; a change makes a new check necessary."""
