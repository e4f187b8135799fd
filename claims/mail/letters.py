"""A letter as a value, and the message that it becomes, in which no name or subject can smuggle a header."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
ADDRESS_PART = r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]+"
ADDRESS = re.compile(rf"(?!.*=\?){ADDRESS_PART}@{ADDRESS_PART}")
LONGEST_ADDRESS = 254
LIST_HEADER = re.compile(r"List-[A-Za-z-]+")
LIST_VALUE = re.compile(r"(?!.*=\?)[\x20-\x7e]{1,900}")


@dataclass(frozen=True, slots=True)
class Letter:
    """One email to one person. Raises ``ValueError`` for a reference, address or header that could not be sent."""

    reference: str
    """Made from the row of the outbox, the same at every attempt: up to 100 letters, digits, dots, - and _."""
    to_address: str
    to_name: str
    """May be blank."""
    subject: str
    text: str
    html: str
    sent_at: datetime
    """An instant in UTC: what the ``Date`` of the message says."""
    headers: tuple[tuple[str, str], ...] = ()
    """``List-Unsubscribe`` and others of its family, by name and value."""

    def __post_init__(self) -> None:
        if not REFERENCE.fullmatch(self.reference):
            raise ValueError("the reference of a letter is up to 100 letters, digits, dots, - and _")
        if not is_address(self.to_address):
            raise ValueError(f"letter {self.reference}: the address is malformed")
        if self.sent_at.tzinfo is None:
            raise ValueError(f"letter {self.reference}: the instant has no time zone")
        for name, value in self.headers:
            if not LIST_HEADER.fullmatch(name) or not LIST_VALUE.fullmatch(value):
                raise ValueError(f"letter {self.reference}: only List- headers of plain letters may be added")


def is_address(address: str) -> bool:
    """Whether ``address`` can stand in a message: one @ and none of the characters that end an address."""
    return len(address) <= LONGEST_ADDRESS and ADDRESS.fullmatch(address) is not None


def compose(letter: Letter, mail_from: str) -> EmailMessage:
    """The message of a letter, in text and HTML. The same letter gives the same ``Message-ID`` every time."""
    message = EmailMessage(policy=WHOLE_LIST_HEADERS)
    message["From"] = _named(*parseaddr(mail_from))
    message["To"] = _named(letter.to_name, letter.to_address)
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(letter.sent_at)
    message["Message-ID"] = message_id(letter.reference, mail_from)
    message["Auto-Submitted"] = "auto-generated"
    for header, value in letter.headers:
        message[header] = value
    message.set_content(_writable(letter.text), cte="quoted-printable")
    message.add_alternative(_writable(letter.html), subtype="html", cte="quoted-printable")
    # Parts are otherwise divided at random; a letter sent twice is the same letter, byte for byte.
    message.set_boundary(f"=_{letter.reference}_=" if len(letter.reference) <= 60 else "=_parts_of_this_letter_=")
    return message


def message_id(reference: str, mail_from: str) -> str:
    """``<reference@domain of the sender>``: how a relay or a reader can tell that a letter came twice."""
    return f"<{reference}@{parseaddr(mail_from)[1].rpartition('@')[2]}>"


class _WholeListHeaders(EmailPolicy):
    """Python breaks a long address into encoded words, which mail programs do not read in List-Unsubscribe."""

    def fold(self, name: str, value: Any) -> str:
        if LIST_HEADER.fullmatch(name):
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if LIST_HEADER.fullmatch(name):
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


WHOLE_LIST_HEADERS = _WholeListHeaders(linesep=SMTP.linesep)


def _named(name: str, address: str) -> Address:
    username, _, domain = address.rpartition("@")
    return Address(_one_line(name), username, domain)


def _one_line(words: str) -> str:
    """``words`` without line ends and other control characters, nor what would decode to them.

    Python decodes ``=?utf-8?q?=0D=0A?=`` in a header that it is given, and writes out the line end (CVE-2024-6923).
    """
    spaced = (" " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter for letter in words)
    return " ".join("".join(spaced).split()).replace("=?", "= ?")


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
