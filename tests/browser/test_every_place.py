"""Pages beside the whole job, at both widths, with axe; and a journey with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewWalk
from tests.browser.steps import ASHA, GRACE, OLU, RUTH
from tests.browser.walking import Walk, sign_in, sign_out

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PLACES = {
    "": [
        "/",
        "/api",
        "/check",
        "/check/answer?cost=free&paid_on=2020-01-01",
        "/check/course?course=dementia&cost=90.00",
        "/check/answer?course=610/4009/5&job_role=care-worker&cost=1600.00&people=12&paid_on=2026-01-12&started_on=2026-01-19",
        "/check/answer?course=LTS&job_role=registered-nurse&engagement=volunteer&cost=620.00",
        "/courses?level=3",
        "/courses/610-4009-5",
        "/pathway",
        "/pathway/new-to-care",
        "/accessibility",
        "/cookies",
        "/privacy",
        "/sign-in",
        "/demonstration/people",
        "/demonstration/messages",
        "/register",
    ],
    GRACE: [
        "/home",
        "/claims",
        "/claims?state=needs-action",
        "/claims/1",
        "/claims/5",
        "/claims/workbook",
        "/claims/5/dates",
        "/learners",
        "/learners/1",
        "/learners/1/details",
        "/learners/1/leaving",
        "/learners/1/certificate",
        "/learners/4",
        "/learners/4/record",
        "/workforce",
        "/workforce?service=2",
        "/learners/add",
        "/learners/new",
        "/learners/table",
        "/learners/upload",
        "/services",
        "/team/2/services",
        "/organisation",
        "/agreements",
        "/agreements/2025-26",
        "/bank-details",
        "/bank-details/change",
        "/account",
        "/account/authenticator",
        "/team",
        "/team/invite",
        "/team/2/removal",
        "/team/2/handover",
        "/purchases/new?search=dementia",
        "/purchases/new?course=LTS&cost=620.00&paid_on=2026-01-12",
        "/purchases/6",
        "/purchases/6/learners",
        "/purchases/6/learners/table",
        "/purchases/6/evidence",
        "/purchases/6/check",
        "/purchases/6/course?search=dementia",
        "/purchases/new/delivery?course=OMMT/T1/EXT",
        "/purchases",
        "/claims/discarded",
        "/deadlines",
        "/organisation/workforce-data",
        "/remittances",
        "/claims/4",
        "/claims?due=month&order=deadline&search=a",
    ],
    "leila.haddad@example.com": ["/home", "/registration", "/organisation"],
    "owen.hughes@example.com": [
        "/home",
        "/registration",
        "/registration/organisation",
        "/registration/address",
        "/registration/services",
        "/registration/care-staff",
        "/registration/numbers",
        "/registration/responsible-officer",
        "/registration/proofs",
        "/registration/check",
    ],
    "ruth.adeyemi@example.org": [
        "/registrations",
        "/registrations/3",
        "/employers?search=a",
        "/employers/1",
        "/employers/1/suspension",
        "/employers/1/risk",
        "/employers/1/responsible-officer",
    ],
    ASHA: [
        "/search",
        "/search?for=hartley",
        "/search?for=a",
        "/assessment",
        "/assessment?show=mine",
        "/assessment/purchases/7",
        "/assessment/claims/1",
    ],
    RUTH: [
        "/assessment/sample",
        "/assessment/tasks",
        "/bank-accounts",
        "/standard-notes",
        "/standard-notes/new",
        "/standard-notes/1",
    ],
    OLU: [
        "/payments",
        "/payments/runs",
        "/payments/register",
        "/payments/recoveries",
        "/payments/ledger/1",
        "/payments/year-end",
    ],
    "helen.novak@example.org": [
        "/pathway-links?search=dementia",
        "/pathway-links/courses/610-4009-5",
        "/pathway-links/courses/610-4009-5/practice-leader",
        "/pathway-links/role-categories",
        "/pathway-links/role-categories/new",
        "/scheme-years",
        "/scheme-years/2025-26/main",
    ],
    "marcus.lindqvist@example.org": [
        "/reports",
        "/reports/against-caps",
        "/reports/time-to-decision",
        "/assessment",
        "/payments",
        "/payments/runs",
        "/audit",
        "/audit?claim=wrong",
        "/people",
        "/people/1",
        "/retention",
    ],
}
"""What each person can reach in the story; blank: without an account."""


@pytest.mark.parametrize("width", [1280, 375])
def test_every_place_is_accessible(walk: NewWalk, width: int) -> None:
    for email, paths in PLACES.items():
        person = walk(width)
        if email:
            sign_in(person, email)
        for path in paths:
            person.open(path)
        if email:
            sign_out(person)


def test_errors_are_accessible_and_keep_what_was_typed(walk: NewWalk) -> None:
    person = walk(375)
    person.open("/sign-in")
    person.fill({"email": "grace at example"})
    person.press("Email me a code")
    assert person.page.title().startswith("Error: ")
    expect(person.page.locator(".govuk-error-summary")).to_be_focused()
    assert person.page.locator('[name="email"]').input_value() == "grace at example"
    person.page.get_by_role("alert").get_by_role("link").first.click()
    expect(person.page.locator('[name="email"]')).to_be_focused()
    sign_in(person, GRACE)
    person.page.goto(f"{person.url}/claims/9999")
    person.look()
    assert person.heading == "Page not found"


def test_the_keyboard_alone_is_enough_to_sign_in_and_find_a_claim(walk: NewWalk) -> None:
    person = walk()
    person.open("/")
    keys = Keys(person)
    keys.press("Skip to main content")
    keys.press("Sign in")
    keys.type("Email address", GRACE)
    keys.enter()
    code = re.search(r"message says (\d{6})", person.words)[1]
    keys.type("Code from the message", code)
    keys.enter()
    assert person.heading == "Hartley House Care Ltd"
    keys.press("Gareth Pugh")
    keys.type("Your reply to request 1", "The provider has sent a new certificate.")
    keys.press("Save for now")
    assert "Your answers have been saved." in person.words


def test_the_keyboard_alone_is_enough_to_buy_and_enrol(walk: NewWalk) -> None:
    person = walk()
    sign_in(person, GRACE)
    keys = Keys(person)
    keys.press("Start a new purchase")
    keys.type("Search by title", "LTS")
    keys.enter()
    keys.press("Choose")
    keys.type("Training provider", "Bright Training")
    keys.type_date(1, 10, 2025)
    keys.choose("All at once")
    keys.press("Save and continue")
    keys.choose("A cost for each learner")
    keys.type("Cost for each learner", "600")
    # The last of the choices: one arrow up from the first.
    keys.choose("Yes", then="ArrowUp")
    keys.press("Save and continue")
    keys.type_date(6, 10, 2025)
    keys.press("Save and continue")
    assert person.page.title().startswith("Error: ")
    # The summary leads to the question, and the arrow to its second answer.
    keys.choose("Select yes if it is delivered", then="Enter")
    person.page.keyboard.press("ArrowDown")
    keys.press("Save and continue")
    keys.choose("Imran Siddiqui")
    keys.press("Add selected learners")
    keys.press("Save and continue")
    keys.choose("Everybody on the same day")
    keys.type_date(30, 1, 2026)
    keys.press("Save and continue")
    keys.press("Continue")
    assert person.heading == "Check and submit"
    assert "Last day to claim: 30 April 2026" in person.words


class Keys:
    """A person without a pointer: Tab, Enter and letters."""

    MOST = 80

    def __init__(self, person: Walk) -> None:
        self.person, self.page = person, person.page

    def press(self, words: str) -> None:
        """Tab to the link or button called ``words`` and press Enter."""
        self._reach(words)
        self.enter()

    def type(self, label: str, text: str) -> None:
        """Tab to the box that ``label`` names and type."""
        self._reach(label)
        self.page.keyboard.type(text)

    def type_date(self, day: int, month: int, year: int) -> None:
        """Into the next three boxes."""
        for label, number in (("Day", day), ("Month", month), ("Year", year)):
            self.type(label, str(number))

    def choose(self, label: str, then: str = "") -> None:
        """Tab to the answer ``label`` and press Space; or move on from it with the key ``then``."""
        self._reach(label)
        self.page.keyboard.press(then or "Space")

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        if "#" not in self.page.url:
            self.person.look()

    def _reach(self, words: str) -> None:
        for _ in range(self.MOST):
            self.page.keyboard.press("Tab")
            if words.lower() in focused_words(self.page).lower():
                assert focus_shows(self.page), f"nobody sees that {words!r} has the focus"
                return
        raise AssertionError(f"Tab never reached {words!r} on {self.page.url}")


def focused_words(page: Page) -> str:
    """What names the control that has the focus."""
    return str(
        page.evaluate(
            """() => {
                const it = document.activeElement;
                const labels = [...(it.labels || [])].map(label => label.innerText).join(" ");
                return it === document.body ? "" : `${labels} ${it.innerText || ""} ${it.name || ""}`;
            }"""
        )
    )


def focus_shows(page: Page) -> bool:
    """Whether the control that has the focus looks different from one that has not."""
    return bool(
        page.evaluate(
            """() => {
                const style = getComputedStyle(document.activeElement);
                return style.outlineStyle !== "none" || style.boxShadow !== "none";
            }"""
        )
    )
