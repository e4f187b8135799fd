"""Looking back: events sought by who, what, whom and when; downloaded; and the chain verified from the page."""

import csv
import io
import json
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select, text

from claims.demo import cast
from claims.lifecycle import Act
from claims.models import Claim, Event
from claims.services.moving import move
from claims.services.recording import record
from claims.services.seeding import SYSTEM
from claims.store.events import PAGE
from tests.browsing import Browser, Page
from tests.site import AT, Site
from tests.web.back_office import stage_of


@pytest.fixture
def helen(site: Site) -> Browser:
    stage = stage_of(site)
    stage.submitted("Niamh O’Brien", "Daniel Mensah")
    stage.approved("Zofia Kowalska")
    return site.sign_in(site.office.administrator)


def rows(page: Page) -> list[list[str]]:
    assert page.document is not None
    found = []
    for row in page.document.iter("tr"):
        cells = [" ".join(cell.itertext()).strip() for cell in row if cell.tag in ("th", "td")]
        found.append([" ".join(cell.split()) for cell in cells])
    return found[1:]


def words_of(page: Page) -> set[str]:
    return {row[3] for row in rows(page)}


def reference_of(site: Site, learner: str) -> str:
    with site.database.read() as session:
        claims = session.scalars(select(Claim).where(Claim.learner_id == site.house.learners[learner]))
        return claims.first().reference  # type: ignore[union-attr]


def test_events_are_found_by_person(helen: Browser) -> None:
    page = helen.get("/audit?person=asha")
    assert {row[2] for row in rows(page)} == {"Asha Rahman assessor", "The service"}
    assert "Approved" in words_of(page)


def test_events_are_found_by_claim_with_those_of_its_purchase(site: Site, helen: Browser) -> None:
    page = helen.get(f"/audit?claim={reference_of(site, 'Zofia Kowalska')[:-2].replace('-', ' ').lower()}")
    assert words_of(page) >= {"Submitted", "Approved", "Declaration made", "Draft opened", "Taken up"}
    assert len({row[4] for row in rows(page) if row[4].startswith(reference_of(site, "Zofia Kowalska")[:-2])}) == 2
    assert "Niamh" not in page.words


def test_events_are_found_by_employer_kind_and_day(site: Site, helen: Browser) -> None:
    with site.database.write() as session:
        record(session, "try", ("claim", 1), site.meadow.sro, AT - timedelta(days=3), note="A different house")
    assert words_of(helen.get("/audit?employer=m2003002")) == {"Try"}
    assert words_of(helen.get("/audit?kind=claim:approve")) == {"Approved"}
    days = "first-day=30&first-month=1&first-year=2026&last-day=30&last-month=1&last-year=2026"
    page = helen.get(f"/audit?{days}")
    assert words_of(page) == {"Try"}
    assert "“A different house”" in page.words
    assert "No event matches." in helen.get(f"/audit?{days}&employer=hartley").words


def test_a_discarded_draft_is_found_by_the_reference_it_had(site: Site, helen: Browser) -> None:
    with site.database.write() as session:
        purchase = stage_of(site).drafted(session, ["Liam Walsh"])
        claim = session.scalars(select(Claim).where(Claim.purchase_id == purchase.id)).one()
        reference = claim.reference
        move(session, claim, Act.DISCARD, site.house.submitter, AT)
    assert words_of(helen.get(f"/audit?claim={reference}")) >= {"Draft opened", "Discarded"}


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("claim=7KD-4XQ2-M9RT", "Enter a claim reference, such as 7KD-4XQ2-M9RT-A. Check each character"),
        (
            "first-day=31&first-month=2&first-year=2026",
            "The first day must be a real date: check how many days the month has",
        ),
        (
            "first-day=2&first-month=2&first-year=2026&last-day=1&last-month=2&last-year=2026",
            "The last day must be on or after the first day",
        ),
    ],
)
def test_a_search_that_cannot_be_meant_says_so_and_keeps_what_was_typed(
    helen: Browser, query: str, problem: str
) -> None:
    page = helen.get(f"/audit?person=asha&{query}")
    assert page.problems == page.field_errors == [problem]
    assert page.title.startswith("Error: ")
    assert 'value="asha"' in page.text
    assert not rows(page)


