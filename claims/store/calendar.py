"""What stands in a person's calendar: last days to claim of their employers' drafts, and the days of the scheme."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from claims import references
from claims.exchange.calendars import Entry
from claims.lifecycle import State
from claims.models import Claim, Learner, Membership, MembershipService
from claims.reminders.wording import claim_address, initials_of
from claims.rules.facts import Part
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
    return [*_drafts(session, person_id, day, base_url, host), *_scheme_days(day, base_url, host)]


def _drafts(session: Session, person_id: int, day: date, base_url: str, host: str) -> Iterator[Entry]:
    reference = listed_on(session, day).reference
    drafts = session.execute(
        select(
            Claim.id,
            Claim.base,
            Claim.part,
            Claim.course_code,
            Claim.last_day_on,
            Claim.changes,
            Learner.first_name,
            Learner.last_name,
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
            Claim.state == State.DRAFT,
            Claim.last_day_on >= day - KEPT,
        )
        .order_by(Claim.last_day_on, Claim.id)
    )
    for row in drafts:
        if row.last_day_on is None:
            continue
        course = reference.title_of(row.course_code)
        initials = initials_of(row.first_name, row.last_name)
        claim = references.written(row.base, Part(row.part))
        yield Entry(
            uid=f"claim-{row.id}-last-day-to-claim@{host}",
            on=row.last_day_on,
            summary=f"Last day to claim: {course} for {initials}",
            description=f"Claim {claim} is still a draft. Submit it by the end of this day.",
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
