"""Reminding: what is due is queued once, to those who are told, and dropped when its reason has gone."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claims.decisions import Answer
from claims.models import Claim, Membership, Message, Purchase
from claims.services.checking import save_payment_check
from claims.services.delivering import Delivered
from claims.services.holding import take
from claims.services.reminding import plan_reminders, queue_reminders
from claims.services.reopening import recall
from claims.store.holidays import england_bank_holidays
from tests.db.test_delivering import Post, go
from tests.stage import AT, PAID_ON, Stage, confirm_shown

NIAMH = "Niamh O’Brien"


def about_drafts(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == "claim-deadline").order_by(Message.id)))


LAST_DAY = date(2026, 3, 10)
"""Three months after 10 December 2025."""


def test_a_draft_is_reminded_of_once_however_often_the_job_runs(stage: Stage) -> None:
    with stage.database.write() as session:
        stage.drafted(session, [NIAMH])
        day = LAST_DAY - timedelta(days=28)
        at = datetime(2026, 2, 10, 8, tzinfo=UTC)
        queue_reminders(session, day - timedelta(days=1), at)
        assert about_drafts(session) == []
        assert queue_reminders(session, day, at) == 2
        assert queue_reminders(session, day, at) == 0
        assert queue_reminders(session, day + timedelta(days=1), at) == 0
        first, _ = about_drafts(session)
        assert first.subject == "Claim by 10 March 2026: Adult Social Care Certificate for N. O."
        assert "in 28 days, on 10 March 2026" in first.text
        assert {message.person_id for message in about_drafts(session)} == {
            stage.house.sro.person_id,
            stage.house.submitter.person_id,
        }


def test_somebody_who_left_the_employer_is_not_told(stage: Stage) -> None:
    with stage.database.write() as session:
        stage.drafted(session, [NIAMH])
        session.execute(
            update(Membership).where(Membership.person_id == stage.house.submitter.person_id).values(left_at=AT)
        )
        planned = plan_reminders(session, LAST_DAY)
        assert [message.key.person_id for message in planned if message.key.kind == "claim-deadline"] == [
            stage.house.sro.person_id
        ]


def test_a_submitted_claim_is_not_reminded_of(stage: Stage) -> None:
    stage.submitted(NIAMH)
    with stage.database.read() as session:
        assert "claim-deadline" not in {message.key.kind for message in plan_reminders(session, LAST_DAY)}


def test_a_queued_reminder_is_dropped_when_the_claim_was_submitted_meanwhile(stage: Stage) -> None:
    with stage.database.write() as session:
        stage.drafted(session, [NIAMH])
        queue_reminders(session, LAST_DAY, AT)
        session.execute(update(Claim).values(state="submitted", first_submitted_at=AT))
    go(stage, Post())
    with stage.database.read() as session:
        assert {message.state for message in about_drafts(session)} == {"dropped"}


def test_a_queued_request_is_dropped_when_it_was_recalled_before_it_went(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        take(session, purchase, stage.office.assessor, AT)
        save_payment_check(
            session, purchase, stage.office.assessor, AT, answer=Answer.ACTION_NEEDED, note="Page 2 is missing."
        )
        (claim,) = confirm_shown(session, purchase, stage.office.assessor, AT)
        recall(session, claim, stage.office.assessor, AT, because="Found it")
    assert go(stage, Post()) == Delivered()


def test_the_reminders_of_one_person_are_one_letter(stage: Stage) -> None:
    with stage.database.write() as session:
        stage.drafted(session, [NIAMH, "Daniel Mensah", "Zofia Kowalska"])
        queue_reminders(session, LAST_DAY, AT)
    post = Post()
    go(stage, post)
    letters = [letter for letter in post.letters if letter.to_name in ("Grace Okafor", "Tom Bell")]
    assert len(letters) == 2
    assert all(letter.subject.endswith("and 2 more") for letter in letters)
    assert all(letter.text.count("The last day to claim for") == 3 for letter in letters)


def test_bank_holidays_in_england_are_known_without_asking_anybody() -> None:
    holidays = england_bank_holidays()
    assert {date(2025, 12, 25), date(2025, 12, 26), date(2026, 4, 3), date(2026, 4, 6)} <= holidays
    assert PAID_ON not in holidays
    assert date(2025, 11, 30) not in holidays  # St Andrew's Day, in Scotland
