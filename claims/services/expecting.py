"""By when an employer may expect to hear, and to be paid."""

from datetime import date

from claims.clock import london_date
from claims.lifecycle import State
from claims.models import Claim
from claims.reminders.working_days import add_working_days
from claims.store.holidays import england_bank_holidays

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
