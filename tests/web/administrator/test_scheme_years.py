"""The page of scheme years: parameters with sources, and funds opened and closed with words that people read."""

import pytest

from tests.browsing import Browser
from tests.claiming import day
from tests.site import AT, Site

WORDS = "The money of this year is spent. What you have submitted is still decided."


@pytest.fixture
def office(site: Site) -> Browser:
    return site.sign_in(site.office.administrator)


def test_every_parameter_is_shown_with_its_source_and_confidence(office: Browser) -> None:
    words = office.get("/scheme-years").words
    assert "Devon County Council funding page" in words
    assert "Check with the scheme" in words
    assert "Secondary" in words


def test_every_parameter_is_said_in_words_with_its_unit(office: Browser) -> None:
    words = office.get("/scheme-years").words
    for said in (
        "Most for one employer in the year, courses and qualifications £400,000.00",
        "Most for one employer in the year, Oliver McGowan training none known",
        "Largest evidence file 2 MB",
        "Senior responsible officers on an employer’s team 1",
        "Share paid at the start of long training 60%",
        "Workforce data must be updated since the latest 1 April",
    ):
        assert said in words, said


def test_a_fund_that_is_closed_says_so_wherever_people_begin(site: Site, office: Browser) -> None:
    office.get("/scheme-years/2025-26/main")
    page = office.send({"stands": "closed"})
    assert page.problems == ["Say what people who want to claim will read."]
    page = office.send({"stands": "closed", "message": WORDS, **day("from_on", AT.date())})
    assert "Saved. People read it from that day." in page.words
    assert "Closed since 2 Feb 2026" in page.words
    for address in ("/", "/check"):
        assert f"Courses and qualifications, 2025-26: closed. {WORDS}" in site.visit().get(address).words
    employer = site.sign_in(site.house.sro)
    for address in ("/home", "/purchases/new"):
        assert WORDS in employer.get(address).words
    answer = site.visit().get("/check/answer?course=LTS&job_role=care-worker&paid_on=2026-01-12")
    assert "The fund is closed" in answer.words


def test_a_day_that_is_past_is_refused(office: Browser) -> None:
    office.get("/scheme-years/2025-26/ommt")
    page = office.send({"stands": "open", **day("from_on", "2026-02-01")})
    assert page.problems == ["The day must be on or after 2 February 2026"]
    assert office.get("/scheme-years/2024-25/ommt").status == 404
