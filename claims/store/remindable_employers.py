"""The employers that are reminded: what they have not signed, told or done, and what closes on them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from claims.clock import london_date
from claims.lifecycle import State
from claims.models import Agreement, BankAccount, Claim, Commitment, Employer, Purchase
from claims.models.employers import MAY_SUBMIT
from claims.reminders.facts import Committed, NoBankDetails, OpenPurchases, Outdated, Unsigned
from claims.reminders.plan import DAYS_AFTER_REGISTRATION, DAYS_BEFORE_YEAR_CLOSES, SHARES_OF_CAP
from claims.reminders.stages import STILL_MATTERS
from claims.rules.scheme import SchemeYear
from claims.store.reading import EARLIER, Reading, earliest, groups

Drafted = dict[tuple[int, str | None], date]
"""By employer and scheme year: since when there is a draft that has its dates and can still be submitted."""


def first_dated_drafts(reading: Reading) -> Drafted:
    """By employer and year: since when there is a draft that has its dates and can still be submitted."""
    rows = reading.session.execute(
        select(Claim.employer_id, Claim.scheme_year, func.min(Claim.created_at, type_=Claim.created_at.type))
        .where(Claim.state == State.DRAFT, Claim.last_day_on >= reading.first)
        .group_by(Claim.employer_id, Claim.scheme_year)
    )
    return {(employer_id, year): london_date(created_at) for employer_id, year, created_at in rows}


def unsigned(reading: Reading, blocked: Drafted) -> Iterator[Unsigned]:
    for year in reading.reference.years:
        begins_on, ends_on = year.day("paid_from"), year.day("paid_to")
        if begins_on > reading.last:
            continue
        signed = select(Agreement.employer_id).where(Agreement.scheme_year == year.name)
        for employer in reading.session.execute(_registered().where(Employer.id.not_in(signed))):
            drafted_on = blocked.get((employer.id, year.name))
            if drafted_on or reading.first <= ends_on:
                yield Unsigned(
                    employer_id=employer.id,
                    employer=employer.name,
                    year=year.name,
                    begins_on=begins_on,
                    ends_on=ends_on,
                    registered_on=london_date(employer.created_at),
                    blocked_on=drafted_on and max(drafted_on, begins_on),
                    people=reading.told.officers(employer.id),
                )


def outdated(reading: Reading, blocked: Drafted) -> Iterator[Outdated]:
    drafted_on: dict[int, date] = {}
    for (employer_id, _), created_on in blocked.items():
        drafted_on[employer_id] = min(created_on, drafted_on.get(employer_id, created_on))
    for since in sorted({_latest_april(reading.first), _latest_april(reading.last)}):
        before = or_(
            Employer.workforce_data_updated_on.is_(None),
            Employer.workforce_data_updated_on < since,
        )
        for employer in reading.session.execute(_registered().where(before)):
            drafted = drafted_on.get(employer.id)
            yield Outdated(
                employer_id=employer.id,
                employer=employer.name,
                since=since,
                registered_on=london_date(employer.created_at),
                blocked_on=drafted and max(drafted, since),
                people=reading.told.officers(employer.id),
            )


def no_bank_details(reading: Reading) -> Iterator[NoBankDetails]:
    given = select(BankAccount.employer_id).where(BankAccount.replaced_at.is_(None))
    longest_ago = reading.first - timedelta(days=max(DAYS_AFTER_REGISTRATION)) - STILL_MATTERS - EARLIER
    for employer in reading.session.execute(_registered().where(Employer.id.not_in(given))):
        registered_on = london_date(employer.created_at)
        if registered_on >= longest_ago:
            yield NoBankDetails(employer.id, employer.name, registered_on, reading.told.officers(employer.id))


def open_purchases(reading: Reading) -> Iterator[OpenPurchases]:
    nearest = reading.last + timedelta(days=max(DAYS_BEFORE_YEAR_CLOSES)) + EARLIER
    for year in reading.reference.years:
        if reading.first <= year.day("paid_to") <= nearest:
            yield from _open_purchases_of(reading, year)


def _open_purchases_of(reading: Reading, year: SchemeYear) -> Iterator[OpenPurchases]:
    begins_on, closes_on = year.day("paid_from"), year.day("paid_to")
    purchases = reading.session.execute(
        select(
            Purchase.employer_id,
            Employer.name,
            Purchase.entered_by_id,
            Purchase.created_at,
            Purchase.course_code,
            Purchase.paid_on,
            Purchase.started_on,
        )
        .join(Employer, Employer.id == Purchase.employer_id)
        .where(
            Purchase.fixed_at.is_(None),
            or_(Purchase.paid_on.is_(None), Purchase.paid_on.between(begins_on, closes_on)),
        )
        .order_by(Purchase.employer_id, Purchase.id)
    )
    of_the_year: list[Any] = [row for row in purchases if row.paid_on or london_date(row.created_at) >= begins_on]
    for rows in groups(of_the_year, lambda row: row.employer_id):
        row = rows[0]
        yield OpenPurchases(
            employer_id=row.employer_id,
            employer=row.name,
            year=year.name,
            closes_on=closes_on,
            settled_on=tuple(_settled_on(reading, each) for each in rows),
            known_from=earliest(rows),
            people=reading.told.about_claims(row.employer_id, {each.entered_by_id for each in rows}),
        )


def _settled_on(reading: Reading, purchase: Row[Any]) -> date | None:
    """The day by which it is paid for and started; training that the employer gives itself is not paid for."""
    entries = reading.reference.courses.get(purchase.course_code)
    paid_on = purchase.started_on if entries and entries[-1].is_internal_ommt else purchase.paid_on
    return max(paid_on, purchase.started_on) if paid_on and purchase.started_on else None


def committed(reading: Reading) -> Iterator[Committed]:
    near = reading.session.execute(
        select(Commitment, Employer.name)
        .join(Employer, Employer.id == Commitment.employer_id)
        .where(
            Commitment.cap_pence > 0,
            Commitment.committed_pence * 100 >= Commitment.cap_pence * min(SHARES_OF_CAP),
        )
        .order_by(Commitment.employer_id, Commitment.scheme_year, Commitment.fund)
    )
    for row, name in near:
        yield Committed(
            employer_id=row.employer_id,
            employer=name,
            fund=row.fund,
            year=row.scheme_year,
            committed_pence=row.committed_pence,
            cap_pence=row.cap_pence or 0,
            people=reading.told.officers(row.employer_id),
        )


def _registered() -> Select[Any]:
    columns: tuple[Any, ...] = (Employer.id, Employer.name, Employer.created_at)
    return select(*columns).where(Employer.registration.in_(MAY_SUBMIT)).order_by(Employer.id)


def _latest_april(day: date) -> date:
    """The latest 1 April on or before ``day``."""
    return date(day.year if day >= date(day.year, 4, 1) else day.year - 1, 4, 1)
