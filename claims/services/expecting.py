"""By when an employer may expect to hear."""

from datetime import date

from claims.clock import london_date
from claims.models import Claim
from claims.reminders.working_days import add_working_days
from claims.store.holidays import england_bank_holidays

DECISION_WORKING_DAYS = 10
"""The scheme's standard. Source: docs/product.md, the assessors' queue."""


def decision_expected_on(claim: Claim) -> date | None:
    """The last day of the standard, counted from when the claim was last sent; ``None`` before it was sent."""
    if claim.submitted_at is None:
        return None
    return add_working_days(london_date(claim.submitted_at), DECISION_WORKING_DAYS, england_bank_holidays())
