"""A letter says what it was given to say, and nothing that it was given can become a header."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from claims.mail.letters import Letter, compose

FROM = "LDSS claims <claims@example.org>"
LETTER = Letter(
    reference="outbox-17",
    to_address="rosa@hartley.example",
    to_name="Rosa Marsh",
    subject="Last day to claim: 10 August 2025",
    text="Claim £924.00 by 10 August.\n",
    html="<p>Claim £924.00 by 10 August.</p>\n",
    sent_at=datetime(2026, 2, 2, 8, 0, tzinfo=UTC),
    headers=(
        ("List-Unsubscribe", "<https://claims.example.org/notifications/stop/" + "a" * 120 + ">"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ),
)
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
}
BREAKS_HEADERS = (
    "Hello\r\nBcc: thief@example.org",
    "Hello\nBcc: thief@example.org",
    "Hello\rBcc: thief@example.org",
    "Hello\u2028Bcc: thief@example.org",
    "Hello\x85Bcc: thief@example.org",
    "Hello\x0bBcc: thief@example.org",
    "=?utf-8?q?Hello=0D=0ABcc=3A_thief=40example=2Eorg?=",
    "=?utf-8?b?SGVsbG8NCkJjYzogdGhpZWZAZXhhbXBsZS5vcmc=?=",
    "=?utf-8?q?=0A?==?utf-8?q?Bcc=3A_thief?=",
    "==??utf-8?q?=0D=0ABcc:_thief?=",
)


def as_received(letter: Letter) -> EmailMessage:
    message = message_from_bytes(compose(letter, FROM).as_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_letter_arrives_with_all_that_it_says() -> None:
    message = as_received(LETTER)
    assert str(message["From"]) == "LDSS claims <claims@example.org>"
    assert str(message["To"]) == "Rosa Marsh <rosa@hartley.example>"
    assert str(message["Subject"]) == LETTER.subject
    assert message["Date"].datetime == LETTER.sent_at
    assert str(message["Message-ID"]) == "<outbox-17@example.org>"
    assert (part(message, "plain"), part(message, "html")) == (LETTER.text, LETTER.html)
    assert set(message.keys()) == HEADERS
    assert message.get_content_type() == "multipart/alternative"


def test_the_same_letter_is_the_same_message_byte_for_byte() -> None:
    assert compose(LETTER, FROM).as_bytes() == compose(LETTER, FROM).as_bytes()


def test_the_address_to_stop_reminders_is_written_in_one_piece() -> None:
    message = compose(LETTER, FROM)
    for lines in (message.as_bytes().decode().splitlines(), message.as_string().splitlines()):
        assert f"List-Unsubscribe: {LETTER.headers[0][1]}" in lines
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_no_line_is_longer_than_a_relay_must_take() -> None:
    long = replace(
        LETTER, reference="r" * 100, subject="é" * 500, to_name="ñ" * 200, text="x" * 5_000, html="é" * 5_000
    )
    assert max(map(len, compose(long, FROM).as_bytes().splitlines())) <= 998
    assert compose(long, FROM).as_bytes().isascii()


@pytest.mark.parametrize("words", BREAKS_HEADERS)
@pytest.mark.parametrize("place", ["subject", "to_name"])
def test_no_subject_and_no_name_becomes_a_header(place: str, words: str) -> None:
    message = as_received(replace(LETTER, **{place: words}))
    assert set(message.keys()) == HEADERS
    assert [address.addr_spec for address in message["To"].addresses] == ["rosa@hartley.example"]


@pytest.mark.parametrize("words", BREAKS_HEADERS)
def test_no_name_of_the_sender_becomes_a_header(words: str) -> None:
    message = message_from_bytes(compose(LETTER, f'"{words}" <claims@example.org>').as_bytes(), policy=default)
    assert "Bcc" not in message


def test_line_ends_in_a_subject_become_spaces() -> None:
    assert as_received(replace(LETTER, subject=" One\r\n\ttwo\x00three "))["Subject"] == "One two three"


@given(subject=st.text(max_size=200), name=st.text(max_size=80), text=st.text(), html=st.text())
@example("=?utf-8?q?=0D=0A?=", "\ud800", "\ud800", "\x00")
def test_whatever_is_written_the_headers_and_parts_stay_what_they_are(
    subject: str, name: str, text: str, html: str
) -> None:
    message = as_received(replace(LETTER, subject=subject, to_name=name, text=text, html=html))
    assert set(message.keys()) == HEADERS
    assert [address.addr_spec for address in message["To"].addresses] == ["rosa@hartley.example"]
    assert [each.get_content_type() for each in message.iter_parts()] == ["text/plain", "text/html"]


@given(st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters="=?"), max_size=200))
def test_subjects_of_letters_digits_and_signs_arrive_as_they_are(subject: str) -> None:
    assert str(as_received(replace(LETTER, subject=subject))["Subject"]) == subject


@pytest.mark.parametrize(
    "address",
    [
        "",
        "rosa",
        "@hartley.example",
        "rosa@",
        "a@b@c",
        "rosa marsh@hartley.example",
        "rosa@hartley.example\n",
        "rosa@hartley.example\r\nBcc: thief@example.org",
        "rosa@hartley.example, thief@example.org",
        "<rosa@hartley.example>",
        "=?utf-8?q?=0D=0ABcc=3A?=@hartley.example",
        "r" * 239 + "@hartley.example",
    ],
)
def test_a_malformed_address_makes_no_letter(address: str) -> None:
    with pytest.raises(ValueError, match=r"letter outbox-17: the address is malformed"):
        replace(LETTER, to_address=address)


@pytest.mark.parametrize(
    "address", ["r@h", "rosa.marsh+ldss@hartley.example", "o'neil@hartley.example", "r" * 238 + "@hartley.example"]
)
def test_a_letter_goes_to_any_well_formed_address(address: str) -> None:
    assert as_received(replace(LETTER, to_address=address))["To"].addresses[0].addr_spec == address


@pytest.mark.parametrize("reference", ["", "a/b", "../x", ".hidden", "a b", "a~2", "a\n", "é", "r" * 101])
def test_a_reference_that_could_be_no_file_or_message_makes_no_letter(reference: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        replace(LETTER, reference=reference)


@pytest.mark.parametrize(
    "header",
    [
        ("Bcc", "thief@example.org"),
        ("Subject", "Another"),
        ("List-Unsubscribe\r\nBcc", "thief@example.org"),
        ("List-Unsubscribe", "<https://a>\r\nBcc: thief@example.org"),
        ("List-Unsubscribe", "=?utf-8?q?=0D=0ABcc=3A_thief?="),
        ("List-Unsubscribe", "<https://é>"),
        ("List-Unsubscribe", ""),
        ("List-Unsubscribe", "x" * 901),
    ],
)
def test_only_plain_list_headers_may_be_added(header: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="List- headers"):
        replace(LETTER, headers=(header,))


def test_an_instant_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        replace(LETTER, sent_at=datetime(2026, 2, 2, 8, 0))  # noqa: DTZ001 - that is the mistake


def test_an_instant_of_another_zone_is_the_same_instant_on_arrival() -> None:
    summer = datetime(2026, 7, 1, 9, 0, tzinfo=timezone(timedelta(hours=1)))
    assert as_received(replace(LETTER, sent_at=summer))["Date"].datetime == summer
