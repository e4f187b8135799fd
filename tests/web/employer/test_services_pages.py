"""Services are named by the senior responsible officer, who says which submitters see only some."""

import pytest
from sqlalchemy import select

from claims.models import Event, Learner, Membership
from tests.browsing import Browser
from tests.site import Site


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.sign_in(site.house.sro)


def submitter(site: Site) -> int:
    with site.database.read() as session:
        return session.scalars(
            select(Membership.id).where(Membership.person_id == site.house.submitter.person_id)
        ).one()


def add(browser: Browser, name: str) -> None:
    browser.get("/services")
    browser.send({"name": name}, action="/services")


def test_services_are_added_renamed_and_removed_while_nobody_works_in_them(site: Site, browser: Browser) -> None:
    add(browser, "Orchard wing")
    assert browser.page is not None
    assert "Orchard wing has been added." in browser.page.words
    page = browser.send({"name": "orchard WING"}, action="/services")
    assert page.problems == ["You have a service called orchard WING already."]
    browser.get("/services/1")
    assert "The service is called The Cottage now." in browser.send({"name": "The Cottage"}, action="/services/1").words
    with site.database.write() as session:
        session.get_one(Learner, site.house.learners["Joyce Appiah"]).service_id = 1
    browser.get("/services/1")
    assert "Learners work in The Cottage." in browser.send({}, action="/services/1/removal").words
    with site.database.write() as session:
        session.get_one(Learner, site.house.learners["Joyce Appiah"]).service_id = None
    browser.get("/services/1")
    assert "The Cottage has been removed." in browser.send({}, action="/services/1/removal").words


def test_a_submitter_is_limited_and_the_limit_is_an_event(site: Site, browser: Browser) -> None:
    address = f"/team/{submitter(site)}/services"
    assert "name your services first" in browser.get(address).words
    add(browser, "Orchard wing")
    browser.get(address)
    assert browser.send({"sees": "some"}).problems == ["Select at least one service"]
    page = browser.send({"sees": "some", "services": ["1"]})
    assert "Tom Bell only sees learners of the services you selected" in page.words
    with site.database.read() as session:
        event = session.scalars(select(Event).where(Event.act == "limit")).one()
        assert event.details == {"services": [1]}
    page = browser.get(address)
    assert page.filled()["services"] == ["1"]
    assert "0 learners" not in site.sign_in(site.house.submitter).get("/learners").words
    assert "sees all of your learners" in browser.send({"sees": "all"}).words


def test_a_service_in_use_by_a_limit_stays_and_another_employers_is_not_there(site: Site, browser: Browser) -> None:
    add(browser, "Orchard wing")
    browser.get(f"/team/{submitter(site)}/services")
    browser.send({"sees": "some", "services": ["1"]})
    browser.get("/services/1")
    assert "A submitter is limited to Orchard wing." in browser.send({}, action="/services/1/removal").words
    stranger = site.sign_in(site.meadow.sro)
    assert stranger.get("/services/1").status == 404
    assert stranger.get(f"/team/{submitter(site)}/services").status == 404
    add(stranger, "Mill wing")
    with site.database.read() as session:
        own = session.scalars(
            select(Membership.id).where(Membership.person_id == site.meadow.submitter.person_id)
        ).one()
    stranger.get(f"/team/{own}/services")
    page = stranger.send({"sees": "some", "services": ["1"]})
    assert page.problems
