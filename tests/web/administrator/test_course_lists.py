"""The pages for course lists: versions, upload, preview, publishing, going back, one course by hand, downloads."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from claims.models import Claim, CourseList, CourseListProposal, Event, Message
from claims.reference import parse_courses
from claims.reference.course_files import read_course_file
from claims.services.listing import propose
from claims.services.publishing import publish
from claims.store.reference import from_files
from tests.browsing import Browser, Page
from tests.claiming import day
from tests.course_files import as_csv, as_workbook, changed, the_list, without
from tests.site import AT, Site
from tests.stage import CERTIFICATE_COURSE, Stage

TODAY = AT.date()


@pytest.fixture
def office(site: Site) -> Browser:
    return site.sign_in(site.office.administrator)


def upload(office: Browser, content: bytes, name: str = "list.csv", **dates: str) -> Page:
    office.get("/course-lists/upload")
    return office.send({"file": (io.BytesIO(content), name), **(dates or day("from_on", TODAY))})


def publish_shown(office: Browser, **answers: object) -> Page:
    assert office.page is not None
    return office.send(answers, action=_action(office.page))


def _action(page: Page) -> str:
    main = next(page.document.iter("main"))  # type: ignore[union-attr]
    actions = [form.get("action") or "" for form in main.iter("form")]
    return next(action for action in actions if action.rpartition("/")[2].isdigit())


def drafts_of(site: Site, *learners: str) -> int:
    """A purchase of the certificate with a draft for each learner; returns the first draft's id."""
    stage = Stage(site.database, site.house, site.meadow, site.office)
    with site.database.write() as session:
        purchase = stage.drafted(session, learners)
        session.flush()
        return session.scalars(select(Claim.id).where(Claim.purchase_id == purchase.id).order_by(Claim.id)).first() or 0


def count_versions(site: Site) -> int:
    with site.database.read() as session:
        return session.scalars(select(func.count()).select_from(CourseList)).one()


def test_the_versions_say_which_holds_and_who_published_it(site: Site, office: Browser):
    page = office.get("/course-lists")
    assert page.heading == "Eligible course lists"
    assert "Version 1 Holds today 1 Apr 2024 242 The service" in page.words


def test_an_auditor_may_look_and_not_touch(site: Site):
    auditor = site.sign_in(site.office.auditor)
    assert "Upload a list" not in auditor.get("/course-lists").words
    assert "Prepare to publish" not in auditor.get("/course-lists/1").words
    assert auditor.get("/course-lists/upload").status == 403
    assert auditor.get("/course-lists/1/csv").status == 200
    assert "Correct" not in auditor.get("/course-lists/courses/610-4009-5").words


def test_versions_and_what_may_become_one_stand_under_course_lists(office: Browser):
    for address in ("/course-lists", "/course-lists/1", "/course-lists/upload"):
        assert office.get(address).marked == ["Course lists"]


def test_an_upload_is_previewed_with_old_and_new_and_the_drafts_it_touches(site: Site, office: Browser):
    drafts_of(site, "Niamh O’Brien", "Daniel Mensah")
    page = upload(office, as_csv(changed(CERTIFICATE_COURSE, max_reimbursement_pence=1_400_00)))
    assert page.heading == "What this list would change"
    assert "0 added, 0 removed, 2 changed, 240 unchanged" in page.words
    assert "Max reimbursement £1,540.00 £1,400.00" in page.words
    assert "2 drafts of 1 employer would come out otherwise: −£168.00" in page.words
    assert "H1002001 Hartley House Care Ltd 2 −£168.00" in page.words
    assert "Niamh" not in page.words
    assert count_versions(site) == 1


