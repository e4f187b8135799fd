"""What somebody proves with that it is they: add a passkey, take one away, take the authenticator app away."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed
from claims.models import Passkey, Person, RecoveryCode
from claims.secrets import Keyring
from claims.services.challenging import Answered, RelyingParty, ask_for_new_passkey
from claims.services.confirming import CONFIRM_FIRST, is_confirmed, locked_person, mark_confirmed, tell
from claims.services.emailing_codes import Refusal
from claims.services.proving import make_recovery_codes
from claims.services.queueing import Words
from claims.services.recognising import read_new_passkey
from claims.services.recording import record
from claims.services.throttling import count_try, counted_under, too_many_tries
from claims.store.passkeys import SecondFactors, second_factors_of

MOST_PASSKEYS = 10
"""Of one person."""
IF_NOT_YOU = "If this was not you, contact the scheme at once."


def ask_to_add(session: Session, keyring: Keyring, party: RelyingParty, *, token: str, by: Actor, at: datetime) -> str:
    """What a browser must be given to make a passkey, as JSON. Raises ``NotAllowed`` as ``add_passkey`` does."""
    person = locked_person(session, by)
    _refuse_unless_may_add(session, person, token)
    return ask_for_new_passkey(session, keyring, party, person, browser=token, at=at)


def add_passkey(
    session: Session, keyring: Keyring, *, name: str, given: Answered, address: str, by: Actor, at: datetime
) -> tuple[str, ...] | Refusal:
    """Take the passkey that a browser made, under the name its owner gives it.

    Returns ten recovery codes where it is the first second factor, else none. The session that asked
    (``given.browser``) counts as confirmed. Whoever has a second factor must have confirmed first, and nobody has more
    than ten, else ``NotAllowed``. What is no passkey counts as a try, so the caller must commit whatever the answer is.
    """
    person, token = locked_person(session, by), given.browser
    had = _refuse_unless_may_add(session, person, token)
    counted = counted_under(keyring, "confirm", person.email, address)
    if too_many_tries(session, counted, at):
        return Refusal.TOO_MANY
    made = read_new_passkey(session, keyring, person, given, at)
    # A browser does not make what it was told is there; somebody else's is not to be found out about either.
    if made is None or _is_known(session, made.credential_id):
        count_try(session, counted, at)
        record(session, "refuse-new-passkey", ("person", person.id), by, at)
        return Refusal.WRONG_PASSKEY
    added = Passkey(
        person_id=person.id,
        name=name,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=made.transports,
        added_at=at,
    )
    session.add(added)
    session.flush()
    codes = () if had else make_recovery_codes(session, keyring, person, at)
    mark_confirmed(session, token, at)
    event = record(session, "add-passkey", ("person", person.id), by, at, details={"passkey": added.id})
    text = f"The passkey “{name}” was added to your account. {IF_NOT_YOU}"
    tell(session, person, f"passkey:{event.number}", Words("A passkey was added", text, "/account"), at)
    return codes


def remove_passkey(session: Session, passkey_id: int, *, token: str, by: Actor, at: datetime) -> None:
    """It no longer works. With an employer's person's last second factor go their recovery codes.

    Raises ``NotAllowed`` unless the session is confirmed, for a passkey that is not there, and for the last second
    factor of somebody in the back office.
    """
    person = locked_person(session, by)
    had = _refuse_unless_may_remove(session, person, token)
    found = session.get(Passkey, passkey_id)
    if found is None or found.person_id != person.id:
        raise NotAllowed("This passkey was removed already.")
    name = found.name
    session.delete(found)
    _forget_codes_of(session, person, had)
    event = record(session, "remove-passkey", ("person", person.id), by, at, details={"passkey": passkey_id})
    text = f"The passkey “{name}” was removed from your account. {IF_NOT_YOU}"
    tell(session, person, f"passkey-removed:{event.number}", Words("A passkey was removed", text, "/account"), at)


def remove_authenticator(session: Session, *, token: str, by: Actor, at: datetime) -> None:
    """The app's codes no longer work. Otherwise as ``remove_passkey``."""
    person = locked_person(session, by)
    had = _refuse_unless_may_remove(session, person, token)
    if person.authenticator_secret is None:
        raise NotAllowed("The authenticator app was removed already.")
    person.authenticator_secret = person.authenticator_step = None
    _forget_codes_of(session, person, had)
    event = record(session, "remove-authenticator", ("person", person.id), by, at)
    text = f"The authenticator app no longer works for your account. {IF_NOT_YOU}"
    words = Words("The authenticator app was removed", text, "/account")
    tell(session, person, f"authenticator-removed:{event.number}", words, at)


def may_remove_one(person: Person, has: SecondFactors) -> bool:
    """Whether one may go: the back office keeps one always."""
    return bool(has) and not (person.staff_role is not None and has.is_last)


def _refuse_unless_may_add(session: Session, person: Person, token: str) -> SecondFactors:
    has = second_factors_of(session, person.id)
    if has and not is_confirmed(session, token):
        raise NotAllowed(CONFIRM_FIRST)
    if has.passkeys >= MOST_PASSKEYS:
        raise NotAllowed(f"You have {MOST_PASSKEYS} passkeys, which is the most. Remove one first.")
    return has


def _refuse_unless_may_remove(session: Session, person: Person, token: str) -> SecondFactors:
    has = second_factors_of(session, person.id)
    if not is_confirmed(session, token):
        raise NotAllowed(CONFIRM_FIRST)
    if has and not may_remove_one(person, has):
        raise NotAllowed("You need one second proof to sign in. Add another before you remove this one.")
    return has


def _forget_codes_of(session: Session, person: Person, had: SecondFactors) -> None:
    """Recovery codes stand in for a second factor; without one they stand for nothing."""
    if had.is_last:
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))


def _is_known(session: Session, credential_id: str) -> bool:
    return session.scalars(select(Passkey.id).where(Passkey.credential_id == credential_id)).first() is not None
