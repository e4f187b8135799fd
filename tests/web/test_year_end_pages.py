"""Finance's page for the end of a scheme year: what is open, workbooks, closing, opening again."""

import hashlib
from datetime import UTC, datetime

from sqlalchemy import select

from claims.lifecycle import Act
from claims.models import Claim, Event, Purchase
from claims.services.moving import move
from tests.browsing import Browser
from tests.claiming import choose_course, day, purchase_address
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
    assert got.headers["Content-Disposition"] == 'attachment; filename="year-end-2025-26-version-1.xlsx"'
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


def closed_for(site: Site) -> Browser:
    """Finance has closed 2025-26; somebody of the employer is signed in."""
    site.time.move_to(AFTER)
    olu = site.sign_in(site.office.finance)
    olu.get("/payments/year-end/2025-26/closing")
    olu.send(action="/payments/year-end/2025-26/closing")
    return site.sign_in(site.house.sro)


PAID = "Scheme year 2025-26 is closed, so training that was paid for on 10 December 2025 can no longer be claimed for."


def test_nobody_is_added_to_a_purchase_of_a_closed_year(site: Site) -> None:
    with site.database.write() as session:
        purchase = stage_of(site).drafted(session, []).id
    here, daniel = f"/purchases/{purchase}/learners", str(site.house.learners["Daniel Mensah"])
    browser = closed_for(site)
    page = browser.get(here)
    assert "Scheme year 2025-26 is closed: nothing more of it can be submitted" in page.words
    assert f"{PAID} If the date is wrong, change the payment date." in page.words
    assert "Paste names and numbers" not in page.words
    assert "Add selected learners" not in page.words
    # Pages that were open before.
    assert PAID in browser.post(here, {"learner": daniel}, follow_redirects=True).words
    browser.get(f"{here}/table")
    browser.send({"table": "Daniel Mensah,AA000002A"})
    page = browser.send({}, action=f"{here}/confirmation")
    assert page.problems == [PAID]
    with site.database.read() as session:
        assert session.scalars(select(Claim)).all() == []


def test_a_payment_date_in_a_closed_year_is_refused_where_it_is_typed(site: Site) -> None:
    browser = closed_for(site)
    address = purchase_address(choose_course(browser, "LTS"), browser)
    told = {"provider": "Bright Training", "invoice_reference": "INV-17", "way": "once"}
    page = browser.send({**told, **day("paid_on", "2025-12-10")})
    assert page.problems == page.field_errors == [PAID]
    assert page.filled()["provider"] == ["Bright Training"]
    assert page.filled()["paid_on-day"] == ["10"]
    page = browser.send(day("paid_on", "2026-04-01"))
    assert page.problems == []
    assert browser.get(f"{address}/payment").filled()["paid_on-year"] == ["2026"]


def test_what_the_checker_was_told_of_a_closed_year_starts_no_purchase(site: Site) -> None:
    browser = closed_for(site)
    browser.get("/purchases/new?course=LTS&paid_on=2025-12-10")
    page = browser.send({}, action="/purchases/new")
    assert PAID in page.words
    assert "LTS" in page.words
    with site.database.read() as session:
        assert session.scalars(select(Purchase)).all() == []


def test_a_purchase_of_a_closed_year_is_copied_for_the_next(site: Site) -> None:
    with site.database.write() as session:
        purchase = stage_of(site).drafted(session, ["Niamh O’Brien"]).id
    browser = closed_for(site)
    browser.get(f"/purchases/{purchase}")
    page = browser.send({}, action=f"/purchases/{purchase}/copy")
    assert "The purchase has been copied. Give its own dates and learners." in page.words
    assert page.filled()["provider"] == ["Brightwater Training"]
    assert browser.send({**day("paid_on", "2025-12-10"), "way": "once"}).problems == [PAID]
    assert browser.send(day("paid_on", "2026-04-01")).problems == []


def test_the_completion_of_own_training_in_a_closed_year_is_refused_where_it_is_typed(site: Site) -> None:
    stage = stage_of(site)
    with site.database.write() as session:
        none = dict.fromkeys(("provider", "invoice_reference", "by_plan", "paid_on", "cost_pence", "people_covered"))
        purchase = stage.drafted(
            session, ["Niamh O’Brien"], course="OMMT/T1/INT", claimed_as="full", other_funding_pence=None, **none
        ).id
        claim = session.scalars(select(Claim.id)).one()
    browser = closed_for(site)
    said = "Scheme year 2025-26 is closed, so training that was completed on 2 March 2026 can no longer be claimed for."
    browser.get(f"/purchases/{purchase}/completion-dates")
    page = browser.send({"how": "one", **day("completed_on", "2026-03-02")})
    assert page.problems == [said]
    assert page.filled()["completed_on-day"] == ["2"]
    browser.get(f"/claims/{claim}/dates")
    page = browser.send(day("completed_on", "2026-03-02"))
    assert page.problems == [said]
    assert "have been saved" in browser.send(day("completed_on", "2026-04-01")).words
