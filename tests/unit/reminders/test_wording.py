"""What letters say where somebody else's words stand in them."""

from datetime import date

import pytest

from claims.reminders.wording import word_failed_payment


@pytest.mark.parametrize("reason", ["Account closed", "Account closed."])
def test_the_banks_reason_is_a_sentence_of_its_own_whether_or_not_it_ends_as_one(reason: str) -> None:
    text = word_failed_payment("Hartley House", 230_000, reason, date(2026, 2, 2)).text
    assert "Hartley House: Account closed. Check your bank details." in text
