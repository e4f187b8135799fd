"""What stands in a person's calendar: last days to claim and to answer of their employers' claims, and the scheme's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from claims import references
from claims.clock import london_date
from claims.exchange.calendars import Entry
from claims.lifecycle import UNANSWERED_FOR, State
from claims.models import ActionRequest, Claim, Learner, Membership, MembershipService
from claims.reminders.wording import claim_address, initials_of
from claims.rules.facts import Part
from claims.rules.scheme import Reference
from claims.store.reference import from_files, listed_on

KEPT = timedelta(days=31)
"""For so long what has passed is still shown."""
SCHEME_DAYS = {
    "paid_to": "Last day to pay for training",
    "started_to": "Last day to start training",
    "ommt_last_day_to_claim": "Last day to claim for Oliver McGowan training",
    "long_courses_completed_by": "Last day to complete long courses",
}
"""What ends, by the name of the scheme year's parameter."""


def entries_for(session: Session, person_id: int, day: date, base_url: str, host: str) -> list[Entry]:
    """The person's calendar on ``day``. ``host`` ends every uid; ``base_url`` begins every address."""
    return [
        *_drafts(session, person_id, day, base_url, host),
        *_answers(session, person_id, day, base_url, host),
        *_scheme_days(day, base_url, host),
    ]


def _claims(person_id: int, *columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Select[*tuple[Any, ...]]:
    """The claims that the person sees, with what every entry says of one and ``columns``."""
    return (
        select(
            Claim.id,
            Claim.base,
            Claim.part,
            Claim.course_code,
            Claim.changes,
            Learner.first_name,
            Learner.last_name,
            *columns,
        )
        .join(Learner, Learner.id == Claim.learner_id)
        .join(Membership, Membership.employer_id == Claim.employer_id)
        .where(
            Membership.person_id == person_id,
            Membership.left_at.is_(None),
            or_(
                Membership.limited.is_(False),
                Learner.service_id.in_(
                    select(MembershipService.service_id).where(MembershipService.membership_id == Membership.id)
                ),
            ),
        )
        .order_by(Claim.last_day_on, Claim.id)
    )


def _about(row: Row[Any], reference: Reference) -> tuple[str, str]:
    """The course with the initials of whom it is for, and the claim's reference: no more of a person."""
    training = f"{reference.title_of(row.course_code)} for {initials_of(row.first_name, row.last_name)}"
    return training, references.written(row.base, Part(row.part))


def _drafts(session: Session, person_id: int, day: date, base_url: str, host: str) -> Iterator[Entry]:
    reference = listed_on(session, day).reference
    drafts = session.execute(
        _claims(person_id, Claim.last_day_on).where(Claim.state == State.DRAFT, Claim.last_day_on >= day - KEPT)
    )
    for row in drafts:
        if row.last_day_on is None:
            continue
        training, claim = _about(row, reference)
        yield Entry(
            uid=f"claim-{row.id}-last-day-to-claim@{host}",
            on=row.last_day_on,
            summary=f"Last day to claim: {training}",
            description=f"Claim {claim} is still a draft. Submit it by the end of this day.",
            address=f"{base_url}{claim_address(row.id)}",
            changes=row.changes,
        )


def _answers(session: Session, person_id: int, day: date, base_url: str, host: str) -> Iterator[Entry]:
    """The last day before a claim that needs action can be closed; none once it was sent again or taken back."""
    reference = listed_on(session, day).reference
    asked_at = (
        select(func.min(ActionRequest.asked_at))
        .where(ActionRequest.claim_id == Claim.id, ActionRequest.settled_at.is_(None))
        .scalar_subquery()
        .label("asked_at")
    )
    for row in session.execute(_claims(person_id, asked_at).where(Claim.state == State.NEEDS_ACTION)):
        if row.asked_at is None:
            continue
        answer_by = london_date(row.asked_at + UNANSWERED_FOR)
        if answer_by < day - KEPT:
            continue
        training, claim = _about(row, reference)
        yield Entry(
            uid=f"claim-{row.id}-last-day-to-answer@{host}",
            on=answer_by,
            summary=f"Last day to answer an assessor: {training}",
            description=f"An assessor asked about claim {claim}. After this day it may be closed without payment.",
            address=f"{base_url}{claim_address(row.id)}",
            changes=row.changes,
        )


@dataclass(frozen=True, slots=True)
class SchemeDay:
    """A day on which something of the scheme ends."""

    on: date
    words: str
    scheme_year: str
    parameter: str
    source: str


def scheme_days(day: date) -> list[SchemeDay]:
    """The days of all scheme years from ``day`` on, and those that are just past, in order."""
    found = [
        SchemeDay(year.day(parameter), words, year.name, parameter, year.parameters[parameter].source)
        for year in from_files().years
        for parameter, words in SCHEME_DAYS.items()
        if year.day(parameter) >= day - KEPT
    ]
    return sorted(found, key=lambda each: (each.on, each.words))


def _scheme_days(day: date, base_url: str, host: str) -> Iterator[Entry]:
    for each in scheme_days(day):
        yield Entry(
            uid=f"scheme-{each.scheme_year}-{each.parameter.replace('_', '-')}@{host}",
            on=each.on,
            summary=f"{each.words}, scheme year {each.scheme_year}",
            description=f"Source: {each.source}.",
            address=f"{base_url}/home",
        )
