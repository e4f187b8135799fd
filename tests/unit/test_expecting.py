"""By when money is expected, and that what is overdue is parted as the pages of the claims part it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from claims.clock import LONDON
from claims.services.expecting import payment_expected_after, payment_in_time_from


def test_money_is_in_time_from_the_first_decision_whose_day_has_not_passed() -> None:
    # Monday 2 February 2026 is the tenth working day after Monday 19 January.
    assert payment_in_time_from(date(2026, 2, 2)) == datetime(2026, 1, 19, tzinfo=UTC)
    # Decided between Friday and Sunday, it was expected on Friday 30 January.
    assert payment_in_time_from(date(2026, 1, 30)) == datetime(2026, 1, 16, tzinfo=UTC)
    # In summer the London day begins an hour before the UTC one.
    assert payment_in_time_from(date(2026, 6, 15)) == datetime(2026, 5, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize("today", [date(2025, 12, 20) + timedelta(days) for days in range(120)])
def test_every_day_is_parted_as_its_own_claims_are(today: date) -> None:
    in_time_from = payment_in_time_from(today)
    for ago in range(40):
        decided_on = today - timedelta(ago)
        for hour in (time(0, 0), time(23, 59)):
            decided_at = datetime.combine(decided_on, hour, LONDON)
            assert (decided_at >= in_time_from) == (payment_expected_after(decided_on) >= today)
