"""Letters that came back: their messages failed after all, and the address does not work."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.models import Message
from claims.services.corresponding import mark_refused

CAME_BACK = "The letter came back."
AT_A_TIME = 500


def note_bounces(session: Session, letters: Collection[str], at: datetime) -> int:
    """Write down that ``letters`` came back. Returns how many people's addresses that says something new about."""
    ordered, people = sorted(set(letters)), set()
    for begin in range(0, len(ordered), AT_A_TIME):
        some = ordered[begin : begin + AT_A_TIME]
        for message in session.scalars(select(Message).where(Message.letter.in_(some), Message.state == "sent")):
            message.state, message.problem = "failed", CAME_BACK
            people.add(message.person_id)
    for person_id in sorted(people):
        mark_refused(session, person_id, at)
    return len(people)
