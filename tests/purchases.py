"""Purchases and claims made through the services, for tests of what comes after."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from claims.demo.cast import House
from claims.models import Claim, Purchase
from claims.rules.facts import Part
from claims.services.claiming import Submission, submit
from claims.services.enrolling import enrol
from claims.services.evidencing import KeptFile, add_certificate, add_payment_evidence
from claims.services.purchasing import Details, change_purchase, start_purchase
from claims.store.claims import learner_of
from tests.keys import KEYRING

AT = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
"""1 June 2025, when the example of ``docs/interfaces.md`` is submitted."""

CERTIFICATE_COURSE = "610/4009/5"
PLAIN: Details = {
    "provider": "Bright Training",
    "invoice_reference": "INV-17",
    "by_plan": False,
    "paid_on": date(2025, 5, 1),
    "cost_pence": 1600_00,
    "people_covered": 1,
    "other_funding_pence": 0,
    "apprenticeship": False,
    "started_on": date(2025, 5, 10),
    "planned_end_on": date(2025, 11, 14),
}
"""The purchase of the example of ``docs/interfaces.md``."""


def a_file(name: str = "invoice.pdf") -> KeptFile:
    """A kept file; its content would be its name."""
    return KeptFile(name, "application/pdf", len(name), hashlib.sha256(name.encode()).hexdigest())


def a_purchase(
    session: Session, house: House, course: str = CERTIFICATE_COURSE, claimed_as: str = "split", **details: Any
) -> Purchase:
    """The example's purchase by Hartley House or another, with changed details."""
    purchase = start_purchase(session, house.employer_id, course, house.submitter, AT)
    change_purchase(session, purchase, {**PLAIN, "claimed_as": claimed_as, **details}, house.submitter, AT)
    return purchase


def a_claim(session: Session, house: House, purchase: Purchase, name: str) -> Claim:
    """A draft for the learner called ``name``."""
    learner = learner_of(session, house.employer_id, house.learners[name])
    return enrol(session, purchase, learner, house.submitter, AT)


def a_ready_claim(
    session: Session, house: House, name: str, course: str = CERTIFICATE_COURSE, claimed_as: str = "split", **more: Any
) -> Claim:
    """A draft with all the evidence it needs, on a purchase of its own."""
    completed_on = more.pop("completed_on", None)
    purchase = a_purchase(session, house, course, claimed_as, **more)
    claim = a_claim(session, house, purchase, name)
    add_payment_evidence(session, purchase, a_file(), house.submitter, AT)
    if claim.part == Part.FULL:
        claim.completed_on = completed_on
        add_certificate(session, claim, a_file(f"certificate-{claim.id}.pdf"), house.submitter, AT)
    return claim


def send_in(
    session: Session, house: House, *claims: Claim, at: datetime = AT, token: str = "", declared: bool = True
) -> Submission:
    """Submit ``claims`` of one purchase, as the page would."""
    return submit(
        session,
        KEYRING,
        claims[0].purchase,
        {claim.id: claim.changes for claim in claims},
        declared=declared,
        token=token or f"token-{claims[0].id}-{at.isoformat()}",
        leads_to=f"/purchases/{claims[0].purchase_id}/confirmation",
        by=house.submitter,
        at=at,
    )
