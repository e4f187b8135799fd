"""Taking back: undo gives back what was committed and takes the slots again; recall and lapse close requests."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from claims.decisions import Answer
from claims.lifecycle import UNANSWERED_FOR, NotAllowed
from claims.models import Claim, Commitment, Event, Message, Purchase, Slot
from claims.services.checking import save_completion_check, save_payment_check, standing_payment_check
from claims.services.drawing_up import draw_up, seen_hash
from claims.services.holding import take
from claims.services.moving import AlreadyClaimed
from claims.services.recording import verify
from claims.services.reminding import queue_reminders
from claims.services.reopening import lapse, recall, undo
from claims.store.claims import open_requests_of
from claims.store.ready import RunFilter, ready_claims
from tests.keys import KEYRING
from tests.stage import AT, Stage, check_all, confirm_shown

NIAMH = "Niamh O’Brien"
LATER = AT + timedelta(hours=2)


def start(session: Session) -> Claim:
    return session.scalars(select(Claim).where(Claim.part == "start").order_by(Claim.id).limit(1)).one()


def decided(stage: Stage, answer: Answer) -> int:
    """A claim of Niamh's that was sent back or rejected for its payment."""
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        take(session, purchase, stage.office.assessor, AT)
        save_payment_check(session, purchase, stage.office.assessor, AT, answer=answer, note="This is a quote.")
        confirm_shown(session, purchase, stage.office.assessor, AT)
    return purchase_id


def test_an_undone_approval_waits_again_and_gives_back_what_was_committed(stage: Stage) -> None:
    purchase_id = stage.approved(NIAMH)
    with stage.database.write() as session:
        undo(session, start(session), stage.office.lead, LATER, because="The invoice is for another learner")
    with stage.database.write() as session:
        claim = start(session)
        assert (claim.state, claim.payable_pence, claim.decided_at) == ("submitted", None, None)
        assert session.scalars(select(Commitment.committed_pence)).one() == 0
        assert session.scalars(select(Slot.slot).where(Slot.claim_id == claim.id)).all() == ["start"]
        of_claim = select(Event.act).where(Event.about_id == claim.id, Event.about_kind == "claim")
        acts = session.scalars(of_claim.order_by(Event.number)).all()
        assert acts[-3:] == ["approve", "agree", "undo"]
        assert session.scalars(select(func.count()).select_from(Message)).one() == 4
        # Decided again, it counts once, and finds its completion draft where it was.
        purchase = session.get_one(Purchase, purchase_id)
        assert standing_payment_check(session, purchase) is not None
        take(session, purchase, stage.office.assessor, LATER)
        save_completion_check(session, claim, stage.office.assessor, LATER, answer=Answer.YES)
        confirm_shown(session, purchase, stage.office.assessor, LATER)
        assert session.scalars(select(Commitment.committed_pence)).one() == 92_400
        assert session.scalars(select(func.count()).select_from(Claim)).one() == 2
        assert verify(session)[1] == []


def test_a_start_that_is_rejected_after_an_undo_closes_its_completion_draft(stage: Stage) -> None:
    purchase_id = stage.approved(NIAMH)
    by = stage.office.assessor
    with stage.database.write() as session:
        undo(session, start(session), stage.office.lead, LATER, because="A mistake")
        purchase = session.get_one(Purchase, purchase_id)
        take(session, purchase, by, LATER)
        save_completion_check(session, start(session), by, LATER, answer=Answer.REJECT, note="Not enrolled.")
        confirm_shown(session, purchase, by, LATER)
    with stage.database.read() as session:
        assert session.scalars(select(Claim.state)).all() == ["rejected"]
        closed = session.scalars(select(Event).where(Event.act == "discard")).one()
        assert closed.by_role == "system"


