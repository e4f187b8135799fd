"""Where a learner stands on the pathway is suggested, and what comes next leaves out what was taken."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from claims.rules.scheme import RoleCategory
from claims.store.reference import from_files
from claims.store.role_categories import (
    categories_needing_certificate,
    certificate_codes,
    certificate_maximum,
    next_steps,
    place_of,
    suggest_category,
)

REFERENCE = from_files()
TODAY = date(2026, 2, 2)


@dataclass(frozen=True)
class Somebody:
    job_role: str = "care-worker"
    role_category: str | None = None
    employed_from: date = date(2024, 9, 2)


def slug(category: RoleCategory | None) -> str | None:
    return category.slug if category else None


@pytest.mark.parametrize(
    ("employed_from", "expected"),
    [
        (date(2025, 2, 1), "care-or-support-worker"),
        (date(2025, 2, 2), "care-or-support-worker"),
        (date(2025, 2, 3), "new-to-care"),
        (date(2026, 2, 2), "new-to-care"),
    ],
)
def test_a_care_worker_is_new_to_care_for_the_first_twelve_months(employed_from: date, expected: str) -> None:
    assert slug(suggest_category(REFERENCE, "care-worker", employed_from, TODAY)) == expected


def test_a_role_that_does_not_begin_there_is_never_new_to_care() -> None:
    assert slug(suggest_category(REFERENCE, "team-leader", TODAY, TODAY)) == "supervisor-or-leader"
    assert suggest_category(REFERENCE, "administrative", TODAY, TODAY) is None
    assert suggest_category(REFERENCE, "no-such-role", TODAY, TODAY) is None


def test_what_the_employer_chose_goes_before_what_is_suggested() -> None:
    chosen = place_of(REFERENCE, Somebody(role_category="practice-leader"), TODAY)
    assert (slug(chosen.category), chosen.chosen) == ("practice-leader", True)
    suggested = place_of(REFERENCE, Somebody(role_category="gone-from-the-file"), TODAY)
    assert (slug(suggested.category), suggested.chosen) == ("care-or-support-worker", False)


def test_next_steps_are_for_the_own_category_and_those_one_can_move_to() -> None:
    steps = next_steps(REFERENCE, REFERENCE.role_categories["new-to-care"], (), TODAY)
    assert [(step.category.slug, step.move is None) for step in steps] == [
        ("new-to-care", True),
        ("care-or-support-worker", False),
    ]
    for step in steps:
        for group, link in step.courses:
            assert link.role_category == step.category.slug
            assert all(course.holds for course in group.courses)


def test_a_qualification_that_was_taken_is_not_offered_again_from_another_organisation() -> None:
    category = REFERENCE.role_categories["new-to-care"]

    def offered(*taken: str) -> set[str]:
        steps = next_steps(REFERENCE, category, taken, TODAY)
        return {course.entry.code for step in steps for group, _ in step.courses for course in group.courses}

    assert {"610/4009/5", "610/4234/1"} <= offered()
    assert not {"610/4009/5", "610/4234/1"} & offered("610/4234/1")
    assert offered("not-a-code") == offered()


def test_nothing_is_offered_that_is_not_on_the_list_on_the_day() -> None:
    assert not next_steps(REFERENCE, REFERENCE.role_categories["new-to-care"], (), date(2020, 1, 1))


def test_the_certificate_is_known_by_title_and_level() -> None:
    assert {"610/4009/5", "610/4234/1"} <= certificate_codes(REFERENCE)
    assert all(REFERENCE.courses[code][-1].level == "2" for code in certificate_codes(REFERENCE))
    assert categories_needing_certificate(REFERENCE) == {"new-to-care", "care-or-support-worker"}
    highest = certificate_maximum(REFERENCE, TODAY)
    assert highest is not None
    assert highest.max_reimbursement_pence == 154_000
    assert certificate_maximum(replace(REFERENCE, courses={}), TODAY) is None
