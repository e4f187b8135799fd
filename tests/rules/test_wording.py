"""Dates and money in words."""

from datetime import date

import pytest

from claims.rules.wording import in_pounds, in_words, periods_in_words


def test_dates_are_written_in_full() -> None:
    assert in_words(date(2025, 8, 10)) == "10 August 2025"
    months = " ".join(in_words(date(2025, month, 1)).split()[1] for month in range(1, 13))
    assert months == "January February March April May June July August September October November December"


@pytest.mark.parametrize(
    ("pence", "words"),
    [
        (0, "£0.00"),
        (1, "£0.01"),
        (10, "£0.10"),
        (100, "£1.00"),
        (154000, "£1,540.00"),
        (40000000, "£400,000.00"),
        (99999, "£999.99"),
        (123456789, "£1,234,567.89"),
        (-1, "-£0.01"),
        (-12345, "-£123.45"),
    ],
)
def test_money_is_written_in_pounds_and_pence(pence: int, words: str) -> None:
    assert in_pounds(pence) == words


def test_periods_are_joined_by_and() -> None:
    first, last, again, end = date(2024, 4, 1), date(2025, 2, 4), date(2025, 9, 1), date(2025, 9, 2)
    assert periods_in_words([(first, last)]) == "from 1 April 2024 until 4 February 2025"
    assert periods_in_words([(first, last), (again, end)]) == (
        "from 1 April 2024 until 4 February 2025 and from 1 September 2025 until 2 September 2025"
    )
