"""The frame around every page: names, navigation, messages, and what the demonstration says of itself."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from freezegun import freeze_time

from claims import web
from claims.lifecycle import Role
from claims.web import navigation
from claims.web.app import build
from claims.web.navigation import Place
from tests.browsing import Browser
from tests.html_checks import text_of


def test_the_start_page_says_what_is_paid_for_and_that_it_is_not_a_government_service(browser):
    page = browser.get("/")
    assert page.title == "Get money back for training your care staff - Claim for care training"
    for told in ("Oliver McGowan", "60%", "Sign in"):
        assert told in page.words
    assert "This is not a government service." in text_of(next(page.document.iter("footer")))
    assert "GOV.UK" not in page.text
    assert "crown" not in page.text.lower()


@pytest.mark.parametrize("address", ["/cookies", "/privacy", "/accessibility"])
def test_the_pages_about_the_service_are_open_to_anyone(browser, address):
    assert browser.get(address).status == 200


def test_the_page_about_cookies_names_each_of_them(given, browser):
    names = {"__Host-claims", "__Host-form", "__Host-browser"}
    assert all(name in browser.get("/cookies").words for name in names)
    assert set(re.findall(r'"((?:__Host-)[a-z]+)"', _sources("access.py", "security.py"))) == names


def _sources(*names):
    return "".join((Path(web.__file__).parent / name).read_text() for name in names)


def test_every_page_leads_past_its_header(browser):
    first = next(browser.get("/").document.iter("a"))
    assert (text_of(first), first.get("href")) == ("Skip to main content", "#main-content")


@freeze_time("2026-02-02 23:30")
def test_the_demonstration_says_so_on_every_page_with_its_date(given):
    shown = Browser(build(services=replace(given, settings=replace(given.settings, demonstration=True))))
    for address in ("/", "/cookies", "/nothing-here"):
        assert "It is 2 February 2026 here. All people, employers and claims are invented." in text_of(
            next(shown.get(address).document.iter("header"))
        )


def test_the_real_service_says_nothing_of_a_demonstration(browser):
    assert "Demonstration" not in browser.get("/").text


@pytest.fixture
def places(monkeypatch):
    monkeypatch.setattr(
        navigation,
        "PLACES",
        (
            Place("Claims", "specimens.for_submitters", frozenset({Role.SRO, Role.SUBMITTER})),
            Place("Queue", "specimens.for_assessors", frozenset({Role.ASSESSOR})),
        ),
    )


def header(page) -> list[str]:
    return [text_of(each) for each in next(page.document.iter("nav")).iter("li")]


def test_each_role_sees_its_own_places(browser, places):
    assert header(browser.get("/")) == ["Sign in"]
    assert header(browser.sign_in_with("sro").get("/")) == ["Claims", "Sign out"]
    assert header(browser.sign_in_with("assessor").get("/")) == ["Queue", "Sign out"]
    assert header(browser.sign_in_with("auditor").get("/")) == ["Sign out"]


def test_the_place_where_one_is_is_marked(browser, places):
    page = browser.sign_in_with("sro").get("/specimens/for-submitters")
    current = [text_of(each) for each in page.document.iter("a") if each.get("aria-current") == "page"]
    assert current == ["Claims"]


def test_somebody_who_is_signed_in_goes_on_from_the_start_page_to_their_own(browser, places):
    page = browser.sign_in_with("assessor").get("/")
    button = next(each for each in page.document.iter("a") if "govuk-button--start" in each.get("class", ""))
    assert (text_of(button), button.get("href")) == ("Continue", "/specimens/for-assessors")


def test_signing_out_is_sent_and_not_linked(browser):
    page = browser.sign_in_with("sro").get("/")
    form = next(each for each in page.document.iter("form") if each.get("action") == "/sign-out")
    assert form.get("method") == "post"


def test_tables_can_be_reached_and_moved_with_the_keyboard(browser):
    page = browser.get("/specimens/everything")
    frame = next(
        each for each in page.document.iter("div") if each.get("role") == "region" and each.get("tabindex") == "0"
    )
    assert frame.get("aria-labelledby") == "table-claims"
    heads = [each.get("scope") for each in frame.iter("th")]
    assert heads == ["col"] * 6 + ["row"] * 3
    assert [text_of(each) for each in frame.iter("td")][-1] == "£1,848.00"
