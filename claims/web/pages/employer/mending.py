"""Where an employer puts right what is in the way of a claim."""

from dataclasses import dataclass

from flask import url_for

from claims import clock
from claims.models import Claim
from claims.readiness import Blocker, Obstacle
from claims.rules.facts import Part
from claims.services.claiming import what_rules_out
from claims.services.drafting import part_of
from claims.web.journeys.purchase import Progress
from claims.web.pages.employer.purchase_steps import ENDPOINTS
from claims.web.transactions import session

STEPS_OF_RULES = {
    "course-not-an-apprenticeship": "training-dates",
    "started-in-scheme-year": "training-dates",
    "paid-in-scheme-year": "payment",
    "course-on-eligible-list": "payment",
    "dates-in-order": "training-dates",
    "part-allowed-for-course": "way-of-claiming",
    "training-completed": "completion-dates",
    "completed-in-time": "completion-dates",
    "cost-is-reimbursable": "cost",
}
"""Where the facts of a rule are told."""
WORDS_OF_STEPS = {
    "training-dates": "Change the training dates",
    "payment": "Change the payment",
    "way-of-claiming": "Change how you claim",
    "completion-dates": "Give the completion date",
    "cost": "Change the cost",
}


def where_to_put_right(claim: Claim, blocker: Blocker) -> tuple[str, str] | None:
    """The words and the address of the page on which ``blocker`` can be put right; ``None`` where none is."""
    purchase_id = claim.purchase_id
    if blocker.obstacle is Obstacle.REGISTRATION:
        # Why an employer is suspended is asked of the scheme, not put right here.
        return (
            None if claim.purchase.employer.suspended else ("See your registration", url_for("registration.overview"))
        )
    if blocker.obstacle is Obstacle.EVIDENCE:
        return "Add evidence", url_for("employer_evidence.evidence", purchase_id=purchase_id)
    if blocker.obstacle is Obstacle.AGREEMENT:
        if claim.scheme_year is None:
            return "Read and sign the agreement", url_for("employer_agreement.agreements")
        return "Read and sign it", url_for("employer_agreement.agreement", scheme_year=claim.scheme_year)
    if blocker.obstacle is Obstacle.BANK_DETAILS:
        return "Give bank details", url_for("employer_bank.details")
    if blocker.rule == "employer-workforce-data-up-to-date":
        return "Say when you updated them", url_for("employer_organisation.workforce_data")
    if blocker.rule.startswith("learner-"):
        return "Change the learner’s details", url_for("employer_learners.change", learner_id=claim.learner_id)
    if blocker.obstacle is Obstacle.DUPLICATE:
        theirs = url_for("employer_claims.claims", learner=claim.learner_id, course=claim.course_code)
        return "See the learner’s claims for this course", theirs
    if blocker.obstacle is Obstacle.DEADLINE:
        return "Check the dates", url_for("employer_claim.dates", claim_id=claim.id)
    if blocker.rule == "start-part-approved" and claim.start_claim_id is not None:
        return "See the start claim", url_for("employer_claim.claim", claim_id=claim.start_claim_id)
    if STEPS_OF_RULES.get(blocker.rule) == "completion-dates" and claim.part == Part.START:
        return None
    return where_it_was_told(purchase_id, blocker.rule)


def where_it_was_told(purchase_id: int, rule: str) -> tuple[str, str] | None:
    """The words and the address of the step that tells what ``rule`` looks at; ``None`` where none does."""
    step = STEPS_OF_RULES.get(rule)
    return (WORDS_OF_STEPS[step], url_for(ENDPOINTS[step], purchase_id=purchase_id)) if step else None


@dataclass(frozen=True, slots=True)
class RuledOut:
    """Why no claim of a purchase can be made in the way that was chosen for it."""

    told: list[tuple[str, tuple[str, str] | None]]
    """Each reason, with the words and the address of where it can be put right."""
    all_at_once: str | None
    """The address at which to choose to claim all at once, where nothing rules that out."""


def what_is_ruled_out(progress: Progress) -> RuledOut | None:
    """Said from the first step on at which it is known, not at the end. ``None`` when nothing is."""
    purchase, part, today = progress.purchase, part_of(progress.purchase), clock.today()
    found = what_rules_out(session(), purchase, part, today)
    if not found:
        return None
    other_way = (
        part is Part.START
        and "claimed_as" in progress.may_change
        and not what_rules_out(session(), purchase, Part.FULL, today)
    )
    return RuledOut(
        [(finding.message, where_it_was_told(purchase.id, finding.rule)) for finding in found],
        url_for(ENDPOINTS["way-of-claiming"], purchase_id=purchase.id) if other_way else None,
    )
