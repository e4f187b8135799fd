"""One course changed by hand: an entry ended, an amount added, a title corrected."""

from datetime import date

import pytest

from claims.reference.changing import CannotBe, add_amount, correct_title, end_entry
from claims.reference.comparing import arrange
from tests.builders import an_entry

OTHER = an_entry("BB")
FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)
LIST = arrange([an_entry("AA"), OTHER])


def test_an_entry_ends_on_the_day_given():
    (ended, other) = end_entry(LIST, "AA", FIRST, date(2025, 12, 31))
    assert (ended.paid_from, ended.paid_to, other) == (FIRST, date(2025, 12, 31), OTHER)


def test_an_entry_may_end_on_its_first_day_and_not_before():
    assert end_entry(LIST, "AA", FIRST, FIRST)[0].paid_to == FIRST
    with pytest.raises(CannotBe, match="must be 1 April 2025 or later") as no:
        end_entry(LIST, "AA", FIRST, date(2025, 3, 31))
    assert no.value.field == "paid_to"


def test_an_entry_that_ends_there_already_is_said():
    with pytest.raises(CannotBe, match="ends on 31 March 2026 already"):
        end_entry(LIST, "AA", FIRST, LAST)


def test_an_entry_ends_before_the_next_begins():
    entries = [an_entry("AA", paid_to=date(2025, 6, 30)), an_entry("AA", paid_from=date(2025, 9, 1))]
    assert end_entry(entries, "AA", FIRST, date(2025, 8, 31))[0].paid_to == date(2025, 8, 31)
    with pytest.raises(CannotBe, match="must be before 1 September 2025"):
        end_entry(entries, "AA", FIRST, date(2025, 9, 1))


def test_an_entry_that_has_gone_is_said():
    with pytest.raises(CannotBe, match="not on the list any more"):
        end_entry(LIST, "AA", LAST, LAST)


def add(entries=LIST, first=date(2025, 9, 1), last=LAST, code="AA"):
    return add_amount(entries, code, amount_pence=600_00, paid_from=first, paid_to=last, source="A letter")


def test_the_amount_before_ends_on_the_day_before():
    before, added, other = add()
    assert (before.paid_to, before.max_reimbursement_pence) == (date(2025, 8, 31), 500_00)
    assert (added.paid_from, added.paid_to, added.max_reimbursement_pence) == (date(2025, 9, 1), LAST, 600_00)
    assert (added.source, added.title, other) == ("A letter", before.title, OTHER)


def test_an_amount_after_the_last_leaves_the_others_alone():
    entries = add(first=date(2026, 4, 1), last=date(2027, 3, 31))
    assert [entry.paid_to for entry in entries if entry.code == "AA"] == [LAST, date(2027, 3, 31)]


@pytest.mark.parametrize("first", [FIRST, date(2025, 3, 31)])
def test_an_amount_does_not_cover_the_beginning_of_another(first: date):
    with pytest.raises(CannotBe, match=r"£500\.00 begins on 1 April 2025") as no:
        add(first=first)
    assert no.value.field == "paid_from"


def test_an_amount_may_end_the_day_before_another_begins():
    assert len(add(first=date(2024, 4, 1), last=date(2025, 3, 31))) == 3


def test_an_amount_does_not_end_before_it_begins():
    with pytest.raises(CannotBe, match="must be 1 September 2025 or later") as no:
        add(last=date(2025, 8, 31))
    assert no.value.field == "paid_to"


def test_a_title_is_corrected_in_every_entry():
    entries = correct_title(add(), "AA", "Right")
    assert [entry.title for entry in entries] == ["Right", "Right", "Course BB"]


def test_a_title_that_is_no_other_is_said():
    with pytest.raises(CannotBe, match="the title already") as no:
        correct_title(LIST, "AA", "Course AA")
    assert no.value.field == "title"


@pytest.mark.parametrize("change", [add, lambda code: correct_title(LIST, code, "Right")])
def test_a_course_that_is_not_on_the_list_is_said(change):
    with pytest.raises(CannotBe, match="CC is not on the list") as no:
        change(code="CC")
    assert no.value.field == "code"
