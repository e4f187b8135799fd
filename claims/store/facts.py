"""The only place where rows become the facts that rules read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import COMMITTED, State
from claims.models import Agreement, Claim, Commitment, Learner, Purchase, Slot
from claims.models.claims import SLOTS
from claims.references import written
from claims.rules.amounts import CostPerLearner, cost_per_learner
from claims.rules.facts import (
    ClaimFacts,
    EmployerFacts,
    Engagement,
    Facts,
    FundFacts,
    LearnerFacts,
    Overlapping,
    Part,
    StartPart,
    TrainingFacts,
)
from claims.rules.scheme import Fund, Reference, SchemeYear
from claims.store.reference import fund_is_open
from claims.store.sight import whole_sight

Answer = TypeVar("Answer")


class Surroundings:
    """What claims of one employer have in common, looked up once: for pages and acts with many claims.

    Good for one transaction, and for questions whose answers do not change in it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[Any, ...], Any] = {}

    def ask(self, question: Callable[..., Answer], *about: Any) -> Answer:
        """The answer of ``question(session, *about)``, asked the first time only."""
        key = (question, *about)
        if key not in self._known:
            self._known[key] = question(self._session, *about)
        return cast("Answer", self._known[key])

    def overlapping(self, claim: Claim) -> Overlapping:
        """Asked each time: a submission of many takes slots as it goes."""
        return overlapping(self._session, claim)


class LookedAt(Surroundings):
    """Of claims that a page shows: what overlaps with them is looked up for all of them together."""

    def __init__(self, session: Session, claims: Sequence[Claim]) -> None:
        super().__init__(session)
        self._overlapping = overlapping_each(session, claims)

    def overlapping(self, claim: Claim) -> Overlapping:
        found = self._overlapping.get(claim.id)
        return super().overlapping(claim) if found is None else found


def facts_of(
    session: Session,
    claim: Claim,
    number: str,
    reference: Reference,
    today: date,
    *,
    around: Surroundings | None = None,
    fund: Fund | None = None,
    job_role: str | None = None,
) -> Facts:
    """Everything that is known about ``claim``; with another ``fund`` or ``job_role`` than its own, if given.

    ``number`` is the learner's National Insurance number in its normal form: only services hold the key to it. A draft
    and a claim that needs action are not submitted (again) yet, so they are judged as of ``today``.
    """
    around = around or Surroundings(session)
    fund = fund or Fund(claim.fund)
    year = year_of(claim, reference, today)
    first = london_date(claim.first_submitted_at) if claim.first_submitted_at else None
    last = london_date(claim.submitted_at) if claim.submitted_at and claim.state != State.NEEDS_ACTION else None
    return Facts(
        employer=_employer(around, claim, year, fund),
        learner=_learner(claim, number, job_role),
        training=training_of(claim),
        claim=ClaimFacts(
            part=Part(claim.part),
            first_submitted_on=first,
            submitted_on=last,
            start_part=_start_part(claim),
            overlapping=around.overlapping(claim),
        ),
        fund=FundFacts(open=around.ask(fund_is_open, fund, year.name, first or today)),
    )


def year_of(claim: Claim, reference: Reference, today: date) -> SchemeYear:
    """The scheme year of the claim's deciding date, or else the one to go by while that is not known."""
    decided = year_decided(reference, claim.course_code, claim.purchase.paid_on, claim.completed_on)
    return decided.year if decided else reference.year_to_go_by(today)


class Decided(NamedTuple):
    """The date that decides a scheme year, and the year."""

    on: date
    year: SchemeYear
    by_completion: bool
    """Internal OMMT, which nobody pays for; else the first payment decides."""


def year_decided(
    reference: Reference, course_code: str | None, paid_on: date | None, completed_on: date | None
) -> Decided | None:
    """The scheme year of training by the date that decides it; ``None`` while that is not known, or is in no year."""
    entries = reference.courses.get(course_code or "", ())
    internal = bool(entries) and entries[-1].is_internal_ommt
    deciding_on = completed_on if internal else paid_on
    year = reference.year_paid_on(deciding_on) if deciding_on else None
    return Decided(deciding_on, year, internal) if deciding_on and year else None


def training_of(claim: Claim) -> TrainingFacts:
    """The training that one learner had, with this learner's share of what was paid."""
    bought = training_bought(claim.purchase)
    cost = bought.cost_pence if claim.cost_pence is None else claim.cost_pence
    return replace(
        bought,
        course=claim.course_code,
        cost_pence=cost,
        started_on=claim.started_on,
        completed_on=claim.completed_on,
    )


def training_bought(purchase: Purchase) -> TrainingFacts:
    """The training as it was bought for each learner, whoever they are."""
    shared = cost_shared(purchase)
    return TrainingFacts(
        course=purchase.course_code,
        cost_pence=None if shared is None else shared.cost_pence,
        other_funding_pence=_other_funding(purchase, shared),
        apprenticeship=purchase.apprenticeship,
        paid_on=purchase.paid_on,
        second_payment_on=purchase.second_payment_on,
        started_on=purchase.started_on,
    )


