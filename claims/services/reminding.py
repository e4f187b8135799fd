"""Queue the reminders that are due: load the facts, let the plan decide, put its messages in the outbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from claims.reminders.facts import Facts
from claims.reminders.kinds import Key
from claims.reminders.plan import Planned, plan
from claims.reminders.sentences import last_day_of, word_planned
from claims.services.queueing import ToSend, Words, queue_all
from claims.store.holidays import england_bank_holidays
from claims.store.remindable import facts_for, sent_keys


@dataclass(frozen=True, slots=True)
class Coming:
    """A reminder that will go on a day if nothing changes until then."""

    day: date
    key: Key
    words: Words


def queue_reminders(session: Session, day: date, at: datetime) -> int:
    """Queue what is due on ``day``. Returns how many messages are new: run again, none is."""
    messages = [
        ToSend(
            planned.key.kind,
            planned.key.person_id,
            planned.key.about,
            planned.key.due_on,
            word(planned, day),
            last_day_of(planned),
        )
        for planned in plan_reminders(session, day)
    ]
    return queue_all(session, messages, at)


def plan_reminders(session: Session, day: date) -> list[Planned]:
    """What would be queued on ``day``; writes nothing."""
    return plan(facts_for(session, day), sent_keys(session, day), day)


def preview_reminders(session: Session, day: date, days: int) -> Iterator[Coming]:
    """What will be queued on ``day`` and the days after it, so many ``days`` in all, as things stand now."""
    last = day + timedelta(days=days - 1)
    facts, sent = facts_for(session, day, last), sent_keys(session, day)
    for coming_on in (day + timedelta(days=each) for each in range(days)):
        for planned in plan(facts, sent, coming_on):
            sent.add(planned.key)
            yield Coming(coming_on, planned.key, _word(planned, coming_on, facts))


def word(planned: Planned, day: date) -> Words:
    """A planned message in words, as sent on ``day``."""
    return Words(*word_planned(planned, day, england_bank_holidays()))


def _word(planned: Planned, day: date, facts: Facts) -> Words:
    return Words(*word_planned(planned, day, facts.holidays))
