"""A difference laid over the one list gives the other, whatever the lists."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.reference.comparing import Changed, Difference, DoesNotFit, apply, arrange, compare, undo
from claims.rules.scheme import CourseEntry, Fund
from tests.builders import an_entry

Entries = tuple[CourseEntry, ...]
FIRST = date(2025, 4, 1)


@st.composite
def lists(draw: st.DrawFn) -> Entries:
    """Up to four codes, each with up to three entries that follow each other in time."""
    entries = []
    for code in draw(st.lists(st.sampled_from(["AA", "BB", "CC", "DD"]), unique=True)):
        begins = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=3)))
        for begin, following in zip(begins, [*begins[1:], 40], strict=True):
            end = draw(st.integers(begin, following - 1))
            entries.append(
                an_entry(
                    code,
                    title=draw(st.sampled_from(["One", "Two"])),
                    max_reimbursement_pence=draw(st.sampled_from([100_00, 200_00])),
                    paid_from=FIRST + timedelta(begin),
                    paid_to=FIRST + timedelta(end),
                )
            )
    return tuple(draw(st.permutations(entries)))


@given(lists(), lists())
def test_the_difference_laid_over_the_old_list_gives_the_new(old: Entries, new: Entries):
    assert apply(compare(old, new), old) == arrange(new)


@given(lists(), lists())
def test_undone_it_leads_back(old: Entries, new: Entries):
    assert apply(undo(compare(old, new)), new) == arrange(old)


@given(lists())
def test_a_list_does_not_differ_from_itself_in_any_order(entries: Entries):
    difference = compare(entries, entries[::-1])
    assert difference.is_empty
    assert difference.unchanged == len(entries)


@given(lists(), lists())
def test_every_entry_is_counted_once(old: Entries, new: Entries):
    found = compare(old, new)
    assert len(found.removed) + len(found.changed) + found.unchanged == len(old)
    assert len(found.added) + len(found.changed) + found.unchanged == len(new)


@given(lists(), lists())
def test_codes_that_decide_are_among_the_codes_that_differ(old: Entries, new: Entries):
    found = compare(old, new)
    assert found.deciding_codes <= found.codes
    by_code = {code for code in {entry.code for entry in old + new} if _of(code, old) != _of(code, new)}
    assert found.codes == by_code


def _of(code: str, entries: Entries) -> Entries:
    return arrange(entry for entry in entries if entry.code == code)


def test_entries_that_begin_on_one_day_are_one_entry_changed():
    old, new = an_entry(), an_entry(max_reimbursement_pence=450_00)
    found = compare([old], [new])
    assert found == Difference((), (), (Changed(old, new),), 0)
    assert found.changed[0].fields == ("max_reimbursement_pence",)


def test_an_entry_that_begins_on_another_day_is_the_one_that_is_left():
    old, new = an_entry(), an_entry(paid_from=date(2025, 5, 1))
    assert compare([old], [new]).changed == (Changed(old, new),)


def test_a_title_decides_nothing():
    found = compare([an_entry()], [an_entry(title="Another")])
    assert found.codes == {"LTS"}
    assert found.deciding_codes == frozenset()


@pytest.mark.parametrize(
    "changes",
    [{"fund": Fund.OMMT, "delivery": "external"}, {"max_reimbursement_pence": 1}, {"paid_to": date(2025, 12, 31)}],
)
def test_fund_amount_and_days_decide(changes: dict[str, object]):
    assert compare([an_entry()], [replace(an_entry(), **changes)]).deciding_codes == {"LTS"}


def test_what_comes_or_goes_decides():
    assert compare([an_entry("AA")], [an_entry("BB")]).deciding_codes == {"AA", "BB"}


def test_a_difference_from_another_list_does_not_fit():
    found = compare([an_entry()], [an_entry(title="Another")])
    with pytest.raises(DoesNotFit):
        apply(found, [an_entry("BB")])


def test_what_is_there_already_is_not_added():
    with pytest.raises(DoesNotFit):
        apply(compare([], [an_entry()]), [an_entry()])
