"""From draft to submitted: what is refused, what blocks, what is kept, and that nothing is claimed twice."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from claims.db import Database
from claims.demo import cast
from claims.demo.cast import House
from claims.lifecycle import Act, NotAllowed, Role, State
from claims.models import (
    Agreement,
    BankAccount,
    Claim,
    Commitment,
    Employer,
    Event,
    FundOpening,
    Learner,
    PaymentCheck,
    Purchase,
    Slot,
)
from claims.readiness import Obstacle
from claims.rules.facts import Part
from claims.rules.findings import Outcome, Says
from claims.services.checking import evidence_hash_of
from claims.services.claiming import assess_claim, submit, what_blocks
from claims.services.drafting import Stale, open_completion
from claims.services.employing import LearnerDetails, keep_learner
from claims.services.enrolling import enrol
from claims.services.evidencing import remove_evidence
from claims.services.moving import AlreadyClaimed, move
from claims.services.once import AlreadySent
from claims.services.purchasing import change_purchase
from claims.services.recording import verify
from claims.store.claims import NotFound, claim_of, payment_evidence_of, purchase_of
from tests.keys import KEYRING
from tests.purchases import AT, a_claim, a_file, a_purchase, a_ready_claim, send_in

TODAY = AT.date()
DAY = timedelta(days=1)


@pytest.fixture
def houses(database: Database) -> tuple[House, House]:
    with database.write() as session:
        return cast.hartley_house(session, KEYRING, AT), cast.meadow_view(session, KEYRING, AT)


@pytest.fixture
def hartley(houses: tuple[House, House]) -> House:
    return houses[0]


def blocking(session, claim, today=TODAY) -> list[Obstacle]:
    return [found.obstacle for found in what_blocks(session, claim, assess_claim(session, KEYRING, claim, today))]


def test_a_ready_start_claim_is_eligible_for_its_share(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        assessment = assess_claim(session, KEYRING, claim, TODAY)
        assert assessment.outcome is Outcome.ELIGIBLE
        assert (assessment.amount.payable_pence, assessment.amount.left_for_completion_pence) == (924_00, 616_00)
        assert assessment.last_day_to_claim == claim.last_day_on == date(2025, 8, 10)
        assert blocking(session, claim) == []


def test_submitting_moves_the_claim_and_keeps_it_as_it_was(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        send_in(session, hartley, claim)
        claim_id = claim.id
    with database.read() as session:
        claim = claim_of(session, hartley.employer_id, claim_id)
        kept = claim.as_submitted
        assert (claim.state, claim.submitted_at, claim.first_submitted_at) == ("submitted", AT, AT)
        assert claim.purchase.fixed_at == AT
        assert claim.course_list_id is not None
        assert claim.rules_version == "2025-26.1"
        assert kept["assessment"]["amount"]["payable_gbp"] == "924.00"
        assert kept["facts"]["claim"]["submitted_on"] == "2025-06-01"
        assert kept["purchase"]["provider"] == "Bright Training"
        assert [file["name"] for file in kept["evidence"]] == ["invoice.pdf"]
        assert "AA000001A" not in str(kept)
        assert session.scalars(select(Slot.slot)).all() == ["start"]
        assert verify(session)[1] == []


def test_the_last_day_follows_every_change(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley)
        claim = a_claim(session, hartley, purchase, "Niamh O’Brien")
        assert claim.last_day_on == date(2025, 8, 10)
        change_purchase(session, purchase, {"started_on": date(2025, 11, 30)}, hartley.submitter, AT)
        assert claim.last_day_on == date(2026, 2, 28)
        change_purchase(session, purchase, {"claimed_as": "full"}, hartley.submitter, AT)
        assert claim.last_day_on is None
        assert claim.scheme_year == "2025-26"


@pytest.mark.parametrize(
    ("spoil", "obstacles"),
    [
        (update(Employer).values(registration="sent"), [Obstacle.REGISTRATION]),
        (update(Employer).values(suspended=True), [Obstacle.REGISTRATION]),
        (update(Employer).values(workforce_data_updated_on=None), [Obstacle.FACTS]),
        (update(Employer).values(workforce_data_updated_on=date(2025, 3, 31)), [Obstacle.RULES]),
        (update(Learner).values(engagement="volunteer"), [Obstacle.RULES]),
        (update(Learner).values(employed_from=date(2025, 5, 11)), [Obstacle.RULES]),
        (update(Learner).values(left_on=date(2025, 5, 9)), [Obstacle.RULES]),
        (update(Agreement).values(signed_on=date(2025, 6, 2)), [Obstacle.AGREEMENT]),
        (update(BankAccount).values(replaced_at=AT), [Obstacle.BANK_DETAILS]),
        (update(FundOpening).values(open=False), [Obstacle.RULES]),
        (update(Purchase).values(paid_on=date(2025, 2, 1)), [Obstacle.RULES]),
        (update(Claim).values(started_on=date(2025, 6, 2)), [Obstacle.FACTS]),
        (
            update(Commitment).values(committed_pence=400_000_00),
            [Obstacle.RULES],
        ),
    ],
)
def test_what_blocks_is_said_by_kind(database: Database, hartley: House, spoil, obstacles) -> None:
    with database.write() as session:
        session.add(
            Commitment(
                employer_id=hartley.employer_id,
                fund="main",
                scheme_year="2025-26",
                cap_pence=400_000_00,
                committed_pence=0,
            )
        )
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        session.execute(spoil.execution_options(synchronize_session=False))
        session.expire_all()
        assert blocking(session, claim) == obstacles


def test_a_registration_at_risk_does_not_block(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        claim.purchase.employer.registration = "at-risk"
        assert blocking(session, claim) == []


def test_the_last_day_employed_counts(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        claim.learner.employed_from = claim.learner.left_on = claim.started_on
        assert blocking(session, claim) == []


def test_everything_that_blocks_is_said_at_once_and_in_order(database: Database, houses: tuple[House, House]) -> None:
    hartley, meadow = houses
    with database.write() as session:
        theirs = a_ready_claim(session, meadow, "Sean Doyle")
        send_in(session, meadow, theirs)
        mine = a_purchase(session, hartley, provider=None, apprenticeship=None)
        claim = a_claim(session, hartley, mine, "Margaret Ellis")
        claim.learner.number_hash = theirs.learner.number_hash
        claim.purchase.employer.suspended = True
        session.execute(update(Agreement).values(signed_on=date(2026, 6, 2)))
        session.execute(update(BankAccount).values(replaced_at=AT))
        session.add(
            PaymentCheck(
                purchase_id=mine.id,
                version=1,
                answer="reject",
                note="The invoice is not for this training.",
                by_id=hartley.sro.person_id,
                saved_at=AT,
                confirmed_at=AT,
                evidence_hash=evidence_hash_of(session, mine),
            )
        )
        session.flush()
        session.expire_all()
        found = blocking(session, claim, date(2025, 8, 11))
        assert list(dict.fromkeys(found)) == list(Obstacle)


def test_a_claim_is_accepted_on_its_last_day_and_not_the_day_after(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        assert blocking(session, claim, date(2025, 8, 10)) == []
        assert blocking(session, claim, date(2025, 8, 11)) == [Obstacle.DEADLINE]


def test_late_in_the_evening_it_is_still_the_london_day(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        # 23:59 on 10 August in London is 22:59 UTC.
        assert send_in(session, hartley, claim, at=datetime(2025, 8, 10, 22, 59, tzinfo=UTC)).submitted
        other = a_ready_claim(session, hartley, "Daniel Mensah")
        assert send_in(session, hartley, other, at=datetime(2025, 8, 10, 23, 0, tzinfo=UTC)).held_back


def test_a_full_claim_needs_a_certificate_and_takes_both_slots(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien", "LTS", "full", completed_on=date(2025, 5, 20))
        assert blocking(session, claim) == []
        assert send_in(session, hartley, claim).submitted == (claim,)
        assert set(session.scalars(select(Slot.slot))) == {"start", "completion"}


def test_a_full_claim_without_its_certificate_is_blocked(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(session, hartley, "LTS", "full")
        claim = a_claim(session, hartley, purchase, "Niamh O’Brien")
        claim.completed_on = date(2025, 5, 20)
        assert blocking(session, claim) == [Obstacle.EVIDENCE] * 2


def test_internal_training_needs_no_payment_evidence(database: Database, hartley: House) -> None:
    with database.write() as session:
        purchase = a_purchase(
            session, hartley, "OMMT/T1/INT", "full", cost_pence=None, people_covered=None, paid_on=None
        )
        claim = a_claim(session, hartley, purchase, "Niamh O’Brien")
        claim.started_on = claim.completed_on = date(2025, 5, 20)
        found = what_blocks(session, claim, assess_claim(session, KEYRING, claim, TODAY))
        assert [blocker.message for blocker in found] == ["Add the learner’s certificate."]
        assert assess_claim(session, KEYRING, claim, TODAY).amount.payable_pence == 12_50


def test_blocked_claims_do_not_hold_back_the_others(database: Database, hartley: House) -> None:
    with database.write() as session:
        ready = a_ready_claim(session, hartley, "Niamh O’Brien")
        nurse = a_claim(session, hartley, ready.purchase, "Margaret Ellis")
        came = send_in(session, hartley, ready, nurse)
        assert came.submitted == (ready,)
        assert [(claim, blockers[0].rule) for claim, blockers in came.held_back] == [(nurse, "learner-role-is-funded")]
        assert nurse.state == State.DRAFT


def test_nothing_is_submitted_without_the_declaration(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        with pytest.raises(NotAllowed, match="declaration"):
            send_in(session, hartley, claim, declared=False)
        assert claim.state == State.DRAFT


def test_nothing_is_submitted_without_a_choice_or_with_somebody_elses(
    database: Database, houses: tuple[House, House]
) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, houses[0], "Niamh O’Brien")
        theirs = a_ready_claim(session, houses[1], "Sean Doyle")
        for chosen in ({}, {claim.id: claim.changes, theirs.id: theirs.changes}):
            with pytest.raises(NotAllowed, match="at least one claim"), session.begin_nested():
                submit(
                    session,
                    KEYRING,
                    claim.purchase,
                    chosen,
                    declared=True,
                    token="t",
                    leads_to="/",
                    by=houses[0].sro,
                    at=AT,
                )


def test_a_stale_page_submits_nothing(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        seen = claim.changes
        change_purchase(session, claim.purchase, {"cost_pence": 1_00}, hartley.sro, AT)
        with pytest.raises(Stale):
            submit(
                session,
                KEYRING,
                claim.purchase,
                {claim.id: seen},
                declared=True,
                token="t",
                leads_to="/",
                by=hartley.submitter,
                at=AT,
            )
        assert claim.state == State.DRAFT


def test_a_form_sent_twice_leads_to_where_the_first_led(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        send_in(session, hartley, claim, token="one")
        claim_id, leads_to = claim.id, f"/purchases/{claim.purchase_id}/confirmation"
    with database.write() as session, pytest.raises(AlreadySent) as again:
        send_in(session, hartley, session.get_one(Claim, claim_id), token="one")
    assert again.value.led_to == leads_to


def test_two_tabs_submitting_the_same_claims_submit_them_once(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        claim_id, seen = claim.id, claim.changes
    came: list[str] = []
    together = threading.Barrier(4)

    def press(token: str) -> None:
        together.wait()
        try:
            with database.write() as session:
                submit(
                    session,
                    KEYRING,
                    session.get_one(Claim, claim_id).purchase,
                    {claim_id: seen},
                    declared=True,
                    token=token,
                    leads_to="/done",
                    by=hartley.submitter,
                    at=AT,
                )
            came.append("submitted")
        except AlreadySent as again:
            came.append(again.led_to)
        except Stale:
            came.append("stale")

    # One tab clicked three times, another once.
    presses = [threading.Thread(target=press, args=(token,)) for token in ("a", "a", "a", "b")]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert came.count("submitted") == 1
    assert set(came) <= {"submitted", "/done", "stale"}
    with database.read() as session:
        acts = select(func.count()).select_from(Event).where(Event.act == "submit", Event.about_id == claim_id)
        assert session.scalars(acts).one() == 1
        assert verify(session)[1] == []


def test_two_employers_claiming_for_one_person_at_once_get_one_claim(
    database: Database, houses: tuple[House, House]
) -> None:
    hartley, meadow = houses
    same = LearnerDetails(
        first_name="Sam",
        last_name="Two-Jobs",
        number="AB 12 34 56 C",
        job_role="care-worker",
        engagement="employee",
        works_in_england=True,
        post_requires_registration=False,
        employed_from=date(2024, 1, 1),
    )
    ids = {}
    with database.write() as session:
        for house, name in ((hartley, "Niamh O’Brien"), (meadow, "Sean Doyle")):
            ready = a_ready_claim(session, house, name)
            learner, _ = keep_learner(session, KEYRING, house.employer_id, same, by=house.sro, at=AT)
            enrol(session, ready.purchase, learner, house.sro, AT)
            ids[house.employer_id] = ready.purchase_id
    came: dict[int, tuple[int, int]] = {}
    together = threading.Barrier(2)

    def press(house: House) -> None:
        together.wait()
        with database.write() as session:
            purchase = purchase_of(session, house.employer_id, ids[house.employer_id])
            drafts = session.scalars(select(Claim).where(Claim.purchase_id == purchase.id)).all()
            done = send_in(session, house, *drafts, token=f"token-{house.employer_id}")
            came[house.employer_id] = (len(done.submitted), len(done.held_back))

    presses = [threading.Thread(target=press, args=(house,)) for house in houses]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert sorted(came.values()) == [(1, 1), (2, 0)]
    with database.read() as session:
        assert session.scalars(select(func.count()).select_from(Slot)).one() == 3


def test_another_employers_claim_is_found_but_not_named(database: Database, houses: tuple[House, House]) -> None:
    hartley, meadow = houses
    with database.write() as session:
        theirs = a_ready_claim(session, meadow, "Sean Doyle")
        mine = a_ready_claim(session, hartley, "Niamh O’Brien")
        mine.learner.number_hash = theirs.learner.number_hash
        send_in(session, meadow, theirs)
        blockers = what_blocks(session, mine, assess_claim(session, KEYRING, mine, TODAY))
        assert [found.obstacle for found in blockers] == [Obstacle.DUPLICATE]
        assert theirs.base[:3] not in blockers[0].message
        assert "Another employer" in blockers[0].message


def test_an_own_claim_is_named_until_it_is_withdrawn(database: Database, hartley: House) -> None:
    with database.write() as session:
        first = a_ready_claim(session, hartley, "Niamh O’Brien")
        again = a_ready_claim(session, hartley, "Niamh O’Brien", "610/4009/5", "full", completed_on=date(2025, 5, 30))
        send_in(session, hartley, first)
        blockers = what_blocks(session, again, assess_claim(session, KEYRING, again, TODAY))
        assert [found.obstacle for found in blockers] == [Obstacle.DUPLICATE]
        assert first.reference in blockers[0].message
        with pytest.raises(AlreadyClaimed, match=first.reference):
            again.first_submitted_at = AT
            move(session, again, Act.SUBMIT, hartley.sro, AT)
        move(session, first, Act.WITHDRAW, hartley.sro, AT, because="Entered twice")
        assert blocking(session, again) == []


def test_a_completion_opens_once_with_the_start_claims_reference(database: Database, hartley: House) -> None:
    with database.write() as session:
        start = a_ready_claim(session, hartley, "Niamh O’Brien")
        send_in(session, hartley, start)
        completion = open_completion(session, start, hartley.sro, AT)
        assert open_completion(session, start, hartley.sro, AT) is completion
        assert (completion.base, completion.part, completion.state) == (start.base, Part.COMPLETION, State.DRAFT)
        assert completion.reference[:-1] == start.reference[:-1]
        assert "start-part-approved" in [
            found.rule for found in assess_claim(session, KEYRING, completion, TODAY).findings_that(Says.FAIL)
        ]


def test_a_completion_claims_what_the_start_left(database: Database, hartley: House) -> None:
    with database.write() as session:
        start = a_ready_claim(session, hartley, "Niamh O’Brien", cost_pence=1333_33)
        send_in(session, hartley, start)
        start.cost_pence, start.reimbursable_pence = 1333_33, 1333_33
        start.entitlement_pence = start.payable_pence = 800_00
        assessor = replace(cast.back_office(session, KEYRING, AT).assessor)
        move(session, start, Act.APPROVE, assessor, AT)
        completion = open_completion(session, start, assessor, AT)
        completion.completed_on = date(2025, 11, 14)
        assessment = assess_claim(session, KEYRING, completion, date(2025, 12, 1))
        assert assessment.amount.payable_pence == 533_33
        assert assessment.last_day_to_claim == date(2026, 2, 14)
        found = what_blocks(session, completion, assessment)
        assert [blocker.message for blocker in found] == ["Add the learner’s certificate."]


def test_an_approved_claim_does_not_count_against_its_own_room(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        send_in(session, hartley, claim)
        session.add(
            Commitment(
                employer_id=hartley.employer_id,
                fund="main",
                scheme_year="2025-26",
                cap_pence=400_000_00,
                committed_pence=400_000_00,
            )
        )
        claim.reimbursable_pence, claim.entitlement_pence, claim.payable_pence = 1540_00, 924_00, 924_00
        move(session, claim, Act.APPROVE, cast.back_office(session, KEYRING, AT).assessor, AT)
        assert assess_claim(session, KEYRING, claim, TODAY).amount.payable_pence == 924_00


def test_another_employers_rows_are_not_found(database: Database, houses: tuple[House, House]) -> None:
    hartley, meadow = houses
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        for look in (
            lambda: claim_of(session, meadow.employer_id, claim.id),
            lambda: purchase_of(session, meadow.employer_id, claim.purchase_id),
            lambda: claim_of(session, hartley.employer_id, 99_999),
        ):
            with pytest.raises(NotFound):
                look()


def test_only_an_employers_people_submit(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        assessor = cast.back_office(session, KEYRING, AT).assessor
        assert assessor.role is Role.ASSESSOR
        with pytest.raises(NotAllowed, match="role"):
            send_in(session, replace(hartley, submitter=assessor), claim)


def test_removing_the_only_payment_evidence_blocks_again(database: Database, hartley: House) -> None:
    with database.write() as session:
        claim = a_ready_claim(session, hartley, "Niamh O’Brien")
        [file] = payment_evidence_of(session, claim.purchase)
        assert file.name == a_file().name
        remove_evidence(session, file, hartley.submitter, AT)
        assert blocking(session, claim) == [Obstacle.EVIDENCE]
