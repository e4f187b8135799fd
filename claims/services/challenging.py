"""Ask a browser for a passkey. What it must sign is kept here: it works once, soon, and only for whoever asked."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, generate_challenge
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from claims.models import Passkey, PasskeyChallenge, Person
from claims.secrets import Keyring
from claims.store.passkeys import passkeys_of

CHALLENGE_LASTS = timedelta(minutes=5)
THIS_MACHINE = "localhost"
"""The one name for which browsers keep passkeys without TLS."""


class Purpose(StrEnum):
    """What a passkey is asked for; an answer to one is no answer to another."""

    ADD = "add"
    CONFIRM = "confirm"
    SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who passkeys are made for, and the only place they are used at."""

    id: str
    """The host name of the service."""
    name: str
    """What people know it by."""
    origin: str
    """Such as ``https://claims.example.org``; with the port where it is not the usual one."""


def relying_party(base_url: str, name: str) -> RelyingParty | None:
    """The one at the public address ``base_url``; ``None`` where browsers keep no passkeys: a number, or without TLS.

    Never taken from what a browser says of where it is.
    """
    address = urlsplit(base_url)
    try:
        host, port = (address.hostname or "").encode("idna").decode(), address.port
    except ValueError:
        return None
    if (
        not host
        or _is_number(host)
        or not (address.scheme == "https" or (address.scheme, host) == ("http", THIS_MACHINE))
    ):
        return None
    usual = {"https": 443, "http": 80}[address.scheme]
    return RelyingParty(host, name, f"{address.scheme}://{host}" + (f":{port}" if port not in (None, usual) else ""))


@dataclass(frozen=True, slots=True)
class Answered:
    """What a browser answered when it was asked for a passkey."""

    party: RelyingParty
    purpose: Purpose
    browser: str
    """The secret of the browser that asked: of its session, or the one it signs in with."""
    answer: str
    """JSON; anything at all, since it comes from outside."""


def ask_for_new_passkey(
    session: Session, keyring: Keyring, party: RelyingParty, person: Person, *, browser: str, at: datetime
) -> str:
    """What a browser must be given to make a passkey for ``person``, as JSON. The caller has locked them."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        # Kept by the device: says nothing to anybody who has not our key.
        user_id=bytes.fromhex(keyring.keyed_hash(str(person.id), "passkey.person")),
        user_name=person.email,
        user_display_name=person.name,
        challenge=_make_challenge(session, keyring, person, purpose=Purpose.ADD, browser=browser, at=at),
        timeout=_milliseconds(CHALLENGE_LASTS),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_described(passkeys_of(session, person.id)),
    )
    return webauthn.options_to_json(options)


def ask_for_own_passkey(
    session: Session,
    keyring: Keyring,
    party: RelyingParty,
    person: Person,
    *,
    purpose: Purpose,
    browser: str,
    at: datetime,
) -> str:
    """What a browser must be given to use one of the passkeys of ``person``, as JSON. The caller has locked them."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=_make_challenge(session, keyring, person, purpose=purpose, browser=browser, at=at),
        timeout=_milliseconds(CHALLENGE_LASTS),
        allow_credentials=_described(passkeys_of(session, person.id)),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def spend_challenge(session: Session, keyring: Keyring, person: Person, given: Answered, at: datetime) -> bytes | None:
    """What this browser was last asked to sign for this purpose, which no other answer is measured by afterwards.

    ``None`` when it was not asked, or more than five minutes ago. The caller has locked the person and commits
    whatever comes of it.
    """
    asked = session.scalars(
        select(PasskeyChallenge).where(
            PasskeyChallenge.person_id == person.id,
            PasskeyChallenge.asked_hash == _hash_asked(keyring, given.purpose, given.browser),
        )
    ).one_or_none()
    if asked is None:
        return None
    session.delete(asked)
    session.flush()
    return base64url_to_bytes(asked.challenge) if asked.expires_at > at else None


def clear_challenges(session: Session, at: datetime) -> int:
    """Delete challenges that nobody answered in time; says how many."""
    gone = session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= at))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _make_challenge(
    session: Session, keyring: Keyring, person: Person, *, purpose: Purpose, browser: str, at: datetime
) -> bytes:
    """Another takes the place of the one before, so that asking again and again leaves one row."""
    asked_hash, challenge = _hash_asked(keyring, purpose, browser), generate_challenge()
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.asked_hash == asked_hash))
    session.add(
        PasskeyChallenge(
            person_id=person.id,
            asked_hash=asked_hash,
            challenge=bytes_to_base64url(challenge),
            expires_at=at + CHALLENGE_LASTS,
        )
    )
    session.flush()
    return challenge


def _hash_asked(keyring: Keyring, purpose: Purpose, browser: str) -> str:
    return keyring.keyed_hash(f"{purpose} {browser}", "passkey.asked")


def _described(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(each.credential_id),
            transports=[AuthenticatorTransport(way) for way in each.transports],
        )
        for each in passkeys
    ]


def _milliseconds(time: timedelta) -> int:
    return int(time.total_seconds() * 1000)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
