"""What each person does in the whole job, step by step; shared by the tests and the screenshots."""

import re
from pathlib import Path

from tests.browser.specimens import an_invoice
from tests.browser.walking import Walk, shown_code

GRACE = "grace.okafor@example.com"
ASHA = "asha.rahman@example.org"
BEN = "ben.carter@example.org"
OLU = "olu.martins@example.org"
RUTH = "ruth.adeyemi@example.org"
PRIYA = "priya.shah@example.org"
MARCUS = "marcus.lindqvist@example.org"

CERTIFICATE = "610/4009/5"
ASKED = "Please tell us where Daniel works: the invoice names another branch."


def day(name: str, day_: int, month: int, year: int) -> dict[str, str]:
    """A date as it is typed into three boxes."""
    return {f"{name}-day": str(day_), f"{name}-month": str(month), f"{name}-year": str(year)}


def add_authenticator(person: Walk) -> None:
    """Add an authenticator app to the person's account, and keep the recovery codes."""
    person.open("/account/authenticator")
    person.fill({"code": shown_code(person, "app shows")})
    person.press("Continue")
    assert person.heading == "Keep your recovery codes"


def buy_for_three(person: Walk) -> str:
    """Enter the purchase and its three learners; returns its address. The page says why one is ineligible."""
    person.press("Start a new purchase")
    person.fill({"search": "level 2 adult social care certificate"})
    person.press("Search")
    person.go(person.page.locator(f'button[name="course"][value="{CERTIFICATE}"]'))
    address = "/".join(person.path.split("/")[:3])
    person.fill({"provider": "Bright Training", "invoice_reference": "2041", **day("paid_on", 12, 1, 2026)})
    person.fill({"way": "once"})
    person.press("Save and continue")
    person.fill({"footing": "each", "cost_each": "1,600.00", "other": "no"})
    person.press("Save and continue")
    person.fill({**day("started_on", 19, 1, 2026), **day("planned_end_on", 30, 6, 2026), "apprenticeship": "no"})
    person.press("Save and continue")
    person.fill({"claimed_as": "split"})
    person.press("Save and continue")
    for name in ("Niamh O’Brien", "Daniel Mensah", "Margaret Ellis"):
        person.hand.tick(person.page.get_by_label(name))
    person.press("Add selected learners")
    return address


def show_payment(person: Walk, folder: Path) -> None:
    """From the learners to the evidence, with the invoice chosen, and on to the check."""
    person.press("Save and continue")
    person.fill({"files": an_invoice(folder)})
    person.press("Continue")


def submit(person: Walk) -> None:
    """Declare and submit what is ready."""
    person.fill({"declaration": "yes"})
    person.press("Submit claims")


def take(person: Walk, address: str) -> None:
    """Open the purchase from the queue and work on it."""
    person.open("/assessment")
    person.go(person.page.locator(f'main a[href="/assessment{address}"]'))
    person.press("Work on this purchase")


def check(person: Walk, answers: dict[str, str]) -> None:
    """Answer the checks: the payment is in order, and each learner as ``answers`` says, up to the outcome."""
    if person.page.locator('main [name="payment"]').count():
        person.fill({"payment": "yes", "cost": "1,600.00", "paid_in_full": "yes"})
    for name, answer in answers.items():
        group = person.page.locator("main fieldset").filter(has_text=f"Did {name} ").first
        person.hand.tick(group.locator(f'input[value="{answer}"]'))
        if answer != "yes":
            claim_id = (group.locator("input").first.get_attribute("name") or "").removeprefix("answer_")
            person.fill({f"note_{claim_id}": ASKED})
    person.press("Continue to the outcome")


def confirm(person: Walk) -> None:
    person.go(person.page.get_by_role("button", name=re.compile("^Confirm")))


def agree_to_sample(person: Walk) -> None:
    """A lead assessor agrees to every approval that waits in the quality sample."""
    person.open("/assessment/sample")
    while person.page.locator("main table a").count():
        person.go(person.page.locator("main table a").first)
        person.press("Agree to the approval")


def answer_request(person: Walk, name: str) -> None:
    """From home to the claim that needs action; reply, and send it again."""
    person.open("/claims?state=needs-action")
    person.go(person.page.locator("main tr").filter(has_text=name).get_by_role("link").first)
    box = person.page.locator('[name^="reply_"]').first.get_attribute("name")
    person.fill({box: "Daniel works at Hartley House. The provider named its own branch on the invoice."})
    person.press("Send the claim again")


def draw_up(person: Walk) -> str:
    """Preview and draw up a run of everything that is ready; returns its address."""
    person.open("/payments")
    person.press("Preview a payment run")
    person.press("Draw up this run")
    return person.path


def release(person: Walk, run: str) -> None:
    person.open(run)
    person.press("Release this run")


def download_workbook(person: Walk, folder: Path) -> Path:
    """The newest version of the open run's workbook."""
    with person.page.expect_download() as download:
        person.page.get_by_role("button", name=re.compile("^Download version")).first.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def tell_completion(person: Walk, name: str) -> None:
    """Give the completion date of a learner whose start claim was approved."""
    person.open("/claims?state=draft")
    row = person.page.locator("main tr").filter(has_text=name)
    person.go(row.get_by_role("link").first)
    person.go(person.page.locator('main a[href$="/dates"]').first)
    person.fill(day("completed_on", 30, 1, 2026))
    person.press("Save")
