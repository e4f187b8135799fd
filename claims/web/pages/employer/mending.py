"""Where an employer puts right what is in the way of a claim."""

from flask import url_for

from claims.models import Claim
from claims.readiness import Blocker, Obstacle
from claims.rules.facts import Part
from claims.web.pages.employer.purchase_steps import ENDPOINTS

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
    step = STEPS_OF_RULES.get(blocker.rule)
    if step == "completion-dates" and claim.part == Part.START:
        return None
    return (WORDS_OF_STEPS[step], url_for(ENDPOINTS[step], purchase_id=purchase_id)) if step else None
