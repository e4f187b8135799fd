"""How long personal data is kept: the first day on which it is past its time, from how things stand. Pure.

Source: the scheme's rule on keeping and removing. It looks at the current state only: a rejection that was undone is
none, and whatever is still open is never past its time.
"""

from datetime import date

from claims.lifecycle import State

PAID_KEPT_YEARS = 7
"""After payment: paid and recovered claims, and bank accounts."""
CLOSED_KEPT_YEARS = 2
"""After the last event: rejected, withdrawn and abandoned claims. After closure: accounts."""
MESSAGES_KEPT_YEARS = 1
"""After sending."""
SESSIONS_KEPT_DAYS = 30
"""After they ended."""

PAID = frozenset({State.PAID, State.RECOVERED})
CLOSED = frozenset({State.DRAFT, State.REJECTED, State.WITHDRAWN})
"""A draft is abandoned when nothing happened to it or to its purchase for as long as a rejection is kept."""


def claim_due_on(state: State, *, paid_on: date | None, last_event_on: date | None) -> date | None:
    """The first day on which a claim's personal data is past its time; ``None`` while that day is not known or never.

    ``paid_on`` is the bank's day; ``last_event_on`` the London day of the last event about the claim, and for a draft
    about its purchase too.
    """
    if state in PAID:
        return _years_after(paid_on, PAID_KEPT_YEARS)
    if state in CLOSED:
        return _years_after(last_event_on, CLOSED_KEPT_YEARS)
    return None


def empty_purchase_due_on(last_event_on: date | None) -> date | None:
    """The same for a purchase that never had a claim, or lost all of them as drafts: abandoned like a draft."""
    return _years_after(last_event_on, CLOSED_KEPT_YEARS)


def account_due_on(closed_on: date | None) -> date | None:
    """The same for somebody's account; ``None`` while it is open."""
    return _years_after(closed_on, CLOSED_KEPT_YEARS)


def bank_account_due_on(replaced_on: date | None, last_paid_on: date | None) -> date | None:
    """The same for a bank account: never while it is the one in use, else after the last payment to it."""
    if replaced_on is None:
        return None
    return _years_after(max(replaced_on, last_paid_on or replaced_on), PAID_KEPT_YEARS)


def _years_after(day: date | None, years: int) -> date | None:
    """The same day of a later year; 1 March for a 29 February that is not there, so that nothing goes a day early."""
    if day is None:
        return None
    if (day.month, day.day) == (2, 29) and not _is_leap(day.year + years):
        return date(day.year + years, 3, 1)
    return day.replace(year=day.year + years)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
