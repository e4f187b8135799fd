"""What is worked out once for all rules."""

from datetime import date

import pytest

from claims.rules.case import case_of
from tests.builders import the_example
from tests.rules.judgements import REFERENCE, training

TODAY = date(2025, 6, 1)


@pytest.mark.parametrize("code", [None, "NOPE"])
def test_without_a_known_course_there_are_no_entries_and_nothing_is_listed(code: str | None) -> None:
    case = case_of(the_example(**training(course=code)), REFERENCE, TODAY)

    assert (case.entries, case.entry, case.is_listed, case.is_internal_ommt) == ((), None, False, False)


def test_a_course_has_all_its_entries_and_the_one_that_holds() -> None:
    case = case_of(the_example(), REFERENCE, TODAY)

    assert case.entries == REFERENCE.courses["610/4009/5"]
    assert case.entry is case.entries[1]
    assert case.is_listed
    assert case.today == TODAY


def test_what_decides_is_read_once() -> None:
    case = case_of(the_example(), REFERENCE, TODAY)
    course, paid = ("training.course", "610/4009/5"), ("training.paid_on", date(2025, 5, 1))

    assert case.reading() == (course, paid)
    assert case.reading(("claim.part", "start")) == (("claim.part", "start"), course, paid)
    assert case.reading(paid) == (paid, course)
