"""Looking things up in the reference."""

from datetime import date

import pytest

from claims.rules.scheme import Fund, Parameter, RoleCategory, SchemeYear, entry_on, listed_periods
from tests.builders import a_reference, a_year, a_year_later, an_entry


def test_a_year_gives_its_parameters_by_kind() -> None:
    year = a_year()

    assert year.day("paid_from") == date(2025, 4, 1)
    assert year.number("start_share_percent") == 60
    assert year.number_or_none("cap_main_pence") == 40000000
    assert year.number_or_none("cap_ommt_pence") is None
    assert year.text("workforce_data_updated_since") == "04-01"


def test_a_year_says_what_an_employer_may_be_paid_at_most_from_each_fund() -> None:
    assert a_year().cap_pence(Fund.MAIN) == 400_000_00
    assert a_year().cap_pence(Fund.OMMT) is None


@pytest.mark.parametrize(
    ("kind", "name", "complaint"),
    [
        (SchemeYear.day, "claim_window_months", "claim_window_months of 2025-26 is not a date: 3"),
        (SchemeYear.number, "paid_from", "paid_from of 2025-26 is not a whole number: datetime.date(2025, 4, 1)"),
        (SchemeYear.number, "cap_ommt_pence", "cap_ommt_pence of 2025-26 has no value"),
        (SchemeYear.number_or_none, "workforce_data_updated_since", "is not a whole number: '04-01'"),
        (SchemeYear.text, "claim_window_months", "claim_window_months of 2025-26 is not text: 3"),
    ],
)
def test_a_parameter_of_another_kind_is_refused(kind: object, name: str, complaint: str) -> None:
    assert callable(kind)
    with pytest.raises(TypeError) as refused:
        kind(a_year(), name)
    assert str(refused.value).endswith(complaint)


def test_parameters_come_in_the_order_asked_for() -> None:
    assert a_year().parameters_named("paid_to", "claim_window_months") == (
        Parameter("paid_to", date(2026, 3, 31), "a source", "confirmed"),
        Parameter("claim_window_months", 3, "a source", "confirmed"),
    )


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 3, 31), None),
        (date(2025, 4, 1), "2025-26"),
        (date(2026, 3, 31), "2025-26"),
        (date(2026, 4, 1), "2026-27"),
        (date(2027, 3, 31), "2026-27"),
        (date(2027, 4, 1), None),
    ],
)
def test_a_day_is_in_one_year_or_none(day: date, name: str | None) -> None:
    year = a_reference(years=(a_year(), a_year_later())).year_paid_on(day)
    assert (year.name if year else None) == name


def test_an_entry_holds_on_its_first_and_last_day() -> None:
    first = an_entry(paid_from=date(2025, 4, 1), paid_to=date(2025, 9, 30))
    second = an_entry(paid_from=date(2025, 10, 2), paid_to=date(2026, 3, 31))

    assert entry_on((first, second), date(2025, 4, 1)) is first
    assert entry_on((first, second), date(2025, 9, 30)) is first
    assert entry_on((first, second), date(2025, 10, 1)) is None
    assert entry_on((first, second), date(2025, 10, 2)) is second
    assert entry_on((first, second), date(2026, 3, 31)) is second
    assert entry_on((first, second), date(2025, 3, 31)) is None
    assert entry_on((first, second), date(2026, 4, 1)) is None


def test_entries_that_follow_each_other_are_one_time_on_the_list() -> None:
    spring = an_entry(paid_from=date(2025, 4, 1), paid_to=date(2025, 4, 30))
    may = an_entry(paid_from=date(2025, 5, 1), paid_to=date(2025, 5, 31))
    within = an_entry(paid_from=date(2025, 4, 5), paid_to=date(2025, 4, 6))
    later = an_entry(paid_from=date(2025, 6, 2), paid_to=date(2025, 6, 30))

    assert listed_periods((spring,)) == ((date(2025, 4, 1), date(2025, 4, 30)),)
    assert listed_periods((spring, may)) == ((date(2025, 4, 1), date(2025, 5, 31)),)
    assert listed_periods((spring, within)) == ((date(2025, 4, 1), date(2025, 4, 30)),)
    assert listed_periods((may, later)) == (
        (date(2025, 5, 1), date(2025, 5, 31)),
        (date(2025, 6, 2), date(2025, 6, 30)),
    )


def test_amounts_that_wait_for_the_official_list_are_not_confirmed() -> None:
    assert an_entry(source="A list; confirm against the current GOV.UK list").confidence == "unconfirmed"
    assert an_entry(source="TQUK funding update April 2025").confidence == "secondary"


@pytest.mark.parametrize(
    ("fund", "delivery", "internal"),
    [
        (Fund.OMMT, "internal", True),
        (Fund.OMMT, "external", False),
        (Fund.OMMT, "", False),
        (Fund.MAIN, "internal", False),
    ],
)
def test_internal_ommt_is_known_by_fund_and_delivery(fund: Fund, delivery: str, internal: bool) -> None:
    assert an_entry(fund=fund, delivery=delivery).is_internal_ommt is internal


@pytest.mark.parametrize(
    ("from_on", "to_on", "day", "holds"),
    [
        (None, None, date(2026, 1, 1), True),
        (date(2026, 1, 1), None, date(2025, 12, 31), False),
        (date(2026, 1, 1), None, date(2026, 1, 1), True),
        (None, date(2026, 1, 31), date(2026, 1, 31), True),
        (None, date(2026, 1, 31), date(2026, 2, 1), False),
    ],
)
def test_a_role_category_holds_on_its_first_and_its_last_day(
    from_on: date | None, to_on: date | None, day: date, holds: bool
) -> None:
    category = RoleCategory("night-worker", "Night worker", "direct care", "Works at night", 9, from_on, to_on)
    assert category.holds_on(day) is holds
