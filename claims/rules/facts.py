"""What is known about one claim. ``None`` always means *not known*, never "no" and never zero.

The names follow ``docs/interfaces.md``; money is in whole pence, where the outside world writes pounds.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Engagement(StrEnum):
    """How the learner works for the employer."""

    EMPLOYEE = "employee"
    BANK = "bank"
    ZERO_HOURS = "zero-hours"
    AGENCY = "agency"
    PERSONAL_ASSISTANT = "personal-assistant"
    VOLUNTEER = "volunteer"
    SELF_EMPLOYED = "self-employed"


class Part(StrEnum):
    """Which share of the reimbursement is claimed: all of it, 60% at the start, or the rest on completion."""

    FULL = "full"
    START = "start"
    COMPLETION = "completion"


FULL, START, COMPLETION = Part
"""By name, for rules: looking a member up on its class takes five times as long."""


@dataclass(frozen=True, slots=True)
class EmployerFacts:
    provides_adult_social_care: bool | None = None
    employs_care_staff_in_england: bool | None = None
    workforce_data_updated_on: date | None = None
    registered_with_cqc: bool | None = None
    agreement_signed_on: date | None = None
    committed_pence: int | None = None
    """Approved, in payment or paid for this employer, fund and scheme year, less recoveries."""


@dataclass(frozen=True, slots=True)
class LearnerFacts:
    national_insurance_number: str | None = None
    job_role: str | None = None
    engagement: Engagement | None = None
    works_in_england: bool | None = None
    post_requires_registration: bool | None = None
    employed_on_start: bool | None = None
    employed_on_completion: bool | None = None


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    course: str | None = None
    cost_pence: int | None = None
    """What was paid for this learner, before other funding is taken off."""
    other_funding_pence: int | None = None
    apprenticeship: bool | None = None
    paid_on: date | None = None
    second_payment_on: date | None = None
    started_on: date | None = None
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class StartPart:
    """The start claim that a completion claim follows."""

    state: str
    """A state of ``claims.lifecycle``, or ``none`` when there is no start claim."""
    amount_pence: int | None = None
    """Its entitlement, before any cap."""
    reimbursable_pence: int | None = None
    """R, fixed when it was approved."""


@dataclass(frozen=True, slots=True)
class Overlapping:
    """Other live claims for the same number, course and part, as the caller found them."""

    own: tuple[str, ...] = ()
    """References of the employer's own claims."""
    another_employer: bool = False


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    part: Part | None = None
    first_submitted_on: date | None = None
    """``None`` means the same as ``submitted_on``."""
    submitted_on: date | None = None
    start_part: StartPart | None = None
    overlapping: Overlapping | None = None


@dataclass(frozen=True, slots=True)
class FundFacts:
    open: bool | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One claim's facts, by subject."""

    employer: EmployerFacts = field(default_factory=EmployerFacts)
    learner: LearnerFacts = field(default_factory=LearnerFacts)
    training: TrainingFacts = field(default_factory=TrainingFacts)
    claim: ClaimFacts = field(default_factory=ClaimFacts)
    fund: FundFacts = field(default_factory=FundFacts)
