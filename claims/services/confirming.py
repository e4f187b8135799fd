"""Confirm in the middle of a session that it is really you: with an authenticator app, or with a passkey."""

from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, NotAllowed
from claims.models import Person, SignedInSession
from claims.secrets import Keyring, Undecipherable
from claims.services.challenging import Answered, Purpose, RelyingParty, ask_for_own_passkey
from claims.services.emailing_codes import Refusal
from claims.services.proving import make_recovery_codes, shows_second_factor, unused_step
from claims.services.queueing import Words, queue
from claims.services.recognising import MESSAGE, shows_passkey
from claims.services.recording import record
from claims.services.sealing import AUTHENTICATOR_SECRET
from claims.services.sessions import hash_token
from claims.services.throttling import count_try, counted_under, too_many_tries
from claims.store.passkeys import second_factors_of

ISSUER = "Claim for care training"
CONFIRM_FIRST = "Confirm with the authenticator or passkey that you have, or with a recovery code, first."


@dataclass(frozen=True, slots=True)
class Offer:
    """An authenticator secret that is not in use yet."""

    sealed: str
    """Encrypted, for one person; kept by the browser until it is confirmed."""
    secret: str
    """In base 32, to be typed into an app."""
    address: str
    """The same as an ``otpauth`` address, for an app that opens it or reads it from a picture."""


def offer_authenticator(keyring: Keyring, person_id: int, email: str, sealed: str | None = None) -> Offer:
    """A secret for an app: the one in ``sealed``, if it was offered to this person, else a new one."""
    secret = _opened(keyring, person_id, sealed) or pyotp.random_base32()
    return Offer(
        sealed=keyring.encrypt(secret, _about(person_id)),
        secret=secret,
        address=pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER),
    )


def set_authenticator_up(
    session: Session,
    keyring: Keyring,
    *,
    sealed: str,
    code: str,
    token: str,
    address: str,
    by: Actor,
    at: datetime,
) -> tuple[str, ...] | Refusal:
    """Use the secret that was offered from now on, once ``code`` shows that the app has it; returns recovery codes.

    The session ``token`` counts as confirmed. Whoever has a second factor must have confirmed first, else
    ``NotAllowed``. A wrong code counts as a try, so the caller must commit whatever the answer is.
    """
    person = locked_person(session, by)
    if second_factors_of(session, person.id) and not is_confirmed(session, token):
        raise NotAllowed(CONFIRM_FIRST)
    secret = _opened(keyring, person.id, sealed)
    counted = counted_under(keyring, "confirm", person.email, address)
    if too_many_tries(session, counted, at):
        return Refusal.TOO_MANY
    step = unused_step(secret, None, code, at) if secret else None
    if secret is None or step is None:
        count_try(session, counted, at)
        return Refusal.WRONG_AUTHENTICATOR
    person.authenticator_secret = keyring.encrypt(secret, AUTHENTICATOR_SECRET)
    person.authenticator_step = step
    codes = make_recovery_codes(session, keyring, person, at)
    mark_confirmed(session, token, at)
    event = record(session, "set-up-authenticator", ("person", person.id), by, at)
    text = "An authenticator app was set up for your account. If this was not you, contact the scheme at once."
    tell(
        session, person, f"authenticator:{event.number}", Words("An authenticator app was set up", text, "/account"), at
    )
    return codes


def ask_to_confirm(
    session: Session, keyring: Keyring, party: RelyingParty, *, token: str, by: Actor, at: datetime
) -> str:
    """What a browser must be given to use a passkey for ``confirm``, as JSON."""
    person = locked_person(session, by)
    return ask_for_own_passkey(session, keyring, party, person, purpose=Purpose.CONFIRM, browser=token, at=at)


def confirm(
    session: Session,
    keyring: Keyring,
    *,
    token: str,
    address: str,
    by: Actor,
    at: datetime,
    typed: str = "",
    passkey: Answered | None = None,
) -> Refusal | None:
    """Remember until the session ends that its owner showed the second factor: a code, or a passkey where one is given.

    A wrong one counts as a try, so the caller must commit whatever the answer is.
    """
    person = locked_person(session, by)
    counted = counted_under(keyring, "confirm", person.email, address)
    if too_many_tries(session, counted, at):
        return Refusal.TOO_MANY
    if passkey is not None and not shows_passkey(session, keyring, person, passkey, by=by, at=at):
        count_try(session, counted, at)
        return Refusal.WRONG_PASSKEY
    if passkey is None and not shows_second_factor(session, keyring, person, typed, at):
        count_try(session, counted, at)
        return Refusal.WRONG_AUTHENTICATOR
    mark_confirmed(session, token, at)
    record(session, "confirm", ("person", person.id), by, at)
    return None


def renew_recovery_codes(session: Session, keyring: Keyring, *, token: str, by: Actor, at: datetime) -> tuple[str, ...]:
    """Ten new codes in place of those there are. Raises ``NotAllowed`` unless the session is confirmed."""
    person = locked_person(session, by)
    if not second_factors_of(session, person.id) or not is_confirmed(session, token):
        raise NotAllowed(CONFIRM_FIRST)
    codes = make_recovery_codes(session, keyring, person, at)
    event = record(session, "renew-recovery-codes", ("person", person.id), by, at)
    text = (
        "New recovery codes were made for your account; the old ones no longer work. "
        "If this was not you, contact the scheme at once."
    )
    tell(session, person, f"recovery-codes:{event.number}", Words("New recovery codes were made", text, "/account"), at)
    return codes


def is_confirmed(session: Session, token: str | None) -> bool:
    """Whether the owner of this session showed the second factor in it. Only reads."""
    if not token:
        return False
    confirmed = select(SignedInSession.confirmed_at).where(SignedInSession.token_hash == hash_token(token))
    return session.scalars(confirmed).one_or_none() is not None


def mark_confirmed(session: Session, token: str, at: datetime) -> None:
    """The owner of this session has shown the second factor."""
    session.execute(
        update(SignedInSession).where(SignedInSession.token_hash == hash_token(token)).values(confirmed_at=at)
    )


def _opened(keyring: Keyring, person_id: int, sealed: str | None) -> str | None:
    try:
        return keyring.decrypt(sealed, _about(person_id)) if sealed else None
    except Undecipherable:
        return None


def _about(person_id: int) -> str:
    return f"{AUTHENTICATOR_SECRET}.offered.{person_id}"


def locked_person(session: Session, by: Actor) -> Person:
    """The account of ``by``, which nobody else changes until the transaction ends."""
    # Locked, so that two tries at once are counted one after the other and no code is used twice.
    return session.scalars(
        select(Person).where(Person.id == by.person_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def tell(session: Session, person: Person, about: str, words: Words, at: datetime) -> None:
    """Send somebody word of what happened to their account."""
    queue(session, MESSAGE, person_id=person.id, about=about, due_on=london_date(at), words=words, at=at)
