"""Letters through a real relay on this machine, and through ones that refuse, hang, or break off."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from claims.mail import Letter, Security, Sender, SmtpSender, TryLater, Undeliverable

AT = dt.datetime(2026, 2, 2, 8, 0, tzinfo=dt.UTC)
LETTER = Letter("outbox-17", "rosa@hartley.example", "Rosa Marsh", "Zoë’s claim", ".£924\n..\n", "<p>£924</p>\n", AT)
FROM = "LDSS claims <claims@example.org>"


class Mailbox:
    """What the relay took, and what it answers instead of OK."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.logged_in: bool | None = None

    async def handle_MAIL(self, _s: Any, _v: Any, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, _s: Any, _v: Any, envelope: Envelope, address: str, _o: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.logged_in = session.authenticated
        if "DATA" not in self.answers:
            self.taken.append(envelope)
        return self.answers.get("DATA", "250 OK")


@contextmanager
def a_relay(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=0, **options)
    # aiosmtpd probes the port that it was told, and was told any.
    with socket.create_server(("127.0.0.1", 0)) as free:
        controller.port = free.getsockname()[1]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def sender(port: int, **options: Any) -> SmtpSender:
    return SmtpSender("127.0.0.1", port, FROM, **{"seconds": 5, **options})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay of a test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "relay.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def relay_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def log_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"claims", b"p@ss/word")
    return AuthResult(success=right, handled=right)


# What arrives


def test_a_letter_arrives_once_with_both_parts(mailbox: Mailbox) -> None:
    with a_relay(mailbox) as port:
        relay: Sender = sender(port)
        relay.send(LETTER)
    (envelope,) = mailbox.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("claims@example.org", ["rosa@hartley.example"])
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=default)
    assert str(message["Message-ID"]) == "<outbox-17@example.org>"
    assert str(message["Subject"]) == "Zoë’s claim"
    bodies = [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()]
    assert bodies == [LETTER.text, LETTER.html]


def test_a_letter_sent_again_keeps_its_message_id(mailbox: Mailbox) -> None:
    with a_relay(mailbox) as port:
        for at in (AT, AT + dt.timedelta(hours=1)):
            sender(port).send(replace(LETTER, sent_at=at))
    ids = {str(message_from_bytes(envelope.content)["Message-ID"]) for envelope in mailbox.taken if envelope.content}
    assert (len(mailbox.taken), ids) == (2, {"<outbox-17@example.org>"})


def test_a_relay_cannot_be_asked_what_it_took() -> None:
    relay: Sender = sender(1)
    assert relay.already_sent("outbox-17") is None


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_letter_arrives_in_tls_after_logging_in(mailbox: Mailbox, certificate: Path, security: Security) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate))
    tls = relay_tls(certificate)
    # To aiosmtpd, TLS from the start is not TLS when it asks whether a password may be heard.
    relay = (
        {"ssl_context": tls, "auth_require_tls": False}
        if security is Security.TLS
        else {"tls_context": tls, "auth_required": True}
    )
    with a_relay(mailbox, authenticator=log_in, **relay) as port:
        sender(port, security=security, user="claims", password="p@ss/word", tls=trusted).send(LETTER)
    assert (len(mailbox.taken), mailbox.logged_in) == (1, True)


# What does not


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_relay_that_nobody_vouches_for_is_given_nothing(
    mailbox: Mailbox, certificate: Path, security: Security
) -> None:
    tls = relay_tls(certificate)
    relay = {"ssl_context": tls} if security is Security.TLS else {"tls_context": tls}
    with (
        a_relay(mailbox, **relay) as port,
        pytest.raises(TryLater, match="not ready: SSLCertVerificationError"),
    ):
        sender(port, security=security).send(LETTER)
    assert mailbox.taken == []


def test_a_relay_without_starttls_is_given_nothing(mailbox: Mailbox) -> None:
    with a_relay(mailbox) as port, pytest.raises(TryLater, match="SMTPNotSupportedError"):
        sender(port, security=Security.STARTTLS).send(LETTER)
    assert mailbox.taken == []


