"""Passkeys in Chromium, kept by its virtual authenticator: added, used to sign in and to confirm, removed."""

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.conftest import NewWalk
from tests.browser.steps import ASHA, GRACE
from tests.browser.walking import Walk, shown_code, sign_in, sign_out

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


class Device:
    """A telephone with a fingerprint reader, as far as this tab can tell."""

    def __init__(self, person: Walk) -> None:
        self.cdp: CDPSession = person.page.context.new_cdp_session(person.page)
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def know_owner(self, *, known: bool) -> None:
        """Whether the finger that is put on it is its owner's."""
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": known})

    def lose(self) -> None:
        self.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})


def enter_emailed_code(person: Walk, email: str) -> None:
    person.open("/demonstration/people")
    person.go(person.page.locator("main li").filter(has_text=email).get_by_role("link"))
    person.press("Email me a code")
    person.fill({"code": shown_code(person, "message says")})
    person.press("Continue")


@pytest.mark.parametrize("width", [1280, 375])
def test_an_assessor_adds_a_passkey_signs_in_with_it_and_removes_it(walk: NewWalk, width: int) -> None:
    person = walk(width)
    device = Device(person)
    sign_in(person, ASHA)
    person.open("/account")
    person.press("Add a passkey")
    assert person.page.locator('[name="name"]').input_value() == "Chrome on Linux"
    person.fill({"name": ""})
    person.press("Add a passkey")
    expect(person.page.get_by_role("alert").get_by_role("link")).to_have_text("Enter a name for this passkey")
    person.fill({"name": "Asha’s telephone"})
    person.press("Add a passkey")
    assert "The passkey “Asha’s telephone” is added." in person.words
    assert "not used yet" in person.words

    # The same device is not asked to make another.
    person.press("Add another passkey")
    person.page.get_by_role("button", name="Add a passkey").click()
    expect(person.page.locator("[data-passkey-said]")).to_have_text(
        "This device has a passkey for your account already."
    )
    person.look()
    sign_out(person)

    enter_emailed_code(person, ASHA)
    assert person.heading == "Confirm that it is you"
    device.know_owner(known=False)
    person.page.get_by_role("button", name="Use a passkey").click()
    expect(person.page.locator("[data-passkey-said]")).to_contain_text("Your browser gave no passkey")
    person.look()
    device.know_owner(known=True)
    person.press("Use a passkey")
    assert person.path == "/search"
    person.open("/account")
    assert "last used" in person.words
    person.press("Remove", within=person.page.get_by_role("listitem").filter(has_text="Asha’s telephone"))
    person.press("Remove passkey")
    assert "The passkey “Asha’s telephone” is removed." in person.words


def test_an_officer_gives_bank_details_with_a_passkey_alone_and_with_a_recovery_code(walk: NewWalk) -> None:
    person = walk()
    device = Device(person)
    sign_in(person, GRACE)
    person.open("/bank-details/change")
    person.press("use a passkey instead")
    person.press("Add a passkey")
    assert person.heading == "Keep your recovery codes"
    code = person.page.locator(".app-code li").first.inner_text()
    person.press("I have kept them, continue")
    assert person.heading == "Change bank details"
    sign_out(person)

    sign_in(person, GRACE)
    person.open("/bank-details/change")
    assert person.heading == "Confirm that it is you"
    assert person.page.get_by_label("Code from your authenticator app").count() == 0
    person.page.get_by_role("button", name="Use a passkey").focus()
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    assert person.heading == "Change bank details"
    sign_out(person)

    device.lose()
    sign_in(person, GRACE)
    person.open("/bank-details/change")
    person.page.get_by_role("button", name="Use a passkey").click()
    expect(person.page.locator("[data-passkey-said]")).to_contain_text("Your browser gave no passkey")
    person.page.get_by_text("Use a recovery code instead").click()
    person.look()
    person.fill({"code": code})
    person.press("Continue")
    assert person.heading == "Change bank details"


def test_without_scripts_the_page_says_so_and_offers_what_works(walk: NewWalk) -> None:
    person = walk(scripts=False)
    sign_in(person, ASHA)
    person.open("/account/passkeys/new")
    assert "Passkeys need JavaScript, which is off in this browser. You can use an authenticator app instead." in (
        person.words
    )
    assert not person.page.get_by_role("button", name="Add a passkey").is_visible()
