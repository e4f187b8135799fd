"""The pages for pathway links: finding a course, setting a link, going back, the categories."""

import pytest

from claims.store.reference import from_files
from tests.browsing import Browser
from tests.site import Site

CERTIFICATE = "/pathway-links/courses/610-4009-5"
YES = {
    "reach": "course",
    "serves": "yes",
    "rank": "secondary",
    "evidence": "O",
    "confidence": "high",
    "source": "The awarding body’s page, 2 February 2026",
}


@pytest.fixture
def office(site: Site) -> Browser:
    return site.sign_in(site.office.administrator)


def test_a_link_is_set_shown_to_everybody_and_taken_back(site: Site, office: Browser) -> None:
    page = office.get("/pathway-links?search=adult+social+care+certificate")
    assert "610/4009/5" in page.words
    assert "Practice leader" not in site.visit().get("/courses/610-4009-5").words
    office.get(f"{CERTIFICATE}/practice-leader")
    page = office.send(YES)
    assert "Saved for Practice leader." in page.words
    assert "Set by an administrator" in page.words
    public = site.visit().get("/courses/610-4009-5").words
    assert "Practice leader: named by the awarding body, set by an administrator" in public
    assert "Adult Social Care Certificate" in site.visit().get("/pathway/practice-leader?links=published").words
    page = office.send({}, action="/pathway-links/edits/1/withdrawal")
    assert "The reference file says what holds again." in page.words
    assert "Practice leader" not in site.visit().get("/courses/610-4009-5").words


def test_for_the_whole_group_and_not_for_a_role(site: Site, office: Browser) -> None:
    office.get(f"{CERTIFICATE}/new-to-care")
    page = office.send({**YES, "reach": "group", "serves": "no"})
    assert "For" in page.words
    assert "New to care" not in site.visit().get("/courses/610-4009-5").words.partition("Who it is for")[2]
    assert "Every Adult Social Care Certificate" in office.get("/pathway-links").words


def test_what_is_missing_is_said_and_what_was_typed_kept(office: Browser) -> None:
    office.get(f"{CERTIFICATE}/practice-leader")
    page = office.send({**YES, "rank": "", "source": ""})
    assert page.problems == ["Select how closely", "Enter where this comes from"]
    assert page.filled()["evidence"] == ["O"]


def test_two_people_at_once_do_not_overwrite_each_other(site: Site, office: Browser) -> None:
    other = site.sign_in(site.office.administrator)
    office.get(f"{CERTIFICATE}/practice-leader")
    other.get(f"{CERTIFICATE}/practice-leader")
    other.send(YES)
    page = office.send({**YES, "serves": "no"})
    assert page.problems == ["Somebody changed these links after this page was shown. Look at them again."]


def test_a_course_that_serves_no_role_is_left_to_do(office: Browser) -> None:
    page = office.get("/pathway-links")
    assert "Every course serves a role category." in page.words
    assert "with suggested links only" in page.words
    code, (only,) = next((code, links) for code, links in from_files().links.items() if len(links) == 1)
    office.get(f"/pathway-links/courses/{code.replace('/', '-')}/{only.role_category}")
    office.send({"reach": "course", "serves": "no", "source": "A letter"})
    page = office.get("/pathway-links")
    assert "Courses without a link" in page.words
    assert code in page.words.partition("Courses without a link")[2]


def test_a_category_is_added_and_ends(site: Site, office: Browser) -> None:
    office.get("/pathway-links/role-categories/new")
    new = {
        "slug": "night-worker",
        "title": "Night worker",
        "kind": "direct care",
        "summary": "Works at night",
        "position": "9",
        "source": "DHSC",
    }
    assert office.send({**new, "slug": "new-to-care"}).problems == [
        "There is a role category called new-to-care already"
    ]
    assert office.send({**new, "position": "3"}).problems[0].endswith("has the position 3 already.")
    assert "Night worker is saved." in office.send(new).words
    assert "Night worker" in site.visit().get("/pathway").words
    assert site.visit().get("/pathway/night-worker").status == 200
    office.get("/pathway-links/role-categories/night-worker")
    office.send({"to_on-day": "1", "to_on-month": "2", "to_on-year": "2026", "source": "DHSC"})
    assert "Night worker" not in site.visit().get("/pathway").words


def test_auditors_look_and_do_not_touch(site: Site) -> None:
    auditor = site.sign_in(site.office.auditor)
    page = auditor.get(CERTIFICATE)
    assert "Change" not in [words for words in page.words.split() if words == "Change:"]
    assert auditor.get(f"{CERTIFICATE}/practice-leader").status == 403
    assert auditor.get("/pathway-links/courses/NONE").status == 404