def test_publishing_from_today_is_seen_in_drafts_and_told_to_the_employer(site: Site, office: Browser):
    draft = drafts_of(site, "Niamh O’Brien")
    employer = site.sign_in(site.house.submitter)
    assert "£924.00" in employer.get(f"/claims/{draft}").words
    upload(office, as_csv(changed(CERTIFICATE_COURSE, max_reimbursement_pence=1_400_00)))
    page = publish_shown(office)
    assert page.heading == "Course list version 2"
    assert "Version 2 is published." in page.words
    assert "£840.00" in employer.get(f"/claims/{draft}").words
    with site.database.read() as session:
        messages = session.scalars(select(Message).where(Message.kind == "course-list-changed")).all()
        assert {message.person_id for message in messages} == {site.house.sro.person_id, site.house.submitter.person_id}
        assert "£924.00 becomes £840.00" in messages[0].text
        assert "Niamh" not in messages[0].text + messages[0].subject
        event = session.scalars(select(Event).where(Event.act == "publish").order_by(Event.number.desc())).first()
        assert (event.by_id, event.details["version"]) == (site.office.administrator.person_id, 2)


def test_publishing_twice_publishes_once(site: Site, office: Browser):
    upload(office, as_csv(without("LTS")))
    values = office.page.filled(_action(office.page))
    address = _action(office.page)
    first = office.post(address, values, follow_redirects=True)
    again = office.post(address, values, follow_redirects=True)
    assert (first.heading, again.heading) == ("Course list version 2", "Course list version 2")
    assert count_versions(site) == 2


def test_a_list_for_a_later_day_waits_until_then(site: Site, office: Browser):
    draft = drafts_of(site, "Niamh O’Brien")
    later = TODAY + timedelta(days=10)
    upload(office, as_csv(changed(CERTIFICATE_COURSE, max_reimbursement_pence=1_400_00)), **day("from_on", later))
    publish_shown(office)
    assert "Version 2 To come 12 Feb 2026" in office.get("/course-lists").words
    employer = site.sign_in(site.house.submitter)
    assert "£924.00" in employer.get(f"/claims/{draft}").words
    site.time.tick(timedelta(days=10))
    assert "£840.00" in site.sign_in(site.house.submitter).get(f"/claims/{draft}").words


def test_every_problem_is_shown_with_its_row_and_the_day_is_kept(site: Site, office: Browser):
    rows = as_csv(the_list()).decode().splitlines()
    rows[4] = rows[4].replace(",full,", ",half,").replace(",split,", ",half,")
    rows[6] += ",more"
    page = upload(office, "\r\n".join(rows).encode(), **day("from_on", "2026-03-01"))
    assert page.status == 200
    assert "list.csv has 2 problems in its rows" in page.problems[0]
    assert "5 funding_model “half” is not a known funding model" in page.words
    assert "7 has 17 cells where the header has 16" in page.words
    assert page.filled()["from_on-day"] == ["1"]
    assert page.filled()["from_on-month"] == ["3"]
    with site.database.read() as session:
        assert session.scalars(select(CourseListProposal)).all() == []


def test_one_problem_is_said_at_the_file(office: Browser):
    page = upload(office, b"", "list.csv")
    assert page.problems == ["The file list.csv is empty."]
    assert page.field_errors == page.problems


def test_a_file_and_a_day_are_asked_for(office: Browser):
    office.get("/course-lists/upload")
    page = office.send({"from_on-day": "", "from_on-month": "", "from_on-year": ""})
    assert page.problems == ["Choose the course list", "Enter the day from which it holds, like 27 3 2025"]


def test_a_day_that_has_passed_is_refused(office: Browser):
    page = upload(office, as_csv(without("LTS")), **day("from_on", TODAY - timedelta(days=1)))
    assert "must be" in page.problems[0]


def test_the_same_list_is_not_published_again(site: Site, office: Browser):
    page = upload(office, as_workbook(the_list()), "list.xlsx")
    assert "Nothing: the list is the same." in page.words
    assert "This list is the same as version 1" in publish_shown(office).problems[0]
    assert count_versions(site) == 1


def test_a_page_made_before_another_version_asks_again(site: Site, office: Browser):
    upload(office, as_csv(without("LTS")))
    mine = office.page
    assert mine is not None
    with site.database.write() as session:
        other = propose(session, without("IMLM"), what="Other", from_on=TODAY, by=site.office.administrator, at=AT)
        publish(session, other, seen=1, by=site.office.administrator, at=AT)
    page = office.post(_action(mine), mine.filled(_action(mine)))
    assert "Version 2 was published after this page was made" in page.problems[0]
    assert "IMLM" in page.words
    assert count_versions(site) == 2
    page = publish_shown(office)
    assert page.problems == ["Tick the box to say that you mean to publish it all the same"]
    assert publish_shown(office, overtaken="yes").heading == "Course list version 3"


