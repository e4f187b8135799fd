"""The claims that people are reminded of: drafts, requests, completions and training days."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from claims import references
from claims.clock import london_date
from claims.lifecycle import State
from claims.models import ActionRequest, Claim, Employer, Evidence, Learner, Purchase
from claims.reminders.facts import Deadline, OmmtDrafts, OpenCompletion, OpenRequest, Training
from claims.reminders.plan import DAYS_BEFORE_LAST_DAY
from claims.reminders.stages import STILL_MATTERS
from claims.reminders.wording import initials_of
from claims.rules.facts import Part
from claims.rules.scheme import Fund
from claims.store.reading import EARLIER, Reading, earliest, groups, midnight_of

BEHIND = (State.APPROVED, State.IN_PAYMENT, State.PAID)
"""States of a start claim in which its completion can be claimed."""


def near_drafts(reading: Reading) -> Sequence[Row[Any]]:
    """Drafts whose last day to claim is near or has just passed, in its order."""
    nearest, farthest = reading.first - STILL_MATTERS - EARLIER, reading.last + timedelta(max(DAYS_BEFORE_LAST_DAY))
    drafts = (
        _claims(Claim.created_at, Claim.fund, Claim.last_day_on)
        .where(Claim.state == State.DRAFT, Claim.last_day_on.between(nearest, farthest + EARLIER))
        .order_by(Claim.last_day_on, Claim.id)
    )
    return reading.session.execute(drafts).all()


def deadline(reading: Reading, row: Row[Any]) -> Deadline:
    return Deadline(
        **_named(reading, row),
        last_day_on=row.last_day_on,
        known_from=london_date(row.created_at),
        people=reading.told.about_claim(row.employer_id, row.entered_by_id),
        officers=reading.told.officers(row.employer_id),
        part=row.part,
    )


def requests(reading: Reading) -> Iterator[OpenRequest]:
    first_asked = (
        select(ActionRequest.claim_id, func.min(ActionRequest.id).label("first_id"))
        .where(ActionRequest.settled_at.is_(None))
        .group_by(ActionRequest.claim_id)
        .subquery()
    )
    asked = reading.session.execute(
        _claims(ActionRequest.id.label("request_id"), ActionRequest.asked_at)
        .join(first_asked, first_asked.c.claim_id == Claim.id)
        .join(ActionRequest, ActionRequest.id == first_asked.c.first_id)
        .where(Claim.state == State.NEEDS_ACTION)
        .order_by(ActionRequest.id)
    )
    for row in asked:
        yield OpenRequest(
            **_named(reading, row),
            request_id=row.request_id,
            asked_on=london_date(row.asked_at),
            people=reading.told.about_claim(row.employer_id, row.entered_by_id),
        )


def completions(reading: Reading) -> Iterator[OpenCompletion]:
    years = {year.name: year for year in reading.reference.years}
    start = Claim.__table__.alias("start")
    waiting = reading.session.execute(
        _claims(Claim.created_at, Claim.scheme_year, Purchase.planned_end_on)
        .join(Purchase, Purchase.id == Claim.purchase_id)
        .join(start, start.c.id == Claim.start_claim_id)
        .where(
            Claim.state == State.DRAFT,
            Claim.part == Part.COMPLETION,
            Claim.completed_on.is_(None),
            or_(
                Purchase.planned_end_on <= reading.last + EARLIER,
                Claim.created_at >= midnight_of(reading.first - STILL_MATTERS - EARLIER),
            ),
            start.c.state.in_(BEHIND),
        )
        .order_by(Claim.id)
    )
    for row in waiting:
        if row.scheme_year in years:
            yield OpenCompletion(
                **_named(reading, row),
                planned_end_on=row.planned_end_on,
                complete_by=years[row.scheme_year].day("long_courses_completed_by"),
                known_from=london_date(row.created_at),
                people=reading.told.submitter(row.employer_id, row.entered_by_id),
            )


def trainings(reading: Reading) -> Iterator[Training]:
    has_certificate = (
        select(Evidence.id)
        .where(Evidence.claim_id == Claim.id, Evidence.kind == "certificate", Evidence.removed_at.is_(None))
        .exists()
    )
    on = func.coalesce(Claim.started_on, Purchase.started_on, type_=Purchase.started_on.type).label("on")
    drafts = reading.session.execute(
        _claims(Claim.purchase_id, Claim.created_at, on)
        .join(Purchase, Purchase.id == Claim.purchase_id)
        .where(
            Claim.state == State.DRAFT,
            Claim.fund == Fund.OMMT,
            on.between(reading.first - STILL_MATTERS, reading.last + EARLIER),
            ~has_certificate,
        )
        .order_by(Claim.purchase_id, Claim.id)
    )

    def same(row: Row[Any]) -> tuple[int, date, int]:
        return row.purchase_id, row.on, row.entered_by_id

    for rows in groups(drafts, same):
        row = rows[0]
        yield Training(
            purchase_id=row.purchase_id,
            course=reading.title(row.course_code),
            initials=tuple(initials_of(each.first_name, each.last_name) for each in rows),
            on=row.on,
            known_from=earliest(rows),
            people=reading.told.submitter(row.employer_id, row.entered_by_id),
        )


def ommt_drafts(reading: Reading, drafts: Iterable[Row[Any]]) -> Iterator[OmmtDrafts]:
    found = list(groups(drafts, lambda row: (row.employer_id, row.last_day_on)))
    names = _names(reading, {rows[0].employer_id for rows in found})
    for rows in found:
        employer_id = rows[0].employer_id
        yield OmmtDrafts(
            employer_id=employer_id,
            employer=names[employer_id],
            last_day_on=rows[0].last_day_on,
            drafts=len(rows),
            known_from=earliest(rows),
            people=reading.told.about_claims(employer_id, {row.entered_by_id for row in rows}),
        )


def _names(reading: Reading, employer_ids: set[int]) -> dict[int, str]:
    if not employer_ids:
        return {}
    return {row.id: row.name for row in reading.session.execute(select(Employer.id, Employer.name))}


def _named(reading: Reading, row: Row[Any]) -> dict[str, Any]:
    """What every message about a claim says of it."""
    return {
        "claim_id": row.id,
        "reference": references.written(row.base, Part(row.part)),
        "course": reading.title(row.course_code),
        "initials": initials_of(row.first_name, row.last_name),
    }


def _claims(*more: Any) -> Select[Any]:
    """Claims with what every message about them says, and ``more`` columns."""
    return select(
        Claim.id,
        Claim.base,
        Claim.part,
        Claim.course_code,
        Claim.employer_id,
        Claim.entered_by_id,
        Learner.first_name,
        Learner.last_name,
        *more,
    ).join(Learner, Learner.id == Claim.learner_id)
