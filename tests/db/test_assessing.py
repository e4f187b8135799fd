"""Assessing: who may work on a purchase, what its checks come to, and everything that changes with a decision."""

import threading
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from claims.decisions import Answer
from claims.demo.cast import member
from claims.lifecycle import Act, Actor, NotAllowed, Role
from claims.models import (
    ActionRequest,
    Claim,
    Commitment,
    CompletionCheck,
    Employer,
    Event,
    Learner,
    Message,
    PaymentCheck,
    Purchase,
    SampledApproval,
    Slot,
)
from claims.services.answering import Answered, answer, resubmit, tell_dates
from claims.services.assessing import Changed, confirm, seen_hash, work_out
from claims.services.checking import BadCheck, save_completion_check, save_payment_check, standing_payment_check
from claims.services.claiming import submit
from claims.services.enrolling import enrol
from claims.services.evidencing import add_certificate, add_payment_evidence
from claims.services.holding import HELD_FOR, HeldByAnother, holds, release, take, take_next, take_over
from claims.services.purchasing import change_purchase, start_purchase
from claims.services.recording import verify
from claims.store.claims import claims_in, open_requests_of
from claims.store.queue import EVERYTHING, Flag, QueueFilter, Waiting, free_purchases, page_of_queue
from tests.db.test_delivering import run_together
from tests.keys import KEYRING
from tests.stage import AT, PAID_ON, Stage, a_file, agree_all, check_all, confirm_shown, submit_all

NIAMH, DANIEL, ZOFIA = "Niamh O’Brien", "Daniel Mensah", "Zofia Kowalska"
LATER = AT + timedelta(hours=2)


def purchase_in(session: Session, purchase_id: int) -> Purchase:
    return session.get_one(Purchase, purchase_id)


def held(session: Session, stage: Stage, purchase_id: int) -> Purchase:
    purchase = purchase_in(session, purchase_id)
    take(session, purchase, stage.office.assessor, AT)
    return purchase


def starts_of(session: Session, purchase: Purchase) -> list[Claim]:
    return [claim for claim in claims_in(session, purchase) if claim.part == "start"]


def waiting(session: Session, viewer: Actor, at: datetime, wanted: QueueFilter = EVERYTHING) -> Sequence[Waiting]:
    return page_of_queue(session, viewer, at, wanted).rows


# Holding


