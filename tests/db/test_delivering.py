"""The outbox: every message goes once, whatever dies or fails, and a person's messages go together."""

import threading
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from claims.db import Database
from claims.mail import Letter, TryLater, Undeliverable, Unsure
from claims.mail.sending import Giving, unheeded
from claims.models import Message
from claims.services.delivering import GAPS, LEASE, MOST_TRIES, Delivered, Letterhead, deliver, lease_letter
from claims.services.queueing import Words, queue
from tests.keys import KEYRING
from tests.stage import AT, Stage

BASE = "https://claims.example.org"


@dataclass
class Post:
    """A sender that remembers; ``faults`` are raised one by one, after the letter went where ``after`` says so."""

    faults: list[BaseException] = field(default_factory=list)
    after: bool = False
    can_be_asked: bool = True
    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter, giving: Giving = unheeded) -> None:
        if self.after:
            if not self.can_be_asked:
                giving()
            self.letters.append(letter)
        if self.faults:
            raise self.faults.pop(0)
        if not self.after:
            self.letters.append(letter)

    def already_sent(self, reference: str) -> bool | None:
        if not self.can_be_asked:
            return None
        return any(letter.reference == reference for letter in self.letters)


class Killed(BaseException):
    """The process dies here: nothing after it runs."""


def put(stage: Stage, kind: str = "decision", about: str = "claim:1:event:1", **more: object) -> bool:
    with stage.database.write() as session:
        return queue(
            session,
            kind,
            person_id=more.pop("person_id", stage.house.sro.person_id),
            about=about,
            due_on=more.pop("due_on", date(2026, 2, 2)),
            words=Words(f"Subject of {about}", f"Text of {about} & more", "/claims/1"),
            at=AT,
            **more,
        )


def go(stage: Stage, post: Post, at: datetime = AT) -> Delivered:
    return deliver(stage.database, post, Letterhead(BASE, KEYRING), lambda: at)


def states(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Message.state).order_by(Message.id)))


def test_a_message_is_queued_once_by_its_key(stage: Stage) -> None:
    assert put(stage)
    assert not put(stage)
    assert put(stage, due_on=date(2026, 2, 3))
    assert put(stage, person_id=stage.house.submitter.person_id)
    assert put(stage, about="claim:2:event:7")
    assert put(stage, kind="needs-action")


def test_racing_transactions_queue_one_message(stage: Stage) -> None:
    together = threading.Barrier(4)
    new: list[bool] = []

    def race() -> None:
        together.wait()
        new.append(put(stage))

    run_together(race, 4)
    assert sorted(new) == [False, False, False, True]


def test_a_letter_says_what_it_is_about_and_links_to_it(stage: Stage) -> None:
    put(stage)
    post = Post()
    assert go(stage, post) == Delivered(sent=1)
    (letter,) = post.letters
    assert letter.to_address == "grace.okafor@example.com"
    assert letter.subject == "Subject of claim:1:event:1"
    assert "Text of claim:1:event:1 & more" in letter.text
    assert f"{BASE}/claims/1" in letter.text
    assert "Text of claim:1:event:1 &amp; more" in letter.html
    assert states(stage.database) == ["sent"]


def test_messages_of_one_moment_are_one_letter_with_the_most_urgent_first(stage: Stage) -> None:
    put(stage, about="claim:1:event:1")
    put(stage, kind="payment", about="payment-run:1")
    put(stage, kind="decision", about="claim:2:event:2", person_id=stage.house.submitter.person_id)
    put(stage, kind="other", about="something")
    post = Post()
    assert go(stage, post) == Delivered(sent=2)
    grace = next(letter for letter in post.letters if letter.to_name == "Grace Okafor")
    assert grace.subject == "Subject of claim:1:event:1 and 2 more"
    places = [grace.text.index(f"Text of {about}") for about in ("claim:1:event:1", "payment-run:1", "something")]
    assert places == sorted(places)


