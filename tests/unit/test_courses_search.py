"""Courses are found by what people know of them."""

from dataclasses import replace
from datetime import date

import pytest

from claims.store.courses import describe_course, find_courses
from claims.store.reference import from_files
from tests.builders import a_reference, an_entry

ON = date(2026, 2, 2)


def codes(search: str) -> list[str]:
    return [found.entry.code for found in find_courses(from_files(), search, ON)]


@pytest.mark.parametrize("search", ["610/4009/5", "61040095", "6104009", "ADULT social care CERTIFICATE level 2"])
def test_a_qualification_is_found_in_many_ways(search: str) -> None:
    assert "610/4009/5" in codes(search)


def test_every_word_must_fit() -> None:
    assert codes("dementia")
    assert codes("dementia juggling") == []
    assert set(codes("dementia level 3")) < set(codes("dementia"))


def test_a_blank_search_finds_every_course() -> None:
    assert len(codes("  ")) == len(from_files().courses)


def test_what_holds_today_comes_first_and_what_ended_is_marked() -> None:
    found = find_courses(a_reference(), "", ON)
    assert [course.holds for course in found] == sorted((course.holds for course in found), reverse=True)
    assert found[-1].entry.code == "DLP"


def test_a_title_that_says_it_comes_before_a_topic_that_does() -> None:
    by_topic = an_entry("AAA", title="A course", category="Dementia")
    by_title = an_entry("ZZZ", title="Zest for dementia")
    reference = replace(a_reference(), courses={"AAA": (by_topic,), "ZZZ": (by_title,)})
    assert [found.entry.code for found in find_courses(reference, "dementia", ON)] == ["ZZZ", "AAA"]


def test_the_amount_is_that_of_the_day() -> None:
    course = describe_course(a_reference(), "610/4009/5", ON)
    assert course is not None
    assert course.entry.max_reimbursement_pence == 1540_00
    assert [category.title for category in course.role_categories] == ["New to care"]
    earlier = describe_course(a_reference(), "610/4009/5", date(2024, 5, 1))
    assert earlier is not None
    assert earlier.entry.max_reimbursement_pence == 1500_00
    assert describe_course(a_reference(), "NOPE", ON) is None