def test_two_assessors_never_hold_one_purchase(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        take(session, purchase_in(session, purchase_id), stage.office.assessor, AT)
    with stage.database.write() as session, pytest.raises(HeldByAnother, match="Asha Rahman is working on this"):
        take(
            session,
            purchase_in(session, purchase_id),
            stage.office.other_assessor,
            AT + HELD_FOR - timedelta(seconds=1),
        )
    with stage.database.write() as session:
        take(session, purchase_in(session, purchase_id), stage.office.other_assessor, AT + HELD_FOR)
    with stage.database.write() as session, pytest.raises(HeldByAnother, match="Ben Carter"):
        take(session, purchase_in(session, purchase_id), stage.office.assessor, AT + HELD_FOR)


def test_of_racing_assessors_one_holds_the_purchase(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    people = [stage.office.assessor, stage.office.other_assessor, stage.office.lead]
    together, took = threading.Barrier(len(people)), []
    waiting_people = list(people)

    def race() -> None:
        who = waiting_people.pop()
        together.wait()
        try:
            with stage.database.write() as session:
                take(session, purchase_in(session, purchase_id), who, AT)
        except HeldByAnother:
            return
        took.append(who)

    run_together(race, len(people))
    assert len(took) == 1
    with stage.database.read() as session:
        assert holds(purchase_in(session, purchase_id), took[0], AT)
        assert session.scalars(select(func.count()).select_from(Event).where(Event.act == "take")).one() == 1


def test_a_purchase_that_is_held_is_held_for_longer_when_taken_again(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        take(session, purchase, stage.office.assessor, LATER)
        assert purchase.held_until == LATER + HELD_FOR


def test_a_lead_takes_over_with_a_reason_and_nobody_else_does(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        with pytest.raises(NotAllowed, match="Only a lead"):
            take_over(session, purchase, stage.office.other_assessor, AT, "On leave")
        with pytest.raises(NotAllowed, match="Give a reason"):
            take_over(session, purchase, stage.office.lead, AT, "  ")
        take_over(session, purchase, stage.office.lead, AT, "On leave")
        assert holds(purchase, stage.office.lead, AT)
        with pytest.raises(HeldByAnother):
            save_payment_check(session, purchase, stage.office.assessor, AT, answer=None)


def test_a_released_purchase_goes_to_the_next_who_asks_with_the_checks_saved_so_far(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        save_payment_check(session, purchase, stage.office.assessor, AT, answer=None, cost_pence=155_000)
        release(session, purchase, stage.office.assessor, AT)
    with stage.database.write() as session:
        taken = take_next(session, stage.office.other_assessor, AT)
        assert taken is not None
        assert taken.id == purchase_id
        assert session.scalars(select(PaymentCheck.cost_pence)).one() == 155_000


def test_the_next_one_is_the_longest_waiting_that_nobody_holds(stage: Stage) -> None:
    second = stage.submitted(NIAMH, at=AT)
    first = stage.submitted(DANIEL, at=AT - timedelta(hours=3))
    with stage.database.write() as session:
        for expected in (first, second):
            taken = take_next(session, stage.office.assessor, LATER)
            assert taken is not None
            assert taken.id == expected
        assert take_next(session, stage.office.other_assessor, LATER) is None


def test_nobody_assesses_an_employer_they_belong_to(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        member(session, stage.house.employer_id, Role.SUBMITTER, name="", email="asha.rahman@example.org", at=AT)
    with stage.database.write() as session:
        assert not waiting(session, stage.office.assessor, AT)
        assert take_next(session, stage.office.assessor, AT) is None
        with pytest.raises(NotAllowed, match="You belong to this employer"):
            take(session, purchase_in(session, purchase_id), stage.office.assessor, AT)
        assert [row.purchase_id for row in waiting(session, stage.office.other_assessor, AT)] == [purchase_id]


@pytest.mark.parametrize("who", ["finance", "administrator", "auditor"])
def test_only_assessors_take_a_purchase(quick_stage: Stage, who: str) -> None:
    purchase_id = quick_stage.submitted(NIAMH)
    with quick_stage.database.write() as session, pytest.raises(NotAllowed, match="Only assessors"):
        take(session, purchase_in(session, purchase_id), getattr(quick_stage.office, who), AT)


def test_the_queue_shows_the_longest_waiting_first_with_its_flags(stage: Stage) -> None:
    later = stage.submitted(NIAMH, DANIEL)
    earlier = stage.submitted(ZOFIA, at=AT - timedelta(hours=5))
    with stage.database.write() as session:
        held(session, stage, later)
        session.execute(update(Employer).values(registration="at-risk"))
    with stage.database.read() as session:
        first, second = waiting(session, stage.office.lead, AT)
        assert (first.purchase_id, first.claims, first.holder, first.waiting_since) == (
            earlier,
            1,
            None,
            AT - timedelta(hours=5),
        )
        assert (second.claims, second.holder, second.at_risk, second.resubmitted) == (2, "Asha Rahman", True, False)
        assert list(free_purchases(session, stage.office.lead, AT, 9)) == [earlier]
        mine = waiting(session, stage.office.assessor, AT, QueueFilter(held_by=stage.office.assessor.person_id))
        assert [row.purchase_id for row in mine] == [later]
        assert not waiting(session, stage.office.lead, AT, QueueFilter(fund="ommt"))
        assert len(waiting(session, stage.office.lead, AT, QueueFilter(employer="hartley"))) == 2
        assert len(waiting(session, stage.office.lead, AT, QueueFilter(employer="h1002001"))) == 2
        assert not waiting(session, stage.office.lead, AT, QueueFilter(employer="meadow"))
        assert len(waiting(session, stage.office.lead, AT, QueueFilter(flag=Flag.AT_RISK))) == 2
        for flag in (Flag.TO_CHECK, Flag.RESUBMITTED, Flag.NEAR_CAP):
            assert not waiting(session, stage.office.lead, AT, QueueFilter(flag=flag)), flag
        assert waiting(session, stage.office.lead, AT + HELD_FOR)[1].holder is None


# Checks


def test_checks_can_be_saved_half_done_and_finished_later(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        save_payment_check(session, purchase, stage.office.assessor, AT, answer=None, note=" Looks odd ")
        assert work_out(session, KEYRING, purchase, AT)[0].verdict is None
    with stage.database.write() as session:
        purchase = purchase_in(session, purchase_id)
        check_all(session, purchase, stage.office.assessor, LATER)
        assert session.scalars(select(func.count()).select_from(PaymentCheck)).one() == 1
        (proposed,) = work_out(session, KEYRING, purchase, LATER)
        assert proposed.is_ready
        assert proposed.derivation == "min(£1,600.00, £1,540.00) x 60% = £924.00"
        assert "We will pay £924.00." in proposed.words


def test_only_the_holder_saves_checks(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        purchase = purchase_in(session, purchase_id)
        with pytest.raises(NotAllowed, match="Take this purchase"):
            save_payment_check(session, purchase, stage.office.assessor, AT, answer=Answer.YES, cost_pence=1)
        take(session, purchase, stage.office.other_assessor, AT)
        with pytest.raises(HeldByAnother):
            save_completion_check(
                session, starts_of(session, purchase)[0], stage.office.assessor, AT, answer=Answer.YES
            )


@pytest.mark.parametrize(("length", "fits"), [(1500, True), (1501, False)])
def test_a_note_has_up_to_1500_characters(quick_stage: Stage, length: int, fits: bool) -> None:
    purchase_id = quick_stage.submitted(NIAMH)
    with quick_stage.database.write() as session:
        purchase = held(session, quick_stage, purchase_id)
        note = "x" * length
        if fits:
            save_payment_check(session, purchase, quick_stage.office.assessor, AT, answer=Answer.REJECT, note=note)
        else:
            with pytest.raises(BadCheck, match="1,501"):
                save_payment_check(session, purchase, quick_stage.office.assessor, AT, answer=Answer.REJECT, note=note)


@pytest.mark.parametrize("cost", [0, -1])
def test_the_cost_an_assessor_finds_is_above_zero(quick_stage: Stage, cost: int) -> None:
    purchase_id = quick_stage.submitted(NIAMH)
    with quick_stage.database.write() as session:
        purchase = held(session, quick_stage, purchase_id)
        with pytest.raises(BadCheck, match="must be more than"):
            save_payment_check(session, purchase, quick_stage.office.assessor, AT, answer=Answer.YES, cost_pence=cost)


@pytest.mark.parametrize(
    ("payment", "completion", "problem"),
    [
        ({"answer": Answer.YES, "paid_in_full": True}, {"answer": Answer.YES}, "Enter what was paid"),
        ({"answer": Answer.YES, "cost_pence": 1}, {"answer": Answer.YES}, "must be paid in full"),
        ({"answer": Answer.REJECT}, {"answer": Answer.YES}, "Write a note"),
        ({"answer": Answer.ACTION_NEEDED, "note": " "}, {"answer": Answer.YES}, "Write a note"),
        ({"answer": Answer.YES, "cost_pence": 1, "paid_in_full": True}, {"answer": Answer.REJECT}, "Write a note"),
    ],
)
def test_checks_that_say_too_little_cannot_be_confirmed(
    quick_stage: Stage, payment: dict[str, object], completion: dict[str, object], problem: str
) -> None:
    purchase_id = quick_stage.submitted(NIAMH)
    by = quick_stage.office.assessor
    with quick_stage.database.write() as session:
        purchase = held(session, quick_stage, purchase_id)
        save_payment_check(session, purchase, by, AT, **payment)  # type: ignore[arg-type]
        save_completion_check(session, starts_of(session, purchase)[0], by, AT, **completion)  # type: ignore[arg-type]
        (proposed,) = work_out(session, KEYRING, purchase, AT)
        assert problem in proposed.problems[0]
        with pytest.raises(NotAllowed, match=problem):
            confirm_shown(session, purchase, by, AT)


# Decisions


def test_an_approved_start_claim_fixes_its_amount_and_opens_its_completion_draft(stage: Stage) -> None:
    purchase_id = stage.approved(NIAMH)
    with stage.database.read() as session:
        purchase = purchase_in(session, purchase_id)
        start, completion = claims_in(session, purchase)
        assert (start.state, start.cost_pence) == ("approved", 160_000)
        assert (start.reimbursable_pence, start.entitlement_pence, start.payable_pence) == (154_000, 92_400, 92_400)
        assert (start.decided_at, start.decided_by_id) == (AT, stage.office.assessor.person_id)
        assert (completion.state, completion.part, completion.base) == ("draft", "completion", start.base)
        assert session.scalars(select(Commitment.committed_pence)).one() == 92_400
        assert purchase.holder_id is None
        event = session.scalars(select(Event).where(Event.act == "approve")).one()
        assert event.details["derivation"] == "min(£1,600.00, £1,540.00) x 60% = £924.00"
        assert event.details["payable_pence"] == 92_400
        assert verify(session)[1] == []


def test_the_amount_follows_the_cost_that_the_assessor_found(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH, other_funding_pence=3_333)
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        check_all(session, purchase, stage.office.assessor, AT, cost_pence=136_666)
        (start,) = confirm_shown(session, purchase, stage.office.assessor, AT)
        assert (start.reimbursable_pence, start.payable_pence) == (133_333, 80_000)


def test_a_completion_is_paid_the_rest_of_what_its_start_part_fixed(stage: Stage) -> None:
    purchase_id = stage.approved(NIAMH, cost_pence=133_333)
    stage.complete(purchase_id, date(2026, 1, 30))
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        completion = claims_in(session, purchase)[1]
        save_completion_check(session, completion, stage.office.assessor, AT, answer=Answer.YES)
        (proposed,) = work_out(session, KEYRING, purchase, AT)
        assert proposed.derivation == "£1,333.33 - £800.00 = £533.33"
        confirm_shown(session, purchase, stage.office.assessor, AT)
        assert (completion.state, completion.payable_pence) == ("approved", 53_333)
        assert session.scalars(select(Commitment.committed_pence)).one() == 133_333


def test_decisions_tell_the_officer_and_whoever_entered_the_claim(stage: Stage) -> None:
    stage.approved(NIAMH)
    with stage.database.read() as session:
        messages = session.scalars(select(Message).order_by(Message.person_id)).all()
        assert {m.person_id for m in messages} == {stage.house.sro.person_id, stage.house.submitter.person_id}
        assert {m.kind for m in messages} == {"decision"}
        assert "min(£1,600.00, £1,540.00) x 60% = £924.00" in messages[0].text
        assert messages[0].subject == "Claim approved: Adult Social Care Certificate for N. O., 2 February 2026"


def test_each_claim_follows_its_own_completion_check(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH, DANIEL, ZOFIA)
    by = stage.office.assessor
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        by_name = {claim.learner.name: claim for claim in starts_of(session, purchase)}
        save_payment_check(session, purchase, by, AT, answer=Answer.YES, cost_pence=160_000, paid_in_full=True)
        save_completion_check(session, by_name[NIAMH], by, AT, answer=Answer.YES)
        save_completion_check(session, by_name[DANIEL], by, AT, answer=Answer.ACTION_NEEDED, note="Start date?")
        decided = confirm_shown(session, purchase, by, AT)
        assert {claim.learner.name: claim.state for claim in decided} == {NIAMH: "approved", DANIEL: "needs-action"}
        assert by_name[ZOFIA].state == "submitted"
        assert holds(purchase, by, AT)
        (request,) = open_requests_of(session, by_name[DANIEL])
        assert (request.about, request.note) == ("completion", "Start date?")
    with stage.database.write() as session:
        purchase = purchase_in(session, purchase_id)
        claim = session.scalars(select(Claim).where(Claim.state == "submitted")).one()
        save_completion_check(session, claim, by, LATER, answer=Answer.REJECT, note="Not on the invoice.")
        confirm_shown(session, purchase, by, LATER)
        assert claim.state == "rejected"
        assert purchase.holder_id is None
        assert session.scalars(select(Slot).where(Slot.claim_id == claim.id)).all() == []


@pytest.mark.parametrize(("answer", "state"), [(Answer.REJECT, "rejected"), (Answer.ACTION_NEEDED, "needs-action")])
def test_the_payment_decides_for_all_claims(stage: Stage, answer: Answer, state: str) -> None:
    purchase_id = stage.submitted(NIAMH, DANIEL)
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        save_payment_check(session, purchase, stage.office.assessor, AT, answer=answer, note="This is a quote.")
        decided = confirm_shown(session, purchase, stage.office.assessor, AT)
        assert [claim.state for claim in decided] == [state, state]
        kinds = set(session.scalars(select(Message.kind)))
        assert kinds == {"needs-action" if state == "needs-action" else "decision"}


def test_what_changed_since_it_was_shown_is_not_confirmed(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    by = stage.office.assessor
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        check_all(session, purchase, by, AT)
        seen = seen_hash(work_out(session, KEYRING, purchase, AT))
        check_all(session, purchase, by, AT, cost_pence=150_000)
        with pytest.raises(Changed):
            confirm(session, KEYRING, purchase, by, AT, seen=seen)
        assert starts_of(session, purchase)[0].state == "submitted"


def test_confirming_twice_decides_once(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    by = stage.office.assessor
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        check_all(session, purchase, by, AT)
        seen = seen_hash(work_out(session, KEYRING, purchase, AT))
    together, ended = threading.Barrier(2), []

    def race() -> None:
        together.wait()
        try:
            with stage.database.write() as session:
                confirm(session, KEYRING, purchase_in(session, purchase_id), by, AT, seen=seen)
        except NotAllowed as refusal:
            ended.append(str(refusal))
        else:
            ended.append("done")

    run_together(race, 2)
    assert ended.count("done") == 1
    with stage.database.read() as session:
        assert session.scalars(select(Commitment.committed_pence)).one() == 92_400
        # The first approval of an employer waits for a second look, and nobody is told before.
        assert len(session.scalars(select(SampledApproval)).all()) == 1
        assert session.scalars(select(Message)).all() == []
    with stage.database.write() as session:
        agree_all(session, AT)
        assert len(session.scalars(select(Message)).all()) == 2


def test_only_the_holder_confirms(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        check_all(session, purchase, stage.office.assessor, AT)
        seen = seen_hash(work_out(session, KEYRING, purchase, AT))
        for who in (stage.office.other_assessor, stage.office.lead, stage.office.finance):
            with pytest.raises(NotAllowed):
                confirm(session, KEYRING, purchase, who, AT, seen=seen)
        with pytest.raises(NotAllowed, match="Take this purchase"):
            confirm(session, KEYRING, purchase, stage.office.assessor, AT + HELD_FOR, seen=seen)


# The cap


def commit_all_but(session: Session, stage: Stage, left_pence: int) -> None:
    session.add(
        Commitment(
            employer_id=stage.house.employer_id,
            fund="main",
            scheme_year="2025-26",
            cap_pence=400_000_00,
            committed_pence=400_000_00 - left_pence,
        )
    )


def test_what_is_left_under_the_cap_is_paid_and_no_more(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH, DANIEL)
    by = stage.office.assessor
    with stage.database.write() as session:
        commit_all_but(session, stage, 100_000)
        purchase = held(session, stage, purchase_id)
        check_all(session, purchase, by, AT)
        first, second = confirm_shown(session, purchase, by, AT)
        assert (first.payable_pence, second.payable_pence) == (92_400, 7_600)
        assert second.entitlement_pence == 92_400
        assert session.scalars(select(Commitment.committed_pence)).one() == 400_000_00


def test_nothing_left_under_the_cap_stops_an_approval(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        commit_all_but(session, stage, 0)
        purchase = held(session, stage, purchase_id)
        check_all(session, purchase, stage.office.assessor, AT)
        (proposed,) = work_out(session, KEYRING, purchase, AT)
        assert proposed.problems
        with pytest.raises(NotAllowed):
            confirm_shown(session, purchase, stage.office.assessor, AT)


def test_two_approvals_at_once_never_both_use_the_last_pound(stage: Stage) -> None:
    purchases = {NIAMH: stage.submitted(NIAMH), DANIEL: stage.submitted(DANIEL)}
    people = {NIAMH: stage.office.assessor, DANIEL: stage.office.other_assessor}
    seen: dict[str, str] = {}
    with stage.database.write() as session:
        commit_all_but(session, stage, 92_401)
        for name, purchase_id in purchases.items():
            purchase = purchase_in(session, purchase_id)
            take(session, purchase, people[name], AT)
            check_all(session, purchase, people[name], AT)
            seen[name] = seen_hash(work_out(session, KEYRING, purchase, AT))
    together, names, refused = threading.Barrier(2), list(purchases), []

    def race() -> None:
        name = names.pop()
        together.wait()
        try:
            with stage.database.write() as session:
                confirm(session, KEYRING, purchase_in(session, purchases[name]), people[name], AT, seen=seen[name])
        except Changed:
            refused.append(name)

    run_together(race, 2)
    assert len(refused) == 1
    with stage.database.read() as session:
        assert session.scalars(select(Commitment.committed_pence)).one() == 400_000_00 - 1
        paid = session.scalars(select(func.sum(Claim.payable_pence)).where(Claim.state == "approved")).one()
        assert paid == 92_400


# Coming back


def test_an_answered_request_comes_back_and_its_payment_is_checked_anew(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    by = stage.office.assessor
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        save_payment_check(session, purchase, by, AT, answer=Answer.ACTION_NEEDED, note="Page 2 is missing.")
        confirm_shown(session, purchase, by, AT)
    with stage.database.write() as session:
        purchase = purchase_in(session, purchase_id)
        (claim,) = starts_of(session, purchase)
        (request,) = open_requests_of(session, claim)
        add_payment_evidence(session, purchase, a_file("page-2.pdf", 2), stage.house.submitter, LATER)
        answer(session, claim, {request.id: Answered("Here it is.", ticked=True)}, by=stage.house.submitter, at=LATER)
        assert resubmit(session, KEYRING, claim, stage.house.submitter, LATER) == ()
    with stage.database.write() as session:
        purchase = purchase_in(session, purchase_id)
        assert waiting(session, by, LATER)[0].resubmitted
        assert standing_payment_check(session, purchase) is None
        take(session, purchase, by, LATER)
        check_all(session, purchase, by, LATER)
        confirm_shown(session, purchase, by, LATER)
        assert session.scalars(select(PaymentCheck.version).order_by(PaymentCheck.version)).all() == [1, 2]
        assert session.scalars(select(CompletionCheck.version)).all() == [1]
        assert starts_of(session, purchase)[0].state == "approved"


def test_later_claims_inherit_the_payment_check_until_its_evidence_changes(stage: Stage) -> None:
    by = stage.office.assessor
    with stage.database.write() as session:
        purchase = stage.drafted(session, [NIAMH])
        purchase_id = purchase.id
        submit_all(session, purchase, stage.house.submitter, AT)
        take(session, purchase, by, AT)
        check_all(session, purchase, by, AT)
        confirm_shown(session, purchase, by, AT)
    with stage.database.write() as session:
        purchase = purchase_in(session, purchase_id)
        enrol(session, purchase, session.get_one(Learner, stage.house.learners[DANIEL]), stage.house.submitter, LATER)
        drafts = {claim.id: claim.changes for claim in starts_of(session, purchase) if claim.state == "draft"}
        submit(
            session,
            KEYRING,
            purchase,
            drafts,
            declared=True,
            token="two",
            leads_to="/",
            by=stage.house.submitter,
            at=LATER,
        )
    with stage.database.write() as session:
        purchase = purchase_in(session, purchase_id)
        take(session, purchase, by, LATER)
        standing = standing_payment_check(session, purchase)
        assert standing is not None
        assert standing.version == 1
        late = next(claim for claim in starts_of(session, purchase) if claim.state == "submitted")
        save_completion_check(session, late, by, LATER, answer=Answer.YES)
        assert work_out(session, KEYRING, purchase, LATER)[0].is_ready
        purchase.cost_pence = 150_000
        session.flush()
        assert standing_payment_check(session, purchase) is None
        assert work_out(session, KEYRING, purchase, LATER)[0].verdict is None


def test_a_plans_completion_checks_the_second_payment_which_may_lower_the_rest(stage: Stage) -> None:
    by = stage.office.assessor
    purchase_id = stage.submitted(NIAMH, by_plan=True)
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        (claim,) = starts_of(session, purchase)
        save_payment_check(session, purchase, by, AT, answer=Answer.YES, cost_pence=160_000)
        save_completion_check(session, claim, by, AT, answer=Answer.YES)
        confirm_shown(session, purchase, by, AT)
        assert claim.payable_pence == 92_400
    with stage.database.write() as session:
        purchase = purchase_in(session, purchase_id)
        change_purchase(session, purchase, {"second_payment_on": date(2026, 1, 20)}, stage.house.submitter, AT)
        add_payment_evidence(session, purchase, a_file("second.pdf", 2), stage.house.submitter, AT)
    stage.complete(purchase_id, date(2026, 1, 30))
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        completion = next(claim for claim in claims_in(session, purchase) if claim.part == "completion")
        assert standing_payment_check(session, purchase) is None
        save_completion_check(session, completion, by, AT, answer=Answer.YES)
        save_payment_check(session, purchase, by, AT, answer=Answer.YES, cost_pence=150_000)
        assert "paid in full" in work_out(session, KEYRING, purchase, AT)[0].problems[0]
        save_payment_check(session, purchase, by, AT, answer=Answer.YES, cost_pence=150_000, paid_in_full=True)
        confirm_shown(session, purchase, by, AT)
        assert (completion.reimbursable_pence, completion.payable_pence) == (150_000, 57_600)


def test_a_second_payment_that_is_more_raises_nothing(stage: Stage) -> None:
    by = stage.office.assessor
    purchase_id = stage.submitted(NIAMH, by_plan=True, cost_pence=100_000)
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        check_all(session, purchase, by, AT, cost_pence=100_000)
        confirm_shown(session, purchase, by, AT)
        change_purchase(session, purchase, {"second_payment_on": date(2026, 1, 20)}, stage.house.submitter, AT)
        add_payment_evidence(session, purchase, a_file("second.pdf", 2), stage.house.submitter, AT)
    stage.complete(purchase_id, date(2026, 1, 30))
    with stage.database.write() as session:
        purchase = held(session, stage, purchase_id)
        check_all(session, purchase, by, AT, cost_pence=150_000)
        (completion,) = confirm_shown(session, purchase, by, AT)
        assert (completion.reimbursable_pence, completion.payable_pence) == (100_000, 40_000)


def test_internal_ommt_is_decided_without_a_payment_check(stage: Stage) -> None:
    by = stage.office.assessor
    with stage.database.write() as session:
        purchase = start_purchase(session, stage.house.employer_id, "OMMT/T1/INT", stage.house.submitter, AT)
        change_purchase(session, purchase, {"started_on": PAID_ON, "apprenticeship": False}, stage.house.submitter, AT)
        learner = session.get_one(Learner, stage.house.learners[NIAMH])
        claim = enrol(session, purchase, learner, stage.house.submitter, AT)
        tell_dates(session, claim, started_on=PAID_ON, completed_on=PAID_ON, by=stage.house.submitter, at=AT)
        add_certificate(session, claim, a_file("ommt.pdf", 1), stage.house.submitter, AT)
        submit_all(session, purchase, stage.house.submitter, AT)
        take(session, purchase, by, AT)
        save_completion_check(session, claim, by, AT, answer=Answer.YES)
        (proposed,) = work_out(session, KEYRING, purchase, AT)
        assert proposed.derivation == "fixed amount £12.50 = £12.50"
        confirm_shown(session, purchase, by, AT)
        assert (claim.state, claim.payable_pence, claim.cost_pence) == ("approved", 1_250, None)
        assert session.scalars(select(PaymentCheck)).all() == []


def test_every_decision_is_an_event_in_an_unbroken_chain(stage: Stage) -> None:
    purchase_id = stage.approved(NIAMH)
    with stage.database.read() as session:
        acts = session.scalars(select(Event.act).where(Event.about_kind == "claim").order_by(Event.number)).all()
        assert acts == ["open", Act.SUBMIT, Act.APPROVE, "agree", "open"]
        assert session.scalars(select(ActionRequest)).all() == []
        assert verify(session)[1] == []
        assert isinstance(stage.office.assessor, Actor)
        assert purchase_id
