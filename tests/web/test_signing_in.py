"""The pages of signing in and out."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from claims import clock
from claims.lifecycle import Role
from claims.models import Membership, Message, Person
from claims.services import proving, throttling
from tests.browsing import Browser, Page
from tests.keys import KEYRING
from tests.site import SETTLED_IN, Site

GRACE = "grace.okafor@example.com"
ASHA = "asha.rahman@example.org"


def emailed_code(site: Site) -> str:
    with site.database.read() as session:
        return re.search(r"\d{6}", session.scalars(select(Message.text).order_by(Message.id.desc()).limit(1)).one())[0]


def authenticator(site: Site) -> str:
    with site.database.read() as session:
        secret = session.scalars(select(Person.authenticator_secret).where(Person.email == ASHA)).one()
    return proving.authenticator_code(KEYRING, secret, clock.now())


def ask(site: Site, email: str = GRACE) -> Browser:
    browser = site.visit()
    browser.get("/sign-in")
    browser.send({"email": email})
    return browser


def is_signed_in(page: Page) -> bool:
    return "Sign out" in page.text


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_an_emailed_code_signs_in(site: Site) -> None:
    browser = ask(site)
    assert browser.page.heading == "Check your email"
    page = browser.send({"code": emailed_code(site)})
    assert page.status == 200
    assert is_signed_in(page)


def test_the_page_asked_for_comes_after_signing_in(site: Site) -> None:
    browser = site.visit()
    browser.get("/sign-in?next=/privacy")
    browser.send({"email": GRACE})
    assert browser.send({"code": emailed_code(site)}, follow_redirects=False).location == "/privacy"


@pytest.mark.parametrize("elsewhere", ["https://example.net/", "//example.net/", "/\\example.net"])
def test_signing_in_never_leads_to_another_site(site: Site, elsewhere: str) -> None:
    browser = site.visit()
    browser.get("/sign-in", query_string={"next": elsewhere})
    browser.send({"email": GRACE})
    assert "example.net" not in browser.send({"code": emailed_code(site)}, follow_redirects=False).location


def test_an_account_that_is_not_there_gets_the_same_pages(site: Site) -> None:
    known, unknown = ask(site), ask(site, "nobody@example.com")
    pages = [browser.page.words.replace("nobody@example.com", GRACE) for browser in (known, unknown)]
    assert pages[0] == pages[1]
    answers = [browser.send({"code": other_than(emailed_code(site))}).problems for browser in (known, unknown)]
    assert answers[0] == answers[1] != []


def test_an_address_that_is_none_is_refused_at_its_field_and_kept(site: Site) -> None:
    page = ask(site, "grace at example").page
    assert page.title.startswith("Error: Sign in")
    assert page.field_errors == page.problems != []
    assert page.filled()["email"] == ["grace at example"]


def test_a_wrong_code_says_so_and_counts(site: Site) -> None:
    browser = ask(site)
    right = emailed_code(site)
    for _ in range(throttling.TRIES_PER_ACCOUNT):
        page = browser.send({"code": other_than(right)})
        assert page.status == 200
        assert page.problems[0].startswith("The code is wrong or too old.")
    page = browser.send({"code": right})
    assert page.status == 429
    assert page.problems == ["There were too many tries. Wait 15 minutes, then ask for a new code."]


def test_a_code_of_five_digits_is_not_a_try(site: Site) -> None:
    browser = ask(site)
    for _ in range(throttling.TRIES_PER_ACCOUNT + 1):
        assert browser.send({"code": "12345"}).problems != []
    assert is_signed_in(browser.send({"code": emailed_code(site)}))


def test_asking_too_often_is_refused_for_15_minutes(site: Site) -> None:
    for _ in range(throttling.TRIES_PER_ACCOUNT):
        ask(site)
    page = ask(site).page
    assert page.status == 429
    assert page.problems == ["There were too many tries. Wait 15 minutes, then ask for a new code."]
    site.time.tick(timedelta(minutes=15))
    assert ask(site).page.heading == "Check your email"


def test_a_code_that_was_seen_over_a_shoulder_does_not_work_in_another_browser(site: Site) -> None:
    ask(site)
    code = emailed_code(site)
    stranger = ask(site)
    assert not is_signed_in(stranger.send({"code": code}))


def test_the_back_office_is_asked_for_an_authenticator_code(site: Site) -> None:
    browser = ask(site, ASHA)
    page = browser.send({"code": emailed_code(site)})
    assert page.heading == "Confirm with your authenticator app"
    assert not is_signed_in(page)
    assert browser.send({"authenticator_code": "12"}).problems != []
    page = browser.send({"authenticator_code": other_than(authenticator(site))})
    assert page.problems == [
        "The authenticator code is wrong or was used already. Wait for your app to show the next one."
    ]
    assert is_signed_in(browser.send({"authenticator_code": authenticator(site)}))


def test_somebody_with_two_employers_is_asked_which(site: Site) -> None:
    with site.database.write() as session:
        joined = Membership(
            employer_id=site.meadow.employer_id,
            person_id=site.house.sro.person_id,
            role=Role.SUBMITTER,
            joined_at=SETTLED_IN,
        )
        session.add(joined)
    browser = ask(site)
    page = browser.send({"code": emailed_code(site)})
    assert page.heading == "Which employer are you acting for?"
    assert browser.send({}).problems == ["Select the employer you are acting for"]
    assert is_signed_in(browser.send({"employer": str(site.meadow.employer_id)}))


def test_signing_out_ends_the_session_on_the_server_too(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    page = browser.get("/")
    assert is_signed_in(page)
    thief = site.visit()
    thief.client.set_cookie("__Host-claims", browser.client.get_cookie("__Host-claims").value)
    assert is_signed_in(thief.get("/"))
    page = browser.post("/sign-out", follow_redirects=True)
    assert "You have signed out." in page.words
    assert not is_signed_in(page)
    assert not is_signed_in(thief.get("/"))


def test_somebody_who_is_signed_in_is_not_asked_again(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    assert browser.get("/sign-in", follow_redirects=False).status == 303


def test_the_step_after_the_address_cannot_be_opened_without_it(site: Site) -> None:
    assert site.visit().get("/sign-in/code", follow_redirects=False).location == "/sign-in"
    browser = site.visit()
    browser.get("/sign-in")
    for step in ("code", "authenticator", "employer"):
        assert browser.post(f"/sign-in/{step}", {"code": "123456"}, follow_redirects=False).location == "/sign-in"


def test_a_session_is_kept_by_using_it_and_ends_after_30_idle_minutes(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    for _ in range(3):
        site.time.tick(timedelta(minutes=29))
        assert is_signed_in(browser.get("/"))
    site.time.tick(timedelta(minutes=30))
    assert not is_signed_in(browser.get("/"))


def test_outside_the_demonstration_its_pages_are_not_there(site: Site) -> None:
    for address in ("/demonstration/people", "/demonstration/messages"):
        assert site.visit().get(address).status == 404
    assert "demonstration" not in ask(site).page.words


def test_the_demonstration_says_who_there_is_and_shows_the_codes(demonstration: Site) -> None:
    browser = demonstration.visit()
    page = browser.get("/demonstration/people")
    assert "Grace Okafor, senior responsible officer" in page.words
    page = browser.get(f"/sign-in?email={ASHA}")
    assert page.filled("/sign-in")["email"] == [ASHA]
    page = browser.send({}, "/sign-in")
    assert f"The message says {emailed_code(demonstration)}." in page.words
    page = browser.send({"code": emailed_code(demonstration)})
    assert f"the app shows {authenticator(demonstration)}." in page.words
    assert is_signed_in(browser.send({"authenticator_code": authenticator(demonstration)}))
    page = browser.get("/demonstration/messages")
    assert f"{emailed_code(demonstration)} is your code to sign in" in page.words


def test_the_demonstration_says_when_nobody_has_the_address(demonstration: Site) -> None:
    assert "nobody in it has this address" in ask(demonstration, "nobody@example.com").page.words


def test_the_demonstration_lets_somebody_of_the_back_office_in_again_at_once(demonstration: Site) -> None:
    for _ in range(2):
        browser = ask(demonstration, ASHA)
        page = browser.send({"code": emailed_code(demonstration)})
        shown = re.search(r"the app shows (\d{6})", page.words)[1]
        assert is_signed_in(browser.send({"authenticator_code": shown}))
