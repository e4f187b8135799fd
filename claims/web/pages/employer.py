"""What the employers' pages share: whose data is shown, and how far a purchase is."""

from claims.lifecycle import Role
from claims.models import Claim, Learner, Purchase
from claims.services.purchasing import may_change
from claims.store import claims as store
from claims.web.access import actor
from claims.web.journeys.purchase import Progress
from claims.web.listed import course_of
from claims.web.transactions import session

EMPLOYER = (Role.SRO, Role.SUBMITTER)


def employer_id() -> int:
    """The employer acted for."""
    found = actor().employer_id
    if found is None:
        raise store.NotFound("staff act for no employer")
    return found


def own_purchase(purchase_id: int) -> Purchase:
    return store.purchase_of(session(), employer_id(), purchase_id)


def own_claim(claim_id: int) -> Claim:
    return store.claim_of(session(), employer_id(), claim_id)


def own_learner(learner_id: int) -> Learner:
    return store.learner_of(session(), employer_id(), learner_id)


def progress_of(purchase: Purchase) -> Progress:
    course = course_of(purchase.course_code)
    entry = course.entry if course else None
    return Progress(
        purchase=purchase,
        claims=store.claims_in(session(), purchase),
        is_internal_ommt=entry is not None and entry.is_internal_ommt,
        offers_split=entry is not None and entry.funding_model == "split",
        may_change=may_change(session(), purchase),
    )
