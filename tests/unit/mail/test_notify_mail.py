"""Letters through GOV.UK Notify: its own client, against a stand-in that speaks its API and checks its tokens."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from claims.config import NotConfigured
from claims.mail import Letter, NotifySender, ReportsBounces, TryLater, Undeliverable, sender_from
from tests.notify import API_KEY, SECRET, TEMPLATE, NotifyStandIn, notify_stand_in

FROM = "claims@example.org"
AT = dt.datetime(2026, 2, 2, 8, 0, tzinfo=dt.UTC)
STOP = "https://claims.example.org/notifications/stop/payment/1-ab"
LETTER = Letter(
    "outbox-17",
    "rosa@hartley.example",
    "Rosa Marsh",
    "Zoë’s claim",
    "£924",
    "<p>£924</p>",
    AT,
    (("List-Unsubscribe", f"<{STOP}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")),
)


@pytest.fixture(scope="module")
def server() -> Iterator[NotifyStandIn]:
    with notify_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def notify(server: NotifyStandIn) -> NotifyStandIn:
    server.taken.clear()
    server.misbehave = lambda _: ""
    return server


@pytest.fixture
def sender(notify: NotifyStandIn) -> NotifySender:
    made = sender_from(notify.mail_url, FROM)
    assert isinstance(made, NotifySender)
    return made


def test_a_letter_goes_with_its_reference_and_its_one_click_stop(notify: NotifyStandIn, sender: NotifySender) -> None:
    sender.send(LETTER)
    (taken,) = notify.taken
    assert taken["email_address"] == "rosa@hartley.example"
    assert taken["personalisation"] == {"subject": "Zoë’s claim", "body": "£924"}
    assert taken["reference"] == "outbox-17"
    assert taken["one_click_unsubscribe_url"] == STOP


def test_a_letter_that_cannot_be_stopped_has_no_address_to_stop_it(notify: NotifyStandIn, sender: NotifySender) -> None:
    sender.send(replace(LETTER, headers=()))
    assert "one_click_unsubscribe_url" not in notify.taken[0]


def test_notify_is_asked_by_our_reference(sender: NotifySender) -> None:
    assert not sender.already_sent("outbox-17")
    sender.send(LETTER)
    assert sender.already_sent("outbox-17")
    assert not sender.already_sent("outbox-18")


def test_a_letter_that_never_left_notify_may_go_again(notify: NotifyStandIn, sender: NotifySender) -> None:
    sender.send(LETTER)
    notify.taken[0]["status"] = "technical-failure"
    assert not sender.already_sent("outbox-17")


def test_letters_that_came_back_are_told_however_many(notify: NotifyStandIn, sender: NotifySender) -> None:
    for number in range(260):
        sender.send(replace(LETTER, reference=f"outbox-{number}"))
        notify.taken[number]["status"] = "permanent-failure" if number else "delivered"
    assert isinstance(sender, ReportsBounces)
    assert set(sender.bounced()) == {f"outbox-{number}" for number in range(1, 260)}


def test_a_refused_address_is_for_good_and_is_not_repeated(sender: NotifySender) -> None:
    with pytest.raises(Undeliverable, match="refused the address") as error:
        sender.send(replace(LETTER, to_address="rosa@refused.example"))
    assert error.value.address_refused
    assert "rosa" not in str(error.value)


def test_a_refused_letter_is_for_good_and_says_nothing_against_the_address(notify: NotifyStandIn) -> None:
    wrong = NotifySender(API_KEY, TEMPLATE.replace("9f", "00"), notify.url)
    with pytest.raises(Undeliverable, match="refused the letter") as error:
        wrong.send(LETTER)
    assert not error.value.address_refused


@pytest.mark.parametrize(("how", "said"), [("refuse", "503"), ("limit", "429"), ("drop", "503"), ("silent", "503")])
def test_a_fault_of_notify_is_for_now(notify: NotifyStandIn, sender: NotifySender, how: str, said: str) -> None:
    notify.misbehave = lambda _: how
    with pytest.raises(TryLater, match=said):
        sender.send(LETTER)
    assert sender.already_sent("outbox-17") is (how == "silent")


def test_a_key_that_is_not_accepted_is_for_now(notify: NotifyStandIn) -> None:
    stranger = NotifySender(API_KEY.replace(SECRET, SECRET[::-1]), TEMPLATE, notify.url)
    for ask in (lambda: stranger.send(LETTER), lambda: stranger.already_sent("x"), lambda: list(stranger.bounced())):
        with pytest.raises(TryLater, match="403"):
            ask()


def test_notify_that_is_not_there_is_for_now() -> None:
    with pytest.raises(TryLater):
        NotifySender(API_KEY, TEMPLATE, "http://127.0.0.1:9", seconds=2).send(LETTER)


def test_notify_is_made_from_its_address() -> None:
    made = sender_from(f"notify://{API_KEY}@api.notifications.service.gov.uk/{TEMPLATE}", FROM)
    assert made == NotifySender(API_KEY, TEMPLATE, "https://api.notifications.service.gov.uk")
    assert SECRET not in repr(made)


@pytest.mark.parametrize(
    "url",
    [
        "notify:",
        f"notify://{API_KEY}@/{TEMPLATE}",
        f"notify://short@api.example/{TEMPLATE}",
        f"notify://{API_KEY}@api.example/template",
        f"notify://{API_KEY}@api.example:x/{TEMPLATE}",
    ],
)
def test_a_malformed_address_of_notify_is_said_at_the_start(url: str) -> None:
    with pytest.raises(NotConfigured, match="notify://api-key@"):
        sender_from(url, FROM)


def test_a_key_does_not_leave_the_machine_in_the_clear() -> None:
    with pytest.raises(NotConfigured, match="in the clear"):
        sender_from(f"notify+http://{API_KEY}@api.example/{TEMPLATE}", FROM)
