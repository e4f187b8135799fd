"""The quality sample: what is in it, what waits for it, and who may answer."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Claim, Commitment, Membership, Message, Person, Purchase, SampledApproval
from claims.references import ALPHABET, base_from, written
from claims.rules.facts import Part
from claims.secrets import Keyring
from claims.services import sampling
from claims.services.drawing_up import NothingToPay, draw_up, seen_hash
from claims.services.holding import take
from claims.services.recording import verify
from claims.services.reopening import undo
from claims.store.ready import RunFilter, ready_claims
from claims.store.sampling import waiting_sample_of, waiting_samples
from tests.keys import KEYRING
from tests.stage import AT, Stage, agree_all, check_all, confirm_shown

NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"
LATER = AT + timedelta(hours=3)
YEAR = RunFilter("2025-26")


def approve(stage: Stage, *names: str, by: Actor | None = None) -> list[int]:
    """Claims of a new purchase, approved and left to the sample."""
    purchase_id = stage.submitted(*names)
    with stage.database.write() as session:
        return approve_waiting(session, purchase_id, by or stage.office.assessor)


def approve_waiting(session: Session, purchase_id: int, by: Actor) -> list[int]:
    purchase = session.get_one(Purchase, purchase_id)
    take(session, purchase, by, AT)
    check_all(session, purchase, by, AT)
    return [claim.id for claim in confirm_shown(session, purchase, by, AT, sampled=True)]


@pytest.fixture
def nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """References are made at random, so without this one in ten of the claims below would be drawn."""
    monkeypatch.setattr(sampling, "DRAWN_IN_A_HUNDRED", 0)


def test_about_a_tenth_is_drawn_by_the_key_alone() -> None:
    size = len(ALPHABET)
    bases = [base_from([number // size**place % size for place in range(10)]) for number in range(4_000)]
    references = [written(base, Part.FULL) for base in bases]
    drawn = {each for each in references if sampling.is_drawn(KEYRING, each)}
    assert 330 < len(drawn) < 470
    assert drawn == {each for each in references if sampling.is_drawn(KEYRING, each)}
    other = Keyring("a:" + "QUFB" * 10 + "QUE=", "QkJC" * 10 + "QkI=")
    assert drawn != {each for each in references if sampling.is_drawn(other, each)}


@pytest.mark.usefixtures("nothing_drawn")
def test_an_employers_first_approval_waits_and_the_next_does_not(stage: Stage) -> None:
    first, second = approve(stage, NIAMH, DANIEL)
    with stage.database.read() as session:
        sampled = waiting_sample_of(session, first)
        assert sampled is not None
        assert (sampled.reason, sampled.approved_by_id) == ("first-of-employer", stage.office.assessor.person_id)
        assert "We will pay £924.00." in sampled.words
        assert waiting_sample_of(session, second) is None
        # The cap is used at once; the decision is not sent, the completion not opened, nothing can be paid.
        assert session.scalars(select(Commitment.committed_pence)).one() == 184_800
        assert session.scalars(select(Claim.start_claim_id).where(Claim.part == "completion")).all() == [second]
        assert session.scalars(select(func.count()).select_from(Message)).one() == 2
        held = {each.claim_id: each.held_because for each in ready_claims(session, YEAR)}
        assert held[second] == ""
        assert "quality sample" in held[first]


@pytest.mark.usefixtures("nothing_drawn")
def test_a_lead_who_agrees_sends_the_decision_and_opens_the_completion(stage: Stage) -> None:
    (claim_id,) = approve(stage, NIAMH)
    with stage.database.write() as session:
        assert [each.claim.id for each in waiting_samples(session, stage.office.lead)] == [claim_id]
        sampling.agree(session, session.get_one(Claim, claim_id), stage.office.lead, LATER)
    with stage.database.write() as session:
        assert waiting_samples(session, stage.office.lead) == []
        assert session.scalars(select(Claim.state).where(Claim.start_claim_id == claim_id)).all() == ["draft"]
        texts = session.scalars(select(Message.text)).all()
        assert len(texts) == 2
        assert all("We will pay £924.00." in text for text in texts)
        assert [each.held_because for each in ready_claims(session, YEAR)] == [""]
        assert verify(session)[1] == []
        with pytest.raises(NotAllowed, match="does not wait"):
            sampling.agree(session, session.get_one(Claim, claim_id), stage.office.lead, LATER)


@pytest.mark.usefixtures("nothing_drawn")
def test_an_undone_sample_tells_nobody_and_its_next_approval_waits_again(stage: Stage) -> None:
    first, second = approve(stage, NIAMH, DANIEL)
    with stage.database.write() as session:
        agree_all(session, AT)
        undo(session, session.get_one(Claim, second), stage.office.lead, LATER, because="Not drawn, so it is told")
        told = session.scalars(select(func.count()).select_from(Message)).one()
        purchase_id = session.get_one(Claim, second).purchase_id
    # A claim in the sample that is undone: nobody was told of its approval, so nobody is told of the undoing.
    with stage.database.write() as session:
        session.add(
            SampledApproval(
                claim_id=first,
                reason="drawn",
                words="Words",
                approved_at=AT,
                approved_by_id=stage.office.assessor.person_id,
            )
        )
        session.flush()
        completion = session.scalars(select(Claim).where(Claim.start_claim_id == first)).one()
        session.delete(completion)
        session.flush()
        undo(session, session.get_one(Claim, first), stage.office.lead, LATER, because="The invoice is a quote")
        assert session.scalars(select(func.count()).select_from(Message)).one() == told
        assert session.scalars(select(Commitment.committed_pence)).one() == 0
    with stage.database.write() as session:
        # The employer has no approval any more: whichever comes first waits, and so does what was undone before.
        purchase = session.get_one(Purchase, purchase_id)
        take(session, purchase, stage.office.assessor, LATER)
        check_all(session, purchase, stage.office.assessor, LATER)
        confirm_shown(session, purchase, stage.office.assessor, LATER, sampled=True)
        waiting = {each.claim.id: each.sampled.reason for each in waiting_samples(session, stage.office.lead)}
        assert set(waiting.values()) <= {"first-of-employer", "undone-before"}
        assert waiting[first] in {"first-of-employer", "undone-before"}


@pytest.mark.usefixtures("nothing_drawn")
def test_agreeing_takes_a_second_person_who_is_a_lead_of_no_such_employer(stage: Stage) -> None:
    (claim_id,) = approve(stage, NIAMH, by=stage.office.lead)
    with stage.database.write() as session:
        claim = session.get_one(Claim, claim_id)
        for who in (stage.office.assessor, stage.office.finance, stage.house.sro):
            with pytest.raises(NotAllowed, match="Only a lead"):
                sampling.agree(session, claim, who, LATER)
        with pytest.raises(NotAllowed, match="another lead"):
            sampling.agree(session, claim, stage.office.lead, LATER)
        with pytest.raises(NotAllowed, match="another lead"):
            undo(session, claim, stage.office.lead, LATER, because="Mine")
        insider = Person(email="in@example.org", name="Insider", staff_role=Role.LEAD_ASSESSOR, created_at=AT)
        session.add(insider)
        session.flush()
        session.add(Membership(employer_id=claim.employer_id, person_id=insider.id, role="submitter", joined_at=AT))
        session.flush()
        actor = Actor(Role.LEAD_ASSESSOR, "Insider", insider.id)
        with pytest.raises(NotAllowed, match="belong to this employer"):
            sampling.agree(session, claim, actor, LATER)
        assert waiting_samples(session, actor) == []
        assert claim.state == "approved"


@pytest.mark.usefixtures("nothing_drawn")
def test_nothing_in_the_sample_gets_into_a_run(stage: Stage) -> None:
    approve(stage, NIAMH)
    with stage.database.write() as session, pytest.raises(NothingToPay):
        draw_up(session, KEYRING, YEAR, stage.office.finance, LATER, seen=seen_hash([]))


def test_a_drawn_reference_waits_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "DRAWN_IN_A_HUNDRED", 100)
    _, second = approve(stage, NIAMH, DANIEL)
    with stage.database.read() as session:
        sampled = waiting_sample_of(session, second)
        assert sampled is not None
        assert sampled.reason == "drawn"


@pytest.mark.usefixtures("nothing_drawn")
def test_the_first_approval_after_an_undone_one_is_told_apart_from_the_very_first(stage: Stage) -> None:
    (first,) = approve(stage, NIAMH)
    with stage.database.write() as session:
        (waiting,) = waiting_samples(session, stage.office.lead)
        assert (waiting.sampled.reason, waiting.follows_undone) == ("first-of-employer", False)
        undo(session, session.get_one(Claim, first), stage.office.lead, LATER, because="The invoice is a quote")
        purchase_id = session.get_one(Claim, first).purchase_id
    (other,) = approve(stage, DANIEL)
    with stage.database.write() as session:
        (waiting,) = waiting_samples(session, stage.office.lead)
        assert (waiting.claim.id, waiting.sampled.reason, waiting.follows_undone) == (other, "first-of-employer", True)
        undo(session, session.get_one(Claim, other), stage.office.lead, LATER, because="Mistaken")
        # The same claim once more: that it was undone says more than that nothing else is approved.
        approve_waiting(session, purchase_id, stage.office.assessor)
        (waiting,) = waiting_samples(session, stage.office.lead)
        assert (waiting.claim.id, waiting.sampled.reason, waiting.follows_undone) == (first, "undone-before", False)
