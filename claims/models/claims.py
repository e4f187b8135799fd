"""Claims: one learner, one course, one part; the slots they take, the checks and requests they get."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from claims import references
from claims.db import Table
from claims.lifecycle import State
from claims.models.kinds import one_of
from claims.models.learners import Learner
from claims.models.purchases import Purchase
from claims.rules.facts import Part
from claims.rules.scheme import Fund

DRAFT = text("state = 'draft'")
SUBMITTED = text("state = 'submitted'")
APPROVED = text("state = 'approved'")

SLOTS: Mapping[Part, tuple[str, ...]] = {
    Part.FULL: ("start", "completion"),
    Part.START: ("start",),
    Part.COMPLETION: ("completion",),
}
"""Which halves of a course's funding each part takes."""


class Claim(Table):
    """One learner, one course, one part. ``state`` is written by ``claims.services.moving`` only."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("base", "part"),
        Index(
            "ix_claims_one_draft",
            "purchase_id",
            "learner_id",
            "part",
            unique=True,
            sqlite_where=DRAFT,
            postgresql_where=DRAFT,
        ),
        one_of("part", Part),
        one_of("state", State),
        one_of("fund", Fund),
        CheckConstraint("reimbursable_pence >= 0", name="reimbursable_not_negative"),
        CheckConstraint(
            "entitlement_pence >= 0 AND entitlement_pence <= reimbursable_pence", name="entitlement_in_range"
        ),
        CheckConstraint("payable_pence >= 0 AND payable_pence <= entitlement_pence", name="payable_in_range"),
        CheckConstraint(
            "state NOT IN ('approved', 'in-payment', 'paid', 'recovered') OR payable_pence IS NOT NULL",
            name="approved_has_an_amount",
        ),
        CheckConstraint("state = 'draft' OR first_submitted_at IS NOT NULL", name="submitted_says_when"),
        Index("ix_claims_employer_id", "employer_id", "id"),
        Index("ix_claims_employer_deadline", "employer_id", "state", "last_day_on"),
        Index("ix_claims_purchase_id", "purchase_id", "state", "last_day_on"),
        Index("ix_claims_learner_id", "learner_id"),
        Index("ix_claims_waiting", "purchase_id", "submitted_at", sqlite_where=SUBMITTED, postgresql_where=SUBMITTED),
        Index(
            "ix_claims_approved_by_age",
            "scheme_year",
            "decided_at",
            "id",
            sqlite_where=APPROVED,
            postgresql_where=APPROVED,
        ),
        Index(
            "ix_claims_approved_by_employer",
            "scheme_year",
            "employer_id",
            "fund",
            "payable_pence",
            "decided_at",
            "id",
            sqlite_where=APPROVED,
            postgresql_where=APPROVED,
        ),
        Index("ix_claims_state", "state", "submitted_at", "id"),
        {"sqlite_autoincrement": True},  # an event about a discarded row must never point at a later one
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    base: Mapped[str]
    part: Mapped[str]
    state: Mapped[str]
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchases.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    start_claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"), unique=True)
    """The approved start claim that this completion claim follows."""
    course_code: Mapped[str]
    fund: Mapped[str]
    scheme_year: Mapped[str | None]
    started_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    last_day_on: Mapped[date | None]
    """The last day to claim, inclusive, kept up to date for sorting; the rules say why."""
    cost_pence: Mapped[int | None]
    """What the assessor found was paid for this learner; fixed on approval, with the three below."""
    reimbursable_pence: Mapped[int | None]
    entitlement_pence: Mapped[int | None]
    payable_pence: Mapped[int | None]
    course_list_id: Mapped[int | None] = mapped_column(ForeignKey("course_lists.id"))
    """The course list it was submitted under."""
    rules_version: Mapped[str | None]
    as_submitted: Mapped[dict[str, Any] | None]
    """Employer, purchase, facts and assessment as they were when last submitted; the number is left out."""
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    first_submitted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    paid_on: Mapped[date | None]
    personal_data_removed_at: Mapped[datetime | None]
    """When its time was over and retention took it out."""
    changes: Mapped[int] = mapped_column(default=0)
    """Counts what was written; an act on a page that shows an older count is refused."""

    __mapper_args__ = {"version_id_col": changes}  # noqa: RUF012

    purchase: Mapped[Purchase] = relationship()
    learner: Mapped[Learner] = relationship()
    start_claim: Mapped["Claim | None"] = relationship(remote_side="Claim.id")

    @property
    def reference(self) -> str:
        return references.written(self.base, Part(self.part))


class Slot(Table):
    """A live claim's hold on a number, a course and a half of its funding; ``full`` holds both halves.

    Taken in the submitting transaction, given back by rejection, withdrawal and full recovery.
    """

    __tablename__ = "slots"
    __table_args__ = (one_of("slot", ("start", "completion")), Index("ix_slots_claim_id", "claim_id"))

    number_hash: Mapped[str] = mapped_column(primary_key=True)
    course_code: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))


class CompletionCheck(Table):
    """What an assessor found of one claim's completion, or of a start claim's learner and dates."""

    __tablename__ = "completion_checks"
    __table_args__ = (
        UniqueConstraint("claim_id", "version"),
        one_of("answer", ("yes", "action-needed", "reject")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    version: Mapped[int]
    answer: Mapped[str | None]
    note: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class ActionRequest(Table):
    """One thing an assessor asks the employer to put right, and the answer."""

    __tablename__ = "action_requests"
    __table_args__ = (
        one_of("about", ("payment", "completion")),
        Index("ix_action_requests_claim_id", "claim_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    about: Mapped[str]
    note: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reply: Mapped[str]
    ticked: Mapped[bool] = mapped_column(default=False)
    """The employer ticked it off as done; nobody's judgement rests on it."""
    settled_at: Mapped[datetime | None]
    """When the claim was sent again, withdrawn or recalled."""
