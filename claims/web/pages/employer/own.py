"""What the employers' pages share: whose data is shown, and how far a purchase is."""

from collections.abc import Sequence
from typing import TypeVar

from claims.lifecycle import Role
from claims.models import CareService, Claim, Learner, Purchase
from claims.services.enlisting import Known, find_known
from claims.services.purchasing import may_change
from claims.store import claims as store
from claims.store.care_services import services_of
from claims.web.access import actor
from claims.web.forms.learner_tables import Offered
from claims.web.forms.learners import LearnerForm
from claims.web.journeys.purchase import Progress
from claims.web.listed import course_of, job_roles, todays_reference
from claims.web.transactions import session
from claims.web.wiring import services

LearnerFormOf = TypeVar("LearnerFormOf", bound=LearnerForm)

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


def prepared(form: LearnerFormOf) -> LearnerFormOf:
    """The form with everything it offers: job roles, role categories, and the services that the person sees."""
    form.offer_roles(job_roles())
    form.offer_categories(todays_reference().role_categories.values())
    form.offer_services(own_services(), required=actor().services is not None)
    return form


def own_services() -> list[CareService]:
    """The employer's services of which the person sees the learners, by name."""
    return [each for each in services_of(session(), employer_id()) if actor().sees(each.id)]


def offered() -> Offered:
    """What the cells of a table of learners may name."""
    return Offered(
        roles=job_roles(),
        services=own_services(),
        categories=list(todays_reference().role_categories.values()),
        service_needed=actor().services is not None,
    )


def known_learners(numbers: Sequence[str]) -> Known:
    """Whom of those with these numbers the employer has already, as far as the visitor may see."""
    return find_known(session(), services().keyring, employer_id(), numbers, actor())


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