def test_an_undone_rejection_takes_its_slot_again(stage: Stage) -> None:
    decided(stage, Answer.REJECT)
    with stage.database.write() as session:
        assert session.scalars(select(Slot)).all() == []
        undo(session, start(session), stage.office.lead, LATER, because="The invoice is right")
        assert start(session).state == "submitted"
        assert len(session.scalars(select(Slot)).all()) == 1


def test_a_rejection_is_not_undone_once_the_training_was_claimed_again(stage: Stage) -> None:
    decided(stage, Answer.REJECT)
    stage.submitted(NIAMH)
    with stage.database.write() as session, pytest.raises(AlreadyClaimed, match="already claimed: "):
        undo(session, start(session), stage.office.lead, LATER, because="Too late")


def test_undo_is_for_leads_with_a_reason_and_before_anything_rests_on_it(stage: Stage) -> None:
    purchase_id = stage.approved(NIAMH)
    with stage.database.write() as session, pytest.raises(NotAllowed, match="role"):
        undo(session, start(session), stage.office.assessor, LATER, because="Why not")
    with stage.database.write() as session, pytest.raises(NotAllowed, match="Give a reason"):
        undo(session, start(session), stage.office.lead, LATER, because=" ")
    stage.complete(purchase_id, date(2026, 1, 30))
    with stage.database.write() as session, pytest.raises(NotAllowed, match="has been submitted"):
        undo(session, start(session), stage.office.lead, LATER, because="Too late")


def test_a_claim_in_a_run_is_not_undone(stage: Stage) -> None:
    stage.approved(NIAMH)
    with stage.database.write() as session:
        seen = seen_hash(ready_claims(session, RunFilter("2025-26")))
        draw_up(session, KEYRING, RunFilter("2025-26"), stage.office.finance, AT, seen=seen)
    with stage.database.write() as session, pytest.raises(NotAllowed, match="in payment"):
        undo(session, start(session), stage.office.lead, LATER, because="Too late")


def test_a_recalled_request_is_settled_and_the_claim_waits_again(stage: Stage) -> None:
    decided(stage, Answer.ACTION_NEEDED)
    with stage.database.write() as session:
        recall(session, start(session), stage.office.assessor, LATER, because="Found the page")
        assert start(session).state == "submitted"
        assert open_requests_of(session, start(session)) == []


def test_a_claim_lapses_after_28_days_and_two_reminders(stage: Stage) -> None:
    decided(stage, Answer.ACTION_NEEDED)
    late = AT + UNANSWERED_FOR
    with stage.database.write() as session:
        for days in (7, 14):
            at = AT + timedelta(days=days)
            queue_reminders(session, at.date(), at)
        with pytest.raises(NotAllowed, match="two reminders"):
            lapse(session, start(session), stage.office.lead, late, because="No answer")
        session.execute(update(Message).values(state="sent"))
        with pytest.raises(NotAllowed, match="28 days"):
            lapse(session, start(session), stage.office.lead, late - timedelta(seconds=1), because="No answer")
        with pytest.raises(NotAllowed, match="role"):
            lapse(session, start(session), stage.office.assessor, late, because="No answer")
        lapse(session, start(session), stage.office.lead, late, because="No answer")
        assert start(session).state == "rejected"
        assert open_requests_of(session, start(session)) == []
        assert session.scalars(select(Message).where(Message.kind == "decision")).all() != []


def test_an_undone_claim_can_be_checked_from_the_start(stage: Stage) -> None:
    purchase_id = stage.approved(NIAMH)
    with stage.database.write() as session:
        undo(session, start(session), stage.office.lead, LATER, because="The cost was misread")
        purchase = session.get_one(Purchase, purchase_id)
        take(session, purchase, stage.office.lead, LATER)
        check_all(session, purchase, stage.office.lead, LATER, cost_pence=100_000)
        (claim,) = confirm_shown(session, purchase, stage.office.lead, LATER)
        assert claim.payable_pence == 60_000
        assert session.scalars(select(Commitment.committed_pence)).one() == 60_000
