"""Who delivers the training, another course instead, and the same purchase again."""

import pytest
from sqlalchemy import func, select, update

from claims.models import Claim, Employer, Purchase
from tests.browsing import Browser
from tests.claiming import add_learners, add_payment_evidence, buy, submit_all
from tests.site import Site

SPLIT = {"paid_on": "2026-01-12", "started_on": "2026-01-19"}
NIAMH = "Niamh O’Brien"


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.sign_in(site.house.sro)


def purchases(site: Site) -> list[Purchase]:
    with site.database.read() as session:
        return list(session.scalars(select(Purchase).order_by(Purchase.id)))


def choose(browser: Browser, code: str) -> None:
    browser.get("/purchases/new", query_string={"search": code})
    browser.post("/purchases/new", {"course": code}, follow_redirects=True)


def test_who_delivers_the_training_decides_which_course_it_is(site: Site, browser: Browser) -> None:
    choose(browser, "OMMT/T1/INT")
    assert browser.page.heading == "Who delivers the training?"
    assert "£12.50 for each learner with your own trainers; up to £25.00 with a provider." in browser.page.words
    assert "CQC" not in browser.page.words
    assert browser.send({"delivery": None}).problems == ["Select who delivers the training"]
    assert browser.send({"delivery": "external"}).heading == "Who did you pay, and when?" or browser.page.status == 200
    choose(browser, "OMMT/T1/EXT")
    browser.send({"delivery": "internal"})
    assert [each.course_code for each in purchases(site)] == ["OMMT/T1/EXT", "OMMT/T1/INT"]
    choose(browser, "LTS")
    assert browser.page.heading != "Who delivers the training?"
    assert browser.get("/purchases/new/delivery?course=LTS").heading == "Which course did you buy?"


@pytest.mark.parametrize(
    ("registered", "sentence"), [(False, "is not registered with"), (None, "We do not know whether")]
)
def test_without_cqc_it_is_said_before_anything_is_typed(
    site: Site, browser: Browser, registered: bool | None, sentence: str
) -> None:
    with site.database.write() as session:
        session.execute(update(Employer).values(registered_with_cqc=registered))
    choose(browser, "OMMT/T2/EXT")
    assert sentence in browser.page.words


def test_what_the_checker_was_told_is_kept_while_the_delivery_is_asked(site: Site, browser: Browser) -> None:
    browser.get("/purchases/new?course=OMMT/T1/EXT&cost=20.00&paid_on=2026-01-12&started_on=2026-01-19")
    browser.send({}, action="/purchases/new")
    browser.send({"delivery": "external"})
    (purchase,) = purchases(site)
    assert (purchase.cost_pence, str(purchase.paid_on)) == (20_00, "2026-01-12")


def test_another_course_says_at_once_who_has_been_claimed_for(site: Site, browser: Browser) -> None:
    first = buy(browser, "LTS", paid_on="2025-12-01", started_on="2025-12-08")
    add_learners(browser, first, site.house.learners[NIAMH])
    with site.database.write() as session:
        session.execute(update(Claim).values(completed_on=func.date("2026-01-09")))
    second = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, second, site.house.learners[NIAMH])
    add_payment_evidence(browser, second)
    submit_all(browser, second)
    page = browser.get(f"{first}/course", query_string={"search": "adult social care certificate"})
    assert page.heading == "Which course is it instead?"
    page = browser.post(f"{first}/course", {"course": "610/4009/5"}, follow_redirects=True)
    assert "The course has been changed." in page.words
    assert "1 learner has a claim for it already" in page.words
    assert browser.post(f"{first}/course", {"course": "NOPE"}, follow_redirects=True).status == 200
    assert purchases(site)[0].course_code == "610/4009/5"
    third = buy(browser, "610/4009/5", **SPLIT)
    assert "Niamh O’Brien (this course is claimed already)" in browser.get(f"{third}/learners").words
    # What was submitted stays as it is.
    assert browser.get(f"{second}/course").heading == "Adult Social Care Certificate"
    browser.get("/learners")
    page = browser.post(f"{second}/course", {"course": "LTS"}, follow_redirects=True)
    assert purchases(site)[1].course_code == "610/4009/5"


def test_a_purchase_is_copied_once_without_dates_invoice_and_learners(site: Site, browser: Browser) -> None:
    address = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, address, site.house.learners[NIAMH])
    browser.get(address)
    form = browser.page.filled(f"{address}/copy")
    for _ in range(2):
        page = browser.post(f"{address}/copy", form, follow_redirects=True)
        assert page.status == 200
    assert len(purchases(site)) == 2
    copy = purchases(site)[1]
    assert (copy.provider, copy.cost_pence, copy.people_covered, copy.claimed_as) == (
        "Bright Training",
        1600_00,
        1,
        "split",
    )
    assert (copy.paid_on, copy.started_on, copy.invoice_reference) == (None, None, None)
    with site.database.read() as session:
        assert session.scalars(select(func.count()).select_from(Claim)).one() == 1
    stranger = site.sign_in(site.meadow.sro)
    stranger.get("/learners/new")
    assert stranger.post(f"{address}/copy").status == 404
    assert stranger.get(f"{address}/course").status == 404


def test_of_a_total_for_several_people_what_it_came_to_for_each_is_copied(site: Site, browser: Browser) -> None:
    total = {"footing": "total", "total": "3000", "people_covered": "2", "other": "yes", "other_funding_pence": "500"}
    address = buy(browser, "610/4009/5", **SPLIT, cost=total)
    browser.get(address)
    browser.send({}, action=f"{address}/copy")
    copy = purchases(site)[1]
    assert (copy.provider, copy.cost_pence, copy.people_covered, copy.other_funding_pence) == (
        "Bright Training",
        1500_00,
        1,
        250_00,
    )