def test_many_events_come_page_by_page_each_once(site: Site, helen: Browser) -> None:
    with site.database.write() as session:
        for number in range(PAGE * 2):
            record(session, "try", ("claim", number + 1), SYSTEM, AT)
    numbers: list[str] = []
    page = helen.get("/audit?kind=claim:try")
    while True:
        numbers += [row[0] for row in rows(page)]
        assert page.document is not None
        following = [a.get("href") for a in page.document.iter("a") if a.get("rel") == "next"]
        if not following:
            break
        page = helen.get(following[0] or "")
    assert len(numbers) == PAGE * 2
    assert numbers == sorted(set(numbers), key=int, reverse=True)


@pytest.mark.parametrize("before", ["x", "-1", "0", str(2**63), "9" * 30])
def test_a_page_that_no_page_leads_to_is_the_first(helen: Browser, before: str) -> None:
    assert rows(helen.get(f"/audit?before={before}"))


def download(browser: Browser, how: str, **wanted: str) -> Page:
    browser.get("/audit")
    return browser.post("/audit/download", {"as": how, **wanted}, follow_redirects=True)


def test_the_search_is_downloaded_as_csv_and_that_is_an_event(site: Site, helen: Browser) -> None:
    with site.database.write() as session:
        record(session, "reject", ("claim", 1), site.office.assessor, AT, note="=HYPERLINK(1)\nsecond line")
    page = download(helen, "csv", person="asha")
    table = list(csv.DictReader(io.StringIO(page.response.get_data().decode("utf-8-sig"))))
    assert {row["Person"] for row in table} == {"Asha Rahman", "The service"}
    assert table[-1]["Note"] == "'=HYPERLINK(1)\nsecond line"
    assert [int(row["Number"]) for row in table] == sorted(int(row["Number"]) for row in table)
    with site.database.read() as session:
        event = session.scalars(select(Event).order_by(Event.number.desc())).first()
    assert event is not None
    assert (event.act, event.about_kind, event.details) == ("export", "events", {"as": "csv"})
    assert "asha" not in json.dumps(event.details)


def test_the_search_is_downloaded_as_a_workbook_that_reconciles(site: Site, helen: Browser) -> None:
    with site.database.write() as session:
        record(session, "reject", ("claim", 1), site.office.assessor, AT, note="=1+1")
    page = download(helen, "xlsx", kind="claim")
    sheets = openpyxl.load_workbook(io.BytesIO(page.response.get_data()))
    found = list(sheets["Events"].iter_rows(values_only=True))
    assert found[0][0] == "Number"
    assert found[-1][12] == "=1+1"
    assert sheets["Events"].cell(len(found), 13).data_type == "s"
    about = {row[0]: row[1] for row in sheets["About"].iter_rows(values_only=True)}
    assert about["Rows in Events"] == len(found) - 1
    assert about["Controls when it was made"] == "All 1 agreed"
    assert about["Filter: Kind"] == "claim"


def test_a_download_of_what_cannot_be_meant_is_refused(helen: Browser) -> None:
    page = download(helen, "csv", claim="nothing")
    assert "Search for what you want first" in page.words


def test_the_chain_is_verified_from_the_page_and_the_page_says_when(site: Site, helen: Browser) -> None:
    assert "Not verified yet" in helen.get("/audit").words
    page = helen.send(action="/audit/verification")
    assert "and nothing was altered." in page.words
    assert "Whole Verified on 2 February 2026 at 9:30am" in page.words
    with site.database.write() as session:
        session.execute(text("UPDATE events SET by_role = 'finance' WHERE number = 9"))
    helen.get("/audit")
    page = helen.send(action="/audit/verification")
    assert page.heading == "The chain of events was altered"
    assert "its content was changed" in page.words
    assert (
        "Altered Verified on 2 February 2026 at 9:30am: 1 place where something was altered, the first at event 9."
        in (helen.get("/audit").words)
    )


def test_everybody_of_the_cast_can_be_sought_without_a_fault(helen: Browser) -> None:
    for name, email, _ in cast.STAFF:
        assert helen.get("/audit", query_string={"person": name}).status == 200
        assert helen.get("/audit", query_string={"person": email, "employer": "%_'\"", "kind": "x:y:z"}).status == 200
