"""All deadlines on one page, the soonest first, and as a calendar file."""

from tests.claiming import add_learners, buy
from tests.site import Site


def test_deadlines_are_sorted_with_the_days_of_the_scheme(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    words = browser.get("/deadlines").words
    assert "No claim is waiting to be made." in words
    assert "Last day to pay for training, 2025-26 31 Mar 2026" in words
    later = buy(browser, "610/4009/5", paid_on="2026-01-12", started_on="2026-01-19")
    add_learners(browser, later, *list(site.house.learners.values())[:2])
    sooner = buy(browser, "610/4009/5", paid_on="2025-11-09", started_on="2025-11-03")
    add_learners(browser, sooner, site.house.learners["Chloe Bennett"])
    unknown = buy(browser, "LTS", paid_on="2025-10-01", started_on="2025-10-06")
    add_learners(browser, unknown, site.house.learners["Joyce Appiah"])
    page = browser.get("/deadlines")
    found = ["9 Feb 2026 in 7 days", "19 Apr 2026 in 76 days", "Give the completion date of Joyce Appiah"]
    assert sorted(found, key=page.words.index) == found
    assert "Niamh" not in site.sign_in(site.meadow.sro).get("/deadlines").words
    calendar = browser.client.get("/deadlines.ics")
    assert calendar.mimetype == "text/calendar"
    assert calendar.text.count("BEGIN:VEVENT") >= 3
    assert "20260209" in calendar.text
    assert "Chloe Bennett" not in calendar.text
    assert "20260209" not in site.sign_in(site.meadow.sro).client.get("/deadlines.ics").text


def test_more_than_a_page_of_deadlines_is_paged(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    for day in ("2025-11-03", "2025-11-04", "2025-11-05"):
        add_learners(
            browser, buy(browser, "610/4009/5", paid_on="2025-11-09", started_on=day), *site.house.learners.values()
        )
    page = browser.get("/deadlines")
    assert "1 to 20 of 30" in page.words
    onwards = next(a.get("href") for a in page.document.iter("a") if a.get("rel") == "next")
    assert "21 to 30 of 30" in browser.get(onwards).words
