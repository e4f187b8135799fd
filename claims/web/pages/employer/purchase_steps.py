"""The steps of a purchase as pages: where each of them is, and the way from one to another."""

from flask import redirect, url_for

from claims.models import Purchase
from claims.web.answers import Answer
from claims.web.journeys import purchase as journey
from claims.web.journeys.purchase import Progress, Step
from claims.web.pages.employer.own import progress_of

ENDPOINTS = {
    "payment": "employer_purchases.payment",
    "cost": "employer_purchases.cost",
    "training-dates": "employer_purchases.training_dates",
    "way-of-claiming": "employer_purchases.way_of_claiming",
    "learners": "employer_enrolment.learners",
    "completion-dates": "employer_enrolment.completion_dates",
    "evidence": "employer_evidence.evidence",
    "check": "employer_submission.check",
}
"""Where each step of the journey is."""


def address_of(step: Step, purchase: Purchase) -> str:
    """The page of a step."""
    return url_for(ENDPOINTS[step.slug], purchase_id=purchase.id)


def back_from(progress: Progress, slug: str) -> str:
    """The address of the step before this one; of the purchase as a whole before the first."""
    before = journey.step_before(progress, slug)
    if before is None:
        return url_for("employer_purchases.whole", purchase_id=progress.purchase.id)
    return address_of(before, progress.purchase)


def continue_from(purchase: Purchase, slug: str) -> Answer:
    """On to the step after this one."""
    return redirect(address_of(journey.step_after(progress_of(purchase), slug), purchase), 303)


def elsewhere(progress: Progress, slug: str) -> Answer | None:
    """Where to go instead of a step that cannot be opened (yet, or any more)."""
    if journey.may_open(progress, slug):
        return None
    if slug not in [step.slug for step in journey.steps_of(progress)]:
        return redirect(url_for("employer_purchases.whole", purchase_id=progress.purchase.id), 303)
    return redirect(address_of(journey.furthest(progress), progress.purchase), 303)
