"""Somebody who does nothing is warned before they are signed out, and may stay."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewWalk
from tests.browser.steps import GRACE
from tests.browser.walking import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_after_25_minutes_one_is_warned_and_stays_by_a_button(walk: NewWalk) -> None:
    person = walk()
    sign_in(person, GRACE)
    person.page.clock.install()
    person.open("/home")
    warning = person.page.get_by_role("dialog", name="You will be signed out in about 5 minutes")
    person.page.clock.fast_forward("24:30")  # the clock runs on while the page is looked at
    expect(warning).to_be_hidden()
    person.page.clock.fast_forward("00:31")
    expect(warning).to_be_visible()
    person.look()
    with person.page.expect_response("**/account/stay") as asked:
        person.page.keyboard.press("Enter")  # the button has the focus
    assert asked.value.status == 204
    expect(warning).to_be_hidden()
    person.page.clock.fast_forward("25:01")
    expect(warning).to_be_visible()


def test_nobody_is_warned_who_is_not_signed_in(walk: NewWalk) -> None:
    person = walk()
    person.open("/")
    assert person.page.locator("dialog").count() == 0
