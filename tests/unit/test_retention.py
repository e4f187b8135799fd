"""How long things are kept: to the day, and never while they are open."""

from datetime import date

import pytest

from claims.lifecycle import State
from claims.retention import account_due_on, bank_account_due_on, claim_due_on, empty_purchase_due_on

PAID_ON, LAST_ON = date(2026, 2, 2), date(2027, 3, 4)
OPEN = (State.SUBMITTED, State.NEEDS_ACTION, State.APPROVED, State.IN_PAYMENT)


@pytest.mark.parametrize("state", [State.PAID, State.RECOVERED])
def test_what_was_paid_is_kept_for_seven_years_after_payment_whatever_happened_since(state: State) -> None:
    assert claim_due_on(state, paid_on=PAID_ON, last_event_on=LAST_ON) == date(2033, 2, 2)
    assert claim_due_on(state, paid_on=None, last_event_on=LAST_ON) is None


@pytest.mark.parametrize("state", [State.REJECTED, State.WITHDRAWN, State.DRAFT])
def test_what_was_closed_is_kept_for_two_years_after_its_last_event(state: State) -> None:
    assert claim_due_on(state, paid_on=None, last_event_on=LAST_ON) == date(2029, 3, 4)
    assert claim_due_on(state, paid_on=None, last_event_on=None) is None


@pytest.mark.parametrize("state", OPEN)
def test_open_work_is_never_past_its_time(state: State) -> None:
    assert claim_due_on(state, paid_on=PAID_ON, last_event_on=LAST_ON) is None


def test_every_state_is_thought_of() -> None:
    dated = {each for each in State if claim_due_on(each, paid_on=PAID_ON, last_event_on=LAST_ON)}
    assert dated | set(OPEN) == set(State)


def test_nothing_goes_a_day_early_for_want_of_a_29_february() -> None:
    assert empty_purchase_due_on(date(2028, 2, 29)) == date(2030, 3, 1)
    assert claim_due_on(State.PAID, paid_on=date(2024, 2, 29), last_event_on=None) == date(2031, 3, 1)
    assert account_due_on(date(2028, 2, 28)) == date(2030, 2, 28)


def test_accounts_are_kept_while_they_are_open_or_in_use() -> None:
    assert account_due_on(None) is None
    assert bank_account_due_on(None, PAID_ON) is None
    assert bank_account_due_on(date(2026, 5, 1), None) == date(2033, 5, 1)
    assert bank_account_due_on(date(2026, 5, 1), date(2027, 5, 1)) == date(2034, 5, 1)
