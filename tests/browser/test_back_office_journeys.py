"""What assessors and their leads do, in Chromium; each journey makes mistakes first."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser.conftest import Arrive
from tests.browser.journeying import link, mistake
from tests.browser.steps import (
    ASHA,
    GRACE,
    MARCUS,
    RUTH,
    add_authenticator,
    buy_for_three,
    confirm,
    show_payment,
    submit,
    take,
)
from tests.browser.walking import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.long
def test_the_queue_and_a_payment_that_is_rejected_and_undone(arrive: Arrive, aside: Arrive, tmp_path: Path) -> None:
    grace = aside(GRACE)
    address = buy_for_three(grace)
    show_payment(grace, tmp_path)
    submit(grace)

    asha = arrive(ASHA)
    asha.open("/assessment")
    asha.fill({"fund": "ommt", "flag": "near-cap"})
    asha.press("Show")
    assert "Nothing waits here." in asha.words
    asha.fill({"fund": "main", "flag": "", "employer": "meadow"})
    asha.press("Show")
    assert "1 purchase" in asha.words
    asha.press("Give me the next one")
    assert "Meadow View Homecare" in asha.words
    asha.press("Give back to the queue")
    assert "The purchase is back in the queue." in asha.words

    asha.go(asha.page.locator(f'main a[href="/assessment{address}"]'))
    asha.press("Work on this purchase")
    mistake(asha, "Continue to the outcome", "Select whether the payment is in order")
    asha.fill({"payment": "yes", "cost": "lots"})
    mistake(asha, "Save and come back later", "must be an amount in pounds")
    assert asha.page.locator('[name="cost"]').input_value() == "lots"
    asha.fill({"cost": "1,600"})
    mistake(asha, "Continue to the outcome", "A payment in order is paid in full")
    asha.fill({"payment": "reject"})
    mistake(asha, "Continue to the outcome", "Write a note about the payment, or choose a standard note")
    notes = asha.page.locator('[name="payment_standard"]')
    reject = notes.locator("option").filter(has_text="To reject").first
    asha.fill({"payment_standard": reject.get_attribute("value")})
    asha.hand.tick(about(asha, "Niamh O’Brien").locator('[value="yes"]'))
    asha.press("Save and come back later")
    assert "You can come back at any time." in asha.words
    assert asha.heading == "My work"
    asha.go(asha.page.locator(f'main a[href="/assessment{address}"]'))
    assert about(asha, "Niamh O’Brien").locator('[value="yes"]').is_checked()
    said = asha.page.locator('[name="payment_note"]').input_value()
    assert said
    asha.press("Continue to the outcome")
    assert asha.words.count("The employer will read:") == 2
    assert asha.words.count("Reject") >= 2
    assert said.split(".")[0] in asha.words
    asha.press("Go back and change the checks")
    asha.press("Continue to the outcome")
    confirm(asha)
    assert asha.words.count("is rejected") == 2

    ruth = arrive(RUTH)
    ruth.open(f"/assessment{address}")
    ruth.go(link(ruth, "-B$"))
    undo(ruth)
    assert "Submitted" in ruth.words


def test_the_quality_sample(arrive: Arrive) -> None:
    ruth = arrive(RUTH)
    ruth.open("/assessment/sample")
    assert "The employer’s first approval" in ruth.words
    ruth.go(link(ruth, "-"))
    assert "In the quality sample." in ruth.words
    undo(ruth)
    purchase = link(ruth, "The whole purchase").get_attribute("href") or ""

    asha = arrive(ASHA)
    asha.open("/assessment?flag=sample")
    assert "2 purchases" in asha.words
    assert "Quality sample" in asha.words
    take(asha, purchase.removeprefix("/assessment"))
    asha.hand.tick(about(asha, "Aisha Khan").locator('[value="yes"]'))
    asha.fill({"payment": "yes", "cost": "95.00", "paid_in_full": "yes"})
    asha.press("Continue to the outcome")
    confirm(asha)
    assert "is approved, and waits for a lead assessor in the quality sample" in asha.words

    ruth.open("/assessment/sample")
    ruth.go(link(ruth, "-"))
    ruth.press("Agree to the approval")
    assert "The employer is told." in ruth.words
    assert "No approval waits for a lead assessor." in ruth.words


def undo(lead: Walk) -> None:
    """A lead takes the decision on the open claim back, after forgetting to say why."""
    lead.press("Undo the decision")
    mistake(lead, "Undo the decision", "Enter the reason")
    lead.fill({"reason": "The invoice was read wrongly."})
    lead.press("Undo the decision")
    assert "The decision is undone." in lead.words


def about(person: Walk, learner: str) -> Locator:
    """The completion check of ``learner``."""
    return person.page.locator("main fieldset").filter(has_text=f"Did {learner} ").first


@pytest.mark.long
def test_looking_for_anything(arrive: Arrive) -> None:
    marcus = arrive(MARCUS)
    marcus.open("/search")
    mistake(marcus, "Search", "Enter what you are looking for")
    marcus.fill({"sought": "AA 00 00 01"})
    mistake(marcus, "Search", "Enter a whole National Insurance number")
    for sought, found in {
        "AA 00 00 04 A": "Zofia Kowalska",
        "h1002001": "Hartley House Care Ltd",
        "meadow v": "Meadow View Homecare",
        "grace.okafor@example.com": "Grace Okafor",
        "chloe ben": "Chloe Bennett",
        "purchase 1": "Liam Walsh",
        "run-2526-0001": "Drawn up",
        "zebra": "Nothing is found",
    }.items():
        marcus.fill({"sought": sought})
        marcus.press("Search")
        assert found in marcus.words, sought
    marcus.open("/search?for=chloe")
    reference = link(marcus, "-").inner_text()
    marcus.fill({"sought": reference.lower()})
    marcus.press("Search")
    assert marcus.heading == f"Claim {reference}"


@pytest.mark.long
def test_a_registration_and_what_a_lead_does_with_an_employer(arrive: Arrive) -> None:
    ruth = arrive(RUTH)
    ruth.open("/registrations")
    ruth.press("Elm Court Care")
    mistake(ruth, "Confirm the decision", "Select the decision")
    ruth.fill({"checks": "workplace", "decision": "registered"})
    mistake(ruth, "Confirm the decision", "Not everything is in order.")
    assert ruth.page.locator('[name="checks"][value="workplace"]').is_checked()
    ruth.fill({"decision": "refused"})
    mistake(ruth, "Confirm the decision", "Enter the reasons")
    ruth.fill({"decision": "at-risk"})
    mistake(ruth, "Confirm the decision", "Enter why it is at risk")
    ruth.fill({"risk": "Its last accounts are late."})
    ruth.press("Confirm the decision")
    assert "Elm Court Care is registered at risk. It has been told." in ruth.words

    ruth.open("/employers")
    ruth.fill({"search": "m2003002"})
    ruth.press("Find")
    ruth.press("Meadow View Homecare")
    mistake(ruth, "Add the note", "Enter the note")
    ruth.fill({"note": "Rosa rang about the invoice of Ashcombe Skills."})
    ruth.press("Add the note")
    assert "Ruth Adeyemi, 2 February 2026" in ruth.words
    for act in ("Mark as at risk", "Suspend", "Lift the suspension", "Suspend"):
        with_a_reason(ruth, act)
    assert "Registered at risk Suspended" in ruth.words
    ruth.press("Change the senior responsible officer")
    ruth.fill({"name": "Karl Jensen", "email": "karl at example"})
    mistake(ruth, "Change the senior responsible officer", "must be in the form", "Select what becomes", "the reason")
    assert ruth.page.locator('[name="name"]').input_value() == "Karl Jensen"
    ruth.fill({"email": "karl.jensen@example.com", "before": "stays", "reason": "Rosa Almeida asked for it."})
    ruth.press("Change the senior responsible officer")
    assert "Karl Jensen is the senior responsible officer now. Both have been told." in ruth.words

    for place in ("/assessment", "/assessment/sample", "/search?for=meadow", "/employers?search=meadow"):
        ruth.open(place)
        assert "at risk" in ruth.words.lower(), place
    ruth.press("Meadow View Homecare")
    with_a_reason(ruth, "Take the at-risk mark away")
    ruth.open("/assessment?flag=at-risk")
    assert "Nothing waits here." in ruth.words


def with_a_reason(lead: Walk, act: str) -> None:
    """Do ``act`` to the open employer, after forgetting to say why."""
    lead.press(act)
    mistake(lead, act, "Enter the reason")
    lead.fill({"reason": "As agreed with the policy team."})
    lead.press(act)
    assert f"{act}: done." in lead.words


@pytest.mark.long
def test_bank_details_and_standard_notes(arrive: Arrive, aside: Arrive) -> None:
    grace = aside(GRACE)
    add_authenticator(grace)
    for number in ("1234567", "7 334 456"):
        grace.open("/bank-details/change")
        grace.fill({"account_name": "Hartley House", "sort_code": "309430", "account_number": number})
        grace.fill({"organisations": "yes"})
        grace.press("Save bank details")

    ruth = arrive(RUTH)
    ruth.open("/bank-accounts")
    ruth.press("Hartley House Care Ltd")
    assert "07334456" in ruth.words
    account = ruth.path
    ruth.press("Refuse with a reason")
    mistake(ruth, "Refuse bank details", "Enter why they cannot be confirmed")
    ruth.open(account)
    ruth.press("Verify bank details")
    assert "The bank details of Hartley House Care Ltd are verified." in ruth.words

    ruth.open("/standard-notes")
    ruth.press("Add a note")
    mistake(ruth, "Add", "Select what it is about", "Select what it tells", "Enter the title", "Enter the text")
    ruth.fill({"about": "payment", "answer": "action-needed", "title": "Receipt", "text": "x" * 1_501})
    mistake(ruth, "Add", "1,500 characters or fewer")
    assert ruth.page.locator('[name="title"]').input_value() == "Receipt"
    ruth.fill({"text": "Please send the receipt."})
    ruth.press("Add")
    ruth.press("Receipt")
    ruth.fill({"title": " "})
    mistake(ruth, "Save", "Enter the title")
    ruth.fill({"title": "Missing receipt"})
    ruth.press("Save")
    ruth.press("Missing receipt")
    ruth.press("Retire this note")
    ruth.press("Missing receipt")
    ruth.press("Offer it again")
    assert "“Missing receipt” is offered again." in ruth.words