def test_a_wrong_password_is_a_matter_for_later_and_is_not_repeated(mailbox: Mailbox, certificate: Path) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate))
    with (
        a_relay(mailbox, tls_context=relay_tls(certificate), authenticator=log_in) as port,
        pytest.raises(TryLater, match="SMTPAuthenticationError 535") as error,
    ):
        sender(port, security=Security.STARTTLS, user="claims", password="wrong", tls=trusted).send(LETTER)
    assert "wrong" not in str(error.value)
    assert mailbox.taken == []


@pytest.mark.parametrize(
    ("at", "answer", "address_refused"),
    [
        ("RCPT", "550 5.1.1 No such person", True),
        ("RCPT", "553 Mailbox name not allowed", True),
        ("RCPT", "550 5.7.1 Relaying denied", False),
        ("DATA", "554 5.6.0 Not this letter", False),
        ("DATA", "550 5.7.1 Looks like spam", False),
    ],
)
def test_a_refusal_for_good_is_undeliverable(mailbox: Mailbox, at: str, answer: str, address_refused: bool) -> None:
    mailbox.answers[at] = answer
    with a_relay(mailbox) as port, pytest.raises(Undeliverable, match=answer[:3]) as error:
        sender(port).send(LETTER)
    assert error.value.address_refused is address_refused
    assert "rosa" not in str(error.value)


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("RCPT", "450 4.2.1 Mailbox busy"),
        ("RCPT", "421 4.3.2 Closing"),
        ("DATA", "451 4.3.0 Try again"),
        ("DATA", "452 4.3.1 Disk full"),
        ("MAIL", "451 Greylisted"),
        ("MAIL", "550 5.7.1 Who are you?"),
    ],
)
def test_a_refusal_for_now_or_of_ourselves_is_a_matter_for_later(mailbox: Mailbox, at: str, answer: str) -> None:
    mailbox.answers[at] = answer
    with a_relay(mailbox) as port, pytest.raises(TryLater, match=answer[:3]):
        sender(port).send(LETTER)
    assert mailbox.taken == []


def test_after_a_refusal_the_next_letter_goes(mailbox: Mailbox) -> None:
    with a_relay(mailbox) as port:
        mailbox.answers["RCPT"] = "450 Busy"
        with pytest.raises(TryLater):
            sender(port).send(LETTER)
        mailbox.answers.clear()
        sender(port).send(LETTER)
    assert len(mailbox.taken) == 1


def test_an_address_beyond_the_relay_s_letters_is_undeliverable(mailbox: Mailbox) -> None:
    with (
        a_relay(mailbox, enable_SMTPUTF8=False) as port,
        pytest.raises(Undeliverable, match="cannot write to such an address") as error,
    ):
        sender(port).send(replace(LETTER, to_address="zoë@hartley.example"))
    assert error.value.address_refused is False


def test_a_relay_with_wider_letters_takes_such_an_address(mailbox: Mailbox) -> None:
    with a_relay(mailbox, enable_SMTPUTF8=True) as port:
        sender(port).send(replace(LETTER, to_address="zoë@hartley.example"))
    assert mailbox.taken[0].rcpt_tos == ["zoë@hartley.example"]


def test_a_relay_that_is_not_there_is_a_matter_for_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(TryLater, match="not ready: ConnectionRefusedError"):
        sender(port).send(LETTER)


# Relays that misbehave, line by line

Line = Callable[[str], None]
Script = Callable[[socket.socket, Callable[[], bytes], Line], None]


@contextmanager
def a_bad_relay(script: Script) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line, line.makefile("rb") as heard:
                script(line, heard.readline, lambda words: line.sendall(f"{words}\r\n".encode()))

        serving = threading.Thread(target=serve)
        serving.start()
        yield server.getsockname()[1]
        serving.join(10)
        assert not serving.is_alive()


def converse_until_data(hear: Callable[[], bytes], say: Line) -> None:
    say("220 relay")
    for answer in ("250 relay", "250 OK", "250 OK", "354 Go on"):
        assert hear()
        say(answer)


