"""The list of claims: its views, saved ones, and what was discarded."""

import io

import openpyxl
import pytest

from claims.models import Learner
from claims.services.saving_views import MOST
from tests.browsing import Browser
from tests.claiming import add_learners, buy
from tests.site import Site

SPLIT = {"paid_on": "2026-01-12", "started_on": "2026-01-19"}
SAVE = "/claims/views"


@pytest.fixture
def browser(site: Site) -> Browser:
    browser = site.sign_in(site.house.sro)
    address = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, address, *list(site.house.learners.values())[:3])
    return browser


def test_a_view_is_saved_opened_replaced_and_removed(site: Site, browser: Browser) -> None:
    browser.get("/claims?state=draft&order=learner&search=o%27brien")
    page = browser.send({"name": "  Niamh’s   drafts "}, action=SAVE)
    assert "The view has been saved." in page.words
    link = next(a for a in browser.get("/claims").document.iter("a") if "".join(a.itertext()) == "Niamh’s drafts")
    page = browser.get(link.get("href"))
    assert "1 claim" in page.words
    assert "Save this view" not in page.words
    assert "Niamh’s drafts" not in site.sign_in(site.house.submitter).get("/claims").words
    browser.get("/claims?state=draft")
    assert "The view has been replaced." in browser.send({"name": "NIAMH’S drafts"}, action=SAVE).words
    (removal,) = [
        form.get("action")
        for form in browser.get("/claims?state=draft").document.iter("form")
        if (form.get("action") or "").endswith("/removal")
    ]
    stranger = site.sign_in(site.meadow.sro)
    stranger.get("/claims")
    stranger.get("/learners")
    stranger.post(removal, {"csrf_token": stranger._csrf_token() or ""})
    browser.get("/claims?state=draft")
    page = browser.send({}, action=removal)
    assert "The view has been removed." in page.words
    assert "drafts Remove" not in page.words


def test_a_view_without_a_name_or_one_too_many_says_so(browser: Browser) -> None:
    browser.get("/claims?state=draft&course=610/4009/5")
    page = browser.send({"name": " "}, action=SAVE)
    assert page.problems == ["Enter a name for this view"]
    assert page.filled("/claims")["course"] == ["610/4009/5"]
    assert "40 characters or fewer" in browser.send({"name": "x" * 41}, action=SAVE).problems[0]
    for number in range(MOST):
        browser.get(f"/claims?state=draft&search={number}")
        browser.send({"name": f"View {number}"}, action=SAVE)
    browser.get("/claims?state=paid")
    assert "12 saved views already" in browser.send({"name": "One more"}, action=SAVE).problems[0]


def test_an_address_that_makes_no_sense_shows_all_claims(browser: Browser) -> None:
    nonsense = "state=x&part=y&fund=z&due=w&order=v&by=9999999999999999999999&learner=-1&after=q&before=&year="
    assert "3 claims" in browser.get(f"/claims?{nonsense}").words
    assert "No claim fits" in browser.get("/claims?year=1%27--").words


def test_another_employers_learner_is_not_named(site: Site, browser: Browser) -> None:
    theirs = next(iter(site.meadow.learners.values()))
    page = browser.get(f"/claims?learner={theirs}")
    assert "Only claims for this learner" in page.words
    assert "Doyle" not in page.words


def test_discarded_drafts_are_listed_with_who_did_it(site: Site, browser: Browser) -> None:
    assert "There are none." in browser.get("/claims/discarded").words
    links = [a.get("href") for a in browser.get("/claims").document.iter("a")]
    claim = next(link for link in links if link.startswith("/claims/") and link.split("/")[-1].isdigit())
    reference = browser.get(claim).heading.removeprefix("Claim ")
    browser.get("/purchases/1/learners")
    browser.send({}, action=f"{claim}/removal")
    words = browser.get("/claims/discarded").words
    assert f"{reference} Adult Social Care Certificate 2 February 2026 at 9:30am Grace Okafor" in words
    assert "There are none." in browser.get("/claims/discarded?before=1").words
    assert "There are none." in site.sign_in(site.meadow.sro).get("/claims/discarded").words


def test_what_is_shown_is_downloaded(site: Site, browser: Browser) -> None:
    with site.database.write() as session:
        session.get_one(Learner, site.house.learners["Niamh O’Brien"]).first_name = "=HYPERLINK(1)"
    page = browser.get("/claims?state=draft&order=learner&course=610/4009/5")
    (link,) = [a for a in page.document.iter("a") if "".join(a.itertext()) == "Download these 3 claims as a workbook"]
    file = browser.client.get(link.get("href"))
    assert file.headers["Content-Disposition"] == 'attachment; filename="claims-2026-02-02.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(file.data))
    assert book.sheetnames == ["About", "Claims", "Deadlines", "Money", "Controls"]
    header, *rows = book["Claims"].iter_rows(values_only=True)
    assert [row[1] for row in rows] == ["Margaret Ellis", "Daniel Mensah", "=HYPERLINK(1) O’Brien"]
    assert book["Claims"]["B4"].data_type == "s"
    assert (rows[0][header.index("State")], rows[0][header.index("Amount")]) == ("Draft", None)
    _, *deadlines = book["Deadlines"].iter_rows(values_only=True)
    assert [(row[0].date().isoformat(), row[1]) for row in deadlines] == [("2026-04-19", 76)] * 3
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert (about["Filter: State"], about["Filter: Course"]) == ("Draft", "Adult Social Care Certificate")
    assert about["Controls when it was made"] == "All 2 agreed"
    empty = openpyxl.load_workbook(io.BytesIO(site.sign_in(site.meadow.sro).client.get("/claims/download.xlsx").data))
    assert empty["Claims"].max_row == 1
