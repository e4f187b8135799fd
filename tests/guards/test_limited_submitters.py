"""A submitter who is limited to services finds nobody else's learners: tried on every address there is."""

from datetime import date

import pytest
from sqlalchemy import select

from claims.lifecycle import Role
from claims.models import Claim, Learner, Membership
from claims.services.dividing import add_service, limit_submitter
from claims.services.purchasing import change_purchase
from claims.store.claim_lists import ClaimFilter, claims_of
from claims.store.claims import claims_in, purchase_of
from claims.store.sight import Sight, limit_sight, whole_sight
from claims.web.access import opened_to
from tests.claiming import buy
from tests.guards.test_access import READING, Town, addresses, methods_of, town, try_it
from tests.site import site, still_clock
from tests.stage import AT, Stage

__all__ = ["site", "still_clock", "town"]

OWN = "Joyce Appiah"
"""The only learner whom the limited submitter sees."""
ABOUT_LEARNERS = ("<int:purchase_id>", "<int:claim_id>", "<int:evidence_id>", "<int:learner_id>")


@pytest.fixture
def limited(town: Town) -> Town:
    """The town, with its submitter limited to a service in which only Joyce works; a purchase for her and Imran."""
    house = town.site.house
    Stage(town.site.database, house, town.site.meadow, town.site.office).submitted(OWN, "Imran Siddiqui")
    with town.site.database.write() as session:
        cottage = add_service(session, house.employer_id, "The Cottage", by=house.sro, at=AT)
        session.get_one(Learner, house.learners[OWN]).service_id = cottage.id
        member = session.get_one(Membership, int(town.names["membership_id"]))
        limit_submitter(session, member, [cottage.id], by=house.sro, at=AT)
    return town


def test_what_a_limited_submitter_does_not_see_is_not_there(limited: Town) -> None:
    browser = limited.site.sign_in(limited.site.house.submitter)
    tried = 0
    for rule in limited.site.app.url_map.iter_rules():
        address = limited.address(rule)
        about_somebody = any(name in rule.rule for name in ABOUT_LEARNERS)
        if address and about_somebody and Role.SUBMITTER in opened_to(limited.site.app.view_functions[rule.endpoint]):
            for method in methods_of(rule):
                assert try_it(browser, method, address) == 404, f"{method} {address}"
                tried += 1
    assert tried > 30


def test_no_page_names_somebody_whom_a_limited_submitter_does_not_see(limited: Town) -> None:
    house = limited.site.house
    browser = limited.site.sign_in(house.submitter)
    hidden = [name.split()[-1] for name in house.learners if name != OWN]
    with limited.site.database.read() as session:
        claim = session.scalars(select(Claim).where(Claim.learner_id == house.learners[OWN])).first()
        assert claim is not None
        own = {"purchase_id": str(claim.purchase_id), "claim_id": str(claim.id)}
    own["learner_id"] = str(house.learners[OWN])
    looked, found = 0, 0
    for method, address, may, _ in addresses(Town(limited.site, limited.names | own)):
        if method in READING and Role.SUBMITTER in may:
            page = browser.get(address)
            looked += 1
            found += "Appiah" in page.text
            assert not [name for name in hidden if name in page.text], address
    assert looked > 20
    assert found > 5


def test_a_limit_is_gone_when_it_is_lifted_and_begins_at_once(limited: Town) -> None:
    house = limited.site.house
    browser = limited.site.sign_in(house.submitter)
    address = f"/learners/{house.learners['Niamh O’Brien']}"
    assert browser.get(address).status == 404
    with limited.site.database.write() as session:
        member = session.get_one(Membership, int(limited.names["membership_id"]))
        limit_submitter(session, member, None, by=house.sro, at=AT)
    assert browser.get(address).status == 200


