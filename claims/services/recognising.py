"""Recognise a passkey: look at what a browser answers, whoever it comes from, and say whether it is somebody's."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import webauthn
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)

from claims.clock import london_date
from claims.lifecycle import Actor
from claims.models import Passkey, Person
from claims.secrets import Keyring
from claims.services.challenging import Answered, spend_challenge
from claims.services.queueing import Words, queue
from claims.services.recording import record

LONGEST_ANSWER = 20_000
"""In characters. A real one has some hundreds, and a few thousand with a certificate."""
LONGEST_CREDENTIAL_ID = 1023
"""In bytes, as the standard says."""
MESSAGE = "account-security"
"""What happened to an account. Nobody can stop it."""


class Because(StrEnum):
    """Why an answer is refused, for the event; people are told the same whatever it was."""

    NOT_ASKED = "not-asked"
    """Nothing was asked of this browser, or too long ago, or it has answered already."""
    UNKNOWN = "unknown"
    """No passkey of this person, or nothing that can be read."""
    NOT_VERIFIED = "not-verified"
    """Signed for another place or another question, with another key, or without the device knowing its owner."""
    COUNT_WENT_BACK = "count-went-back"
    """The passkey counts its uses, and says no more than it said before: there may be a copy of it."""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a device made."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: list[str]


def read_new_passkey(
    session: Session, keyring: Keyring, person: Person, given: Answered, at: datetime
) -> NewPasskey | None:
    """The passkey that was made, if it was made for what was asked; its challenge is spent either way.

    The caller has locked the person and commits whatever the answer is.
    """
    challenge = spend_challenge(session, keyring, person, given, at)
    if challenge is None or len(given.answer) > LONGEST_ANSWER:
        return None
    try:
        made = webauthn.verify_registration_response(
            credential=given.answer,
            expected_challenge=challenge,
            expected_rp_id=given.party.id,
            expected_origin=given.party.origin,
            require_user_verification=True,
        )
        ways = parse_registration_credential_json(given.answer).response.transports or []
    except Exception:  # noqa: BLE001  a parser may raise anything at all on a hostile answer
        return None
    if len(made.credential_id) > LONGEST_CREDENTIAL_ID:
        return None
    return NewPasskey(
        bytes_to_base64url(made.credential_id),
        bytes_to_base64url(made.credential_public_key),
        made.sign_count,
        sorted({way.value for way in ways}),
    )


def shows_passkey(
    session: Session, keyring: Keyring, person: Person, given: Answered, *, by: Actor, at: datetime
) -> bool:
    """Whether ``given`` was signed just now, at our address, by a passkey of this person that knew its owner.

    A refusal is written down. The caller has locked the person and commits whatever the answer is.
    """
    challenge = spend_challenge(session, keyring, person, given, at)
    found = _find_passkey(session, person, given.answer)
    because = _fault(given, challenge, found, at)
    if because is None:
        return True
    details = {"because": str(because), **({"passkey": found.id} if found is not None else {})}
    event = record(session, "refuse-passkey", ("person", person.id), by, at, details=details)
    if because is Because.COUNT_WENT_BACK and found is not None:
        _warn(session, person, found, event.number, at)
    return False


def _fault(given: Answered, challenge: bytes | None, found: Passkey | None, at: datetime) -> Because | None:
    """What is wrong; with nothing wrong, the use is noted on the passkey."""
    if challenge is None:
        return Because.NOT_ASKED
    if found is None:
        return Because.UNKNOWN
    try:
        verified = webauthn.verify_authentication_response(
            credential=given.answer,
            expected_challenge=challenge,
            expected_rp_id=given.party.id,
            expected_origin=given.party.origin,
            credential_public_key=base64url_to_bytes(found.public_key),
            credential_current_sign_count=0,  # compared below, where a copy is told from a forgery
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001  a parser may raise anything at all on a hostile answer
        return Because.NOT_VERIFIED
    counts = verified.new_sign_count > 0 or found.sign_count > 0
    if counts and verified.new_sign_count <= found.sign_count:
        return Because.COUNT_WENT_BACK
    found.sign_count, found.used_at = verified.new_sign_count, at
    return None


def _find_passkey(session: Session, person: Person, answer: str) -> Passkey | None:
    if len(answer) > LONGEST_ANSWER:
        return None
    try:
        credential_id = bytes_to_base64url(parse_authentication_credential_json(answer).raw_id)
    except Exception:  # noqa: BLE001  as above
        return None
    return session.scalars(
        select(Passkey).where(Passkey.person_id == person.id, Passkey.credential_id == credential_id)
    ).one_or_none()


def _warn(session: Session, person: Person, found: Passkey, event_number: int, at: datetime) -> None:
    text = (
        f"Your passkey “{found.name}” was refused, because there may be a copy of it: it says that it was used less "
        "often than before.\n\nIf you restored the device from a backup, remove the passkey on the page of your "
        "account and add it again. If you did nothing of the kind, remove it and contact the scheme at once."
    )
    words = Words("A passkey of your account was refused", text, "/account")
    about = f"passkey-refused:{event_number}"
    queue(session, MESSAGE, person_id=person.id, about=about, due_on=london_date(at), words=words, at=at)
