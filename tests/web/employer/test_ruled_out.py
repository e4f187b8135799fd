"""What rules out every claim of a purchase is said at the first step at which it is known."""

from datetime import date, timedelta

import pytest

from tests.browsing import Browser
from tests.claiming import add_learners, add_payment_evidence, buy, submit_all
from tests.site import AT, Site

CERTIFICATE = "610/4009/5"
OPEN = "It can still be claimed all at once, on completion: change how you claim"


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.sign_in(site.house.sro)


@pytest.mark.parametrize(("days", "late"), [(0, False), (1, True)])
def test_a_start_part_that_is_too_late_is_said_where_the_way_is_chosen_and_again_before_submitting(
    site: Site, browser: Browser, days: int, late: bool
) -> None:
    # Both dates three months before today, or a day earlier still.
    began = date(2025, 11, 2) - timedelta(days=days)
    address = buy(browser, CERTIFICATE, paid_on=began.isoformat(), started_on=began.isoformat())
    page = browser.get(f"{address}/way-of-claiming")
    assert ("Cannot be claimed:" in page.words) is late
    assert ("now, to be claimed by 2 February 2026" in page.words) is not late
    assert "For each learner nothing now, then £1,540.00 on completion" in page.words, "that stays open"
    page = browser.get(f"{address}/learners")
    assert ("As it stands, nothing can be claimed for this purchase." in page.words) is late
    assert (OPEN in page.words) is late
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    add_payment_evidence(browser, address)
    page = browser.get(f"{address}/check")
    assert (OPEN in page.words) is late
    if late:
        browser.get(f"{address}/way-of-claiming")
        browser.send({"claimed_as": "full"})
        page = browser.get(f"{address}/learners")
        assert "nothing can be claimed" not in page.words
    else:
        assert submit_all(browser, address).heading == "Claim submitted"


def test_an_apprenticeship_rules_out_both_ways_and_says_where_to_change_it(site: Site, browser: Browser) -> None:
    address = buy(
        browser, CERTIFICATE, paid_on=AT.date().isoformat(), started_on=AT.date().isoformat(), apprenticeship="yes"
    )
    page = browser.get(f"{address}/way-of-claiming")
    assert page.words.count("Cannot be claimed:") == 2
    page = browser.get(f"{address}/learners")
    assert "As it stands, nothing can be claimed for this purchase." in page.words
    assert "Change the training dates" in page.words
    assert OPEN not in page.words


def test_the_check_shows_course_dates_and_what_others_paid(site: Site, browser: Browser) -> None:
    cost = {"footing": "total", "total": "1000", "people_covered": "3", "other": "yes", "other_funding_pence": "100"}
    day_ = AT.date().isoformat()
    address = buy(browser, CERTIFICATE, paid_on=day_, started_on=day_, cost=cost)
    add_learners(browser, address, site.house.learners["Niamh O’Brien"])
    words = browser.get(f"{address}/check").words
    assert "Course 610/4009/5, level 2" in words
    assert "Training starts 2 February 2026" in words
    assert "Bright Training, invoice INV-17" in words
    assert "£333.33 for each learner, of which others paid £33.33" in words