def cost_shared(purchase: Purchase) -> CostPerLearner | None:
    """What was paid for each learner, with what does not divide; ``None`` before the cost is known."""
    if purchase.cost_pence is None or purchase.people_covered is None:
        return None
    return cost_per_learner(purchase.cost_pence, purchase.other_funding_pence or 0, purchase.people_covered)


def _other_funding(purchase: Purchase, shared: CostPerLearner | None) -> int | None:
    if purchase.other_funding_pence is None:
        return None
    return shared.other_funding_pence if shared else purchase.other_funding_pence


def _employer(around: Surroundings, claim: Claim, year: SchemeYear, fund: Fund) -> EmployerFacts:
    employer = claim.purchase.employer
    return EmployerFacts(
        provides_adult_social_care=employer.provides_adult_social_care,
        employs_care_staff_in_england=employer.employs_care_staff_in_england,
        workforce_data_updated_on=employer.workforce_data_updated_on,
        registered_with_cqc=employer.registered_with_cqc,
        agreement_signed_on=around.ask(signed_on, claim.employer_id, year.name),
        committed_pence=_besides(claim, around.ask(committed_to, claim.employer_id, fund, year.name)),
    )


def signed_on(session: Session, employer_id: int, scheme_year: str) -> date | None:
    """When the employer signed the agreement of the year."""
    return session.scalars(
        select(Agreement.signed_on).where(Agreement.employer_id == employer_id, Agreement.scheme_year == scheme_year)
    ).first()


def committed_to(session: Session, employer_id: int, fund: str, scheme_year: str) -> int:
    """Pence committed to the employer from the fund in the year."""
    committed = session.scalars(
        select(Commitment.committed_pence).where(
            Commitment.employer_id == employer_id, Commitment.fund == fund, Commitment.scheme_year == scheme_year
        )
    ).first()
    return committed or 0


def committed_besides(session: Session, claim: Claim, scheme_year: str) -> int:
    """Pence committed to the employer from the claim's fund in the year, for everything but this claim."""
    return _besides(claim, committed_to(session, claim.employer_id, claim.fund, scheme_year))


def _besides(claim: Claim, committed: int) -> int:
    own = claim.payable_pence or 0 if claim.state in COMMITTED else 0
    return max(0, committed - own)


def _learner(claim: Claim, number: str, job_role: str | None) -> LearnerFacts:
    learner = claim.learner
    return LearnerFacts(
        national_insurance_number=number,
        job_role=job_role or learner.job_role,
        engagement=Engagement(learner.engagement),
        works_in_england=learner.works_in_england,
        post_requires_registration=learner.post_requires_registration,
        employed_on_start=was_employed(learner, claim.started_on),
        employed_on_completion=was_employed(learner, claim.completed_on),
    )


def was_employed(learner: Learner, day: date | None) -> bool | None:
    """Whether the learner was employed on ``day``; the last day employed counts. ``None`` without a day."""
    if day is None:
        return None
    return learner.employed_from <= day and (learner.left_on is None or day <= learner.left_on)


def _start_part(claim: Claim) -> StartPart | None:
    if claim.part != Part.COMPLETION:
        return None
    start = claim.start_claim
    if start is None:
        return StartPart("none")
    return StartPart(State(start.state), start.entitlement_pence, start.reimbursable_pence)


@whole_sight()
def overlapping(session: Session, claim: Claim) -> Overlapping:
    """Other live claims, with any employer, that hold a slot this claim needs."""
    return overlapping_each(session, [claim])[claim.id]


@whole_sight()
def overlapping_each(session: Session, claims: Sequence[Claim]) -> dict[int, Overlapping]:
    """As ``overlapping``, by the claims' ids. One query."""
    holders: dict[tuple[str, str, str], list[Any]] = {}
    for row in session.execute(
        select(Slot.number_hash, Slot.course_code, Slot.slot, Claim.id, Claim.employer_id, Claim.base, Claim.part)
        .join(Claim, Claim.id == Slot.claim_id)
        .where(
            Slot.number_hash.in_({claim.learner.number_hash for claim in claims}),
            Slot.course_code.in_({claim.course_code for claim in claims}),
        )
        .order_by(Claim.id)
    ):
        holders.setdefault((row.number_hash, row.course_code, row.slot), []).append(row)
    return {claim.id: _overlapping(claim, holders) for claim in claims}


def _overlapping(claim: Claim, holders: Mapping[tuple[str, str, str], Sequence[Any]]) -> Overlapping:
    found = {
        row.id: row
        for slot in SLOTS[Part(claim.part)]
        for row in holders.get((claim.learner.number_hash, claim.course_code, slot), ())
        if row.id != claim.id
    }
    own = [row for _, row in sorted(found.items()) if row.employer_id == claim.employer_id]
    references = tuple(dict.fromkeys(written(row.base, Part(row.part)) for row in own))
    return Overlapping(references, len(own) < len(found))
