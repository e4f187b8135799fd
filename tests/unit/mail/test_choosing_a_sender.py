"""The sender of an installation follows from two settings, which are checked at the start."""

from pathlib import Path

import pytest

from claims.config import NotConfigured
from claims.mail import FolderSender, Security, SmtpSender, sender_from

FROM = "LDSS claims <claims@example.org>"


def test_a_folder_is_a_folder(tmp_path: Path) -> None:
    sender = sender_from(f"folder:{tmp_path}/mail", FROM)
    assert isinstance(sender, FolderSender)
    assert sender.letters() == []


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://relay.example:2525", SmtpSender("relay.example", 2525, FROM)),
        ("smtp://relay.example", SmtpSender("relay.example", 25, FROM)),
        ("smtp://[::1]:25/", SmtpSender("::1", 25, FROM)),
        ("smtp+starttls://u:p@relay.example", SmtpSender("relay.example", 587, FROM, Security.STARTTLS, "u", "p")),
        ("smtp+starttls://relay.example:25", SmtpSender("relay.example", 25, FROM, Security.STARTTLS)),
        (
            "smtps://u%40x:p%2F%3A@relay.example:4650",
            SmtpSender("relay.example", 4650, FROM, Security.TLS, "u@x", "p/:"),
        ),
        ("smtps://relay.example", SmtpSender("relay.example", 465, FROM, Security.TLS)),
    ],
)
def test_a_relay_is_made_from_its_address(url: str, relay: SmtpSender) -> None:
    assert sender_from(url, FROM) == relay


@pytest.mark.parametrize(
    "url",
    [
        "",
        "folder:",
        "folder",
        "mail",
        "http://relay.example",
        "smtp://",
        "smtp:relay.example",
        "smtp://relay.example:x",
        "smtp://relay.example:65536",
        "smtp://relay.example/path",
        "smtp://relay.example?tls=no",
        "smtp://[::1",
    ],
)
def test_a_malformed_address_is_said_at_the_start(url: str) -> None:
    with pytest.raises(NotConfigured, match="CLAIMS_MAIL_URL must be folder:PATH"):
        sender_from(url, FROM)


@pytest.mark.parametrize("url", ["smtps://u@relay.example", "smtps://u:@relay.example", "smtps://:p@relay.example"])
def test_half_a_log_in_is_said_at_the_start(url: str) -> None:
    with pytest.raises(NotConfigured, match="both a user and a password"):
        sender_from(url, FROM)


def test_a_password_is_never_sent_in_the_clear_nor_repeated() -> None:
    with pytest.raises(NotConfigured, match="in the clear") as error:
        sender_from("smtp://claims:s3cret@relay.example", FROM)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("mail_from", ["", "claims", "LDSS claims", "Claims <claims>", "a@b\r\nBcc: c@d"])
def test_a_malformed_sender_is_said_at_the_start(mail_from: str) -> None:
    with pytest.raises(NotConfigured, match="CLAIMS_MAIL_FROM"):
        sender_from("smtp://relay.example", mail_from)
