"""Passkeys on the pages: added on one's account, used when signing in and confirming, removed, and missed."""

import json
import re

import pytest
from sqlalchemy import select

from claims.lifecycle import Actor
from claims.models import RecoveryCode
from tests.browsing import Browser, Page
from tests.device import Device
from tests.site import AT, Site
from tests.web.test_account_pages import code_for
from tests.web.test_signing_in import ASHA, ask, authenticator, emailed_code, is_signed_in, other_than

RECOVERY = r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>"


def challenge(browser: Browser, address: str, values: dict[str, str] | None = None) -> str:
    """What the page's script is given."""
    page = browser.client.post(
        address, data={**(values or {}), "csrf_token": browser._csrf_token()}, headers={"Referer": "http://localhost/"}
    )
    assert page.mimetype == "application/json"
    assert page.headers["Cache-Control"] == "no-store"
    return page.get_data(as_text=True)


def add(browser: Browser, device: Device, name: str = "My telephone", address: str = "/account/passkeys/new") -> Page:
    browser.get(address)
    made = device.make(challenge(browser, "/account/passkeys/challenge", {"name": name}))
    return browser.send({"name": name, "passkey": made}, "/account/passkeys")


def with_passkey(site: Site, who: Actor) -> Device:
    device = Device()
    add(site.sign_in(who), device)
    return device


def test_bank_details_lead_through_adding_a_passkey_and_back(site: Site) -> None:
    browser = site.sign_in(site.house.sro, confirmed=False)
    page = browser.get("/bank-details/change")
    assert page.heading == "Set up an authenticator app"
    address = re.search(r'href="(/account/passkeys/new\?next=[^"]+)"', page.text)[1]
    page = add(browser, Device(), address=address)
    assert page.heading == "Keep your recovery codes"
    assert "The passkey “My telephone” is added." in page.words
    assert len(re.findall(RECOVERY, page.text)) == 10
    assert 'href="/bank-details/change"' in page.text
    assert browser.get("/bank-details/change").heading == "Change bank details"
    page = browser.get("/account")
    assert "My telephone" in page.words
    assert "not used yet" in page.words
    assert "10 recovery codes left" in page.words


def test_without_a_script_the_page_says_so_and_offers_the_app(site: Site) -> None:
    page = site.sign_in(site.house.sro).get("/account/passkeys/new")
    assert "Passkeys need JavaScript, which is off in this browser. You can use an authenticator app instead." in (
        page.words
    )
    assert 'href="/account/authenticator"' in page.text


def test_a_name_is_asked_for_before_the_browser_is(site: Site) -> None:
    browser = site.sign_in(site.house.sro)
    browser.get("/account/passkeys/new")
    assert challenge(browser, "/account/passkeys/challenge", {"name": " "}) == "null"
    assert browser.send({"name": " "}, "/account/passkeys").problems == ["Enter a name for this passkey"]
    page = browser.send({"name": "My telephone"}, "/account/passkeys")
    assert page.problems == ["Your browser made no passkey. Try again, or set up an authenticator app instead."]
    assert page.filled("/account/passkeys")["name"] == ["My telephone"]
    page = browser.send({"name": "My telephone", "passkey": "{}"}, "/account/passkeys")
    assert page.problems == ["The passkey that your browser made could not be checked, and was not added. Try again."]


def test_whoever_has_only_passkeys_is_asked_for_one_and_not_for_a_code(site: Site) -> None:
    device = with_passkey(site, site.house.sro)
    browser = site.sign_in(site.house.sro, confirmed=False)
    page = browser.get("/bank-details/change")
    assert page.heading == "Confirm that it is you"
    assert "authenticator" not in page.words
    assert "Use a recovery code instead" in page.words
    options = challenge(browser, "/account/confirmation/passkey/challenge")
    page = browser.send({"passkey": device.sign(options)}, "/account/confirmation/passkey")
    assert page.heading == "Change bank details"
    assert "last used 2 February 2026" in browser.get("/account").words


def test_a_passkey_that_is_refused_says_so_and_codes_still_work(site: Site) -> None:
    browser = site.sign_in(site.house.sro, confirmed=False)
    codes = re.findall(RECOVERY, add(browser, Device()).text)
    other = site.sign_in(site.house.sro, confirmed=False)
    other.get("/bank-details/change")
    options = challenge(other, "/account/confirmation/passkey/challenge")
    page = other.send({"passkey": Device().sign(options)}, "/account/confirmation/passkey")
    assert page.problems[0].startswith("This passkey could not be checked.")
    page = other.send({}, "/account/confirmation/passkey")
    assert page.problems[0].startswith("Your browser gave no passkey.")
    page = other.send({"code": "123456"}, "/account/confirmation")
    assert page.problems == ["Your recovery code must have 10 letters and digits"]
    assert other.send({"code": "AAAAA-AAAAA"}, "/account/confirmation").problems == [
        "The recovery code is wrong or was used already."
    ]
    assert '<details class="govuk-details" open>' in other.page.text
    assert other.send({"code": codes[0]}, "/account/confirmation").heading == "Change bank details"


