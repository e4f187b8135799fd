"""Letters through a mail relay, by SMTP in the clear, after STARTTLS, or in TLS from the start."""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from typing import Any

from claims.mail.letters import Letter, compose
from claims.mail.sending import Giving, TryLater, Undeliverable, Unsure, unheeded

END_OF_LETTER = b".\r\n"
"""RFC 5321, 4.1.1.4: a relay that has not seen this line must not deliver what came before."""


class Security(StrEnum):
    """How the conversation with the relay is kept private."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


@dataclass(frozen=True, slots=True)
class SmtpSender:
    """A relay. It cannot be asked what it took; a letter keeps its ``Message-ID`` so that readers can tell."""

    host: str
    port: int
    mail_from: str
    security: Security = Security.NONE
    user: str = ""
    """Blank when the relay asks for no log-in."""
    password: str = field(default="", repr=False)
    seconds: float = 20
    """How long to wait for each step of the conversation."""
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    """Whom to trust; the machine's own authorities unless given."""

    def send(self, letter: Letter, giving: Giving = unheeded) -> None:
        """Return once the relay has taken the letter.

        ``Undeliverable``: the relay refuses this person or this letter for good. ``Unsure``: it fell silent after it
        was given the letter and may have taken it. ``TryLater``: anything else.
        """
        message = compose(letter, self.mail_from)
        try:
            relay = self._connect()
        except (OSError, ValueError) as fault:
            raise TryLater(f"the mail relay is not ready: {_words(fault)}") from fault
        relay.giving = giving
        try:
            relay.send_message(message, parseaddr(self.mail_from)[1], [letter.to_address])
        except smtplib.SMTPRecipientsRefused as fault:
            code, words = fault.recipients[letter.to_address]
            raise _refusal("the address", code, words, address_refused=True) from None
        except smtplib.SMTPDataError as fault:
            raise _refusal("the letter", fault.smtp_code, fault.smtp_error, address_refused=False) from None
        except smtplib.SMTPNotSupportedError:
            raise Undeliverable("the mail relay cannot write to such an address", address_refused=False) from None
        except OSError as fault:
            what = f"the mail relay did not take the letter: {_words(fault)}"
            raise Unsure(what) if relay.gave_letter else TryLater(what) from fault
        finally:
            # The letter is with the relay or is not, whatever becomes of the goodbye.
            with suppress(OSError):
                relay.quit()
            relay.close()

    def already_sent(self, reference: str) -> None:  # noqa: ARG002 - every sender is asked the same question
        """``None``: a relay cannot be asked."""
        return

    def _connect(self) -> "_Relay":
        tls = self.tls or ssl.create_default_context()
        if self.security is Security.TLS:
            relay: _Relay = _TlsRelay(self.host, self.port, timeout=self.seconds, context=tls)
        else:
            relay = _Relay(self.host, self.port, timeout=self.seconds)
        if relay.sock:
            # The line that ends a letter must not wait here until the relay has confirmed what came before it.
            relay.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.security is Security.STARTTLS:
                relay.starttls(context=tls)
            if self.user:
                relay.login(self.user, self.password)
            relay.ehlo_or_helo_if_needed()
        except BaseException:
            relay.close()
            raise
        return relay


class _Relay(smtplib.SMTP):
    """A conversation that remembers whether the letter itself was given."""

    gave_letter = False
    giving: Giving = staticmethod(unheeded)

    def send(self, s: Any) -> None:
        # Commands are text; only the letter is given as bytes, once the relay has said that it is ready for it.
        if isinstance(s, bytes):
            self._send_letter(s.removesuffix(END_OF_LETTER))
        else:
            super().send(s)

    def _send_letter(self, letter: bytes) -> None:
        """The letter, and at the last moment the line that ends it: without it, no relay takes a letter."""
        super().send(letter)
        try:
            self.giving()
        except BaseException:
            # Anything said now, a goodbye too, the relay would take for the letter.
            self.close()
            raise
        self.gave_letter = True
        super().send(END_OF_LETTER)


class _TlsRelay(_Relay, smtplib.SMTP_SSL):
    """The same in TLS from the start."""


def _refusal(what: str, code: int, words: bytes | str, *, address_refused: bool) -> Undeliverable | TryLater:
    """5xx is for good, 4xx for now (RFC 5321, 4.2.1). 5.7.x is about policy, not about the address (RFC 3463)."""
    status = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    if not 500 <= code <= 599:
        return TryLater(f"the mail relay refused {what} for now ({code})")
    policy = status.startswith("5.7.")
    return Undeliverable(f"the mail relay refused {what} ({code})", address_refused=address_refused and not policy)


def _words(fault: Exception) -> str:
    """What went wrong, without what the relay said: it may repeat an address or a password."""
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{type(fault).__name__} {fault.smtp_code}"
    return type(fault).__name__
