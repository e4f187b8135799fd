"""Administrators see what is past its time before it goes, and mean it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from claims.lifecycle import Act
from claims.models import Claim, Event
from claims.services.moving import move
from tests.browsing import Browser
from tests.site import AT, Site
from tests.web.back_office import stage_of

LATER = AT + timedelta(days=800)


@pytest.fixture
def helen(site: Site) -> Browser:
    purchase_id = stage_of(site).submitted("Niamh O’Brien", "Daniel Mensah")
    with site.database.write() as session:
        claim = session.scalars(select(Claim).where(Claim.purchase_id == purchase_id)).first()
        assert claim is not None
        move(session, claim, Act.REJECT, site.office.assessor, AT, because="Not there")
    return site.sign_in(site.office.administrator)


def test_nothing_is_past_its_time_at_first(helen: Browser) -> None:
    words = helen.get("/retention").words
    assert "Nothing is past its time today." in words
    assert "Nothing has been removed so far." in words


def test_what_is_due_is_shown_then_removed_once_it_is_meant(site: Site, helen: Browser) -> None:
    site.time.move_to(LATER)
    helen = site.sign_in(site.office.administrator)
    page = helen.get("/retention")
    assert "Rejected claims, 2 years after the last event 1" in page.words
    assert "Rejected Hartley House Care Ltd 610/4009/5 2 Feb 2026 2 Feb 2028" in page.words
    page = helen.send()
    assert page.problems == page.field_errors == ["Tick the box to say that you want to remove this"]
    page = helen.send({"sure": "yes"})
    assert "Personal data was removed. Rejected claims: 1; Learners of whom no other claim is kept: 1" in page.text
    assert "Last removed on 12 April 2028 at 10:30am: " in page.words
    assert "Nothing is past its time today." in page.words
    with site.database.read() as session:
        event = session.scalars(select(Event).where(Event.about_kind == "retention")).one()
        assert event.by_id == site.office.administrator.person_id
        assert (event.details["rejected"], event.details["learners"]) == (1, 1)


def test_pages_of_what_was_removed_still_open(site: Site, helen: Browser) -> None:
    site.time.move_to(LATER)
    helen = site.sign_in(site.office.administrator)
    helen.get("/retention")
    helen.send({"sure": "yes"})
    grace, asha, olu = (site.sign_in(who) for who in (site.house.sro, site.office.assessor, site.office.finance))
    with site.database.read() as session:
        claim = session.scalars(select(Claim).where(Claim.personal_data_removed_at.is_not(None))).one()
        claim_id, purchase_id, learner_id = claim.id, claim.purchase_id, claim.learner_id
    for browser, paths in (
        (
            grace,
            (
                f"/claims/{claim_id}",
                f"/purchases/{purchase_id}",
                f"/learners/{learner_id}",
                "/claims",
                "/learners",
                "/home",
            ),
        ),
        (grace, (f"/learners/{learner_id}/details",)),
        (asha, (f"/assessment/claims/{claim_id}", f"/assessment/purchases/{purchase_id}", "/assessment")),
        (olu, (f"/assessment/claims/{claim_id}", "/payments")),
        (helen, ("/audit", "/retention")),
    ):
        for path in paths:
            page = browser.get(path)
            assert page.status == 200, path
            assert not any(
                name in page.words
                for name in ("Niamh", "O’Brien")
                if learner_id == site.house.learners["Niamh O’Brien"]
            )


def test_an_auditor_looks_and_removes_nothing(site: Site, helen: Browser) -> None:
    site.time.move_to(LATER)
    marcus = site.sign_in(site.office.auditor)
    assert "Remove it" not in marcus.get("/retention").words
