"""How a person is written to: how often, about what not, whether letters arrive, and their secret addresses."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from claims.models import Correspondence, Message, Person, StoppedKind
from claims.reminders.kinds import Kind
from claims.reminders.rhythm import Rhythm, goes_at, may_be_stopped
from claims.secrets import Keyring, are_equal
from claims.store.holidays import england_bank_holidays

STOP_PATH = "/notifications/stop"
CALENDAR_PATH = "/calendar"
STOP = "stop.kinds"
CALENDAR = "calendar.address"
AT_A_TIME = 500
ADDRESS = re.compile(r"(\d{1,18})-([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person chose."""

    rhythm: Rhythm = Rhythm.AT_ONCE
    stopped: frozenset[str] = field(default_factory=frozenset)
    """Kinds of which they want no email."""
    refused_at: datetime | None = None
    """When their address was refused, if letters do not arrive now."""


def wishes_of(session: Session, person_id: int) -> Wishes:
    """What the person chose."""
    return wishes_of_all(session, [person_id]).get(person_id, Wishes())


def wishes_of_all(session: Session, person_ids: Collection[int]) -> dict[int, Wishes]:
    """What each of the people chose; those who never chose are not in it."""
    wishes: dict[int, Wishes] = {}
    for some in _by_hundreds(person_ids):
        stopped: dict[int, set[str]] = {}
        for person_id, kind in session.execute(
            select(StoppedKind.person_id, StoppedKind.kind).where(StoppedKind.person_id.in_(some))
        ):
            stopped.setdefault(person_id, set()).add(kind)
        chosen = {
            row.person_id: row
            for row in session.scalars(select(Correspondence).where(Correspondence.person_id.in_(some)))
        }
        for person_id in stopped.keys() | chosen.keys():
            row = chosen.get(person_id)
            wishes[person_id] = Wishes(
                Rhythm(row.rhythm) if row else Rhythm.AT_ONCE,
                frozenset(stopped.get(person_id, ())),
                row.refused_at if row else None,
            )
    return wishes


def choose_rhythm(session: Session, person_id: int, rhythm: Rhythm, at: datetime) -> None:
    """From now on, write to the person so often; what waits for its time goes by the new choice."""
    _correspondence(session, person_id).rhythm = rhythm
    waiting = select(Message).where(Message.person_id == person_id, Message.state == "queued", Message.tries == 0)
    for message in session.scalars(waiting):
        message.not_before = goes_at(
            rhythm, message.kind, max(at, message.queued_at), england_bank_holidays(), message.last_day_on
        )
    session.flush()


def choose_kinds(session: Session, person_id: int, wanted: Collection[str], at: datetime) -> None:
    """From now on, send emails of the kinds that are ``wanted``, and of no other kind that may be stopped."""
    unwanted = {str(kind) for kind in Kind if may_be_stopped(kind)} - set(wanted)
    session.execute(delete(StoppedKind).where(StoppedKind.person_id == person_id, StoppedKind.kind.not_in(unwanted)))
    stop_kinds(session, person_id, unwanted, at)


def stop_kinds(session: Session, person_id: int, kinds: Iterable[str], at: datetime) -> None:
    """Send no more emails of ``kinds``. What is queued and was never tried stays in the service."""
    stopped = sorted(kind for kind in kinds if may_be_stopped(kind))
    there = set(session.scalars(select(StoppedKind.kind).where(StoppedKind.person_id == person_id)))
    session.add_all(StoppedKind(person_id=person_id, kind=kind, stopped_at=at) for kind in stopped if kind not in there)
    session.execute(
        update(Message)
        .where(
            Message.person_id == person_id,
            Message.kind.in_(stopped),
            Message.state == "queued",
            Message.letter.is_(None),
        )
        .values(state="stopped")
    )
    session.flush()


def mark_refused(session: Session, person_id: int, at: datetime) -> None:
    """A letter came back, or the address was refused."""
    row = _correspondence(session, person_id)
    row.refused_at = row.refused_at or at
    session.flush()


def mark_arriving(session: Session, person_id: int) -> None:
    """A letter was taken for the person, or their address was changed."""
    session.execute(update(Correspondence).where(Correspondence.person_id == person_id).values(refused_at=None))


def stop_address(keyring: Keyring, person_id: int, kinds: Iterable[str]) -> str | None:
    """The path that stops ``kinds`` for the person without signing in; ``None`` when none of them may be stopped."""
    stopped = "+".join(sorted({kind for kind in kinds if may_be_stopped(kind)}))
    if not stopped:
        return None
    return f"{STOP_PATH}/{stopped}/{person_id}-{keyring.keyed_hash(f'{person_id} {stopped}', STOP)}"


def read_stop_address(keyring: Keyring, stopped: str, signed: str) -> tuple[int, list[str]] | None:
    """The person and the kinds of a path that ``stop_address`` made; ``None`` for any other."""
    read = ADDRESS.fullmatch(signed)
    if read is None or not are_equal(read[2], keyring.keyed_hash(f"{int(read[1])} {stopped}", STOP)):
        return None
    return int(read[1]), stopped.split("+")


def calendar_address(session: Session, keyring: Keyring, person_id: int) -> str:
    """The secret path of the person's calendar."""
    return f"{CALENDAR_PATH}/{person_id}-{_calendar_secret(session, keyring, person_id)}.ics"


def read_calendar_address(session: Session, keyring: Keyring, signed: str) -> Person | None:
    """Whose calendar has the secret part ``signed`` of a path; ``None`` when nobody's has, or no longer."""
    read = ADDRESS.fullmatch(signed)
    if read is None:
        return None
    person = session.get(Person, int(read[1]))
    if person is None or person.closed_at is not None:
        return None
    return person if are_equal(read[2], _calendar_secret(session, keyring, person.id)) else None


def renew_calendar(session: Session, person_id: int) -> None:
    """Make the address that the person had stop working, and give them another."""
    _correspondence(session, person_id).calendar_number += 1
    session.flush()


def _calendar_secret(session: Session, keyring: Keyring, person_id: int) -> str:
    row = session.get(Correspondence, person_id)
    return keyring.keyed_hash(f"{person_id} {row.calendar_number if row else 1}", CALENDAR)


def _correspondence(session: Session, person_id: int) -> Correspondence:
    """The person's row. Whoever changes it waits for the person, so that it is made once."""
    session.scalars(select(Person.id).where(Person.id == person_id).with_for_update()).one()
    row = session.get(Correspondence, person_id)
    if row is None:
        row = Correspondence(person_id=person_id, rhythm=Rhythm.AT_ONCE, calendar_number=1)
        session.add(row)
        session.flush()
    return row


def _by_hundreds(person_ids: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(person_ids)
    return (ordered[begin : begin + AT_A_TIME] for begin in range(0, len(ordered), AT_A_TIME))
