"""Give people of the back office their accounts, change their roles, end their sessions, close accounts."""

import re
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from claims.lifecycle import STAFF_ROLES, Actor, NotAllowed, Role
from claims.models import Person, Purchase, SignedInSession
from claims.models.passkeys import Passkey
from claims.models.people import RecoveryCode
from claims.secrets import Keyring
from claims.services.recording import record, take_turn
from claims.services.sealing import AUTHENTICATOR_SECRET

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class NotAdded(Exception):
    """The account cannot be made. The message says why, for the person who tried."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    person_id: int
    authenticator_secret: str
    """In base 32, to be typed into an authenticator app. Shown once; the database keeps it encrypted."""


def add_staff(
    session: Session, keyring: Keyring, *, email: str, name: str, role: Role, by: Actor, at: datetime
) -> NewAccount:
    """A back-office account for ``email``, with a fresh authenticator secret.

    Raises ``NotAdded`` for an address that is malformed or taken, an empty name, or a role outside the back office.
    """
    email, name = email.strip().lower(), " ".join(name.split())
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise NotAdded(f"{email!r} is not an email address.")
    if not 1 <= len(name) <= 70:
        raise NotAdded("Give a name of 1 to 70 characters.")
    if role not in STAFF_ROLES:
        raise NotAdded(f"{role} is not a role of the back office.")
    if session.scalars(select(Person.id).where(Person.email == email)).first() is not None:
        raise NotAdded(f"There is already an account for {email}.")
    secret = pyotp.random_base32()
    person = Person(
        email=email,
        name=name,
        staff_role=role,
        authenticator_secret=keyring.encrypt(secret, AUTHENTICATOR_SECRET),
        created_at=at,
    )
    session.add(person)
    session.flush()
    record(session, "add-staff", ("person", person.id), by, at, details={"role": role})
    return NewAccount(person.id, secret)


def change_role(session: Session, person: Person, role: Role, by: Actor, at: datetime) -> bool:
    """Give somebody another role in the back office, and end their sessions. Returns whether it is another.

    Raises ``NotAllowed`` for oneself, for an account that is closed or of no back office, and for the last
    administrator.
    """
    _look_again(session, person)
    _refuse_oneself(person, by, "You cannot change your own role. Ask another administrator.")
    if role not in STAFF_ROLES:
        raise NotAllowed(f"{role} is not a role of the back office.")
    before = person.staff_role
    if before == role:
        return False
    _refuse_last_administrator(session, person)
    person.staff_role = role
    record(session, "change-role", ("person", person.id), by, at, details={"from": before, "to": role})
    _end_sessions(session, person, at)
    return True


def close_account(session: Session, person: Person, by: Actor, at: datetime) -> None:
    """Nobody signs in with it any more; what they did stays theirs, and what they held is for others to take.

    Raises ``NotAllowed`` as ``change_role`` does.
    """
    _look_again(session, person)
    _refuse_oneself(person, by, "You cannot close your own account. Ask another administrator.")
    _refuse_last_administrator(session, person)
    person.closed_at = at
    session.execute(update(Purchase).where(Purchase.holder_id == person.id).values(holder_id=None, held_until=None))
    record(session, "close", ("person", person.id), by, at, details={"role": person.staff_role})
    _end_sessions(session, person, at)


def reopen_account(session: Session, keyring: Keyring, person: Person, by: Actor, at: datetime) -> NewAccount:
    """Open a closed account again, in the role it had, with a fresh authenticator secret.

    Raises ``NotAllowed`` for one that is open, of no back office, or whose personal data was removed.
    """
    take_turn(session)
    session.refresh(person, with_for_update=True)
    if person.staff_role is None or person.closed_at is None or person.personal_data_removed_at is not None:
        raise NotAllowed("This account cannot be opened again.")
    person.closed_at = None
    record(session, "reopen", ("person", person.id), by, at, details={"role": person.staff_role})
    return NewAccount(person.id, _give_secret(session, keyring, person))


def reset_authenticator(session: Session, keyring: Keyring, person: Person, by: Actor, at: datetime) -> NewAccount:
    """A fresh authenticator secret for somebody who lost theirs; the old one and passkeys stop working, sessions end.

    Raises ``NotAllowed`` as ``change_role`` does.
    """
    _look_again(session, person)
    _refuse_oneself(person, by, "You cannot reset your own authenticator. Ask another administrator.")
    secret = _give_secret(session, keyring, person)
    record(session, "reset-authenticator", ("person", person.id), by, at)
    _end_sessions(session, person, at)
    return NewAccount(person.id, secret)


def end_sessions(session: Session, person: Person, by: Actor, at: datetime) -> int:
    """Sign somebody out everywhere; says of how many sessions."""
    ended = _end_sessions(session, person, at)
    record(session, "end-sessions", ("person", person.id), by, at, details={"sessions": ended})
    return ended


def end_one_session(session: Session, kept: SignedInSession, by: Actor, at: datetime) -> None:
    """Sign somebody out in one browser. One that has ended is left as it is."""
    if kept.ended_at is None:
        kept.ended_at = at
        record(session, "end-sessions", ("person", kept.person_id), by, at, details={"sessions": 1})


def _look_again(session: Session, person: Person) -> None:
    """As the account stands now, while nobody else changes one: two administrators never end each other at once."""
    take_turn(session)
    session.refresh(person, with_for_update=True)
    if person.staff_role is None:
        raise NotAllowed("This is not an account of the back office.")
    if person.closed_at is not None:
        raise NotAllowed("This account is closed.")


def _refuse_oneself(person: Person, by: Actor, sentence: str) -> None:
    if person.id == by.person_id:
        raise NotAllowed(sentence)


def _refuse_last_administrator(session: Session, person: Person) -> None:
    others = select(Person.id).where(
        Person.staff_role == Role.ADMINISTRATOR, Person.closed_at.is_(None), Person.id != person.id
    )
    if person.staff_role == Role.ADMINISTRATOR and session.scalars(others.limit(1)).first() is None:
        raise NotAllowed("There must be at least one administrator. Give somebody else the role first.")


def _give_secret(session: Session, keyring: Keyring, person: Person) -> str:
    """A fresh secret. Passkeys and recovery codes, which may be with whoever has the old one, stop working too."""
    for table in (RecoveryCode, Passkey):
        session.execute(delete(table).where(table.person_id == person.id))
    secret = pyotp.random_base32()
    person.authenticator_secret = keyring.encrypt(secret, AUTHENTICATOR_SECRET)
    person.authenticator_step = None
    return secret


def _end_sessions(session: Session, person: Person, at: datetime) -> int:
    ended = session.execute(
        update(SignedInSession)
        .where(SignedInSession.person_id == person.id, SignedInSession.ended_at.is_(None))
        .values(ended_at=at)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]
