"""Finance's page for the end of a scheme year: what is open, workbooks, closing, opening again."""

import hashlib
from datetime import UTC, datetime

from sqlalchemy import select

from claims.lifecycle import Act
from claims.models import Claim, Event
from claims.services.moving import move
from tests.site import AT, Site
from tests.web.back_office import stage_of

PAGE = "/payments/year-end?year=2025-26"
AFTER = datetime(2027, 4, 1, 9, 0, tzinfo=UTC)


def test_what_is_open_is_shown_and_a_workbook_of_it_is_kept(site: Site) -> None:
    stage = stage_of(site)
    stage.submitted("Niamh O’Brien")
    stage.approved("Daniel Mensah")
    olu = site.sign_in(site.office.finance)
    page = olu.get(PAGE)
    assert page.heading == "Year end 2025-26"
    assert "Main Submitted 1 £924.00 Main Approved 1 £924.00" in page.words
    assert "Claims can still come until 31 March 2027." in page.words
    assert "2 claims are not decided or not paid." in page.words
    page = olu.send(action="/payments/year-end/2025-26/workbooks")
    assert "Version 1 of the year-end workbook is kept below." in page.words
    got = olu.post("/payments/year-end/2025-26/workbooks/1")
    assert got.headers["Content-Disposition"] == "attachment; filename=year-end-2025-26-version-1.xlsx"
    assert hashlib.sha256(got.response.get_data()).hexdigest() in page.words
    with site.database.read() as session:
        acts = session.scalars(select(Event.act).where(Event.about_kind == "year-end").order_by(Event.number)).all()
        assert acts == ["draw-up", "download"]
    assert "Claims can still come" in olu.get("/payments/year-end/2025-26/closing", follow_redirects=True).words
    marcus = site.sign_in(site.office.auditor)
    assert "Make a year-end workbook" not in marcus.get(PAGE).words
    assert marcus.post("/payments/year-end/2025-26/workbooks/1").status == 200
    for address in ("/payments/year-end/2025-26/workbooks/9", "/payments/year-end/1999-00/workbooks/1"):
        assert marcus.post(address).status == 404
    assert olu.get("/payments/year-end/1999-00/closing").status == 404


def test_a_year_is_closed_by_one_person_and_opened_again_by_another(site: Site) -> None:
    site.time.move_to(AFTER)
    olu = site.sign_in(site.office.finance)
    page = olu.get(PAGE)
    assert "Nothing is open and nothing can come any more." in page.words
    page = olu.get("/payments/year-end/2025-26/closing")
    assert "no claim of 2025-26 can be submitted" in page.words
    values = page.filled("/payments/year-end/2025-26/closing")
    page = olu.send(action="/payments/year-end/2025-26/closing")
    assert "Scheme year 2025-26 is closed." in page.words
    assert "somebody else from finance must open it again" in page.words
    assert "Make a year-end workbook" not in page.words
    # Sent twice, it is closed once.
    assert olu.post("/payments/year-end/2025-26/closing", values).status == 303
    assert (
        "is closed: its last workbook stands"
        in olu.post("/payments/year-end/2025-26/workbooks", follow_redirects=True).words
    )
    assert (
        "A second person"
        in olu.post("/payments/year-end/2025-26/reopening", {"reason": "Once more"}, follow_redirects=True).words
    )
    priya = site.sign_in(site.office.other_finance)
    priya.get("/payments/year-end/2025-26/reopening")
    assert priya.send({"reason": " "}).problems == ["Enter the reason"]
    page = priya.send({"reason": "A late recovery"})
    assert "Scheme year 2025-26 is open again." in page.words
    assert "opened again 1 April 2027" in page.words
    assert priya.get("/payments/year-end/2025-26/reopening").status == 200


def test_pages_of_a_closed_year_say_so(site: Site) -> None:
    stage = stage_of(site)
    purchase = stage.submitted("Niamh O’Brien")
    said = "Scheme year 2025-26 is closed: nothing more of it can be submitted, undone, paid or recovered."
    with site.database.write() as session:
        claim = session.scalars(select(Claim)).one()
        move(session, claim, Act.REJECT, site.office.assessor, AT, because="No receipt")
        claim_id = claim.id
    pages = {
        site.house.sro: (f"/claims/{claim_id}", f"/purchases/{purchase}", f"/purchases/{purchase}/learners"),
        site.office.lead: (f"/assessment/claims/{claim_id}", f"/assessment/purchases/{purchase}"),
    }
    site.time.move_to(AFTER)
    for who, addresses in pages.items():
        browser = site.sign_in(who)
        assert not any(said in browser.get(address).words for address in addresses)
    olu = site.sign_in(site.office.finance)
    olu.get("/payments/year-end/2025-26/closing")
    olu.send(action="/payments/year-end/2025-26/closing")
    for who, addresses in pages.items():
        browser = site.sign_in(who)
        for address in addresses:
            words = browser.get(address).words
            assert said in words
            assert "Undo the decision" not in words
            assert "Check and submit" not in words
