"""Events for those who look back over everything: sought by person, claim, employer, kind and day; paged; in full."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from claims import references
from claims.lifecycle import Act
from claims.models import Claim, Employer, Event, EventNote, PaymentRun, Person
from claims.models.kinds import LARGEST_ID
from claims.rules.facts import Part
from claims.store.reading import midnight_of

PAGE = 50
ROWS_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted; blank asks for nothing."""

    person: str = ""
    """A part of a name or of an email address: what they did, and what was done to their account."""
    claim: str = ""
    """A reference as people type it: what was done to the claim and to its purchase."""
    employer: str = ""
    """A part of a name, or a whole workplace ID."""
    kind: str = ""
    """``claim``: what was done to claims; ``claim:approve``: one act."""
    first: date | None = None
    last: date | None = None
    """Both inclusive, in London."""


class FoundEvent(NamedTuple):
    """One event with the names that belong to it."""

    number: int
    at: datetime
    person: str | None
    """``None`` for the service itself."""
    role: str
    employer: str | None
    workplace_id: str | None
    kind: str
    about_id: int
    reference: str
    """Of a claim or payment run, or a person's name; blank for what has none."""
    act: str
    from_state: str | None
    to_state: str | None
    details: dict[str, Any]
    note: str
    hash: str


def page_of_events(
    session: Session, wanted: EventFilter, before: int | None = None
) -> tuple[list[FoundEvent], int | None]:
    """The newest ``PAGE`` events, or those before the number ``before``; and what to give for the next page."""
    statement = _statement(session, wanted).order_by(Event.number.desc()).limit(PAGE + 1)
    if before is not None and 0 < before <= LARGEST_ID:
        statement = statement.where(Event.number < before)
    found = [_found(row) for row in session.execute(statement)]
    return found[:PAGE], found[PAGE - 1].number if len(found) > PAGE else None


def every_event(session: Session, wanted: EventFilter) -> Iterator[FoundEvent]:
    """All of them in the order in which they happened, a thousand at a time."""
    statement = _statement(session, wanted).order_by(Event.number).execution_options(yield_per=ROWS_AT_A_TIME)
    for row in session.execute(statement):
        yield _found(row)


def count_events(session: Session, wanted: EventFilter) -> int:
    return session.scalars(select(func.count()).select_from(Event).where(*_conditions(session, wanted))).one()


def kinds_of_events(session: Session) -> Sequence[tuple[str, str]]:
    """Every kind of thing and act that there is an event of."""
    found = session.execute(select(Event.about_kind, Event.act).distinct().order_by(Event.about_kind, Event.act))
    return [(kind, act) for kind, act in found]


def latest_event(session: Session, kind: str, act: str) -> Event | None:
    """The last event of this kind and act."""
    return session.scalars(
        select(Event).where(Event.about_kind == kind, Event.act == act).order_by(Event.number.desc()).limit(1)
    ).first()


Subject = aliased(Person)
"""Whose account an event is about."""


def _statement(session: Session, wanted: EventFilter) -> Any:
    return (
        select(
            Event.number,
            Event.at,
            Person.name.label("person"),
            Event.by_role,
            Employer.name.label("employer"),
            Employer.workplace_id,
            Event.about_kind,
            Event.about_id,
            Claim.base,
            Claim.part,
            PaymentRun.reference,
            Subject.name.label("subject"),
            Event.act,
            Event.from_state,
            Event.to_state,
            Event.details,
            EventNote.note,
            Event.hash,
        )
        .select_from(Event)
        .outerjoin(EventNote, EventNote.event_number == Event.number)
        .outerjoin(Person, Person.id == Event.by_id)
        .outerjoin(Employer, Employer.id == Event.employer_id)
        .outerjoin(Claim, and_(Event.about_kind == "claim", Claim.id == Event.about_id))
        .outerjoin(PaymentRun, and_(Event.about_kind == "payment-run", PaymentRun.id == Event.about_id))
        .outerjoin(Subject, and_(Event.about_kind == "person", Subject.id == Event.about_id))
        .where(*_conditions(session, wanted))
    )


def _found(row: Row[Any]) -> FoundEvent:
    reference = references.written(row.base, Part(row.part)) if row.base else row.reference or row.subject
    return FoundEvent(
        row.number,
        row.at,
        row.person,
        row.by_role,
        row.employer,
        row.workplace_id,
        row.about_kind,
        row.about_id,
        reference or str(row.details.get("reference") or ""),
        row.act,
        row.from_state,
        row.to_state,
        row.details,
        row.note or "",
        row.hash,
    )


def _conditions(session: Session, wanted: EventFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if sought := wanted.person.strip():
        named = or_(Person.name.icontains(sought, autoescape=True), Person.email.icontains(sought, autoescape=True))
        people = list(session.scalars(select(Person.id).where(named)))
        where.append(or_(Event.by_id.in_(people), and_(Event.about_kind == "person", Event.about_id.in_(people))))
    if wanted.claim.strip():
        where.append(_about_claim(session, wanted.claim))
    if sought := wanted.employer.strip():
        named = or_(
            Employer.name.icontains(sought, autoescape=True), func.upper(Employer.workplace_id) == sought.upper()
        )
        where.append(Event.employer_id.in_(list(session.scalars(select(Employer.id).where(named)))))
    if wanted.kind:
        kind, _, act = wanted.kind.partition(":")
        where.append(Event.about_kind == kind)
        where += [Event.act == act] if act else []
    if wanted.first:
        where.append(Event.at >= midnight_of(wanted.first))
    if wanted.last:
        where.append(Event.at < midnight_of(wanted.last + timedelta(days=1)))
    return where


def _about_claim(session: Session, typed: str) -> ColumnElement[bool]:
    """Events of the claims that ``typed`` refers to and of their purchases; none when it is no reference."""
    base, part = references.read(typed) or ("", None)
    claims = session.execute(
        select(Claim.id, Claim.purchase_id).where(Claim.base == base, *([Claim.part == part] if part else []))
    ).all()
    # Of a draft that was discarded there are events only, the last of which says what it was called.
    names = [references.written(base, each) for each in ([part] if part else Part)] if base else []
    discarded = session.scalars(
        select(Event.about_id).where(
            Event.about_kind == "claim", Event.act == Act.DISCARD, Event.details["reference"].as_string().in_(names)
        )
    )
    ids = {*(row.id for row in claims), *discarded}
    purchases = {row.purchase_id for row in claims}
    return or_(
        and_(Event.about_kind == "claim", Event.about_id.in_(ids)),
        and_(Event.about_kind == "purchase", Event.about_id.in_(purchases)),
    )