def test_a_sign_in_code_goes_alone(stage: Stage) -> None:
    put(stage, kind="sign-in-code", about="code:1")
    put(stage, kind="sign-in-code", about="code:2")
    put(stage)
    post = Post()
    assert go(stage, post) == Delivered(sent=3)


def test_what_is_not_due_yet_waits(stage: Stage) -> None:
    put(stage)
    post = Post()
    assert go(stage, post, AT - timedelta(seconds=1)) == Delivered()
    assert go(stage, post) == Delivered(sent=1)
    assert go(stage, post) == Delivered()


def test_a_kill_between_sending_and_recording_sends_no_second_letter(stage: Stage) -> None:
    put(stage)
    post = Post([Killed()], after=True)
    with pytest.raises(Killed):
        go(stage, post)
    assert states(stage.database) == ["leased"]
    assert go(stage, post, AT + LEASE - timedelta(seconds=1)) == Delivered()
    assert go(stage, post, AT + LEASE) == Delivered(sent=1)
    assert len(post.letters) == 1
    assert states(stage.database) == ["sent"]


def test_a_kill_before_sending_loses_nothing(stage: Stage) -> None:
    put(stage)
    post = Post([Killed()])
    with pytest.raises(Killed):
        go(stage, post)
    assert go(stage, post, AT + LEASE) == Delivered(sent=1)
    assert len(post.letters) == 1


def test_messages_that_come_after_a_kill_go_in_a_letter_of_their_own(stage: Stage) -> None:
    put(stage)
    post = Post([Killed()], after=True)
    with pytest.raises(Killed):
        go(stage, post)
    put(stage, about="claim:2:event:9")
    assert go(stage, post, AT + LEASE) == Delivered(sent=2)
    first, second = post.letters
    assert first.reference != second.reference
    assert "claim:2" not in first.text
    assert "claim:1" not in second.text


def test_a_sender_that_fails_after_sending_is_asked_before_it_sends_again(stage: Stage) -> None:
    put(stage)
    post = Post([TryLater("the relay fell silent")], after=True)
    assert go(stage, post) == Delivered(put_off=1)
    assert go(stage, post, AT + GAPS[0]) == Delivered(sent=1)
    assert len(post.letters) == 1


def test_a_relay_that_cannot_be_asked_is_given_a_letter_at_most_twice(stage: Stage) -> None:
    put(stage)
    post = Post([Killed(), Killed()], after=True, can_be_asked=False)
    at = AT
    for _ in range(2):
        with pytest.raises(Killed):
            go(stage, post, at)
        at += LEASE
    assert go(stage, post, at) == Delivered(failed=1)
    assert len({letter.reference for letter in post.letters}) == 1
    assert len(post.letters) == 2
    assert states(stage.database) == ["failed"]


def test_a_relay_that_cannot_be_asked_sends_again_after_one_kill(stage: Stage) -> None:
    put(stage)
    post = Post([Killed()], can_be_asked=False)
    with pytest.raises(Killed):
        go(stage, post)
    assert go(stage, post, AT + LEASE) == Delivered(sent=1)
    assert len(post.letters) == 1


def test_a_death_before_a_relay_was_given_the_letter_is_no_reason_to_leave_it(stage: Stage) -> None:
    put(stage)
    post = Post([Killed(), Killed(), Killed()], can_be_asked=False)
    at = AT
    for _ in range(3):
        with pytest.raises(Killed):
            go(stage, post, at)
        at += LEASE
    assert go(stage, post, at) == Delivered(sent=1)
    assert len(post.letters) == 1


def test_a_refusal_after_a_relay_was_given_the_letter_is_certain(stage: Stage) -> None:
    put(stage)
    post = Post([TryLater("not now"), Unsure("silence"), TryLater("not now")], after=True, can_be_asked=False)
    at = AT
    for gap in GAPS[:3]:
        assert go(stage, post, at) == Delivered(put_off=1)
        at += gap
    with stage.database.read() as session:
        assert session.scalars(select(Message.given)).one() == 1
    assert go(stage, post, at) == Delivered(sent=1)


