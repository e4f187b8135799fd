"""Links as administrators set them: for one course before its group, its group before the file, the file as it was."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims import reference as files
from claims.reference.linking import (
    Act,
    LinkEdit,
    conflicts,
    group_name,
    groups_of,
    in_force,
    said_of,
    standing_edits,
    with_edits,
    work_left,
)
from claims.rules.scheme import Reference, RoleCategory

REFERENCE = files.load()
CERTIFICATE = "610/4009/5"
GROUP = group_name(REFERENCE.courses[CERTIFICATE][-1])
CATEGORIES = tuple(REFERENCE.role_categories)


def edit(
    number: int, subject: str = CERTIFICATE, category: str = "practice-leader", act: Act = Act.LINK, **more
) -> LinkEdit:
    said = {"rank": "secondary", "basis": "published", "evidence": "O", "confidence": "high", "source": "A page"}
    return LinkEdit(
        number, subject, more.pop("whole_group", False), category, act, **(said if act is Act.LINK else {}), **more
    )


def categories_of(reference: Reference, code: str) -> dict[str, str]:
    return {link.role_category: link.rank for link in reference.links.get(code, ())}


def test_without_edits_the_file_holds() -> None:
    assert with_edits(REFERENCE, ()) is REFERENCE


def test_a_link_that_is_set_is_marked_and_the_original_is_kept() -> None:
    edited = with_edits(REFERENCE, [edit(1)])
    link = next(each for each in edited.links[CERTIFICATE] if each.role_category == "practice-leader")
    assert (link.set_by_administrator, link.source, link.rank) == (True, "A page", "secondary")
    assert categories_of(edited, CERTIFICATE) == {
        **categories_of(REFERENCE, CERTIFICATE),
        "practice-leader": "secondary",
    }
    assert not any(each.set_by_administrator for each in REFERENCE.links[CERTIFICATE])


def test_what_is_said_of_a_group_goes_for_each_of_its_courses_but_not_before_what_is_said_of_one() -> None:
    both = groups_of(REFERENCE)[GROUP]
    assert len(both) == 2
    edits = [edit(1, act=Act.UNLINK), edit(2, GROUP, whole_group=True)]
    edited = with_edits(REFERENCE, edits)
    other = next(code for code in both if code != CERTIFICATE)
    assert "practice-leader" in categories_of(edited, other)
    assert "practice-leader" not in categories_of(edited, CERTIFICATE)


def test_the_latest_stands_and_what_was_withdrawn_does_not() -> None:
    edits = [edit(1), edit(2, act=Act.UNLINK), edit(3, act=Act.WITHDRAW)]
    assert standing_edits(edits[:2]) == [edits[1]]
    assert standing_edits(edits) == []
    assert with_edits(REFERENCE, edits) is REFERENCE


def test_primary_links_stay_first() -> None:
    edited = with_edits(REFERENCE, [replace(edit(1), rank="primary")])
    ranks = [link.rank for link in edited.links[CERTIFICATE]]
    assert ranks == sorted(ranks)


def test_a_newer_file_that_says_otherwise_is_a_conflict_until_it_is_decided() -> None:
    said = said_of(REFERENCE.links[CERTIFICATE], "new-to-care")
    assert said
    against = edit(1, category="new-to-care", act=Act.UNLINK, files_said={CERTIFICATE: said})
    assert conflicts(REFERENCE, [against]) == []
    newer = replace(REFERENCE.links[CERTIFICATE][0], confidence="low", rank="secondary")
    file = replace(REFERENCE, links={**REFERENCE.links, CERTIFICATE: (newer,)})
    (found,) = conflicts(file, [against])
    assert (found.code, found.before) == (CERTIFICATE, said)
    assert found.now == said_of((newer,), "new-to-care")
    assert conflicts(file, [against, replace(against, number=2, files_said={CERTIFICATE: found.now})]) == []
    assert conflicts(file, [against, edit(2, category="new-to-care", act=Act.WITHDRAW)]) == []


def test_a_newer_file_that_says_the_same_as_the_edit_is_no_conflict() -> None:
    mine = edit(1, files_said={CERTIFICATE: ""})
    file = replace(REFERENCE, links={**REFERENCE.links, CERTIFICATE: (replace(mine.link(CERTIFICATE)),)})
    assert conflicts(file, [mine]) == []


def test_courses_without_a_link_and_with_suggested_ones_only_are_left_to_do() -> None:
    bare = replace(REFERENCE, links={code: links for code, links in REFERENCE.links.items() if code != CERTIFICATE})
    work = work_left(bare, [edit(1, "GONE")])
    assert work.unlinked[GROUP] == (CERTIFICATE,)
    assert [stray.subject for stray in work.strays] == ["GONE"]
    codes = {code for codes in work.inferred.values() for code in codes}
    assert codes == {
        code for code, links in bare.links.items() if links and all(link.basis == "inferred" for link in links)
    }


@pytest.mark.parametrize(
    ("days", "holds"), [(-1, False), (0, True), (30, True), (31, False)], ids=["before", "first", "last", "after"]
)
def test_a_category_holds_from_its_first_to_its_last_day(days: int, holds: bool) -> None:
    first = date(2026, 1, 1)
    added = RoleCategory(
        "night-worker", "Night worker", "direct care", "Works at night", 9, first, first + timedelta(30)
    )
    reference = in_force(REFERENCE, first + timedelta(days), [added])
    assert ("night-worker" in reference.role_categories) is holds


def test_nothing_names_a_category_that_has_ended() -> None:
    ended = replace(REFERENCE.role_categories["new-to-care"], to_on=date(2026, 1, 31))
    before, after = (in_force(REFERENCE, day, [ended]) for day in (date(2026, 1, 31), date(2026, 2, 1)))
    assert before.links == REFERENCE.links
    assert not any(link.role_category == "new-to-care" for links in after.links.values() for link in links)
    assert not any("new-to-care" in role.role_categories for role in after.job_roles.values())
    assert not any("new-to-care" in (move.from_category, move.to_category) for move in after.progression)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([(CERTIFICATE, False), (GROUP, True), ("LTS", False)]),
            st.sampled_from(CATEGORIES),
            st.sampled_from(list(Act)),
        ),
        max_size=12,
    )
)
def test_withdrawing_everything_leads_back_to_the_file(said: list[tuple[tuple[str, bool], str, Act]]) -> None:
    edits = [
        edit(number, subject, category, act, whole_group=group)
        for number, ((subject, group), category, act) in enumerate(said, start=1)
    ]
    edited = with_edits(REFERENCE, edits)
    for code, links in edited.links.items():
        assert len({link.role_category for link in links}) == len(links)
        assert links or code not in edited.links
    undone = [replace(each, number=each.number + 100, act=Act.WITHDRAW) for each in edits]
    assert with_edits(REFERENCE, [*edits, *undone]).links == REFERENCE.links