def test_too_many_tries_are_refused_for_a_while(site: Site) -> None:
    with_passkey(site, site.house.sro)
    browser = site.sign_in(site.house.sro, confirmed=False)
    browser.get("/account/confirmation")
    for _ in range(5):
        assert browser.send({"passkey": "{}"}, "/account/confirmation/passkey").status == 200
    assert browser.send({"passkey": "{}"}, "/account/confirmation/passkey").status == 429


def test_another_passkey_is_added_only_after_confirming_with_one(site: Site) -> None:
    with_passkey(site, site.house.sro)
    browser = site.sign_in(site.house.sro, confirmed=False)
    assert browser.get("/account/passkeys/new").heading == "Confirm that it is you"
    assert challenge(browser, "/account/passkeys/challenge", {"name": "Mine"}) == "null"
    page = browser.post("/account/passkeys", {"name": "Mine", "passkey": "{}"}, follow_redirects=True)
    assert "Confirm with the authenticator or passkey that you have" in page.words


def test_a_passkey_is_removed_after_a_page_that_says_what_it_means(site: Site) -> None:
    with_passkey(site, site.house.sro)
    unconfirmed = site.sign_in(site.house.sro, confirmed=False)
    assert unconfirmed.get("/account/passkeys/1/removal").heading == "Confirm that it is you"
    browser = site.sign_in(site.house.sro)
    page = browser.get("/account/passkeys/1/removal")
    assert page.heading == "Remove the passkey “My telephone”"
    assert "You have nothing else to confirm with." in page.words
    stranger = site.sign_in(site.house.submitter)
    add(stranger, Device())
    assert browser.get("/account/passkeys/2/removal").status == 404
    assert browser.post("/account/passkeys/2/removal", {}).status == 404
    browser.get("/account/passkeys/1/removal")
    assert "The passkey “My telephone” is removed." in browser.send({}).words
    assert "My telephone" in stranger.get("/account").words


def test_a_second_click_on_removing_says_that_it_is_done(site: Site) -> None:
    with_passkey(site, site.house.sro)
    first, second = site.sign_in(site.house.sro), site.sign_in(site.house.sro)
    for tab in (first, second):
        tab.get("/account/passkeys/1/removal")
    assert "The passkey “My telephone” is removed." in first.send({}).words
    page = second.send({})
    assert page.heading == "Your account"
    assert "This passkey was removed already." in page.words


def test_a_page_about_a_passkey_that_is_gone_removes_no_other(site: Site) -> None:
    with_passkey(site, site.house.sro)
    first, second = site.sign_in(site.house.sro), site.sign_in(site.house.sro)
    for tab in (first, second):
        tab.get("/account/passkeys/1/removal")
    first.send({})
    add(first, Device(), "My key")
    assert first.get("/account/passkeys/1/removal").status == 404
    assert first.get("/account/passkeys/2/removal").heading == "Remove the passkey “My key”"
    assert "This passkey was removed already." in second.send({}).words
    assert "My key" in first.get("/account").words


def test_the_back_office_may_live_without_the_app_and_not_without_anything(site: Site) -> None:
    browser = site.sign_in(site.office.assessor)
    page = browser.get("/account")
    assert "add another before you remove the one you have" in page.words
    browser.get("/account/authenticator/removal")
    assert "You need one second proof to sign in." in browser.send({}).words
    page = add(browser, Device())
    assert "The passkey “My telephone” is added." in page.words
    assert page.heading == "Your account"
    browser.get("/account/authenticator/removal")
    assert "The authenticator app is removed from your account." in browser.send({}).words
    browser.get("/account/passkeys/1/removal")
    assert "You need one second proof to sign in." in browser.send({}).words


def test_an_assessor_signs_in_with_the_emailed_code_and_a_passkey(site: Site) -> None:
    device = with_passkey(site, site.office.assessor)
    browser = ask(site, ASHA)
    code = emailed_code(site)
    page = browser.send({"code": code})
    assert page.heading == "Confirm that it is you"
    assert "Or enter a code" in page.words
    options = challenge(browser, "/sign-in/passkey/challenge", {"code": code})
    assert json.loads(options)["userVerification"] == "required"
    page = browser.send({"passkey": Device().sign(options)}, "/sign-in/passkey")
    assert page.problems[0].startswith("This passkey could not be checked.")
    assert page.filled("/sign-in/passkey")["code"] == [code]
    assert browser.send({"authenticator_code": "12"}, "/sign-in/authenticator").field_errors != []
    options = challenge(browser, "/sign-in/passkey/challenge", {"code": code})
    assert is_signed_in(browser.send({"passkey": device.sign(options)}, "/sign-in/passkey"))