def hear_the_letter(hear: Callable[[], bytes]) -> None:
    while hear() != b".\r\n":
        pass


def test_a_relay_that_never_greets_is_a_matter_for_later() -> None:
    done = threading.Event()
    with a_bad_relay(lambda _line, _hear, _say: done.wait(10) and None) as port:
        with pytest.raises(TryLater, match="not ready"):
            sender(port, seconds=0.2).send(LETTER)
        done.set()


def test_a_relay_that_drops_in_the_middle_of_the_letter_is_a_matter_for_later() -> None:
    def drop(_line: socket.socket, hear: Callable[[], bytes], say: Line) -> None:
        converse_until_data(hear, say)
        hear()

    with a_bad_relay(drop) as port, pytest.raises(TryLater, match="did not take the letter"):
        sender(port).send(replace(LETTER, text="long\n" * 200_000))


def test_a_relay_that_drops_after_the_letter_may_have_taken_it_and_is_a_matter_for_later() -> None:
    def drop(_line: socket.socket, hear: Callable[[], bytes], say: Line) -> None:
        converse_until_data(hear, say)
        hear_the_letter(hear)

    with a_bad_relay(drop) as port, pytest.raises(TryLater, match="SMTPServerDisconnected"):
        sender(port).send(LETTER)


def test_a_relay_that_hangs_after_the_letter_is_a_matter_for_later() -> None:
    done = threading.Event()

    def hang(_line: socket.socket, hear: Callable[[], bytes], say: Line) -> None:
        converse_until_data(hear, say)
        hear_the_letter(hear)
        assert done.wait(10)

    with a_bad_relay(hang) as port:
        with pytest.raises(TryLater, match="did not take the letter"):
            sender(port, seconds=0.2).send(LETTER)
        done.set()


def test_what_forbids_giving_the_letter_keeps_it_from_the_relay(mailbox: Mailbox) -> None:
    def forbid() -> None:
        raise TryLater("not this one")

    taken_when_given: list[int] = []
    with a_relay(mailbox) as port:
        with pytest.raises(TryLater, match="not this one"):
            sender(port).send(LETTER, forbid)
        sender(port).send(LETTER, lambda: taken_when_given.append(len(mailbox.taken)))
    assert (taken_when_given, len(mailbox.taken)) == ([0], 1)


def test_when_a_letter_counts_as_given_the_relay_has_all_of_it_but_the_line_that_ends_it() -> None:
    heard: list[bytes] = []

    def listen(_line: socket.socket, hear: Callable[[], bytes], say: Line) -> None:
        converse_until_data(hear, say)
        while line := hear():
            heard.append(line)
            if line == b".\r\n":
                say("250 Taken")

    def die() -> None:
        raise KeyboardInterrupt

    for dies in (True, False):
        heard.clear()
        with a_bad_relay(listen) as port:
            if dies:
                with pytest.raises(KeyboardInterrupt):
                    sender(port).send(LETTER, die)
            else:
                sender(port).send(LETTER)
        whole = [line for line in heard if line.lower() not in (b".\r\n", b"quit\r\n")]
        assert whole[0].startswith(b"From: ")
        assert whole[-1] == b"--=_outbox-17_=--\r\n"
        assert (b".\r\n" in heard) is not dies


@pytest.mark.parametrize("goodbye", ["hangs", "drops", "grumbles"])
def test_a_letter_that_was_taken_is_sent_whatever_becomes_of_the_goodbye(goodbye: str) -> None:
    done = threading.Event()

    def take(_line: socket.socket, hear: Callable[[], bytes], say: Line) -> None:
        converse_until_data(hear, say)
        hear_the_letter(hear)
        say("250 Taken")
        assert hear().upper() == b"QUIT\r\n"
        if goodbye == "grumbles":
            say("421 Must you go")
        if goodbye == "hangs":
            assert done.wait(10)

    with a_bad_relay(take) as port:
        sender(port, seconds=0.2).send(LETTER)
        done.set()


def test_a_password_does_not_show() -> None:
    assert "p@ss" not in repr(sender(1, user="claims", password="p@ss"))
