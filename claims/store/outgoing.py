"""What has been written to people: the outbox, as the demonstration shows it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from claims.models import Message, Person

CODE = "sign-in-code"
WITHOUT_THE_CODE = "Your code to sign in"
"""The subject of a code's message for everybody but its reader, and once the code has done its work."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message and whom it is for."""

    message_id: int
    kind: str
    name: str
    email: str
    subject: str
    text: str
    link: str
    """A path in this service."""
    state: str
    queued_at: datetime


def newest_messages(session: Session, most: int = 50) -> list[Outgoing]:
    """The last ``most`` messages to anybody, newest first."""
    return _shown(session.execute(_MESSAGES.limit(most)).all())


def latest_code_message(session: Session, email: str) -> Outgoing | None:
    """The newest message with a sign-in code for ``email``."""
    found = _shown(session.execute(_MESSAGES.where(Person.email == email, Message.kind == CODE).limit(1)).all())
    return found[0] if found else None


_MESSAGES = (
    select(
        Message.id,
        Message.kind,
        Person.name,
        Person.email,
        Message.subject,
        Message.text,
        Message.link,
        Message.state,
        Message.queued_at,
    )
    .join(Person, Person.id == Message.person_id)
    .order_by(Message.id.desc())
)


def _shown(rows: Sequence[Row[int, str, str, str, str, str, str, str, datetime]]) -> list[Outgoing]:
    return [Outgoing(*row) for row in rows]


def names_of(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """People's names by id."""
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in found}
