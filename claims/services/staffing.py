"""Give people of the back office their accounts."""

import re
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import STAFF_ROLES, Actor, Role
from claims.models import Person
from claims.secrets import Keyring
from claims.services.recording import record
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
