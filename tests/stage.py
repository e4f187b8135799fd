"""Hartley House's claims, brought by the real services to where a test of the back office begins."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.db import Database
from claims.decisions import Answer
from claims.demo import cast
from claims.lifecycle import Actor, Role
from claims.models import Claim, Learner, Person, Purchase, SampledApproval
from claims.services.answering import tell_dates
from claims.services.assessing import confirm, seen_hash, work_out
from claims.services.checking import needs_payment_check, save_completion_check, save_payment_check
from claims.services.claiming import submit
from claims.services.enrolling import enrol
from claims.services.evidencing import KeptFile, add_certificate, add_payment_evidence
from claims.services.holding import take
from claims.services.purchasing import Details, change_purchase, start_purchase
from claims.services.sampling import agree
from claims.store.claims import claims_in
from tests.keys import KEYRING

AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
CERTIFICATE_COURSE = "610/4009/5"
"""Level 2 Adult Social Care Certificate, split, at most £1,540.00."""
PAID_ON = date(2025, 12, 10)


@dataclass(frozen=True, slots=True)
class Stage:
    """A database with the cast in it, and what they do."""

    database: Database
    house: cast.House
    meadow: cast.House
    office: cast.BackOffice

    def submitted(self, *learners: str, at: datetime = AT, cost_pence: int = 160_000, **details: object) -> int:
        """A purchase of Hartley House with a submitted claim for each of ``learners``; returns its id."""
        with self.database.write() as session:
            purchase = self.drafted(session, learners, cost_pence=cost_pence, **details)
            submit_all(session, purchase, self.house.submitter, at)
            return purchase.id

    def drafted(
        self, session: Session, learners: Iterable[str], *, course: str = CERTIFICATE_COURSE, **details: object
    ) -> Purchase:
        by, at = self.house.submitter, AT - timedelta(days=1)
        purchase = start_purchase(session, self.house.employer_id, course, by, at)
        told: Details = {
            "provider": "Brightwater Training",
            "invoice_reference": "INV-1042",
            "by_plan": False,
            "paid_on": PAID_ON,
            "cost_pence": 160_000,
            "people_covered": 1,
            "other_funding_pence": 0,
            "apprenticeship": False,
            "started_on": PAID_ON,
            "claimed_as": "split",
        }
        told.update(details)  # type: ignore[typeddict-item]
        change_purchase(session, purchase, told, by, at)
        for name in learners:
            enrol(session, purchase, session.get_one(Learner, self.house.learners[name]), by, at)
        add_payment_evidence(session, purchase, a_file("invoice.pdf", purchase.id), by, at)
        return purchase

    def approved(self, *learners: str, at: datetime = AT, cost_pence: int = 160_000, **details: object) -> int:
        """As ``submitted``, and every claim approved."""
        purchase_id = self.submitted(*learners, at=at, cost_pence=cost_pence, **details)
        with self.database.write() as session:
            purchase = session.get_one(Purchase, purchase_id)
            take(session, purchase, self.office.assessor, at)
            check_all(session, purchase, self.office.assessor, at, cost_pence=cost_pence)
            confirm_shown(session, purchase, self.office.assessor, at)
        return purchase_id

    def complete(self, purchase_id: int, completed_on: date, at: datetime = AT) -> None:
        """Every draft of the purchase gets a completion date and a certificate, and is submitted."""
        with self.database.write() as session:
            purchase = session.get_one(Purchase, purchase_id)
            for claim in claims_in(session, purchase):
                if claim.state == "draft":
                    tell_dates(
                        session,
                        claim,
                        started_on=claim.started_on,
                        completed_on=completed_on,
                        by=self.house.submitter,
                        at=at,
                    )
                    add_certificate(session, claim, a_file("certificate.pdf", claim.id), self.house.submitter, at)
            submit_all(session, purchase, self.house.submitter, at)


@pytest.fixture
def stage(database: Database) -> Stage:
    return set_stage(database)


@pytest.fixture
def quick_stage(quick_database: Database) -> Stage:
    return set_stage(quick_database)


def set_stage(database: Database) -> Stage:
    joined = AT - timedelta(days=200)
    with database.write() as session:
        office = cast.back_office(session, KEYRING, joined)
        return Stage(
            database,
            cast.hartley_house(session, KEYRING, joined),
            cast.meadow_view(session, KEYRING, joined),
            office,
        )


def a_file(name: str, number: int) -> KeptFile:
    """A file as it stands in the tables; its bytes are nowhere."""
    return KeptFile(name, "application/pdf", 1234, hashlib.sha256(f"{name} {number}".encode()).hexdigest())


def submit_all(session: Session, purchase: Purchase, by: Actor, at: datetime) -> None:
    drafts = {claim.id: claim.changes for claim in claims_in(session, purchase) if claim.state == "draft"}
    done = submit(
        session,
        KEYRING,
        purchase,
        drafts,
        declared=True,
        token=f"{purchase.id} {sorted(drafts)}",
        leads_to="/",
        by=by,
        at=at,
    )
    assert not done.held_back, done.held_back


def check_all(session: Session, purchase: Purchase, by: Actor, at: datetime, cost_pence: int = 160_000) -> None:
    """Every check of the purchase passes."""
    waiting = [claim for claim in claims_in(session, purchase) if claim.state == "submitted"]
    if any(needs_payment_check(claim, internal_ommt=False) for claim in waiting):
        save_payment_check(session, purchase, by, at, answer=Answer.YES, cost_pence=cost_pence, paid_in_full=True)
    for claim in waiting:
        save_completion_check(session, claim, by, at, answer=Answer.YES)


def confirm_shown(
    session: Session, purchase: Purchase, by: Actor, at: datetime, *, sampled: bool = False
) -> list[Claim]:
    """Confirm what the outcome page would show; the claims that were decided.

    Unless a test is about the quality sample (``sampled``), a lead agrees at once to what is in it.
    """
    shown = work_out(session, KEYRING, purchase, at)
    decided = [each.claim for each in confirm(session, KEYRING, purchase, by, at, seen=seen_hash(shown))]
    if not sampled:
        agree_all(session, at)
    return decided


def agree_all(session: Session, at: datetime) -> None:
    """Another lead than whoever approved agrees to everything in the quality sample."""
    for sampled in session.scalars(select(SampledApproval).where(SampledApproval.answer.is_(None))).all():
        email = "second.lead@example.org"
        lead = session.scalars(select(Person).where(Person.email == email)).one_or_none()
        if lead is None:
            lead = Person(email=email, name="Second Lead", staff_role=Role.LEAD_ASSESSOR, created_at=at)
            session.add(lead)
            session.flush()
        agree(session, sampled.claim, Actor(Role.LEAD_ASSESSOR, lead.name, lead.id), at)
