"""What employers do, in Chromium; each journey makes mistakes first."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from claims.files.specimens import specimen_pdf
from tests.browser.conftest import NewWalk
from tests.browser.journeying import download, link, mistake
from tests.browser.specimens import a_certificate, an_invoice
from tests.browser.steps import GRACE, OLU, PRIYA, RUTH, add_authenticator, day, release
from tests.browser.walking import Walk, shown_code, sign_in, sign_out
from tests.bulk import filled_in, twelve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_without_an_account(person: Walk, tmp_path: Path) -> None:
    person.open("/")
    person.press("Check what you can claim")
    person.fill({"course": "care certificate", "cost": "lots", "people": "0", **day("paid_on", 31, 2, 2026)})
    mistake(person, "Show the answer", "must be an amount in pounds", "must be 1 or more", "must be a real date")
    person.fill({"cost": "£1,600", "people": "12", "job_role": "care-worker", **day("paid_on", 12, 1, 2026)})
    person.fill(day("started_on", 19, 1, 2026))
    person.press("Show the answer")
    person.press("Choose")
    assert "£924.00" in person.words
    assert "Nothing that you told us rules it out." in person.words
    calendar = download(person, link(person, "Add it to your calendar"), tmp_path).read_text()
    assert "DTSTART;VALUE=DATE:20260419" in calendar
    shared = person.path
    assert "AA0" not in shared
    person.open("/courses")
    person.hand.press(person.page.locator("summary").filter(has_text="Filter by role, level"))
    person.fill({"level": "3", "search": "zebra"})
    person.press("Show")
    person.press("Show everything")
    assert download(person, link(person, r"workbook \(.xlsx\)"), tmp_path).suffix == ".xlsx"
    assert download(person, link(person, "^CSV$"), tmp_path).suffix == ".csv"
    person.open("/pathway")
    person.press("New to care")
    person.fill({"links": "published"})
    person.press("Show")
    person.open(shared)
    sign_in_on_the_way(person, "Start a claim with these answers")
    person.press("Start the claim")
    assert person.heading == "Provider and payment"
    assert person.page.locator('[name="paid_on-day"]').input_value() == "12"


def sign_in_on_the_way(person: Walk, press: str) -> None:
    person.press(press)
    person.fill({"email": GRACE})
    person.press("Email me a code")
    person.fill({"code": shown_code(person, "message says")})
    person.press("Continue")


@pytest.mark.long
def test_registering_and_settling_in(person: Walk, walk: NewWalk, tmp_path: Path) -> None:
    person.open("/register")
    person.fill({"email": "nia at example"})
    mistake(person, "Email me a code", "must be in the form name@example.com")
    person.fill({"email": "nia.price@example.com"})
    person.press("Email me a code")
    mistake(person, "Continue", "Enter the code from the message")
    person.fill({"code": shown_code(person, "message says")})
    person.press("Continue")
    mistake(person, "Save and continue", "Enter your name", "Enter the workplace ID")
    person.fill({"own_name": "Nia Price", "name": "Larch House", "workplace_id": "l 500 5005"})
    person.press("Save and continue")
    person.open("/registration/address")
    mistake(person, "Save and continue", "Enter address line 1", "Enter the postcode")
    person.fill({"address_line_1": "5 Larch Lane", "town": "Whitford", "postcode": "wf29qq"})
    person.press("Save and continue")
    mistake(person, "Save and continue", "Select the care")
    person.fill({"services": "home-care"})
    person.press("Save and continue")
    mistake(person, "Save and continue", "Enter the number of care staff")
    person.fill({"care_staff": "24", **day("workforce_data_updated_on", 3, 11, 2025)})
    person.press("Save and continue")
    person.fill({"cqc_location": "101"})
    mistake(person, "Save and continue", "The CQC location ID must be")
    person.fill({"cqc_location": "1-101607013"})
    person.press("Save and continue")
    person.fill({"officer_job_title": "Manager"})
    person.press("Save and continue")
    mistake(person, "Upload", "Select")
    for kind in ("lease", "utility-bill"):
        proof = tmp_path / f"{kind}.pdf"
        proof.write_bytes(specimen_pdf(kind, ["Larch House", "5 Larch Lane, Whitford, WF2 9QQ"]))
        person.fill({"kind": kind, "file": proof})
        person.press("Upload")
    if person.heading != "Check your answers":
        person.open("/registration/check")
    mistake(person, "Send the registration", "Tick the box")
    person.fill({"declaration": "yes"})
    person.press("Send the registration")
    assert "What happens next" in person.words

    ruth = walk(scripts=False)
    sign_in(ruth, RUTH)
    ruth.open("/registrations")
    ruth.press("Larch House")
    for box in ruth.page.locator('[name="checks"]').all():
        ruth.hand.tick(box)
    ruth.fill({"decision": "registered"})
    ruth.press("Confirm the decision")

    person.open("/home")
    assert "Your organisation has not given its bank details." in person.words
    person.open("/account/authenticator")
    person.fill({"code": "12"})
    mistake(person, "Continue", "must be 6 digits")
    add_authenticator(person)
    person.open("/agreements/2025-26")
    mistake(person, "Sign the agreement", "Tick the box")
    person.fill({"accepted": "yes"})
    person.press("Sign the agreement")
    person.open("/bank-details/change")
    person.fill({"account_name": "Larch House", "sort_code": "30-94-3", "account_number": "1"})
    mistake(person, "Save bank details", "must be 6 digits", "between 6 and 8 digits", "Tick the box")
    person.fill({"sort_code": "30 94 30", "account_number": "7 334 456", "organisations": "yes"})
    person.press("Save bank details")
    assert "****4456" in person.words
    assert "07334456" not in person.page.content()
    person.open("/team/invite")
    mistake(person, "Send invitation", "Enter their name")
    person.fill({"name": "Ada Lamb", "email": "ada.lamb@example.com", "delegated": "yes"})
    person.press("Send invitation")
    assert "We have sent an invitation" in person.words
    person.open("/services")
    mistake(person, "Add service", "Enter")
    person.fill({"name": "Larch home care"})
    person.press("Add service")


@pytest.mark.long
def test_learners(person: Walk, tmp_path: Path) -> None:
    sign_in(person, GRACE)
    person.open("/learners/new")
    person.fill({"first_name": "S4m", "number": "12", **day("employed_from", 3, 2, 2026)})
    mistake(person, "Add learner", "take out “4”", "must be 2 letters", "on or before 2 February 2026", "Select")
    person.open("/learners/table")
    person.fill({"table": "Sam,O'Dowd,AB 12 34 56 C,Juggler,Employee,3 apr 25"})
    mistake(person, "Check these people", "1 problem in the table")
    assert "“Juggler” is not a job role we know" in person.words
    person.fill({"table": "Sam,O’Dowd,ab 12 34 56 c,Care worker,Employee,3 apr 25"})
    person.press("Check these people")
    person.press("Keep these learners")
    person.open("/learners/table")
    person.fill({"table": "Sam,O'Dowd,AB123456C,Senior care worker,Employee,3/4/2025"})
    person.press("Check these people")
    assert "Job role: Care worker becomes Senior care worker" in person.words
    person.press("Keep these learners")
    person.open("/learners/upload")
    mistake(person, "Check the workbook", "Choose the workbook")
    assert download(person, link(person, "Download the workbook"), tmp_path).suffix == ".xlsx"
    person.fill({"file": an_invoice(tmp_path)})
    mistake(person, "Check the workbook", "is a PDF")
    person.open("/purchases/6/learners")
    person.press("Paste names and numbers")
    person.fill({"table": "Daniel Mensah, AA000002A\nKim Lowe, AB123457C"})
    mistake(person, "Check these people", "1 problem in the table")
    assert "This number is not among your learners yet." in person.words
    person.fill({"table": "Daniel Mensah, AA000002A\nSam O'Dowd AB123456C\nFatima,Noor,AA000009A,Team leader"})
    person.press("Check these people")
    assert "Job role: Deputy manager becomes Team leader" in person.words
    person.press("Change the table")
    person.press("Check these people")
    for row in ("1", "2", "3"):
        person.page.locator(f'[name="person"][value="{row}"]').uncheck()
    mistake(person, "Add these learners", "Select at least one person to add")
    person.fill({"person": ["1", "2"]})
    person.press("Add these learners")
    assert "2 learners added." in person.page.locator("body").inner_text()
    assert "3 learners on this purchase" in person.words
    person.press("Upload a workbook or CSV file")
    staff = tmp_path / "staff.csv"
    staff.write_text("Name,NI number\nZofia Kowalska,AA000004A\n")
    person.fill({"file": staff})
    person.press("Check the file")
    assert "1 is among your learners already" in person.words
    person.open("/learners?search=odowd")
    person.press("Sam O’Dowd")
    person.press("Learning record")
    person.open("/learners/4/record")
    for ending in ("xlsx", "json"):
        found = person.page.locator(f'main a[href$=".{ending}"]').first
        assert download(person, found, tmp_path).suffix == f".{ending}"
    person.open("/workforce")
    assert "Level 2 Adult Social Care Certificate" in person.words


def test_a_purchase_by_plan_with_evidence_and_somebody_late(person: Walk, tmp_path: Path) -> None:
    sign_in(person, GRACE)
    person.press("Start a new purchase")
    person.fill({"search": "juggling"})
    person.press("Search")
    assert "0 courses found" in person.words
    person.fill({"search": "LTS"})
    person.press("Search")
    person.press("Choose")
    address = "/".join(person.path.split("/")[:3])
    mistake(person, "Save and continue", "Enter the training provider", "Enter the payment date", "Select")
    person.fill({"provider": "Bright Training", "way": "plan", **day("paid_on", 1, 10, 2025)})
    person.fill(day("second_payment_on", 1, 9, 2025))
    mistake(person, "Save and continue", "on or after the first payment")
    person.fill(day("second_payment_on", 1, 12, 2025))
    person.press("Save and continue")
    person.fill({"footing": "total", "total": "1,2", "other": "no"})
    mistake(person, "Save and continue", "must be an amount in pounds", "Enter the number of people")
    person.fill({"total": "£1,800", "people_covered": "3"})
    person.press("Save and continue")
    person.fill(day("started_on", 6, 10, 2025))
    mistake(person, "Save and continue", "Select yes if it is delivered")
    person.fill({"apprenticeship": "no"})
    person.press("Save and continue")
    mistake(person, "Add selected learners", "Select at least one learner")
    for name in ("Imran Siddiqui", "Chloe Bennett", "Margaret Ellis"):
        person.hand.tick(person.page.get_by_label(name))
    person.press("Add selected learners")
    assert "Not met" in person.words
    person.go(person.page.get_by_role("button", name="Take off Margaret Ellis"))
    person.press("Save and continue")
    mistake(person, "Save and continue", "Select when they completed")
    person.fill({"how": "each"})
    imran = person.page.get_by_role("group", name="Imran Siddiqui").get_by_label("Day").get_attribute("name") or ""
    person.fill(day(imran.removesuffix("-day"), 30, 1, 2026))
    person.press("Save and continue")
    broken = tmp_path / "receipt.pdf"
    broken.write_bytes(b"%PDF-1.7 and nothing more")
    person.fill({"files": broken})
    mistake(person, "Upload", "receipt.pdf")
    person.fill({"files": an_invoice(tmp_path)})
    person.press("Upload")
    person.press("Add certificate")
    mistake(person, "Upload", "Choose the certificate")
    person.open(f"{address}/evidence")
    person.press("Add many certificates at once")
    person.fill({"files": a_certificate(tmp_path, "Imran Siddiqui")})
    person.press("Upload")
    assert "1 certificate added" in person.words
    person.open(f"{address}/check")
    assert "1 claim ready, for £500.00 in all. The others wait and hold nobody up." in person.words
    mistake(person, "Submit claims", "Tick the box")
    person.fill({"declaration": "yes"})
    person.press("Submit claims")
    assert person.heading == "Claim submitted"
    person.open(f"{address}/check")
    assert "No claim is ready yet." in person.words


def test_a_workbook_of_claims(person: Walk, tmp_path: Path) -> None:
    sign_in(person, GRACE)
    person.press("claim by workbook")
    person.hand.press(person.page.locator("summary").filter(has_text="For other people"))
    assert download(person, link(person, "With everybody who works for you"), tmp_path).suffix == ".xlsx"
    template = download(person, link(person, "An empty workbook"), tmp_path)
    assert "How to fill this in" in load_workbook(template).sheetnames
    mistake(person, "Check the workbook", "Choose the workbook")
    faulty, right = tmp_path / "faulty.xlsx", tmp_path / "claims.xlsx"
    faulty.write_bytes(filled_in(*twelve()[:-1], {**twelve()[-1], "cost_pence": "lots"}))
    right.write_bytes(filled_in(*twelve()))
    person.fill({"file": faulty})
    person.press("Check the workbook")
    wait_for(person, "Your workbook has problems")
    assert "Row 13" in person.words
    marked = download(person, person.page.locator('main a[href$="/marked"]').first, tmp_path)
    assert "Problems" in load_workbook(marked).sheetnames
    person.fill({"file": right})
    person.press("Check the workbook")
    wait_for(person, "Check what will be made")
    assert "£11,088.00 could be claimed" in person.words
    person.press("Create these drafts")
    wait_for(person, "Evidence")
    assert "12 drafts have been made." in person.words
    person.fill({"files": an_invoice(tmp_path)})
    person.press("Continue")
    assert "12 claims ready, for £11,088.00 in all." in person.words
    person.fill({"declaration": "yes"})
    person.press("Submit claims")
    assert person.heading == "Claims submitted"


def wait_for(person: Walk, heading: str) -> None:
    """The page of an upload looks again by itself, with scripts or without."""
    expect(person.page.locator("h1")).to_have_text(heading, timeout=30_000)
    person.look()


def test_the_list_a_claim_and_what_the_assessor_asks(person: Walk, tmp_path: Path) -> None:
    sign_in(person, GRACE)
    person.open("/claims")
    person.fill({"search": "gareth"})
    person.press("Show")
    assert "1 claim" in person.words
    found = download(person, link(person, "Download this claim"), tmp_path)
    assert "Claims" in load_workbook(found).sheetnames
    person.hand.press(person.page.locator("summary").filter(has_text="Save this view"))
    mistake(person, "Save view", "Enter a name for this view")
    person.fill({"name": "About Gareth"})
    person.press("Save view")
    person.go(link(person, "Gareth Pugh"))
    reply = person.page.locator('[name^="reply_"]').first.get_attribute("name") or ""
    person.fill({reply: "x" * 1_501})
    mistake(person, "Send the claim again", "1,500 characters or fewer")
    person.fill({reply: "The provider has sent a new certificate."})
    person.press("Save for now")
    person.press("Change the dates")
    person.fill(day("completed_on", 5, 1, 2026))
    mistake(person, "Save", "on or after the start date")
    person.fill(day("completed_on", 8, 1, 2026))
    person.press("Save")
    assert "What you changed since you last sent it" in person.words
    person.press("Send the claim again")
    assert "The claim has been sent again." in person.words
    person.press("Withdraw this claim")
    mistake(person, "Withdraw claim", "Enter why you are withdrawing this claim")
    person.fill({"reason": "Entered twice."})
    person.press("Withdraw claim")
    person.press("All claims of this purchase")
    person.open("/purchases/4")
    person.press("Copy this purchase")
    person.open("/claims/discarded")


@pytest.mark.long
def test_payments_deadlines_and_notifications(person: Walk, walk: NewWalk, tmp_path: Path) -> None:
    office = walk(scripts=False)
    sign_in(office, OLU)
    office.open("/payments/runs")
    office.go(office.page.locator("main table a").first)
    run = office.path
    sign_out(office)
    sign_in(office, PRIYA)
    release(office, run)
    office.open(f"{run}/result")
    office.fill(day("paid_on", 2, 2, 2026))
    for name in {box.get_attribute("name") for box in office.page.locator('[name^="result_"]').all()}:
        office.fill({name: "paid"})
    office.press("Record the result")

    sign_in(person, GRACE)
    person.open("/remittances")
    person.go(link(person, "remittance"))
    for words in ("workbook", "CSV"):
        assert download(person, link(person, words), tmp_path).stat().st_size > 0
    person.open("/deadlines")
    person.open("/notifications")
    person.fill({"rhythm": "weekly"})
    person.press("Save")
    assert "We will write to you as you chose." in person.words
    person.go(person.page.locator('main a[href*="calendar"]').first)
    before = person.words
    person.press("Make a new address")
    assert person.words != before
