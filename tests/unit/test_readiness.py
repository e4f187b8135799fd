"""What blocks a claim, by kind and in order."""

from dataclasses import replace
from datetime import date

import pytest

from claims.readiness import Obstacle, Standing, find_blockers
from claims.rules.engine import assess
from claims.rules.facts import Facts, Part
from tests.builders import a_reference, the_example

READY = Standing(
    part=Part.START,
    registered=True,
    suspended=False,
    has_bank_details=True,
    by_plan=False,
    is_internal_ommt=False,
    payment_files=1,
    certificates=0,
)
TODAY = date(2025, 6, 1)


def blocking(standing: Standing, facts: Facts | None = None, today: date = TODAY) -> list[Obstacle]:
    assessment = assess(facts or the_example(), a_reference(), today)
    return [found.obstacle for found in find_blockers(assessment, standing)]


def test_a_ready_claim_is_blocked_by_nothing() -> None:
    assert blocking(READY) == []


@pytest.mark.parametrize(
    ("changed", "obstacle"),
    [
        ({"registered": False}, Obstacle.REGISTRATION),
        ({"suspended": True}, Obstacle.REGISTRATION),
        ({"suspended": True, "registered": False}, Obstacle.REGISTRATION),
        ({"payment_rejected": True}, Obstacle.PAYMENT),
        ({"has_bank_details": False}, Obstacle.BANK_DETAILS),
        ({"payment_files": 0}, Obstacle.EVIDENCE),
        ({"part": Part.FULL}, Obstacle.EVIDENCE),
        ({"part": Part.FULL, "certificates": 2}, Obstacle.EVIDENCE),
        ({"part": Part.COMPLETION, "payment_files": 0}, Obstacle.EVIDENCE),
        ({"part": Part.COMPLETION, "by_plan": True, "certificates": 1, "payment_files": 0}, Obstacle.EVIDENCE),
    ],
)
def test_one_thing_missing_is_one_blocker(changed: dict[str, object], obstacle: Obstacle) -> None:
    assert blocking(replace(READY, **changed)) == [obstacle]


@pytest.mark.parametrize(
    "changed",
    [
        {"part": Part.FULL, "certificates": 1},
        {"part": Part.COMPLETION, "certificates": 1, "payment_files": 0},
        {"part": Part.COMPLETION, "by_plan": True, "certificates": 1},
        {"part": Part.FULL, "is_internal_ommt": True, "certificates": 1, "payment_files": 0},
    ],
)
def test_each_part_needs_its_own_evidence_and_no_more(changed: dict[str, object]) -> None:
    assert blocking(replace(READY, **changed)) == []


@pytest.mark.parametrize(
    ("facts", "obstacle"),
    [
        (the_example(learner={"works_in_england": None}), Obstacle.FACTS),
        (the_example(learner={"works_in_england": False}), Obstacle.RULES),
        (the_example(employer={"agreement_signed_on": None}), Obstacle.AGREEMENT),
        (the_example(employer={"agreement_signed_on": "2025-06-02"}), Obstacle.AGREEMENT),
        (the_example(claim={"overlapping": None}), Obstacle.DUPLICATE),
        (the_example(claim={"overlapping": {"own": [], "another_employer": True}}), Obstacle.DUPLICATE),
        (
            the_example(claim={"first_submitted_on": "2025-08-11", "submitted_on": "2025-08-11"}),
            Obstacle.DEADLINE,
        ),
    ],
)
def test_a_finding_is_shown_under_its_own_obstacle(facts: Facts, obstacle: Obstacle) -> None:
    assert blocking(READY, facts) == [obstacle]


def test_a_missing_completion_date_is_asked_for_once() -> None:
    facts = the_example(
        training={"course": "LTS", "completed_on": None},
        learner={"employed_on_completion": None},
        claim={"part": "full"},
    )
    ready = replace(READY, part=Part.FULL, certificates=1)
    assert [found.rule for found in find_blockers(assess(facts, a_reference(), TODAY), ready)] == ["training-completed"]


def test_a_check_blocks_nothing() -> None:
    assert blocking(READY, the_example(employer={"committed_gbp": "399900.00"})) == []


def test_blockers_come_in_the_order_in_which_to_put_them_right() -> None:
    facts = the_example(
        employer={"agreement_signed_on": None, "provides_adult_social_care": None},
        learner={"works_in_england": False},
        claim={
            "first_submitted_on": "2025-08-11",
            "submitted_on": "2025-08-11",
            "overlapping": {"own": ["7KD-4XQ2-M9RT-B"], "another_employer": False},
        },
    )
    everything = replace(READY, registered=False, payment_rejected=True, has_bank_details=False, payment_files=0)
    assert blocking(everything, facts) == list(Obstacle)
