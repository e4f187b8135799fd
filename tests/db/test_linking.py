"""Administrators say which categories courses serve; the course list, the API's reference and the chain know it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from claims.lifecycle import NotAllowed
from claims.models import Event
from claims.reference.linking import conflicts, group_name, groups_of
from claims.rules.scheme import Reference, RoleCategory
from claims.services import linking
from claims.services.linking import Link, SaidSince, Subject
from claims.store import reference as kept
from claims.store.pathway import edits_of, latest_edit
from claims.store.reference import from_files, listed_on
from tests.stage import AT, CERTIFICATE_COURSE, Stage

DAY = date(2026, 2, 2)
LINK = Link("secondary", "published", "O", "high")
COURSE = Subject(CERTIFICATE_COURSE, whole_group=False, role_category="practice-leader")


def today(session) -> Reference:
    return listed_on(session, DAY).reference


def categories(reference: Reference, code: str = CERTIFICATE_COURSE) -> set[str]:
    return {link.role_category for link in reference.links.get(code, ())}


def test_a_link_holds_at_once_and_is_an_event(stage: Stage) -> None:
    with stage.database.write() as session:
        assert "practice-leader" not in categories(today(session))
        linking.say(
            session, today(session), COURSE, LINK, source="Skills for Care", by=stage.office.administrator, at=AT
        )
        assert "practice-leader" in categories(today(session))
        (event,) = session.scalars(select(Event).where(Event.about_kind == "pathway"))
        assert event.act == "link"
        assert event.details["source"] == "Skills for Care"


def test_going_by_the_file_again_brings_its_links_back(stage: Stage) -> None:
    subject = replace(COURSE, role_category="new-to-care")
    with stage.database.write() as session:
        before = today(session).links
        linking.say(session, today(session), subject, None, source="A letter", by=stage.office.administrator, at=AT)
        assert "new-to-care" not in categories(today(session))
        linking.go_by_the_file(session, today(session), latest_edit(session), stage.office.administrator, AT)
        assert today(session).links == before
        with pytest.raises(NotAllowed, match="does not stand any more"):
            linking.go_by_the_file(session, today(session), 1, stage.office.administrator, AT)


def test_a_group_is_said_of_all_its_courses(stage: Stage) -> None:
    with stage.database.write() as session:
        group = group_name(today(session).courses[CERTIFICATE_COURSE][-1])
        subject = Subject(group, whole_group=True, role_category="practice-leader")
        linking.say(session, today(session), subject, LINK, source="A page", by=stage.office.administrator, at=AT)
        for code in groups_of(today(session))[group]:
            assert "practice-leader" in categories(today(session), code)


def test_a_newer_file_is_a_conflict_that_can_be_kept_or_followed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with stage.database.write() as session:
        linking.say(session, today(session), COURSE, LINK, source="A page", by=stage.office.administrator, at=AT)
        old = from_files()
        newer = replace(old.links[CERTIFICATE_COURSE][0], role_category="practice-leader", rank="primary")
        file = replace(old, links={**old.links, CERTIFICATE_COURSE: (*old.links[CERTIFICATE_COURSE], newer)})
        monkeypatch.setattr(linking, "from_files", lambda: file)
        monkeypatch.setattr(kept, "from_files", lambda: file)
        assert [each.code for each in conflicts(file, edits_of(session))] == [CERTIFICATE_COURSE]
        linking.keep(session, file, latest_edit(session), stage.office.administrator, AT)
        assert conflicts(file, edits_of(session)) == []
        assert edits_of(session)[-1].rank == "secondary"


def test_only_administrators_with_a_source_and_what_they_saw(stage: Stage) -> None:
    office = stage.office
    with stage.database.write() as session:
        for by, source, subject, sentence in (
            (office.lead, "A page", COURSE, "Only administrators"),
            (office.administrator, " ", COURSE, "where this comes from"),
            (office.administrator, "A page", replace(COURSE, role_category="wizard"), "no such role category"),
            (office.administrator, "A page", replace(COURSE, name="NONE"), "no such course"),
            (office.administrator, "A page", replace(COURSE, name="NONE", whole_group=True), "no such course"),
        ):
            with pytest.raises(NotAllowed, match=sentence):
                linking.say(session, today(session), subject, LINK, source=source, by=by, at=AT)
        linking.say(session, today(session), COURSE, LINK, source="A", by=office.administrator, at=AT, seen=0)
        with pytest.raises(SaidSince):
            linking.say(session, today(session), COURSE, None, source="B", by=office.administrator, at=AT, seen=0)


def test_a_category_is_added_with_dates_and_ends(stage: Stage) -> None:
    night = RoleCategory("night-worker", "Night worker", "direct care", "Works at night", 9, date(2026, 2, 3), None)
    with stage.database.write() as session:
        linking.describe_category(session, night, stage.office.administrator, AT, source="DHSC")
        assert "night-worker" not in listed_on(session, date(2026, 2, 2)).reference.role_categories
        assert "night-worker" in listed_on(session, date(2026, 2, 3)).reference.role_categories
        ended = replace(night, to_on=date(2026, 3, 31))
        linking.describe_category(session, ended, stage.office.administrator, AT, source="DHSC")
        assert "night-worker" in listed_on(session, date(2026, 3, 31)).reference.role_categories
        assert "night-worker" not in listed_on(session, date(2026, 4, 1)).reference.role_categories


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"slug": "Night worker"}, "small letters"),
        ({"position": 3}, "has the position 3 already"),
        ({"from_on": date(2026, 2, 2), "to_on": date(2026, 2, 1)}, "on or after the first day"),
    ],
)
def test_a_category_that_cannot_be_is_refused(stage: Stage, wrong: dict[str, object], sentence: str) -> None:
    night = RoleCategory("night-worker", "Night worker", "direct care", "Works at night", 9)
    with stage.database.write() as session, pytest.raises(NotAllowed, match=sentence):
        linking.describe_category(session, replace(night, **wrong), stage.office.administrator, AT, source="DHSC")