def test_nobody_elses_request_is_limited_by_the_one_before(limited: Town) -> None:
    house = limited.site.house
    limited.site.sign_in(house.submitter).get("/learners")
    assert "10 learners" in limited.site.sign_in(house.sro).get("/learners").words
    with limited.site.database.read() as session:
        assert len(session.scalars(select(Learner).where(Learner.employer_id == house.employer_id)).all()) == 10


def test_queries_of_every_shape_keep_to_the_limit(limited: Town) -> None:
    house = limited.site.house
    with limited.site.database.read() as session:
        learner = session.get_one(Learner, house.learners[OWN])
        assert learner.service_id is not None
        purchase = session.get_one(
            Claim, session.scalars(select(Claim.id).where(Claim.learner_id == learner.id)).first()
        ).purchase_id
        session.expunge_all()
        limit_sight(Sight(house.employer_id, frozenset({learner.service_id}), house.submitter.person_id or 0))
        try:
            page = claims_of(session, house.employer_id, ClaimFilter(), AT.date())
            assert page.total == len(page.claims) == 1
            shared = purchase_of(session, house.employer_id, purchase)
            assert [claim.learner.name for claim in claims_in(session, shared)] == [OWN]
            assert page.claims[0].purchase is shared
            with whole_sight():
                assert len(claims_in(session, shared)) == 2
        finally:
            limit_sight(None)


def test_somebody_limited_adds_learners_to_their_own_services_only(limited: Town) -> None:
    limited.site.app.config["WTF_CSRF_CHECK_DEFAULT"] = True
    browser = limited.site.sign_in(limited.site.house.submitter)
    browser.get("/learners/table")
    row = "Sam,Okoro,AB123456C,Care worker,Employee,1 March 2024"
    page = browser.send({"table": row})
    assert "1 new learner" in page.words
    page = browser.send({}, action="/learners/confirmation")
    assert "1 learner added and 0 changed." in page.words
    assert "2 learners" in page.words
    browser.get("/learners/table")
    page = browser.send({"table": row.replace("AB123456C", "AA000001A")})
    assert "in a service that you do not see" in page.words
    assert "Brien" not in page.words
    browser.get("/learners/table")
    assert "not one of your services: The Cottage" in browser.send({"table": row + ",yes,no,Orchard wing"}).words


def test_somebody_limited_puts_people_of_their_own_services_on_a_purchase_only(limited: Town) -> None:
    browser = limited.site.sign_in(limited.site.house.submitter)
    address = buy(browser, "LTS", paid_on="2025-10-01", started_on="2025-10-06")
    browser.get(f"{address}/learners/table")
    page = browser.send({"table": "Sam Okoro,AA000001A"})
    assert "in a service that you do not see" in page.words
    assert "Brien" not in page.words
    browser.get(f"{address}/learners/table")
    page = browser.send({"table": "Sam,Okoro,AB123456C,Care worker,Employee,1 March 2024\nJoyce Appiah,AA000007A"})
    assert "1 person is new, and 1 is among your learners already." in page.words
    assert "2 learners added." in browser.send().words


def test_a_purchase_for_people_of_two_services_is_changed_as_a_whole(limited: Town) -> None:
    house = limited.site.house
    stage = Stage(limited.site.database, house, limited.site.meadow, limited.site.office)
    with limited.site.database.write() as session:
        service_id = session.get_one(Learner, house.learners[OWN]).service_id or 0
        purchase = stage.drafted(session, [OWN, "Liam Walsh"], course="LTS", claimed_as="full")
        limit_sight(Sight(house.employer_id, frozenset({service_id}), house.submitter.person_id or 0))
        try:
            session.expire_all()
            assert len(claims_in(session, purchase)) == 1
            change_purchase(session, purchase, {"started_on": date(2025, 12, 15)}, house.submitter, AT)
        finally:
            limit_sight(None)
        assert {claim.started_on for claim in claims_in(session, purchase)} == {date(2025, 12, 15)}
        assert len(claims_in(session, purchase)) == 2
