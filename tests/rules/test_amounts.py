"""What a claim is worth: rounding, sharing, caps, and what was fixed earlier."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from claims.rules.amounts import CostPerLearner, cost_per_learner, share_of
from claims.rules.engine import assess
from claims.rules.findings import Amount
from tests.builders import a_reference, a_year, the_example
from tests.rules.judgements import (
    COMPLETION,
    EXTERNAL_OMMT,
    FULL,
    INTERNAL_OMMT,
    REFERENCE,
    Changes,
    claim,
    employer,
    laid_over,
    training,
)

NOTHING_KNOWN = Amount(None, None, None, None, estimate=False)


def _amount(*changes: Changes, today: date = date(2025, 6, 1)) -> Amount:
    return assess(the_example(**laid_over(*changes)), REFERENCE, today).amount


def _start_part(**known: Any) -> Mapping[str, Mapping[str, Any]]:
    return claim(start_part={"state": "approved", **known})


@pytest.mark.parametrize(
    ("pence", "percent", "share"),
    [
        (154000, 60, 92400),
        (133333, 60, 80000),
        (12555, 60, 7533),
        (9999, 60, 5999),
        (1, 50, 1),
        (3, 50, 2),
        (1, 49, 0),
        (0, 60, 0),
        (7, 100, 7),
        (101, 0, 0),
    ],
)
def test_half_a_penny_rounds_up(pence: int, percent: int, share: int) -> None:
    assert share_of(pence, percent) == share


@pytest.mark.parametrize(
    ("total", "other", "people", "each"),
    [
        (36000, 0, 8, CostPerLearner(4500, 0, 0)),
        (10000, 0, 3, CostPerLearner(3333, 0, 1)),
        (10001, 0, 3, CostPerLearner(3333, 0, 2)),
        (10002, 0, 3, CostPerLearner(3334, 0, 0)),
        (10000, 1000, 3, CostPerLearner(3333, 333, 0)),
        (10000, 999, 3, CostPerLearner(3333, 333, 1)),
        (10000, 1001, 3, CostPerLearner(3333, 334, 2)),
        (10000, 10000, 3, CostPerLearner(3333, 3333, 0)),
        (10000, 0, 1, CostPerLearner(10000, 0, 0)),
        (2, 0, 3, CostPerLearner(0, 0, 2)),
    ],
)
def test_a_total_is_shared_net_and_rounded_down_and_what_remains_is_said(
    total: int, other: int, people: int, each: CostPerLearner
) -> None:
    assert cost_per_learner(total, other, people) == each


@pytest.mark.parametrize("people", [0, -1])
def test_an_invoice_covers_at_least_one_person(people: int) -> None:
    with pytest.raises(ValueError, match=r"^An invoice covers at least one person\.$"):
        cost_per_learner(10000, 0, people)


@pytest.mark.parametrize(
    ("cost", "other", "reimbursable"),
    [
        ("499.99", "0.00", 49999),
        ("500.00", "0.00", 50000),
        ("500.01", "0.00", 50000),
        ("510.00", "9.99", 50000),
        ("510.00", "10.00", 50000),
        ("510.00", "10.01", 49999),
        ("10.00", "9.99", 1),
        ("10.00", "10.00", 0),
        ("10.00", "10.01", 0),
        ("0.00", "0.00", 0),
        ("600.00", None, 50000),
        ("10.00", None, 1000),
    ],
)
def test_the_cost_less_other_funding_counts_up_to_the_maximum(cost: str, other: str | None, reimbursable: int) -> None:
    amount = _amount(FULL, training(cost_gbp=cost, other_funding_gbp=other))
    assert amount == Amount(reimbursable, reimbursable, reimbursable, None, estimate=False)


def test_without_a_cost_the_amounts_are_not_known() -> None:
    assert _amount(FULL, training(cost_gbp=None)) == NOTHING_KNOWN
    assert _amount(training(cost_gbp=None, paid_on=None)) == NOTHING_KNOWN


@pytest.mark.parametrize("code", [None, "NOPE"])
def test_without_a_known_course_the_amounts_are_not_known(code: str | None) -> None:
    assert _amount(FULL, training(course=code)) == NOTHING_KNOWN


def test_without_a_part_only_the_whole_is_known() -> None:
    assert _amount(claim(part=None)) == Amount(154000, None, None, None, estimate=False)
    assert _amount(claim(part=None), training(paid_on=None)) == Amount(154000, None, None, None, estimate=True)


def test_internal_ommt_is_worth_its_fixed_amount_whatever_the_cost() -> None:
    for cost, other in ((None, None), ("0.00", "0.00"), ("99.00", "98.00")):
        amount = _amount(INTERNAL_OMMT, training(cost_gbp=cost, other_funding_gbp=other))
        assert amount == Amount(1250, 1250, 1250, None, estimate=False)
    assert _amount(INTERNAL_OMMT, training(completed_on=None)).estimate


def test_the_maximum_is_that_of_the_payment_date() -> None:
    assert _amount(training(paid_on="2025-03-31")).reimbursable_pence == 150000
    assert _amount(training(paid_on="2025-04-01")).reimbursable_pence == 154000
    assert not _amount(training(paid_on="2025-04-01")).estimate


def test_a_course_that_was_not_listed_when_it_was_paid_for_is_worth_nothing() -> None:
    assert _amount(training(paid_on="2026-04-01")) == Amount(0, 0, 0, 0, estimate=False)
    assert _amount(INTERNAL_OMMT, training(completed_on="2026-04-01")) == Amount(0, 0, 0, None, estimate=False)


@pytest.mark.parametrize(
    ("today", "maximum"),
    [
        (date(2025, 3, 31), 150000),
        (date(2025, 4, 1), 154000),
        (date(2026, 3, 31), 154000),
        (date(2030, 1, 1), 154000),
        (date(2020, 1, 1), 154000),
    ],
)
def test_without_a_payment_date_today_s_or_the_latest_maximum_makes_an_estimate(today: date, maximum: int) -> None:
    amount = _amount(training(paid_on=None), today=today)
    assert (amount.reimbursable_pence, amount.estimate) == (maximum, True)


def test_start_and_completion_make_up_the_whole() -> None:
    start = _amount(training(cost_gbp="1333.33"))
    assert (start.entitlement_pence, start.left_for_completion_pence) == (80000, 53333)


def test_the_completion_part_goes_by_what_was_fixed_with_the_start_part() -> None:
    fixed = _start_part(amount_gbp="900.00", reimbursable_gbp="1500.00")
    expected = Amount(150000, 60000, 60000, None, estimate=False)
    assert _amount(COMPLETION, fixed) == expected
    assert _amount(COMPLETION, fixed, training(cost_gbp="5.00")) == expected
    assert _amount(COMPLETION, fixed, training(cost_gbp=None, course=None, paid_on=None)) == expected
    assert _amount(COMPLETION, fixed, training(paid_on="2026-04-01")) == expected


def test_the_completion_part_takes_off_the_entitlement_of_the_start_part() -> None:
    assert _amount(COMPLETION, _start_part(amount_gbp="1499.99", reimbursable_gbp="1500.00")).entitlement_pence == 1
    assert _amount(COMPLETION, _start_part(amount_gbp="1500.00", reimbursable_gbp="1500.00")).entitlement_pence == 0
    assert _amount(COMPLETION, _start_part(amount_gbp="1500.01", reimbursable_gbp="1500.00")).entitlement_pence == 0


def test_what_is_not_known_of_the_start_part_follows_from_the_course() -> None:
    assert _amount(COMPLETION, _start_part(amount_gbp="900.00")) == Amount(154000, 64000, 64000, None, estimate=False)
    assert _amount(COMPLETION, _start_part()) == Amount(154000, 61600, 61600, None, estimate=False)
    assert _amount(COMPLETION, _start_part(reimbursable_gbp="1500.00")).entitlement_pence == 60000
    assert _amount(COMPLETION, claim(start_part=None)) == Amount(154000, 61600, 61600, None, estimate=False)
    assert _amount(COMPLETION, claim(start_part=None), training(paid_on=None)).estimate
    assert _amount(COMPLETION, _start_part(amount_gbp="900.00"), training(cost_gbp=None)) == NOTHING_KNOWN


def test_a_start_part_is_looked_at_by_the_completion_part_only() -> None:
    fixed = _start_part(amount_gbp="1.00", reimbursable_gbp="2.00")
    assert _amount(fixed) == Amount(154000, 92400, 92400, 61600, estimate=False)
    assert _amount(FULL, fixed) == Amount(50000, 50000, 50000, None, estimate=False)


@pytest.mark.parametrize(
    ("committed", "payable"),
    [
        ("399500.00", 50000),
        ("399500.01", 49999),
        ("399999.99", 1),
        ("400000.00", 0),
        ("400000.01", 0),
        ("0.00", 50000),
        (None, None),
    ],
)
def test_what_is_left_under_the_cap_is_paid(committed: str | None, payable: int | None) -> None:
    amount = _amount(FULL, employer(committed_gbp=committed))
    assert amount == Amount(50000, 50000, payable, None, estimate=False)


def test_a_fund_without_a_cap_pays_the_whole_whatever_is_committed() -> None:
    for committed in (None, "0.00", "999999.00"):
        assert _amount(EXTERNAL_OMMT, employer(committed_gbp=committed)).payable_pence == 2500


def test_share_and_cap_are_those_of_the_claim_s_year_and_fund() -> None:
    reference = a_reference(years=(a_year(start_share_percent=50, cap_main_pence=70001, cap_ommt_pence=2499),))
    today = date(2025, 6, 1)
    assert assess(the_example(), reference, today).amount == Amount(154000, 77000, 70001, 77000, estimate=False)
    ommt = assess(the_example(**EXTERNAL_OMMT), reference, today)
    assert ommt.amount.payable_pence == 2499
    assert ommt.findings[-1].outcome == "check"
    assert [parameter.name for parameter in ommt.findings[-1].parameters] == ["cap_ommt_pence"]