def test_a_workbook_made_from_an_older_version_asks_again(site: Site, office: Browser):
    with site.database.write() as session:
        other = propose(session, without("IMLM"), what="Other", from_on=TODAY, by=site.office.administrator, at=AT)
        publish(session, other, seen=1, by=site.office.administrator, at=AT)
    page = upload(office, as_workbook(without("LTS"), version=1), "list.xlsx")
    assert "This list was made from version 1. Version 2 has been published since" in page.words
    assert publish_shown(office).problems == ["Tick the box to say that you mean to publish it all the same"]
    assert publish_shown(office, overtaken="yes").heading == "Course list version 3"


def test_taking_more_than_a_fifth_away_asks_for_the_number(site: Site, office: Browser):
    kept = the_list()[49:]
    page = upload(office, as_csv(kept))
    assert "More than a fifth of the list would go: 49 entries." in page.words
    assert publish_shown(office).problems == ["Enter the number of entries"]
    page = publish_shown(office, removals="48")
    assert "This takes 49 entries away" in page.problems[0]
    assert page.filled(_action(page))["removals"] == ["48"]
    assert publish_shown(office, removals="49").heading == "Course list version 2"


def test_taking_a_fifth_away_asks_nothing(site: Site, office: Browser):
    upload(office, as_csv(the_list()[48:]))
    assert publish_shown(office).heading == "Course list version 2"


def test_an_earlier_version_is_published_again(site: Site, office: Browser):
    upload(office, as_csv(without("LTS")))
    publish_shown(office)
    office.get("/course-lists/1")
    page = office.send(action="/course-lists/1/again")
    assert "Version 1 again" in page.words
    assert "1 added, 0 removed" in page.words
    assert publish_shown(office).heading == "Course list version 3"
    first, third = (office.get(f"/course-lists/{number}/csv").response.data for number in (1, 3))
    assert first == third


def test_the_day_can_be_changed_before_publishing(site: Site, office: Browser):
    upload(office, as_csv(without("LTS")))
    office.get(f"{_action(office.page)}/day")
    page = office.send(day("from_on", "2026-04-01"))
    assert "To hold from 1 April 2026" in page.words
    office.get(f"{_action(office.page)}/day")
    page = office.send({"from_on-day": "31", "from_on-month": "2"})
    assert page.problems
    assert page.filled()["from_on-day"] == ["31"]


def test_what_is_set_aside_is_kept_and_cannot_be_published(site: Site, office: Browser):
    upload(office, as_csv(without("LTS")))
    address = _action(office.page)
    values = office.page.filled(address)
    page = office.send(action=f"{address}/removal")
    assert "It was set aside. Nothing was published." in page.words
    page = office.post(address, values, follow_redirects=True)
    assert "This list was set aside" in page.words
    assert "Publish" not in [each.text for each in page.document.iter("button")]  # type: ignore[union-attr]
    assert count_versions(site) == 1


def test_prepared_lists_are_found_again(site: Site, office: Browser):
    upload(office, as_csv(without("LTS")))
    assert "A CSV file that was uploaded" in office.get("/course-lists").words


@pytest.mark.parametrize("kind", ["csv", "workbook"])
def test_what_is_downloaded_can_be_uploaded_unchanged(office: Browser, kind: str):
    content = office.get(f"/course-lists/1/{kind}").response.data
    checked = read_course_file("list", content, from_files())
    assert checked.entries == the_list()
    assert checked.made_from == (1 if kind == "workbook" else None)


def test_quality_and_age_are_shown_and_filtered_by(site: Site, office: Browser):
    entries = [
        replace(entry, quality_assured=True, quality_assured_from=TODAY, minimum_age=18)
        if entry.code == "LTS"
        else replace(entry, quality_assured=False)
        if entry.code == "IMLM"
        else entry
        for entry in the_list()
    ]
    upload(office, as_csv(entries))
    assert "Quality assured" in office.page.words
    page = publish_shown(office)
    shown = office.get("/course-lists/2", query_string={"search": "LTS"})
    assert "Yes, from 2 Feb 2026 18" in shown.words
    assert "1 entry" in office.get("/course-lists/2", query_string={"quality": "yes"}).words
    assert "240 entries" in office.get("/course-lists/2", query_string={"quality": "not-known"}).words
    assert "241 entries" in office.get("/course-lists/2", query_string={"age": "17"}).words
    assert "242 entries" in office.get("/course-lists/2", query_string={"age": "18"}).words
    assert "No entry matches" in office.get("/course-lists/2", query_string={"search": "xyzzy"}).words
    assert page.heading == "Course list version 2"


