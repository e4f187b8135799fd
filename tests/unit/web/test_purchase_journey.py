"""The steps of a purchase: which arise, how far one may go, what comes next and before."""

from datetime import date

import pytest

from claims.models import Claim, Purchase
from claims.services.purchasing import Details
from claims.web.journeys.purchase import STEPS, Progress, furthest, may_open, step_after, step_before, steps_of

EVERYTHING = frozenset(Details.__annotations__)
TOLD = {
    "provider": "Bright Training",
    "paid_on": date(2026, 1, 12),
    "cost_pence": 1600_00,
    "started_on": date(2026, 1, 19),
    "apprenticeship": False,
    "claimed_as": "split",
}


def a_progress(
    *parts: str, internal: bool = False, split: bool = True, may: frozenset[str] = EVERYTHING, **told: object
) -> Progress:
    return Progress(Purchase(**told), [Claim(part=part) for part in parts], internal, split, may)


def slugs(progress: Progress) -> list[str]:
    return [step.slug for step in steps_of(progress)]


def test_a_split_course_is_asked_everything() -> None:
    assert slugs(a_progress("full")) == [step.slug for step in STEPS]


def test_a_start_part_is_asked_for_no_completion() -> None:
    assert "completion-dates" not in slugs(a_progress("start"))
    assert "completion-dates" in slugs(a_progress("start", "completion"))


def test_internal_training_is_asked_for_no_payment_and_no_way() -> None:
    assert slugs(a_progress(internal=True, split=False)) == ["training-dates", "learners", "evidence", "check"]


@pytest.mark.parametrize("known", range(6))
def test_the_furthest_step_is_the_first_that_is_not_done(known: int) -> None:
    order = ["payment", "cost", "training-dates", "way-of-claiming", "learners", "check"]
    names = (("provider", "paid_on"), ("cost_pence",), ("started_on", "apprenticeship"), ("claimed_as",))
    told = {name: TOLD[name] for group in names[:known] for name in group}
    progress = a_progress(*(["start"] if known == 5 else []), **told)
    assert furthest(progress).slug == order[known]
    assert may_open(progress, order[known])
    assert all(may_open(progress, slug) for slug in order[:known])
    assert not any(may_open(progress, slug) for slug in order[known + 1 :])


def test_a_payment_date_told_before_is_not_enough_without_the_provider() -> None:
    told = {**TOLD, "provider": None}
    assert furthest(a_progress(**told)).slug == "payment"


def test_a_start_date_without_the_other_answer_is_not_done() -> None:
    told = {**TOLD, "apprenticeship": None}
    assert furthest(a_progress(**told)).slug == "training-dates"


def test_what_is_fixed_is_closed_and_the_rest_is_open() -> None:
    progress = a_progress("start", may=frozenset({"started_on", "planned_end_on"}), **TOLD)
    assert slugs(progress) == ["learners", "evidence", "check"]
    assert not may_open(progress, "payment")
    assert furthest(progress).slug == "check"


def test_next_and_back_pass_over_what_does_not_arise() -> None:
    progress = a_progress("start", split=False, **TOLD)
    assert step_after(progress, "training-dates").slug == "learners"
    assert step_before(progress, "learners").slug == "training-dates"
    assert step_after(progress, "learners").slug == "evidence"
    assert step_before(progress, "payment") is None
    assert step_after(progress, "check").slug == "check"


def test_next_is_known_from_a_step_that_is_closed_by_now() -> None:
    progress = a_progress("start", may=frozenset(), **TOLD)
    assert step_after(progress, "cost").slug == "learners"