def test_the_app_still_signs_in_whoever_has_both(site: Site) -> None:
    with_passkey(site, site.office.assessor)
    browser = ask(site, ASHA)
    browser.send({"code": emailed_code(site)})
    assert is_signed_in(browser.send({"authenticator_code": authenticator(site)}, "/sign-in/authenticator"))


def test_whoever_has_not_the_emailed_code_learns_nothing_of_passkeys(site: Site) -> None:
    with_passkey(site, site.office.assessor)
    browser = ask(site, ASHA)
    wrong = other_than(emailed_code(site))
    assert challenge(browser, "/sign-in/passkey/challenge", {"code": wrong}) == "null"
    for path, values in (
        ("/sign-in/authenticator", {"authenticator_code": "12"}),
        ("/sign-in/passkey", {"passkey": "{}"}),
        ("/sign-in/passkey", {"passkey": ""}),
    ):
        page = browser.post(path, {"code": wrong, **values})
        assert page.heading == "Check your email", path
        assert "passkey" not in page.text.lower().split("<footer")[0], path


def test_sending_a_passkey_where_there_is_none_leads_to_what_there_is(site: Site) -> None:
    browser = site.sign_in(site.house.sro, confirmed=False)
    browser.get("/account")
    page = browser.post("/account/confirmation/passkey", {"passkey": "{}"}, follow_redirects=True)
    assert page.heading == "Set up an authenticator app"
    browser = ask(site, ASHA)
    code = emailed_code(site)
    page = browser.post("/sign-in/passkey", {"code": code, "passkey": ""})
    assert page.heading == "Confirm with your authenticator app"


@pytest.mark.parametrize("path", ["challenge", ""])
def test_asking_at_sign_in_needs_the_address_first(site: Site, path: str) -> None:
    browser = site.visit()
    browser.get("/sign-in")
    if path:
        assert challenge(browser, f"/sign-in/passkey/{path}", {"code": "123456"}) == "null"
    else:
        assert browser.post("/sign-in/passkey", {}, follow_redirects=False).location == "/sign-in"


def test_what_was_typed_before_confirming_is_not_lost_to_whoever_has_a_passkey(site: Site) -> None:
    with_passkey(site, site.house.sro)
    browser = site.sign_in(site.house.sro, confirmed=False)
    browser.get("/account")
    page = browser.post("/bank-details/change", {"account_name": "Hartley House"})
    assert page.heading == "Confirm that it is you"
    assert page.filled("/bank-details/change")["account_name"] == ["Hartley House"]


def test_administrators_see_what_a_colleague_has(site: Site) -> None:
    with_passkey(site, site.office.assessor)
    page = site.sign_in(site.office.administrator).get(f"/people/{site.office.assessor.person_id}")
    assert "Authenticator app, 1 passkey" in page.words
    assert "Passkey added" in page.words


def use_up_codes(site: Site, who: Actor, but: int = 0) -> None:
    with site.database.write() as session:
        mine = session.scalars(select(RecoveryCode).where(RecoveryCode.person_id == who.person_id)).all()
        for code in mine[but:]:
            code.used_at = AT


def test_removing_says_what_then_remains_to_confirm_with(site: Site) -> None:
    sro = site.house.sro
    browser = site.sign_in(sro)
    page = browser.get("/account/authenticator")
    browser.send({"code": code_for(page)})
    page = browser.get("/account/authenticator/removal")
    assert "You have nothing else to confirm with. The 10 recovery codes that you have left go with it." in page.words
    assert "Then only the code that we email says that it is you" in page.words
    use_up_codes(site, sro)
    page = browser.get("/account/authenticator/removal")
    assert "You have nothing else to confirm with. You have no recovery codes either." in page.words
    assert "None You have 0 recovery codes left" in browser.get("/account").words
    add(browser, Device())
    page = browser.get("/account/authenticator/removal")
    assert "You then confirm with 1 passkey. You have no recovery codes. If you lose that passkey too" in page.words
    assert "until the scheme has helped you" in page.words
    page = browser.get("/account/passkeys/1/removal")
    assert "You then confirm with your authenticator app. You have no recovery codes." in page.words
    browser.get("/account")
    browser.send({}, "/account/recovery-codes")
    page = browser.get("/account/passkeys/1/removal")
    assert "your authenticator app, or with one of the 10 recovery codes that you have left." in page.words
    assert "no recovery codes" not in page.words
    browser.get("/account/authenticator/removal")
    browser.send({})
    assert browser.get("/account/authenticator/removal").heading == "Your account"


def test_the_back_office_is_told_who_helps_when_everything_is_lost(site: Site) -> None:
    browser = site.sign_in(site.office.assessor)
    add(browser, Device())
    use_up_codes(site, site.office.assessor)
    page = browser.get("/account/authenticator/removal")
    assert (
        "you cannot sign in until an administrator resets it. Make new ones on the page of your account" in page.words
    )
