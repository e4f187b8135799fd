"""Tasks for lead assessors: a payment rejected after approvals, a start recovered under its completion."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.decisions import Answer
from claims.lifecycle import NotAllowed
from claims.models import Commitment, Event, LeadTask, Learner, Purchase, Recovery
from claims.readiness import Obstacle
from claims.services.checking import save_completion_check, save_payment_check
from claims.services.claiming import assess_claim, what_blocks
from claims.services.enrolling import enrol
from claims.services.heeding import close_task, heed_rejected_payment
from claims.services.holding import take
from claims.services.recording import verify
from claims.services.recovering import approve_recovery, propose_recovery
from claims.services.reopening import undo
from claims.store.claims import claims_in
from claims.store.facts import Surroundings
from claims.store.lead_tasks import lead_tasks
from tests.db.test_recovering import paid, released, settled, start_claim
from tests.keys import KEYRING
from tests.stage import AT, Stage, check_all, confirm_shown, submit_all

NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"
LATER = AT + timedelta(minutes=5)
COMPLETED_ON = date(2026, 1, 30)


def rejected_after_one_was_approved(stage: Stage) -> None:
    """Two learners on one purchase: Niamh is approved; then the payment is looked at again, and rejected."""
    purchase_id = stage.submitted(NIAMH, DANIEL)
    with stage.database.write() as session:
        purchase, by = session.get_one(Purchase, purchase_id), stage.office.assessor
        take(session, purchase, by, AT)
        save_payment_check(session, purchase, by, AT, answer=Answer.YES, cost_pence=160_000, paid_in_full=True)
        (niamh,) = [claim for claim in claims_in(session, purchase) if claim.learner.name == NIAMH]
        save_completion_check(session, niamh, by, AT, answer=Answer.YES)
        confirm_shown(session, purchase, by, AT)
        assert lead_tasks(session, stage.office.lead) == []
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        save_payment_check(session, purchase, by, LATER, answer=Answer.REJECT, note="The invoice is a forgery.")
        confirm_shown(session, purchase, by, LATER)


def the_task(session: Session) -> LeadTask:
    return session.scalars(select(LeadTask)).one()


def test_a_payment_rejected_after_an_approval_opens_one_task_that_lists_it(stage: Stage) -> None:
    rejected_after_one_was_approved(stage)
    with stage.database.write() as session:
        (found,) = lead_tasks(session, stage.office.lead)
        assert (found.task.kind, found.task.opened_by_id) == ("payment-rejected", stage.office.assessor.person_id)
        assert [(claim.learner.name, claim.state) for claim in found.claims] == [(NIAMH, "approved")]
        again = heed_rejected_payment(session, found.purchase, stage.office.assessor, LATER)
        assert again is not None
        assert again.id == found.task.id
        acts = session.scalars(select(Event.act).where(Event.act == "open-task")).all()
        assert len(acts) == 1
        assert verify(session)[1] == []


def test_a_payment_rejected_after_half_its_claims_were_paid_moves_blocks_and_lists(stage: Stage) -> None:
    """As docs/product.md has it: submitted claims are rejected, drafts blocked, what is paid goes to a lead."""
    purchase_id = stage.submitted(NIAMH, DANIEL)
    by = stage.office.assessor
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        take(session, purchase, by, AT)
        save_payment_check(session, purchase, by, AT, answer=Answer.YES, cost_pence=160_000, paid_in_full=True)
        (niamh,) = [claim for claim in claims_in(session, purchase) if claim.learner.name == NIAMH]
        save_completion_check(session, niamh, by, AT, answer=Answer.YES)
        confirm_shown(session, purchase, by, AT)
    settled(stage, released(stage))
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        save_payment_check(session, purchase, by, LATER, answer=Answer.REJECT, note="The invoice is a forgery.")
        confirm_shown(session, purchase, by, LATER)
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        states = {(claim.learner.name, claim.part): claim.state for claim in claims_in(session, purchase)}
        assert states == {(NIAMH, "start"): "paid", (NIAMH, "completion"): "draft", (DANIEL, "start"): "rejected"}
        (found,) = lead_tasks(session, stage.office.lead)
        assert [(claim.learner.name, claim.state) for claim in found.claims] == [(NIAMH, "paid")]
        assert session.scalars(select(Commitment.committed_pence)).one() == 92_400
    with pytest.raises(AssertionError, match="payment"):
        stage.complete(purchase_id, COMPLETED_ON)
    # A lead finds that the rejection was wrong: it is undone, the payment passes, and the draft may go.
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        (daniel,) = [claim for claim in claims_in(session, purchase) if claim.learner.name == DANIEL]
        undo(session, daniel, stage.office.lead, LATER, because="The invoice is genuine")
        take(session, purchase, by, LATER)
        check_all(session, purchase, by, LATER)
        confirm_shown(session, purchase, by, LATER)
    stage.complete(purchase_id, COMPLETED_ON)


def test_a_payment_rejected_before_any_approval_opens_none(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        take(session, purchase, stage.office.assessor, AT)
        save_payment_check(session, purchase, stage.office.assessor, AT, answer=Answer.REJECT, note="No.")
        confirm_shown(session, purchase, stage.office.assessor, AT)
        assert lead_tasks(session, stage.office.lead) == []


def test_a_rejected_payment_keeps_drafts_back_until_it_passes_again(stage: Stage) -> None:
    def blocked(session: Session) -> list[Obstacle]:
        claims = [claim for claim in claims_in(session, the_purchase(session)) if claim.state == "draft"]
        around = Surroundings(session)
        return [
            blocker.obstacle
            for claim in claims
            for blocker in what_blocks(session, claim, assess_claim(session, KEYRING, claim, AT.date()), around=around)
        ]

    def the_purchase(session: Session) -> Purchase:
        return session.scalars(select(Purchase)).one()

    rejected_after_one_was_approved(stage)
    with stage.database.write() as session:
        # Niamh's completion waits for it too, besides for its own date and certificate.
        assert blocked(session).count(Obstacle.PAYMENT) == 1
        learner = session.get_one(Learner, stage.house.learners["Zofia Kowalska"])
        enrol(session, the_purchase(session), learner, stage.house.submitter, LATER)
        assert blocked(session).count(Obstacle.PAYMENT) == 2
        with pytest.raises(AssertionError, match="We rejected the payment"):
            submit_all(session, the_purchase(session), stage.house.submitter, LATER)
    with stage.database.write() as session:
        purchase, by = the_purchase(session), stage.office.assessor
        (daniel,) = [claim for claim in claims_in(session, purchase) if claim.learner.name == DANIEL]
        undo(session, daniel, stage.office.lead, LATER, because="The bank confirmed the invoice.")
        take(session, purchase, by, LATER)
        save_payment_check(session, purchase, by, LATER, answer=Answer.YES, cost_pence=160_000, paid_in_full=True)
        assert Obstacle.PAYMENT in blocked(session)
        save_completion_check(session, daniel, by, LATER, answer=Answer.YES)
        confirm_shown(session, purchase, by, LATER)
        assert Obstacle.PAYMENT not in blocked(session)


def test_a_rejected_payment_rejects_a_completion_that_waits_too(stage: Stage) -> None:
    purchase_id = stage.approved(NIAMH)
    stage.complete(purchase_id, AT.date())
    with stage.database.write() as session:
        purchase, by = session.get_one(Purchase, purchase_id), stage.office.assessor
        enrol(session, purchase, session.get_one(Learner, stage.house.learners[DANIEL]), stage.house.submitter, LATER)
        submit_all(session, purchase, stage.house.submitter, LATER)
        take(session, purchase, by, LATER)
        save_payment_check(session, purchase, by, LATER, answer=Answer.REJECT, note="The invoice is a forgery.")
        confirm_shown(session, purchase, by, LATER)
        states = {(claim.learner.name, claim.part): claim.state for claim in claims_in(session, purchase)}
        assert states == {
            (NIAMH, "start"): "approved",
            (NIAMH, "completion"): "rejected",
            (DANIEL, "start"): "rejected",
        }
        assert [len(each.claims) for each in lead_tasks(session, stage.office.lead)] == [1]


def test_a_start_recovered_under_an_open_completion_goes_to_a_lead(stage: Stage) -> None:
    paid(stage, NIAMH)
    with stage.database.write() as session:
        claim = start_claim(session)
        recovery = propose_recovery(
            session, claim, stage.office.finance, AT, pence=None, way="set-off", because="Not employed there"
        )
        approve_recovery(session, session.get_one(Recovery, recovery.id), stage.office.lead, AT)
    with stage.database.read() as session:
        (found,) = lead_tasks(session, stage.office.lead)
        assert found.task.kind == "start-recovered"
        assert found.start is not None
        assert found.start.state == "recovered"
        assert [(claim.part, claim.state) for claim in found.claims] == [("completion", "draft")]


def test_a_part_recovered_opens_no_task(stage: Stage) -> None:
    paid(stage, NIAMH)
    with stage.database.write() as session:
        recovery = propose_recovery(
            session, start_claim(session), stage.office.finance, AT, pence=100, way="set-off", because="Too much"
        )
        approve_recovery(session, recovery, stage.office.lead, AT)
        assert lead_tasks(session, stage.office.lead) == []


def test_only_a_lead_closes_a_task_once_and_with_a_reason(stage: Stage) -> None:
    purchase_id = stage.approved(NIAMH)
    with stage.database.write() as session:
        heed_rejected_payment(session, session.get_one(Purchase, purchase_id), stage.office.assessor, AT)
    with stage.database.write() as session:
        task = the_task(session)
        for by in (stage.office.assessor, stage.office.finance, stage.house.sro):
            with pytest.raises(NotAllowed, match="Only a lead"):
                close_task(session, task, by, LATER, because="Done")
        with pytest.raises(NotAllowed, match="reason"):
            close_task(session, task, stage.office.lead, LATER, because=" ")
        close_task(session, task, stage.office.lead, LATER, because="Undone")
        with pytest.raises(NotAllowed, match="closed already"):
            close_task(session, task, stage.office.lead, LATER, because="Undone")
        assert lead_tasks(session, stage.office.lead) == []
        assert [each.reason for each in lead_tasks(session, stage.office.lead, closed=True)] == ["Undone"]
