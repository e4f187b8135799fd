"""Put messages in the outbox, in the transaction that causes them, each once; and say who receives what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from claims.lifecycle import Role
from claims.models import Claim, Membership, Message, Person
from claims.reminders.rhythm import goes_at
from claims.services.corresponding import Wishes, wishes_of_all
from claims.store.holidays import england_bank_holidays


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says: its subject, its text and the path of the thing it is about."""

    subject: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class ToSend:
    """A message to a person. Kind, person, about and due day are its key."""

    kind: str
    person_id: int
    about: str
    due_on: date
    words: Words
    last_day_on: date | None = None
    """The deadline that it is about, if it is about one."""


def queue(session: Session, kind: str, *, person_id: int, about: str, due_on: date, words: Words, at: datetime) -> bool:
    """Queue a message of ``kind`` for a person, to go from ``at`` on, or when they chose. Returns whether it was new.

    The key is kind, person, about and due day: queued again, in any transaction, it stays one message.
    """
    return queue_all(session, [ToSend(kind, person_id, about, due_on, words)], at) == 1


def queue_all(session: Session, messages: Sequence[ToSend], at: datetime) -> int:
    """Queue ``messages``, each as ``queue`` does. Returns how many were new."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    wishes = wishes_of_all(session, {message.person_id for message in messages})
    rows = [_row(message, wishes.get(message.person_id, Wishes()), at) for message in messages]
    if not rows:
        return 0
    outbox: Any = Message.__table__
    into = insert(outbox).on_conflict_do_nothing(index_elements=["kind", "person_id", "about", "due_on"])
    return len(session.execute(into.returning(outbox.c.id), rows).all())


def _row(message: ToSend, wishes: Wishes, at: datetime) -> dict[str, Any]:
    return {
        "kind": message.kind,
        "person_id": message.person_id,
        "about": message.about,
        "due_on": message.due_on,
        # Random, not made from the key: a folder or relay may remember the letters of an earlier database.
        "reference": uuid4().hex,
        "subject": message.words.subject,
        "text": message.words.text,
        "link": message.words.link,
        "state": "stopped" if message.kind in wishes.stopped else "queued",
        "last_day_on": message.last_day_on,
        "tries": 0,
        "not_before": goes_at(wishes.rhythm, message.kind, at, england_bank_holidays(), message.last_day_on),
        "queued_at": at,
        "problem": "",
    }


def recipients_of(session: Session, claim: Claim) -> list[int]:
    """The people who are told about ``claim``: the employer's SRO, and the colleague who entered it, if still there."""
    return list(
        session.scalars(
            select(Person.id)
            .join(Membership, Membership.person_id == Person.id)
            .where(
                Membership.employer_id == claim.employer_id,
                Membership.left_at.is_(None),
                Person.closed_at.is_(None),
                or_(Membership.role == Role.SRO, Person.id == claim.entered_by_id),
            )
            .order_by(Person.id)
        )
    )
