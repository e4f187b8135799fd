"""A purchase step by step: what may change when, who is on it, and what evidence it may have."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from claims.db import Database
from claims.demo import cast
from claims.demo.cast import House
from claims.lifecycle import NotAllowed, State
from claims.models import ActionRequest, Claim, Event, Evidence, Learner, Purchase
from claims.rules.facts import Engagement, Part
from claims.services.drafting import Stale, open_completion
from claims.services.employing import LearnerDetails, change_learner, keep_learner
from claims.services.enrolling import AlreadyAdded, NotEnoughCovered, enrol, take_off
from claims.services.evidencing import TooManyFiles, add_certificate, add_payment_evidence, remove_evidence
from claims.services.purchasing import change_purchase, discard_purchase, may_change, start_purchase
from claims.services.sealing import decrypt_number
from claims.store.claims import (
    certificates_of,
    claims_in,
    learner_of,
    other_drafts,
    payment_evidence_of,
)
from claims.store.facts import cost_shared, training_of
from claims.store.learners import learners_of
from tests.keys import KEYRING
from tests.purchases import AT, a_claim, a_file, a_purchase, a_ready_claim, send_in

LATER = AT + timedelta(days=3)
SAM = LearnerDetails(
    first_name="Sam",
    last_name="Okoro",
    number="ab 12 34 56 c",
    job_role="care-worker",
    engagement=Engagement.EMPLOYEE,
    works_in_england=True,
    post_requires_registration=False,
    employed_from=date(2024, 1, 1),
)


@pytest.fixture
def hartley(database: Database) -> House:
    with database.write() as session:
        return cast.hartley_house(session, KEYRING, AT)


def ask_about(session, claim: Claim, about: str) -> ActionRequest:
    """Send the claim back, as an assessor does."""
    from claims.lifecycle import Act
    from claims.services.moving import move

    assessor = cast.back_office(session, KEYRING, AT).assessor
    move(session, claim, Act.REQUEST_ACTION, assessor, AT, because="Please show the date of payment.")
    request = ActionRequest(
        claim_id=claim.id, about=about, note="Show the date.", asked_at=AT, asked_by_id=assessor.person_id, reply=""
    )
    session.add(request)
    session.flush()
    return request


def test_a_purchase_begins_with_a_course_on_the_list(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = start_purchase(session, hartley.employer_id, "610/4009/5", hartley.sro, AT)
        assert (purchase.fund, purchase.claimed_as) == ("main", None)
        assert start_purchase(session, hartley.employer_id, "LTS", hartley.sro, AT).claimed_as == "full"
        with pytest.raises(NotAllowed, match="not on the eligible list"):
            start_purchase(session, hartley.employer_id, "NOPE", hartley.sro, AT)


def test_telling_the_same_again_changes_and_records_nothing(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley)
        claim = a_claim(session, hartley, purchase, "Niamh O’Brien")
        seen, events = claim.changes, session.scalars(select(func.count()).select_from(Event)).one()
        assert not change_purchase(session, purchase, {"cost_pence": 1600_00}, hartley.sro, AT)
        assert (claim.changes, session.scalars(select(func.count()).select_from(Event)).one()) == (seen, events)
        assert change_purchase(session, purchase, {"cost_pence": 1599_99}, hartley.sro, AT)
        assert claim.changes > seen


def test_drafts_follow_the_way_of_claiming(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley)
        claim = a_claim(session, hartley, purchase, "Niamh O’Brien")
        assert (claim.part, claim.reference[-1]) == (Part.START, "B")
        change_purchase(session, purchase, {"claimed_as": "full"}, hartley.sro, AT)
        assert (claim.part, claim.reference[-1]) == (Part.FULL, "A")


def test_drafts_follow_the_start_date_unless_they_have_their_own(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley)
        one, two = (a_claim(session, hartley, purchase, name) for name in ("Niamh O’Brien", "Daniel Mensah"))
        two.started_on = date(2025, 6, 1)
        change_purchase(session, purchase, {"started_on": date(2025, 5, 20)}, hartley.sro, AT)
        assert (one.started_on, two.started_on) == (date(2025, 5, 20), date(2025, 6, 1))


def test_another_course_takes_its_drafts_along(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley)
        claim = a_claim(session, hartley, purchase, "Niamh O’Brien")
        change_purchase(session, purchase, {"course_code": "OMMT/T1/INT"}, hartley.sro, AT)
        assert (claim.course_code, claim.fund, claim.part) == ("OMMT/T1/INT", "ommt", Part.FULL)
        assert (purchase.paid_on, purchase.cost_pence, purchase.claimed_as) == (None, None, "full")


def test_an_invoice_is_shared_and_its_remainder_shown(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley, cost_pence=100_00, people_covered=3)
        claim = a_claim(session, hartley, purchase, "Niamh O’Brien")
        assert training_of(claim).cost_pence == 33_33
        assert cost_shared(purchase).remainder_pence == 1


def test_other_funding_comes_off_before_dividing(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley, cost_pence=100_00, people_covered=3, other_funding_pence=10_00)
        training = training_of(a_claim(session, hartley, purchase, "Niamh O’Brien"))
        assert training.cost_pence - training.other_funding_pence == 30_00


def test_the_first_submission_fixes_the_purchase(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        purchase = claim.purchase
        send_in(session, hartley, claim)
        for told in ({"cost_pence": 1}, {"course_code": "LTS"}, {"paid_on": date(2025, 5, 2)}, {"claimed_as": "full"}):
            with pytest.raises(NotAllowed, match="no longer be changed"):
                change_purchase(session, purchase, told, hartley.sro, AT)
        assert change_purchase(session, purchase, {"planned_end_on": date(2026, 1, 9)}, hartley.sro, AT)
        with pytest.raises(NotAllowed, match="no longer"):
            add_payment_evidence(session, purchase, a_file("more.pdf"), hartley.sro, AT)
        with pytest.raises(NotAllowed, match="no longer"):
            remove_evidence(session, payment_evidence_of(session, purchase)[0], hartley.sro, AT)
        with pytest.raises(NotAllowed, match="cannot be discarded"):
            discard_purchase(session, purchase, hartley.sro, AT)


@pytest.mark.parametrize(("about", "opens"), [("payment", True), ("completion", False)])
def test_a_question_about_the_payment_opens_it_again(
    database: Database, hartley: House, about: str, opens: bool
) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        send_in(session, hartley, claim)
        request = ask_about(session, claim, about)
        assert ("cost_pence" in may_change(session, claim.purchase)) is opens
        assert "course_code" not in may_change(session, claim.purchase)
        if opens:
            add_payment_evidence(session, claim.purchase, a_file("more.pdf"), hartley.sro, AT)
            remove_evidence(session, payment_evidence_of(session, claim.purchase)[0], hartley.sro, AT)
            request.settled_at = AT
            session.flush()
            assert "cost_pence" not in may_change(session, claim.purchase)


def test_the_second_payment_of_a_plan_is_told_when_it_is_made(database: Database, hartley: House) -> None:
    with database.write() as session:
        start = a_ready_claim(session, hartley, "Niamh O’Brien", by_plan=True)
        send_in(session, hartley, start)
        purchase, completion = start.purchase, open_completion(session, start, hartley.sro, AT)
        assert change_purchase(session, purchase, {"second_payment_on": date(2025, 5, 30)}, hartley.sro, AT)
        added = add_payment_evidence(session, purchase, a_file("second.pdf"), hartley.sro, LATER)
        first = payment_evidence_of(session, purchase)[0]
        with pytest.raises(NotAllowed, match="no longer"):
            remove_evidence(session, first, hartley.sro, LATER)
        remove_evidence(session, added, hartley.sro, LATER)
        assert completion.state == State.DRAFT


def test_a_purchase_is_discarded_with_its_drafts_and_leaves_their_events(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien", "LTS", "full")
        claim_id = claim.id
        discard_purchase(session, claim.purchase, hartley.sro, AT)
        for table in (Purchase, Claim, Evidence):
            assert session.scalars(select(func.count()).select_from(table)).one() == 0
        of_claim = (Event.about_kind == "claim", Event.about_id == claim_id)
        acts = session.scalars(select(Event.act).where(*of_claim).order_by(Event.number)).all()
        assert acts[0] == "open"
        assert acts[-1] == "discard"


def test_a_learner_is_on_a_purchase_once(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley)
        a_claim(session, hartley, purchase, "Niamh O’Brien")
        with pytest.raises(AlreadyAdded, match="Niamh"):
            a_claim(session, hartley, purchase, "Niamh O’Brien")


def test_no_more_people_than_the_invoice_covers(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley, people_covered=2)
        names = list(hartley.learners)
        for name in names[:2]:
            a_claim(session, hartley, purchase, name)
        with pytest.raises(NotEnoughCovered, match="covers 2 people"):
            a_claim(session, hartley, purchase, names[2])
        each = a_purchase(session, hartley, people_covered=1)
        for name in names[:3]:
            a_claim(session, hartley, each, name)


def test_the_same_number_again_updates_the_learner(database: Database, hartley: House) -> None:
    with database.write() as session:
        learner, new = keep_learner(session, KEYRING, hartley.employer_id, SAM, by=hartley.sro, at=AT)
        assert new
        assert decrypt_number(KEYRING, learner.number) == "AB123456C"
        learner.left_on = date(2026, 1, 1)
        promoted = replace(SAM, number="AB123456C", job_role="team-leader")
        again, new = keep_learner(session, KEYRING, hartley.employer_id, promoted, by=hartley.sro, at=AT)
        assert again is learner
        assert not new
        assert (learner.job_role, learner.left_on) == ("team-leader", date(2026, 1, 1))
        with pytest.raises(NotAllowed, match="not a National Insurance number"):
            keep_learner(session, KEYRING, hartley.employer_id, replace(SAM, number="QQ123456C"), by=hartley.sro, at=AT)


def test_two_tabs_adding_one_person_make_one_learner(database: Database, hartley: House) -> None:
    together = threading.Barrier(3)

    def press() -> None:
        together.wait()
        with database.write() as session:
            keep_learner(session, KEYRING, hartley.employer_id, SAM, by=hartley.sro, at=AT)

    presses = [threading.Thread(target=press) for _ in range(3)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    with database.read() as session:
        assert session.scalars(select(func.count()).where(Learner.last_name == "Okoro")).one() == 1


def test_a_number_is_fixed_by_the_first_submission(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        learner = claim.learner
        given = replace(SAM, first_name="Niamh", last_name="O’Brien")
        assert change_learner(session, KEYRING, learner, given, by=hartley.sro, at=AT)
        assert not change_learner(session, KEYRING, learner, given, by=hartley.sro, at=AT)
        taken = replace(given, number="AA000002A")
        with pytest.raises(NotAllowed, match="Another of your learners"):
            change_learner(session, KEYRING, learner, taken, by=hartley.sro, at=AT)
        send_in(session, hartley, claim)
        with pytest.raises(NotAllowed, match="has been submitted"):
            change_learner(session, KEYRING, learner, replace(given, number="AB654321C"), by=hartley.sro, at=AT)
        left = replace(given, left_on=date(2025, 12, 1))
        assert change_learner(session, KEYRING, learner, left, by=hartley.sro, at=AT)


def test_a_draft_is_taken_off_and_a_submitted_claim_is_not(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien", "LTS", "full", completed_on=date(2025, 5, 20))
        other = a_claim(session, hartley, claim.purchase, "Daniel Mensah")
        with pytest.raises(Stale):
            take_off(session, other, hartley.sro, AT, changes=other.changes - 1)
        take_off(session, other, hartley.sro, AT, changes=other.changes)
        assert list(claims_in(session, claim.purchase)) == [claim]
        send_in(session, hartley, claim)
        with pytest.raises(NotAllowed):
            take_off(session, claim, hartley.sro, AT)


def test_a_completion_claim_is_not_discarded(database: Database, hartley: House) -> None:
    with database.write() as session:
        start = a_ready_claim(session, hartley, "Niamh O’Brien")
        send_in(session, hartley, start)
        completion = open_completion(session, start, hartley.sro, AT)
        with pytest.raises(NotAllowed, match="waits until"):
            take_off(session, completion, hartley.sro, AT)


def test_at_most_four_files_of_payment_evidence(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley)
        for number in range(4):
            add_payment_evidence(session, purchase, a_file(f"{number}.pdf"), hartley.sro, AT)
        with pytest.raises(TooManyFiles, match="at most 4"):
            add_payment_evidence(session, purchase, a_file("5.pdf"), hartley.sro, AT)
        remove_evidence(session, payment_evidence_of(session, purchase)[0], hartley.sro, AT)
        with pytest.raises(NotAllowed, match="added already"):
            add_payment_evidence(session, purchase, a_file("3.pdf"), hartley.sro, AT)
        add_payment_evidence(session, purchase, a_file("5.pdf"), hartley.sro, AT)


def test_a_new_certificate_takes_the_place_of_the_old(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien", "LTS", "full", completed_on=date(2025, 5, 20))
        add_certificate(session, claim, a_file("better.pdf"), hartley.sro, AT)
        assert [file.name for file in certificates_of(session, claim)] == ["better.pdf"]
        send_in(session, hartley, claim)
        with pytest.raises(NotAllowed, match="no longer"):
            add_certificate(session, claim, a_file("late.pdf"), hartley.sro, AT)
        with pytest.raises(NotAllowed, match="needs no certificate"):
            start = a_ready_claim(session, hartley, "Daniel Mensah")
            add_certificate(session, start, a_file("early.pdf"), hartley.sro, AT)


def test_another_draft_for_the_same_person_and_course_is_seen(database: Database, hartley: House) -> None:
    with database.write() as session:
        one = a_claim(session, hartley, a_purchase(session, hartley), "Niamh O’Brien")
        two = a_claim(session, hartley, a_purchase(session, hartley, claimed_as="full"), "Niamh O’Brien")
        a_claim(session, hartley, a_purchase(session, hartley, "LTS", "full"), "Niamh O’Brien")
        assert list(other_drafts(session, one)) == [two]


def test_only_the_employers_own_learners_are_found(database: Database, hartley: House) -> None:
    with database.write() as session:
        meadow = cast.meadow_view(session, KEYRING, AT)
        names = {learner.name for learner in learners_of(session, hartley.employer_id)}
        assert names == set(hartley.learners)
        assert not learners_of(session, hartley.employer_id, "Doyle")
        learner = learner_of(session, meadow.employer_id, meadow.learners["Sean Doyle"])
        assert enrol(session, a_purchase(session, meadow), learner, meadow.sro, AT).employer_id == meadow.employer_id
