"""Somebody lost everything they prove with: what they had stops working, and they set up anew."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed
from claims.models import Passkey, Person, RecoveryCode
from claims.secrets import Keyring
from claims.services.confirming import tell
from claims.services.equipping import IF_NOT_YOU
from claims.services.queueing import Words
from claims.services.recording import record, take_turn
from claims.services.staffing import end_sessions, reset_authenticator


@dataclass(frozen=True, slots=True)
class StartedOver:
    """Somebody without anything to prove with, or with a new secret."""

    name: str
    authenticator_secret: str | None
    """For the back office, which never signs in without: in base 32, shown once. ``None`` for an employer's person."""


def start_over(session: Session, keyring: Keyring, *, email: str, by: Actor, at: datetime) -> StartedOver:
    """Take app, passkeys and recovery codes away from whoever has ``email``, and sign them out everywhere.

    Whoever asks for it must have shown who they are outside the service: from here on the mailbox alone lets an
    employer's person in, until they set something up again. They are told by email. Raises ``NotAllowed`` where nobody
    has the address, or the account is closed.
    """
    take_turn(session)
    person = session.scalars(
        select(Person)
        .where(Person.email == email.strip().lower())
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if person is None:
        raise NotAllowed("Nobody has an account with this address.")
    if person.staff_role is not None:
        return StartedOver(person.name, reset_authenticator(session, keyring, person, by, at).authenticator_secret)
    if person.closed_at is not None:
        raise NotAllowed("This account is closed.")
    for table in (RecoveryCode, Passkey):
        session.execute(delete(table).where(table.person_id == person.id))
    person.authenticator_secret = person.authenticator_step = None
    event = record(session, "start-over", ("person", person.id), by, at)
    end_sessions(session, person, by, at)
    text = (
        "Your authenticator app, passkeys and recovery codes no longer work, because we were told that you lost them. "
        "Sign in with a code that we email to you, and set up an app or a passkey on the page of your account. "
        f"{IF_NOT_YOU}"
    )
    tell(session, person, f"start-over:{event.number}", Words("Set up your second proof again", text, "/account"), at)
    return StartedOver(person.name, None)
