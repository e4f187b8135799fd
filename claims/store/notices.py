"""What was said to one person, for them; and what goes out to everybody, for those who watch over it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from claims.models import Message, Person
from claims.models.kinds import LARGEST_ID
from claims.reminders.kinds import Kind
from claims.store.outgoing import CODE, WITHOUT_THE_CODE

PAGE = 20
IN_PLAIN_SIGHT = ("queued", "leased", "sent", "failed", "stopped")
"""States of a message that its reader may see: all but those whose reason had gone."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message as its reader sees it."""

    message_id: int
    subject: str
    text: str
    link: str
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and how its delivery stands."""

    message_id: int
    kind: str
    name: str
    subject: str
    state: str
    tries: int
    problem: str
    queued_at: datetime
    not_before: datetime
    sent_at: datetime | None


def notices_of(session: Session, person_id: int, before: int | None = None) -> tuple[list[Notice], int | None]:
    """A page of what was said to the person, newest first, and what to give as ``before`` for the next page."""
    found = session.execute(
        select(Message.id, Message.subject, Message.text, Message.link, Message.queued_at)
        .where(
            Message.person_id == person_id,
            Message.kind.in_([str(kind) for kind in Kind]),
            Message.state.in_(IN_PLAIN_SIGHT),
            Message.subject != "",  # retention empties old ones
            *_earlier_than(before),
        )
        .order_by(Message.id.desc())
        .limit(PAGE + 1)
    ).all()
    return [Notice(*row) for row in found[:PAGE]], found[PAGE - 1].id if len(found) > PAGE else None


def deliveries(
    session: Session, states: Collection[str] = (), before: int | None = None
) -> tuple[list[Delivery], int | None]:
    """A page of messages to anybody, newest first, in any of ``states`` or in all, and what is before the next page."""
    found = session.execute(
        select(
            Message.id,
            Message.kind,
            Person.name,
            # It says the code, with which whoever asked for it in their own browser would be somebody else.
            case((Message.kind == CODE, WITHOUT_THE_CODE), else_=Message.subject),
            Message.state,
            Message.tries,
            Message.problem,
            Message.queued_at,
            Message.not_before,
            Message.sent_at,
        )
        .join(Person, Person.id == Message.person_id)
        .where(*([Message.state.in_(states)] if states else []), *_earlier_than(before))
        .order_by(Message.id.desc())
        .limit(PAGE + 1)
    ).all()
    return [Delivery(*tuple(row)) for row in found[:PAGE]], found[PAGE - 1].id if len(found) > PAGE else None


def count_by_state(session: Session) -> dict[str, int]:
    """How many messages are in each state."""
    counted = session.execute(select(Message.state, func.count()).group_by(Message.state))
    return {row[0]: row[1] for row in counted}


def _earlier_than(message_id: int | None) -> list[ColumnElement[bool]]:
    is_one = message_id is not None and 0 < message_id <= LARGEST_ID
    return [Message.id < message_id] if is_one else []
