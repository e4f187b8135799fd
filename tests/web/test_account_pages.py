"""One's own account: the authenticator app, recovery codes, and where one is signed in."""

import re

import pyotp
from sqlalchemy import delete

from claims import clock
from claims.models import Agreement
from claims.web.browsers import describe_browser
from tests.browsing import Browser, Page
from tests.html_checks import text_of
from tests.site import Site

RECOVERY = r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def unconfirmed(site: Site) -> Browser:
    return site.sign_in(site.house.sro, confirmed=False)


def code_for(page: Page) -> str:
    key = re.search(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", page.words)[1]
    return pyotp.TOTP(key.replace(" ", "")).at(clock.now())


def test_bank_details_lead_through_setting_up_an_app_and_back(site: Site) -> None:
    browser = unconfirmed(site)
    page = browser.get("/bank-details/change")
    assert page.heading == "Set up an authenticator app"
    picture = next(each for each in page.document.iter() if str(each.tag).endswith("svg") and each.get("role") == "img")
    assert "It holds the same key as the set-up key in words." in text_of(picture)
    assert browser.send({"code": "12"}).problems != []
    page = browser.send({"code": "000000"})
    assert page.problems == ["The code is wrong or was used already. Wait for your app to show the next one."]
    page = browser.send({"code": code_for(page)})
    assert page.heading == "Keep your recovery codes"
    assert len(re.findall(RECOVERY, page.text)) == 10
    assert 'href="/bank-details/change"' in page.text
    assert browser.get("/bank-details/change").heading == "Change bank details"
    assert "10 recovery codes left" in browser.get("/account").words


def test_the_key_stays_the_same_when_the_page_is_opened_again(site: Site) -> None:
    browser = unconfirmed(site)
    first = code_for(browser.get("/account/authenticator"))
    assert code_for(browser.get("/account/authenticator")) == first


def test_in_another_session_the_app_or_a_recovery_code_is_asked_for(site: Site) -> None:
    browser = unconfirmed(site)
    page = browser.get("/account/authenticator")
    page = browser.send({"code": code_for(page)})
    recovery = re.search(RECOVERY, page.text)[1]
    other = unconfirmed(site)
    page = other.get("/agreements/2025-26")
    page = other.get("/bank-details/change")
    assert page.heading == "Confirm that it is you"
    assert other.send({"code": "1234567"}).problems != []
    assert other.send({"code": recovery}).heading == "Change bank details"
    assert "9 recovery codes left" in other.get("/account").words
    page = other.send({}, "/account/recovery-codes")
    assert page.heading == "Keep your recovery codes"
    assert recovery not in page.words


def test_what_was_typed_before_confirming_is_not_lost(site: Site) -> None:
    browser = unconfirmed(site)
    browser.get("/account")
    page = browser.post("/bank-details/change", {"account_name": "Hartley House"})
    assert page.status == 401
    assert page.heading == "Confirm that it is you"
    assert page.filled("/bank-details/change")["account_name"] == ["Hartley House"]


def test_too_many_tries_are_refused_for_a_while(site: Site) -> None:
    browser = unconfirmed(site)
    browser.get("/account/authenticator")
    for _ in range(5):
        assert browser.send({"code": "000000"}).status == 200
    assert browser.send({"code": "000000"}).status == 429


def test_sessions_are_listed_and_ended_at_a_click(site: Site) -> None:
    browser, other = unconfirmed(site), unconfirmed(site)
    page = browser.get("/account")
    assert "This browser" in page.words
    there = re.search(r"/account/sessions/(\d+)/end", page.text)[0]
    stranger = site.sign_in(site.house.submitter)
    stranger.get("/account")
    assert stranger.post(there).status == 404
    assert other.get("/home").heading == "Hartley House Care Ltd"
    assert "You are signed out there." in browser.send({}, there).words
    assert other.get("/home").heading == "Sign in"
    unconfirmed(site)
    browser.get("/account")
    assert "signed out everywhere else" in browser.send({}, "/account/sessions/end").words


def test_the_agreement_can_be_read_before_confirming_and_signed_after(site: Site) -> None:
    with site.database.write() as session:
        session.execute(delete(Agreement))
    browser = unconfirmed(site)
    page = browser.get("/agreements/2025-26")
    assert "Continue to sign" in page.words
    page = browser.get("/account/confirmation?next=/agreements/2025-26")
    page = browser.send({"code": code_for(page)})
    assert "Sign the agreement" in browser.get("/agreements/2025-26").words


def test_browsers_are_named_as_people_name_them() -> None:
    assert describe_browser(FIREFOX) == "Firefox on Windows"
    assert describe_browser("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1") == (
        "Safari on iPhone"
    )
    assert describe_browser("<script>alert(1)</script>") == ""
