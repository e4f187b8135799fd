"""What a claim comes to with what an assessor found: the rules again, with the assessor's cost."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from claims.decisions import Worth
from claims.models import Claim
from claims.rules.engine import assess
from claims.rules.facts import Facts, Part
from claims.rules.findings import Assessment
from claims.rules.scheme import Reference, SchemeYear
from claims.secrets import Keyring
from claims.services.claiming import look_up_facts
from claims.store.facts import year_of


@dataclass(frozen=True, slots=True)
class Valued:
    """A claim under the rules, as an assessor decides it."""

    assessment: Assessment
    worth: Worth
    year: SchemeYear

    @property
    def payable_pence(self) -> int:
        """What is to be paid; nothing while it cannot be worked out."""
        return self.assessment.amount.payable_pence or 0


def is_internal_ommt(claim: Claim, reference: Reference) -> bool:
    """Whether the employer gave the training itself, for a fixed amount and without a payment."""
    entries = reference.courses.get(claim.course_code, ())
    return bool(entries) and entries[-1].is_internal_ommt


def value_claim(
    session: Session,
    keyring: Keyring,
    claim: Claim,
    today: date,
    *,
    cost_pence: int | None,
    committed_pence: int | None = None,
) -> Valued:
    """Assess ``claim`` with ``cost_pence`` as what was paid for its learner, before other funding.

    ``None`` leaves the cost as claimed; a plain completion part has its start part's. ``committed_pence`` is what is
    committed to the employer besides this claim, when the caller knows better than the database.
    """
    facts, listed = look_up_facts(session, keyring, claim, today)
    reference = listed.reference
    if committed_pence is not None:
        facts = replace(facts, employer=replace(facts.employer, committed_pence=committed_pence))
    start = claim.start_claim
    if claim.part == Part.COMPLETION and start is not None and not claim.purchase.by_plan:
        cost_pence = start.cost_pence
    if cost_pence is not None:
        facts = replace(facts, training=replace(facts.training, cost_pence=cost_pence))
    if claim.part == Part.COMPLETION and claim.purchase.by_plan:
        facts = _lowered(facts, reference, today)
    assessment = assess(facts, reference, today)
    year = year_of(claim, reference, today)
    internal = is_internal_ommt(claim, reference)
    worth = Worth(
        part=Part(claim.part),
        amount=assessment.amount,
        cost_pence=None if internal else facts.training.cost_pence,
        other_funding_pence=0 if internal else facts.training.other_funding_pence or 0,
        maximum_pence=assessment.course.max_reimbursement_pence if assessment.course else None,
        share_percent=year.number("start_share_percent"),
        started_with_pence=start.entitlement_pence if start else None,
    )
    return Valued(assessment, worth, year)


def _lowered(facts: Facts, reference: Reference, today: date) -> Facts:
    """Only the check of a plan's second payment may lower what the start part fixed; nothing raises it."""
    start = facts.claim.start_part
    if start is None or start.reimbursable_pence is None:
        return facts
    unfixed = replace(facts, claim=replace(facts.claim, start_part=replace(start, reimbursable_pence=None)))
    found = assess(unfixed, reference, today).amount.reimbursable_pence
    if found is None or found >= start.reimbursable_pence:
        return facts
    return replace(facts, claim=replace(facts.claim, start_part=replace(start, reimbursable_pence=found)))
