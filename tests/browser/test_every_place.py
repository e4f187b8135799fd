"""Pages beside the whole job, at both widths, with axe."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewWalk
from tests.browser.steps import ASHA, GRACE, OLU, RUTH
from tests.browser.walking import sign_in, sign_out

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
        "/account/passkeys/new",
        "/team",
        "/team/invite",
        "/team/2/removal",
        "/team/2/handover",
        "/purchases/new?search=dementia",
        "/purchases/new?course=LTS&cost=620.00&paid_on=2026-01-12",
        "/purchases/6",
        "/purchases/6/learners",
        "/purchases/6/learners/table",
        "/purchases/6/learners/upload",
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
    "imani.clarke@example.com": ["/home", "/purchases/9/check", "/bank-details"],
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


@pytest.mark.parametrize("half", ["those who claim", "the others"])
def test_every_place_is_accessible_at_a_desk_and_on_a_phone(walk: NewWalk, half: str) -> None:
    people = list(PLACES)
    for email in people[:2] if half == "those who claim" else people[2:]:
        person = walk(1280)
        if email:
            sign_in(person, email)
        for path in PLACES[email]:
            person.open(path)
            person.look_also_at(375)
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