def test_whoever_lost_the_lease_does_not_give_the_letter(stage: Stage) -> None:
    put(stage)
    late = Post(can_be_asked=False)

    class Slow(Post):
        def send(self, letter: Letter, giving: Giving = unheeded) -> None:
            assert go(stage, late, AT + LEASE) == Delivered(sent=1)
            giving()
            super().send(letter)

    slow = Slow(can_be_asked=False)
    go(stage, slow)
    assert (len(late.letters), slow.letters) == (1, [])
    assert states(stage.database) == ["sent"]


def test_failures_are_retried_with_growing_gaps_and_given_up_after_five(stage: Stage) -> None:
    put(stage)
    post = Post([TryLater(f"no {number}") for number in range(9)])
    at = AT
    for gap in GAPS:
        assert go(stage, post, at) == Delivered(put_off=1)
        assert go(stage, post, at + gap - timedelta(seconds=1)) == Delivered()
        at += gap
    assert go(stage, post, at) == Delivered(failed=1)
    assert list(GAPS) == sorted(GAPS)
    assert len(GAPS) + 1 == MOST_TRIES == 5
    with stage.database.read() as session:
        (message,) = session.scalars(select(Message))
        assert (message.state, message.problem) == ("failed", "no 4")
    assert go(stage, post, at + timedelta(days=9)) == Delivered()


def test_a_letter_that_can_never_arrive_fails_at_once(stage: Stage) -> None:
    put(stage)
    post = Post([Undeliverable("the address was refused", address_refused=True)])
    assert go(stage, post) == Delivered(failed=1)
    assert states(stage.database) == ["failed"]


@pytest.mark.parametrize("fault", [RuntimeError(), ValueError("odd")])
def test_a_fault_of_the_sender_does_not_stop_the_others(stage: Stage, fault: Exception) -> None:
    put(stage)
    put(stage, person_id=stage.house.submitter.person_id)
    post = Post([fault])
    assert go(stage, post) == Delivered(sent=1, put_off=1)


def test_racing_deliveries_send_each_letter_once(stage: Stage) -> None:
    people = [stage.house.sro, stage.house.submitter, stage.meadow.sro, stage.meadow.submitter]
    for person in people:
        for number in range(3):
            put(stage, about=f"claim:{number}:event:{number}", person_id=person.person_id)
    post = Post()
    together = threading.Barrier(4)

    def race() -> None:
        together.wait()
        go(stage, post)

    run_together(race, 4)
    assert sorted(letter.to_address for letter in post.letters) == sorted(
        {letter.to_address for letter in post.letters}
    )
    assert len(post.letters) == len(people)
    assert set(states(stage.database)) == {"sent"}


def test_somebody_who_lost_a_lease_does_not_undo_what_the_next_one_did(stage: Stage) -> None:
    put(stage)
    slow = Post()

    def too_slow(_letter: Letter, _giving: Giving) -> None:
        go(stage, quick, AT + LEASE)
        raise TryLater("at last")

    quick = Post()
    slow.send = too_slow  # type: ignore[method-assign]
    go(stage, slow)
    assert states(stage.database) == ["sent"]
    assert len(quick.letters) == 1


def test_leasing_is_committed_before_anything_is_sent(stage: Stage) -> None:
    put(stage)
    seen: list[list[str]] = []
    post = Post()
    post.send = lambda _letter, _giving: seen.append(states(stage.database))  # type: ignore[method-assign]
    go(stage, post)
    assert seen == [["leased"]]


def test_nothing_is_leased_from_an_empty_outbox(stage: Stage) -> None:
    with stage.database.write() as session:
        assert lease_letter(session, AT) is None


def run_together(work: object, count: int) -> None:
    """Run ``work`` in ``count`` threads and raise what any of them raised."""
    faults: list[BaseException] = []

    def guarded() -> None:
        try:
            work()  # type: ignore[operator]
        except BaseException as fault:  # noqa: BLE001
            faults.append(fault)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fault in faults:
        raise fault
