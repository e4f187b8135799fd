"""Counting months, and the last day to claim that follows."""

from datetime import date

import pytest

from claims.rules.deadlines import add_months, last_day_of_all, last_day_to_claim, latest_anniversary
from claims.rules.facts import Part, TrainingFacts
from claims.rules.scheme import Fund
from tests.builders import a_year

YEAR = a_year()


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 9, 30), 3, date(2025, 12, 30)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2025, 11, 28), 3, date(2026, 2, 28)),
        (date(2025, 11, 29), 3, date(2026, 2, 28)),
        (date(2023, 11, 29), 3, date(2024, 2, 29)),
        (date(2025, 12, 31), 3, date(2026, 3, 31)),
        (date(2025, 1, 31), 3, date(2025, 4, 30)),
        (date(2025, 9, 1), 3, date(2025, 12, 1)),
        (date(2025, 10, 1), 3, date(2026, 1, 1)),
        (date(2025, 5, 31), 0, date(2025, 5, 31)),
        (date(2025, 5, 31), 1, date(2025, 6, 30)),
        (date(2025, 5, 31), 12, date(2026, 5, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(9999, 9, 30), 3, date(9999, 12, 30)),
        (date(9999, 10, 1), 3, date(9999, 12, 31)),
    ],
)
def test_adding_months_keeps_the_day_or_takes_the_last_of_a_shorter_month(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@pytest.mark.parametrize(
    ("on", "latest"),
    [
        (date(2025, 4, 1), date(2025, 4, 1)),
        (date(2025, 3, 31), date(2024, 4, 1)),
        (date(2025, 4, 2), date(2025, 4, 1)),
        (date(2026, 1, 1), date(2025, 4, 1)),
        (date(2, 3, 31), date(1, 4, 1)),
        (date(1, 3, 31), date(1, 4, 1)),
    ],
)
def test_the_latest_1_april_is_on_or_before_the_day(on: date, latest: date) -> None:
    assert latest_anniversary("04-01", on) == latest


def test_a_latest_day_may_be_late_in_the_year() -> None:
    assert latest_anniversary("12-31", date(2025, 12, 30)) == date(2024, 12, 31)
    assert latest_anniversary("12-31", date(2025, 12, 31)) == date(2025, 12, 31)


def _last_day(part: Part | None, fund: Fund = Fund.MAIN, **dates: date) -> date | None:
    return last_day_to_claim(part, fund, TrainingFacts(**dates), YEAR)


def test_the_start_part_runs_from_the_later_of_payment_and_start() -> None:
    may, june = date(2025, 5, 2), date(2025, 6, 3)
    assert _last_day(Part.START, paid_on=may, started_on=june) == date(2025, 9, 3)
    assert _last_day(Part.START, paid_on=june, started_on=may) == date(2025, 9, 3)
    assert _last_day(Part.START, paid_on=may, started_on=may, completed_on=june) == date(2025, 8, 2)


@pytest.mark.parametrize("part", [Part.FULL, Part.COMPLETION])
def test_other_parts_run_from_completion(part: Part) -> None:
    day = date(2025, 5, 2)
    assert _last_day(part, completed_on=date(2025, 9, 30)) == date(2025, 12, 30)
    assert _last_day(part, completed_on=date(2025, 9, 30), paid_on=day, started_on=day) == date(2025, 12, 30)


def test_before_a_date_is_known_the_last_day_is_not_guessed() -> None:
    day = date(2025, 5, 2)
    assert _last_day(Part.START, paid_on=day, completed_on=day) is None
    assert _last_day(Part.START, started_on=day, completed_on=day) is None
    assert _last_day(Part.FULL, paid_on=day, started_on=day) is None
    assert _last_day(Part.COMPLETION, paid_on=day, started_on=day) is None
    assert _last_day(None, paid_on=day, started_on=day, completed_on=day) is None


@pytest.mark.parametrize("part", [None, *Part])
def test_ommt_has_a_last_day_whatever_else_is_missing(part: Part | None) -> None:
    assert _last_day(part, Fund.OMMT) == date(2026, 3, 20)


def test_a_window_for_ommt_ends_at_the_fund_s_last_day_all_the_same() -> None:
    year = a_year(ommt_claim_window_months=2)

    def last_day(**dates: date) -> date | None:
        return last_day_to_claim(Part.FULL, Fund.OMMT, TrainingFacts(**dates), year)

    assert last_day(completed_on=date(2026, 1, 19)) == date(2026, 3, 19)
    assert last_day(completed_on=date(2026, 1, 20)) == date(2026, 3, 20)
    assert last_day(completed_on=date(2026, 1, 21)) == date(2026, 3, 20)
    assert last_day() is None


def test_the_last_day_of_all_is_the_latest_that_any_claim_of_the_year_can_have() -> None:
    assert last_day_of_all(YEAR) == date(2027, 3, 31)
    assert last_day_of_all(a_year(long_courses_completed_by=date(2026, 1, 31))) == date(2026, 6, 30)
    for latest in ("paid_to", "started_to"):
        year = a_year(long_courses_completed_by=date(2026, 1, 31), **{latest: date(2026, 5, 15)})
        assert last_day_of_all(year) == date(2026, 8, 15)
    assert last_day_of_all(a_year(ommt_last_day_to_claim=date(2027, 4, 1))) == date(2027, 4, 1)
