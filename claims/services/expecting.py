"""By when an employer may expect to hear, and to be paid."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from claims.clock import LONDON, london_date
from claims.lifecycle import State
from claims.models import Claim
from claims.reminders.working_days import add_working_days
from claims.store.holidays import england_bank_holidays
from claims.store.money import MoneyAtAGlance, ToBePaid

DECISION_WORKING_DAYS = 10
"""The scheme's standard. Source: docs/product.md, the assessors' queue."""
PAYMENT_WORKING_DAYS = 10
"""From the decision to the money in the bank. No source gives a standard; argued in
docs/decisions/0015-when-to-expect-the-money.md."""


def decision_expected_after(submitted_on: date) -> date:
    """The last day of the standard for what was sent on ``submitted_on``."""
    return add_working_days(submitted_on, DECISION_WORKING_DAYS, england_bank_holidays())


def payment_expected_after(decided_on: date) -> date:
    """The day by which what was approved on ``decided_on`` should have been paid."""
    return add_working_days(decided_on, PAYMENT_WORKING_DAYS, england_bank_holidays())


def decision_expected_on(claim: Claim) -> date | None:
    """The last day of the standard, counted from when the claim was last sent; ``None`` before it was sent."""
    return None if claim.submitted_at is None else decision_expected_after(london_date(claim.submitted_at))


def payment_expected_on(claim: Claim) -> date | None:
    """When the money of a claim should be there: counted from its decision, or else from when that is expected.

    ``None`` for what is not on its way to a payment.
    """
    if claim.state in (State.APPROVED, State.IN_PAYMENT) and claim.decided_at is not None:
        return payment_expected_after(london_date(claim.decided_at))
    expected_on = decision_expected_on(claim) if claim.state == State.SUBMITTED else None
    return None if expected_on is None else payment_expected_after(expected_on)


@dataclass(frozen=True, slots=True)
class ExpectedPayment:
    """Pence that should be paid between two days, both inclusive; one and the same for the decisions of one day."""

    pence: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class ExpectedPayments:
    """What is approved of one fund and year, by whether its day has passed."""

    overdue: ExpectedPayment | None
    """Should have been paid before today."""
    to_come: ExpectedPayment | None
    """Should be paid today or later."""


def payment_in_time_from(today: date) -> datetime:
    """The instant from which on a decision leaves the money until ``today`` or later, as the page of its claim says."""
    decided_on = today
    while payment_expected_after(decided_on - timedelta(days=1)) >= today:
        decided_on -= timedelta(days=1)
    return datetime.combine(decided_on, time(), LONDON).astimezone(UTC)


def payments_expected(row: MoneyAtAGlance) -> ExpectedPayments:
    """Of money that was parted at ``payment_in_time_from``."""
    return ExpectedPayments(_expected(row.overdue), _expected(row.in_time))


def _expected(part: ToBePaid | None) -> ExpectedPayment | None:
    if part is None:
        return None
    days = [payment_expected_after(london_date(at)) for at in (part.first_decided_at, part.last_decided_at)]
    return ExpectedPayment(part.pence, days[0], days[1])
