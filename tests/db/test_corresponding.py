"""What people chose decides when their messages go; refused addresses are remembered until a letter arrives again."""

from datetime import datetime, timedelta

from sqlalchemy import select

from claims.mail import Undeliverable, Unsure
from claims.models import Message
from claims.reminders.rhythm import Rhythm
from claims.services.bouncing import CAME_BACK, note_bounces
from claims.services.corresponding import choose_kinds, choose_rhythm, stop_kinds, wishes_of
from claims.services.delivering import GAPS, Delivered
from tests.db.test_delivering import Post, go, put, states
from tests.stage import AT, Stage

NEXT_MORNING = AT.replace(hour=8, minute=0) + timedelta(days=1)


def choose(stage: Stage, rhythm: Rhythm, at: datetime = AT) -> None:
    with stage.database.write() as session:
        choose_rhythm(session, stage.house.sro.person_id, rhythm, at)


def test_a_day_s_messages_are_one_letter_in_the_morning_for_whoever_chose_daily(stage: Stage) -> None:
    choose(stage, Rhythm.DAILY)
    put(stage, kind="payment", about="payment-run:1")
    put(stage, kind="course-list-changed", about="course-list:2")
    put(stage, kind="decision")
    post = Post()
    assert go(stage, post, AT) == Delivered(sent=1)
    assert go(stage, post, NEXT_MORNING - timedelta(seconds=1)) == Delivered()
    assert go(stage, post, NEXT_MORNING) == Delivered(sent=1)
    assert [letter.subject for letter in post.letters] == [
        "Subject of claim:1:event:1",
        "Subject of payment-run:1 and 1 more",
    ]


def test_a_new_choice_holds_for_what_waits(stage: Stage) -> None:
    choose(stage, Rhythm.WEEKLY)
    put(stage, kind="payment", about="payment-run:1")
    assert go(stage, Post()) == Delivered()
    choose(stage, Rhythm.AT_ONCE)
    assert go(stage, Post()) == Delivered(sent=1)


def test_what_was_stopped_is_not_emailed_and_what_is_wanted_again_is(stage: Stage) -> None:
    person = stage.house.sro.person_id
    put(stage, kind="payment", about="payment-run:1")
    with stage.database.write() as session:
        stop_kinds(session, person, ["payment", "decision"], AT)
        assert wishes_of(session, person).stopped == {"payment"}
    put(stage, kind="payment", about="payment-run:2")
    put(stage, kind="payment", about="payment-run:2", person_id=stage.house.submitter.person_id)
    assert states(stage.database) == ["stopped", "stopped", "queued"]
    with stage.database.write() as session:
        choose_kinds(session, person, ["payment"], AT)
    put(stage, kind="payment", about="payment-run:3")
    assert states(stage.database)[-1] == "queued"


def test_a_refused_address_is_not_tried_again_but_for_a_code_whose_arrival_clears_it(stage: Stage) -> None:
    put(stage)
    refused = Undeliverable("the mail relay refused the address (550)", address_refused=True)
    assert go(stage, Post([refused])) == Delivered(failed=1)
    put(stage, about="claim:2:event:2")
    post = Post()
    assert go(stage, post) == Delivered(failed=1)
    assert post.letters == []
    put(stage, kind="sign-in-code", about="code:1")
    assert go(stage, post) == Delivered(sent=1)
    put(stage, about="claim:3:event:3")
    assert go(stage, post) == Delivered(sent=1)


def test_a_letter_that_came_back_marks_the_address_once(stage: Stage) -> None:
    put(stage)
    post = Post()
    go(stage, post)
    reference = post.letters[0].reference
    with stage.database.write() as session:
        assert note_bounces(session, [reference, "of somebody else"], AT) == 1
        assert note_bounces(session, [reference], AT) == 0
        assert wishes_of(session, stage.house.sro.person_id).refused_at == AT
        assert session.scalars(select(Message.problem)).one() == CAME_BACK
    assert states(stage.database) == ["failed"]


def test_a_relay_that_falls_silent_twice_is_not_given_the_letter_again(stage: Stage) -> None:
    put(stage)
    post = Post([Unsure("silence"), Unsure("silence")], after=True, can_be_asked=False)
    at = AT
    for gap in GAPS[:2]:
        assert go(stage, post, at) == Delivered(put_off=1)
        at += gap
    assert go(stage, post, at) == Delivered(failed=1)
    assert len(post.letters) == 2


def test_nothing_but_a_code_goes_between_one_and_two_in_london(stage: Stage) -> None:
    put(stage)
    put(stage, kind="sign-in-code", about="code:1")
    night = (AT + timedelta(days=1)).replace(hour=1, minute=0)
    post = Post()
    assert go(stage, post, night) == Delivered(sent=1)
    assert go(stage, post, night + timedelta(minutes=59, seconds=59)) == Delivered()
    assert go(stage, post, night + timedelta(hours=1)) == Delivered(sent=1)
