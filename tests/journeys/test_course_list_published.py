"""A course list is published while an employer prepares claims, found wrong, and the earlier one published again."""

import io

from claims.models import Claim
from tests.browsing import Page
from tests.course_files import as_workbook, changed
from tests.site import Site
from tests.stage import CERTIFICATE_COURSE, Stage


def publish(page: Page) -> str:
    """Where the preview that is open is sent to publish it."""
    assert page.document is not None
    actions = [form.get("action") or "" for form in page.document.iter("form")]
    return next(action for action in actions if "/proposals/" in action and action.rpartition("/")[2].isdigit())


def test_a_list_is_published_and_the_way_back_is_open(site: Site) -> None:
    stage = Stage(site.database, site.house, site.meadow, site.office)
    with site.database.write() as session:
        purchase = stage.drafted(session, ["Niamh O’Brien"])
        other = stage.drafted(session, ["Daniel Mensah"], invoice_reference="INV-2")
        session.flush()
        purchase_id, other_id = purchase.id, other.id
    office, employer = site.sign_in(site.office.administrator), site.sign_in(site.house.submitter)

    # The employer opens the page on which they would submit.
    shown = employer.get(f"/purchases/{purchase_id}/check")
    assert "£924.00" in shown.words

    # Meanwhile a list with a typing mistake is published.
    office.get("/course-lists")
    office.get("/course-lists/upload")
    mistaken = as_workbook(changed(CERTIFICATE_COURSE, max_reimbursement_pence=154_00))
    page = office.send({"file": (io.BytesIO(mistaken), "list.xlsx")})
    assert "2 drafts of 1 employer would come out otherwise: −£1,663.20" in page.words
    assert office.send(action=publish(page)).heading == "Course list version 2"

    # What the employer saw is not what is so, and nothing is submitted.
    values = {name: value[0] for name, value in shown.filled().items()}
    with site.database.read() as session:
        assert session.get_one(Claim, 1).state == "draft"
    again = employer.get(f"/purchases/{purchase_id}/check")
    assert "£92.40" in again.words
    assert {name: value[0] for name, value in again.filled().items()} != values

    # The way back: the version before, from the list of versions, with the same preview.
    office.get("/course-lists/1")
    page = office.send(action="/course-lists/1/again")
    assert "2 drafts of 1 employer would come out otherwise: +£1,663.20" in page.words
    assert office.send(action=publish(page)).heading == "Course list version 3"
    assert "£924.00" in employer.get(f"/purchases/{other_id}/check").words

    # Everybody who is told was told both times, and an auditor sees all three versions.
    words = site.sign_in(site.office.auditor).get("/course-lists").words
    assert all(f"Version {number}" in words for number in (1, 2, 3))
    assert words.count("Replaced on its first day") == 1
