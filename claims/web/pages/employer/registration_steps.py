"""Between the pages of a registration: where each step is, and where to go instead of one that cannot be opened."""

from flask import redirect, render_template, url_for

from claims.services.registering import OPEN
from claims.store.claims import NotFound
from claims.store.registrations import Dossier, dossier_of
from claims.web.answers import Answer
from claims.web.journeys import registration as journey
from claims.web.pages.employer.own import employer_id
from claims.web.transactions import session

ENDPOINTS = {
    "organisation": "registration.organisation",
    "address": "registration.address",
    "services": "registration.care_provided",
    "care-staff": "registration.care_staff",
    "numbers": "registration.numbers",
    "responsible-officer": "registration.responsible_officer",
    "proofs": "registration_proofs.proofs",
    "check": "registration.check",
}
"""Where each step of the journey is."""


def address_of(slug: str) -> str:
    return url_for(ENDPOINTS[slug])


def own_dossier() -> Dossier:
    found = dossier_of(session(), employer_id())
    if found is None:
        raise NotFound("this employer did not register here")
    return found


def step_page(slug: str, form: object, **more: object) -> str:
    before = journey.step_before(slug)
    return render_template(
        f"employer/registration/{slug.replace('-', '_')}.html",
        form=form,
        number=[step.slug for step in journey.STEPS].index(slug) + 1,
        steps=len(journey.STEPS),
        address=address_of(slug),
        back=address_of(before.slug) if before else url_for("registration.overview"),
        **more,
    )


def elsewhere(dossier: Dossier, slug: str) -> Answer | None:
    """Where to go instead of a step that cannot be opened (yet, or any more)."""
    if dossier.employer.registration not in OPEN:
        return redirect(url_for("registration.overview"), 303)
    if not journey.may_open(dossier, slug):
        return redirect(address_of(journey.furthest(dossier).slug), 303)
    return None