def test_a_version_is_shown_page_by_page(office: Browser):
    codes = []
    page = office.get("/course-lists/1")
    for number in range(2, 10):
        rows = [row for row in page.document.iter("tr") if row.find("th/a") is not None]  # type: ignore[union-attr]
        codes += ["".join(row.find("th").itertext()).strip() for row in rows]  # type: ignore[union-attr]
        if "Next" not in page.words:
            break
        page = office.get("/course-lists/1", query_string={"page": number})
    assert codes == [entry.code for entry in the_list()]
    assert "Previous" in page.words
    for odd in ("0", "99", "-1", "x", "²"):
        assert office.get("/course-lists/1", query_string={"page": odd}).status == 200


def test_a_title_is_corrected_by_hand_with_the_same_preview(site: Site, office: Browser):
    drafts_of(site, "Niamh O’Brien")
    office.get("/course-lists/courses/610-4009-5/title")
    page = office.send({"title": "Level 2 Adult Social Care Certificate (new)"})
    assert "Title" in page.words
    assert "0 drafts of 0 employers" in page.words
    assert publish_shown(office).heading == "Course list version 2"
    assert "(new)" in office.get("/course-lists/courses/610-4009-5").heading


def test_a_title_that_is_no_other_is_said_at_its_question(office: Browser):
    office.get("/course-lists/courses/LTS/title")
    assert office.send().problems == ["This is the title already"]


def test_an_amount_is_added_by_hand_and_the_one_before_ends(site: Site, office: Browser):
    office.get("/course-lists/courses/LTS/amount")
    told = {"amount": "550", "source": "A letter", **day("paid_from", "2026-03-01"), **day("paid_to", "2026-03-31")}
    page = office.send(told)
    assert "1 added, 0 removed, 1 changed" in page.words
    assert "Paid to 31 March 2026 28 February 2026" in page.words
    publish_shown(office)
    content = office.get("/course-lists/2/csv").response.data
    amounts = [
        (entry.paid_from.isoformat(), entry.max_reimbursement_pence)
        for entry in parse_courses(content)
        if entry.code == "LTS"
    ]
    assert amounts == [("2025-04-01", 500_00), ("2026-03-01", 550_00)]


def test_an_amount_that_cannot_be_is_said_at_its_question_and_kept(office: Browser):
    office.get("/course-lists/courses/LTS/amount")
    page = office.send(
        {"amount": "550", "source": "A letter", **day("paid_from", "2025-04-01"), **day("paid_to", "2026-03-31")}
    )
    assert page.problems == [
        "The amount of £500.00 begins on 1 April 2025: the new amount must begin after that day, or end before it"
    ]
    assert page.filled()["amount"] == ["550"]


def test_an_amount_is_ended_by_hand(site: Site, office: Browser):
    office.get("/course-lists/courses/LTS/end/2025-04-01")
    page = office.send(day("last_day", "2026-02-28"))
    assert "Paid to 31 March 2026 28 February 2026" in page.words
    office.get("/course-lists/courses/LTS/end/2025-04-01")
    assert "must be 1 April 2025 or later" in office.send(day("last_day", "2025-03-31")).problems[0]


@pytest.mark.parametrize(
    "address",
    ["/course-lists/9", "/course-lists/9/csv", "/course-lists/proposals/9", "/course-lists/courses/NONE",
     "/course-lists/courses/LTS/end/2024-04-01"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(office: Browser, address: str):
    assert office.get(address).status == 404


def test_a_file_name_is_shown_and_not_believed(office: Browser):
    page = upload(office, b"", "../<b>list.csv")
    assert page.problems == ["The file <b>list.csv is empty."]
