"""What would be paid back, from what is known before anything is bought and without an account."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from claims.rules.engine import assess
from claims.rules.facts import Engagement, Facts, FundFacts, LearnerFacts, Part, TrainingFacts
from claims.rules.findings import Assessment, Finding, Says
from claims.rules.scheme import CourseEntry, FundingModel, Parameter, Reference, SchemeYear
from claims.store.reference import fund_is_open

ASKED = (
    "training.course",
    "learner.job_role",
    "learner.engagement",
    "learner.post_requires_registration",
    "training.cost_gbp",
    "training.other_funding_gbp",
    "training.paid_on",
    "training.started_on",
    "training.completed_on",
)
"""Facts that anybody may tell."""
NEED_AN_ACCOUNT = (
    "employer.provides_adult_social_care",
    "employer.employs_care_staff_in_england",
    "employer.workforce_data_updated_on",
    "employer.registered_with_cqc",
    "employer.agreement_signed_on",
    "employer.committed_gbp",
    "learner.national_insurance_number",
    "learner.works_in_england",
    "learner.employed_on_start",
    "learner.employed_on_completion",
    "training.apprenticeship",
    "claim.overlapping.own",
    "fund.open",
)
"""Facts about one employer and one person, or that only the service knows."""


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody told: nothing about who they or their staff are, and any of it may be missing."""

    course: str | None = None
    job_role: str | None = None
    engagement: Engagement | None = None
    post_requires_registration: bool | None = None
    paid_on: date | None = None
    started_on: date | None = None
    completed_on: date | None = None
    cost_pence: int | None = None
    """For each person, before other funding."""
    other_funding_pence: int | None = None
    people: int = 1
    part: Part | None = None
    """``None``: 60% at the start where the course allows it."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The claim that would come first, and the other way to claim where there is a choice."""

    assessment: Assessment
    part: Part | None
    other_way: Assessment | None
    """All at once instead of 60/40, or 60/40 instead of all at once; ``None`` where the course allows one only."""
    year: SchemeYear
    """The scheme year that was gone by."""
    people: int

    @property
    def last_day_of_completion(self) -> date | None:
        """The last day to claim the 40%, once the completion date is known."""
        return self.other_way.last_day_to_claim if self.other_way and self.part is Part.START else None

    @property
    def to_tell(self) -> tuple[str, ...]:
        """Facts that anybody may tell and that a rule still waits for, by interface name."""
        return self._missing(ASKED)

    @property
    def to_confirm(self) -> tuple[str, ...]:
        """Facts that need an account and that a rule still waits for, by interface name."""
        return self._missing(NEED_AN_ACCOUNT)

    @property
    def to_happen(self) -> tuple[Finding, ...]:
        """What waits for nothing but a day that has not come."""
        unknown = self.assessment.findings_that(Says.UNKNOWN)
        return tuple(finding for finding in unknown if not _unknown_facts(finding) & {*ASKED, *NEED_AN_ACCOUNT})

    @property
    def cap_exceeded(self) -> Parameter | None:
        """The most for one employer in the year, in pence, where everybody's amounts come to more; else ``None``."""
        cap = self.year.cap_pence(self.assessment.fund)
        together = self.for_all(self.assessment.amount.reimbursable_pence)
        if cap is None or together is None or together <= cap:
            return None
        return self.year.cap(self.assessment.fund)

    def _missing(self, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = map(_unknown_facts, self.assessment.findings_that(Says.UNKNOWN))
        missing = set[str]().union(*unknown)
        return tuple(name for name in names if name in missing)

    def for_all(self, pence: int | None) -> int | None:
        """What ``pence`` for each comes to for everybody."""
        return None if pence is None else pence * self.people


def _unknown_facts(finding: Finding) -> set[str]:
    return {name for name, known in finding.facts if known is None}


def foresee(session: Session, reference: Reference, known: Known, today: date) -> Foreseen:
    """Judge a claim by everything that is known of it; what nobody told is unknown, never assumed."""
    entries = reference.courses.get(known.course or "", ())
    part = _part_of(entries[-1] if entries else None, known.part)
    facts = Facts(
        learner=LearnerFacts(
            job_role=known.job_role,
            engagement=known.engagement,
            post_requires_registration=known.post_requires_registration,
        ),
        training=TrainingFacts(
            course=known.course,
            cost_pence=known.cost_pence,
            other_funding_pence=known.other_funding_pence,
            paid_on=known.paid_on,
            started_on=known.started_on,
            completed_on=known.completed_on,
        ),
    )
    first = assess(_claiming(facts, part), reference, today)
    year = next((year for year in reference.years if year.name == first.scheme_year), reference.year_to_go_by(today))
    if entries:
        facts = replace(facts, fund=FundFacts(fund_is_open(session, first.fund, year.name, today)))
    other = _other_way(part) if entries and entries[-1].funding_model is FundingModel.SPLIT else None
    return Foreseen(
        assess(_claiming(facts, part), reference, today),
        part,
        assess(_claiming(facts, other), reference, today) if other else None,
        year,
        known.people,
    )


def _part_of(entry: CourseEntry | None, wanted: Part | None) -> Part | None:
    if entry is None:
        return wanted
    if entry.funding_model is FundingModel.FULL:
        return Part.FULL
    return wanted or Part.START


def _other_way(part: Part | None) -> Part:
    return Part.FULL if part is Part.START else Part.START


def _claiming(facts: Facts, part: Part | None) -> Facts:
    return replace(facts, claim=replace(facts.claim, part=part))
