"""The story of the demonstration: told by the services, so it stops the build when it no longer fits the rules."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from claims.db import Database
from claims.demo import story
from claims.files import EvidenceStore
from claims.lifecycle import State
from claims.models import BankAccount, Claim, Event, Evidence, Learner, SampledApproval
from claims.readiness import Obstacle
from claims.rules.facts import Part
from claims.services.claiming import assess_claim, what_blocks
from claims.services.recording import verify
from tests.keys import KEYRING


@pytest.fixture
def told(database: Database, tmp_path: Path) -> Database:
    with database.write() as session:
        story.tell(session, KEYRING, EvidenceStore(str(tmp_path)))
    return database


def claims_by_name(session) -> dict[tuple[str, str], Claim]:
    found = session.scalars(select(Claim).join(Learner, Learner.id == Claim.learner_id))
    return {(claim.learner.name, claim.part): claim for claim in found}


def test_the_story_leaves_one_claim_in_every_state_worth_seeing(told: Database) -> None:
    with told.read() as session:
        states = {key: claim.state for key, claim in claims_by_name(session).items()}
    assert states["Joyce Appiah", Part.FULL] == State.DRAFT
    assert states["Imran Siddiqui", Part.FULL] == State.DRAFT
    assert states["Gareth Pugh", Part.FULL] == State.NEEDS_ACTION
    assert states["Fatima Noor", Part.FULL] == State.IN_PAYMENT
    assert states["Zofia Kowalska", Part.START] == State.IN_PAYMENT
    assert states["Chloe Bennett", Part.FULL] == State.APPROVED
    assert states["Sean Doyle", Part.START] == State.SUBMITTED
    assert states["Aisha Khan", Part.FULL] == State.APPROVED
    assert states["Zofia Kowalska", Part.COMPLETION] == State.DRAFT
    assert states["Liam Walsh", Part.COMPLETION] == State.DRAFT


def test_one_approval_waits_for_a_lead_assessor(told: Database) -> None:
    with told.read() as session:
        waiting = session.scalars(select(SampledApproval).where(SampledApproval.answer.is_(None))).all()
        assert [each.claim.learner.name for each in waiting] == ["Aisha Khan"]


def test_one_claim_is_ready_one_about_to_run_out_and_one_completion_ready(told: Database) -> None:
    with told.read() as session:
        claims = claims_by_name(session)
        blocked = {
            name: what_blocks(session, claim, assess_claim(session, KEYRING, claim, story.TODAY))
            for name, claim in claims.items()
            if claim.state == State.DRAFT
        }
        last_days = {name: claim.last_day_on for name, claim in claims.items()}
    assert blocked["Joyce Appiah", Part.FULL] == ()
    assert blocked["Zofia Kowalska", Part.COMPLETION] == ()
    assert blocked["Imran Siddiqui", Part.FULL] != ()
    assert last_days["Imran Siddiqui", Part.FULL] == date(2026, 2, 4)
    assert last_days["Zofia Kowalska", Part.COMPLETION] == date(2026, 4, 26)
    assert last_days["Liam Walsh", Part.COMPLETION] is None


def test_a_draft_of_an_employer_that_signed_nothing_lacks_the_agreement_alone(told: Database) -> None:
    with told.read() as session:
        claim = claims_by_name(session)["Bethan Lloyd", Part.FULL]
        blockers = what_blocks(session, claim, assess_claim(session, KEYRING, claim, story.TODAY))
        account = session.scalars(select(BankAccount).where(BankAccount.employer_id == claim.employer_id)).one()
    assert [each.obstacle for each in blockers] == [Obstacle.AGREEMENT]
    assert (account.verified_at, account.replaced_at) == (None, None)


def test_the_story_is_in_order_of_time_and_its_chain_holds(told: Database) -> None:
    with told.read() as session:
        instants = session.scalars(select(Event.at).order_by(Event.number)).all()
        assert verify(session)[1] == []
    assert list(instants) == sorted(instants)
    assert instants[-1].date() < story.TODAY


def test_every_file_of_the_story_can_be_opened(told: Database, tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path))
    with told.read() as session:
        kinds = Counter(evidence.kind for evidence in session.scalars(select(Evidence)))
        for sha256 in session.scalars(select(Evidence.sha256)):
            assert store.get(sha256).startswith(b"%PDF")
    assert kinds == {"payment": 9, "certificate": 7}
