"""An employer claims a Level 2 Adult Social Care Certificate for three learners, one of them ineligible."""

import re

from sqlalchemy import select

from claims.models import Claim
from claims.services.recording import verify
from tests.claiming import (
    add_certificates,
    add_learners,
    add_payment_evidence,
    buy,
    day,
    go_on_from_learners,
    submit_all,
)
from tests.site import Site

SPLIT = {"paid_on": "2026-01-12", "started_on": "2026-01-19"}


def test_three_learners_one_of_them_ineligible(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    assert browser.get("/home").heading == "Hartley House Care Ltd"
    found = browser.get("/purchases/new", query_string={"search": "level 2 adult social care certificate"})
    assert "610/4009/5" in found.words
    assert "Up to £1,540.00" in found.words

    address = buy(browser, "610/4009/5", **SPLIT)
    people = site.house.learners
    page = add_learners(browser, address, people["Niamh O’Brien"], people["Daniel Mensah"], people["Margaret Ellis"])
    assert "3 learners on this purchase" in page.words
    assert "Registered nurse" in page.words or "registered" in page.words
    assert "Not met" in page.words

    page = go_on_from_learners(browser, address)
    assert page.heading == "Evidence"
    page = add_payment_evidence(browser, address)
    assert "invoice.pdf" in page.words

    page = browser.get(f"{address}/check")
    assert "2 claims ready, for £1,848.00 in all." in page.words
    assert page.words.count("Last day to claim: 19 April 2026") == 2  # once for both who can be claimed for
    page = submit_all(browser, address)
    assert page.heading == "Claims submitted"
    assert len(re.findall(r"[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}-B", page.words)) == 2
    assert "1 claim of this purchase waits as a draft" in page.words

    listed = browser.get("/claims", query_string={"state": "submitted"})
    assert "2 claims" in listed.words
    with site.database.read() as session:
        claims = session.scalars(select(Claim).order_by(Claim.id)).all()
        assert [claim.state for claim in claims] == ["submitted", "submitted", "draft"]
        assert verify(session)[1] == []
        mine = claims[0]
        address_of_claim, reference = f"/claims/{mine.id}", mine.reference
    page = browser.get(address_of_claim)
    assert "An assessor looks at it" in page.words
    assert "£924.00 claimed" in page.words
    assert "Submitted by Grace Okafor" in page.words
    page = browser.get("/claims", query_string={"search": reference.lower().replace("-", "")})
    assert "Niamh O’Brien" in page.words


def test_a_course_claimed_all_at_once_with_dates_and_certificates(site: Site) -> None:
    browser = site.sign_in(site.house.submitter)
    address = buy(
        browser,
        "LTS",
        paid_on="2025-10-01",
        started_on="2025-10-06",
        cost={"footing": "total", "total": "1240", "people_covered": "2", "other": "no"},
    )
    people = site.house.learners
    add_learners(browser, address, people["Zofia Kowalska"], people["Imran Siddiqui"])
    page = go_on_from_learners(browser, address)
    assert page.heading == "When did they complete the training?"
    with site.database.read() as session:
        one, two = session.scalars(select(Claim.id).order_by(Claim.id)).all()
    # One finished, the other has not.
    page = browser.send({"how": "each", **day(f"completed_on_{one}", "2025-11-30")})
    assert page.heading == "Evidence"
    add_payment_evidence(browser, address)
    add_certificates(browser, address)
    page = browser.get(f"{address}/check")
    assert "1 claim ready, for £500.00 in all." in page.words
    assert "Last day to claim: 28 February 2026" in page.words
    page = submit_all(browser, address)
    assert page.heading == "Claim submitted"
    with site.database.read() as session:
        assert session.get_one(Claim, two).state == "draft"
