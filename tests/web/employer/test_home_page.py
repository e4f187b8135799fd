"""Home: what needs somebody, the money, and that neither costs more with more claims."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, update

from claims.models import Agreement, BankAccount, Claim, Employer
from claims.services.purchasing import start_purchase
from claims.web.wiring import EXTENSION
from tests.browsing import Browser
from tests.claiming import add_learners, add_payment_evidence, buy, submit_all
from tests.site import AT, Site
from tests.web.back_office import stage_of

SPLIT = {"paid_on": "2026-01-12", "started_on": "2026-01-19"}
DUE = {"paid_on": "2025-11-06", "started_on": "2025-11-03"}


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.sign_in(site.house.sro)


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """The statements that the service sends to its database meanwhile."""
    statements: list[str] = []
    engine = site.app.extensions[EXTENSION].database.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ["/home", "/claims", "/claims?search=a&due=week&order=learner", "/purchases"])
def test_a_page_asks_as_many_questions_for_sixty_claims_as_for_six(site: Site, browser: Browser, path: str) -> None:
    numbers = []
    learners = list(site.house.learners.values())
    for purchases in (2, 6):
        for each in range(purchases):
            address = buy(browser, "610/4009/5" if each % 2 else "LTS", **(DUE if each % 2 else SPLIT))
            add_learners(browser, address, *learners)
        browser.get(path)
        with counted(site) as statements:
            page = browser.get(path)
        assert page.status == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert numbers[0] < 30


def test_long_lists_are_cut_short_with_a_link_to_the_rest(site: Site, browser: Browser) -> None:
    for _ in range(2):
        address = buy(browser, "610/4009/5", **DUE)
        add_learners(browser, address, *site.house.learners.values())
    page = browser.get("/home")
    assert page.words.count("Last day in 4 days") == 8
    (link,) = [a for a in page.document.iter("a") if "".join(a.itertext()).startswith("and ")]
    assert "".join(link.itertext()) == "and 12 more to be claimed within 7 days"
    assert (
        "20 claims: 1 to 20" in browser.get(link.get("href")).words
        or "20 claims" in browser.get(link.get("href")).words
    )


def test_what_the_organisation_has_to_do_is_said(site: Site, browser: Browser) -> None:
    assert "Nothing today." in browser.get("/home").words
    with site.database.write() as session:
        session.execute(update(Agreement).values(scheme_year="2024-25"))
        session.execute(update(BankAccount).values(verified_at=None, verified_by_id=None))
        session.execute(update(Employer).values(workforce_data_updated_on=date(2025, 3, 31)))
    words = browser.get("/home").words
    assert "The agreement for 2025-26 has not been signed." in words
    assert "Your bank details are being verified." in words
    assert "last updated on 31 March 2025. Only an update from 1 April 2025 on counts" in words
    with site.database.write() as session:
        session.execute(update(BankAccount).values(replaced_at=AT))
        session.execute(update(Employer).values(workforce_data_updated_on=date(2025, 4, 1)))
    words = browser.get("/home").words
    assert "Your organisation has not given its bank details." in words
    assert "Workforce data" not in words


def test_money_is_drawn_with_the_same_in_a_table(site: Site, browser: Browser) -> None:
    address = buy(browser, "610/4009/5", **SPLIT)
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    page = browser.get("/home")
    labels = [
        svg.get("aria-label") for svg in page.document.iter() if svg.tag.endswith("svg") and svg.get("role") == "img"
    ]
    assert labels[0] == "Main fund, 2025-26: £0.00 paid, £0.00 to be paid, £924.00 waiting for a decision"
    assert re.match(r"Main fund, 2025-26: £0.00 of the cap of £[\d,.]+ is used", labels[1])
    assert "decisions on the rest by 16 Feb 2026" in page.words or "decisions on it by 16 Feb 2026" in page.words
    with site.database.write() as session:
        values = {"reimbursable_pence": 154_000, "entitlement_pence": 92_400, "payable_pence": 92_400}
        session.execute(update(Claim).values(state="approved", decided_at=AT, **values))
    words = browser.get("/home").words
    # Monday 2 February and ten working days.
    assert "£924.00 by 16 Feb 2026" in words


def test_unfinished_purchases_of_one_course_can_be_told_apart(site: Site, browser: Browser) -> None:
    stage = stage_of(site)
    with site.database.write() as session:
        start_purchase(session, site.house.employer_id, "610/4009/5", site.house.sro, AT)
        stage.drafted(session, ["Niamh O’Brien"], invoice_reference="INV-7")
        stage.drafted(session, ["Niamh O’Brien", "Daniel Mensah", "Zofia Kowalska"], invoice_reference=None)
    words = browser.get("/home").words
    course, provider = "Not submitted Adult Social Care Certificate", "Brightwater Training"
    assert f"{course}, {provider}, invoice INV-7, 1 person, started 1 February 2026" in words
    assert f"{course}, {provider}, 3 people, started 1 February 2026" in words
    assert f"{course}, nobody on it yet, started 2 February 2026" in words


def test_a_purchase_left_half_way_is_continued_from_the_list_of_purchases(site: Site, browser: Browser) -> None:
    assert "You have no purchases yet." in browser.get("/purchases").words
    address = buy(browser, "610/4009/5", **SPLIT)
    page = browser.get("/purchases")
    assert "1 purchase" in page.words
    assert browser.get(f"{address}/continue").heading == "Who is the training for?"
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    assert "1 draft" in browser.get("/purchases").words
    assert site.sign_in(site.meadow.sro).get(f"{address}/continue").status == 404
