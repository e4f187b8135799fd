"""What finance does, with a lead assessor where it takes one, in Chromium; each journey makes mistakes first."""

import csv
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook

from claims.clock import LONDON
from tests.browser.conftest import Arrive
from tests.browser.journeying import button, download, link, mistake
from tests.browser.steps import (
    ASHA,
    GRACE,
    OLU,
    PRIYA,
    RUTH,
    agree_to_sample,
    confirm,
    day,
    draw_up,
    release,
)
from tests.browser.walking import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HARTLEY, MEADOW = "Hartley House Care Ltd", "Meadow View Homecare"
AFTER_THE_LAST_DAY = datetime(2027, 4, 1, 9, 0, tzinfo=LONDON)


@pytest.mark.long
def test_paying_and_what_comes_back(arrive: Arrive, aside: Arrive, tmp_path: Path) -> None:
    olu, priya = arrive(OLU), arrive(PRIYA)
    first = cancelled_and_drawn_up_again(olu)
    release(priya, first)
    assert "Released" in priya.words
    priya.press("Record what the bank did")
    priya.fill({**day("paid_on", 3, 2, 2026), "result_0": "failed"})
    mistake(priya, "Record the result", "must be on or before 2 February 2026", "Enter why the payment")
    priya.fill({**day("paid_on", 2, 2, 2026), "result_0": "paid"})
    priya.press("Record the result")
    assert "The bank’s result is recorded, and the employers are told." in priya.words

    olu.open(first)
    olu.go(link(olu, "-B$"))
    recovery = proposed_in_part(olu)
    ruth = arrive(RUTH)
    ruth.open(recovery)
    ruth.press("Refuse with a reason")
    mistake(ruth, "Refuse", "Enter the reason")
    ruth.open(recovery)
    ruth.press("Approve this recovery")
    assert "Still owed £20.00" in ruth.words
    agree_to_sample(ruth)

    second = previewed_with_a_set_off(olu)
    release(priya, second)
    meadow = result_uploaded_with_one_failed(priya, second, tmp_path)
    olu.open("/payments")
    assert MEADOW in olu.words
    third = draw_up(olu)
    release(priya, third)
    result(priya, third, tmp_path, [[meadow.replace(numbered(second), numbered(third)), "paid", ""]])
    assert "Settled" in priya.words

    returned(olu, priya, third)
    olu.open(recovery)
    olu.press(HARTLEY)
    assert olu.heading == f"Ledger of {HARTLEY}"
    assert "Settled £20.00" in olu.words
    olu.open("/payments/recoveries")

    grace = arrive(GRACE)
    grace.open("/remittances")
    grace.go(link(grace, "remittance"))
    assert "£20.00" in grace.words


def cancelled_and_drawn_up_again(olu: Walk) -> str:
    """The run of the story, which Olu drew up and so cannot release, is cancelled; its claims stand in another."""
    olu.open("/payments")
    assert "it is in the quality sample" in olu.words
    olu.press("Show the claims that are held")
    assert "Aisha" not in olu.words
    olu.open("/payments/runs")
    olu.go(link(olu, "^RUN-"))
    assert "You drew this run up, so somebody else from finance must release it." in olu.words
    assert button(olu, "Release").count() == 0
    olu.press("Cancel this run")
    mistake(olu, "Cancel run", "Enter the reason")
    olu.fill({"reason": "An invoice was questioned."})
    olu.press("Cancel run")
    assert "The run is cancelled. Its claims are ready to pay again." in olu.words
    olu.open("/payments")
    olu.fill({"employer": "hartley", "age": "28"})
    olu.press("Show")
    olu.press("Preview a payment run")
    assert "3 claims in 1 payment." in olu.words
    olu.press("Draw up this run")
    return olu.path


def proposed_in_part(olu: Walk) -> str:
    """A recovery of £20.00 of the open claim, to be set off; returns its address."""
    olu.press("Recover this payment")
    mistake(olu, "Propose the recovery", "Select how much", "Select how it", "Enter the reason")
    olu.fill({"share": "part", "amount": "9,999.00", "way": "set-off", "reason": "They were away for a week."})
    mistake(olu, "Propose the recovery", "must be less than")
    assert olu.page.locator('[name="reason"]').input_value() == "They were away for a week."
    olu.fill({"amount": "20.00"})
    olu.press("Propose the recovery")
    assert "A lead assessor must approve this before anything changes." in olu.words
    assert button(olu, "Approve").count() == 0
    return olu.path


def previewed_with_a_set_off(olu: Walk) -> str:
    """A run of what is ready of both employers, with £20.00 set off; returns its address."""
    olu.open("/payments")
    olu.press("Preview a payment run")
    assert "2 claims in 2 payments." in olu.words
    assert "£20.00 is set off against what is to be paid back." in olu.words
    olu.press("Draw up this run")
    return olu.path


def result_uploaded_with_one_failed(priya: Walk, run: str, folder: Path) -> str:
    """The bank's file is refused until it is right, and changes nothing; returns the reference of what failed."""
    priya.open(run)
    instructed = download(priya, button(priya, "Download the payment file"), folder)
    rows = list(csv.DictReader(instructed.read_text("utf-8").splitlines()))
    assert list(rows[0]) == ["payee", "sort code", "account", "amount", "reference"]
    meadow, hartley = sorted((row["reference"] for row in rows), key=lambda it: MEADOW not in row_of(priya, it))
    priya.press("Upload the bank’s result")
    mistake(priya, "Record the result", "Enter the payment date", "Choose the bank’s result")
    priya.fill(day("paid_on", 2, 2, 2026))
    priya.fill({"file": written(folder, [[hartley, "perhaps", ""], [meadow, "failed", "Account closed"]])})
    mistake(priya, "Record the result", "row 2, result: “perhaps” must be paid or failed")
    priya.fill({"file": written(folder, [[hartley, "paid", "why"], [meadow, "failed", ""], ["ZZZ", "paid", ""]])})
    mistake(priya, "Record the result", "has 3 problems")
    assert priya.page.locator('[name="paid_on-day"]').input_value() == "2"
    priya.open(run)
    assert "Released" in priya.words
    result(priya, run, folder, [[hartley, "paid", ""], [meadow, "failed", "Account closed"]])
    assert MEADOW in row_of(priya, "Account closed")
    return meadow


def numbered(run: str) -> str:
    """How payments are numbered in a run, by its address."""
    return run.split("RUN-")[1]


def row_of(person: Walk, words: str) -> str:
    return person.page.locator("main tr").filter(has_text=words).first.inner_text()


def result(priya: Walk, run: str, folder: Path, rows: list[list[str]]) -> None:
    priya.open(f"{run}/result/file")
    priya.fill({**day("paid_on", 2, 2, 2026), "file": written(folder, rows)})
    priya.press("Record the result")
    assert "The bank’s result is recorded, and the employers are told." in priya.words


def written(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "result.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["reference", "result", "reason"], *rows])
    return path


def returned(olu: Walk, priya: Walk, run: str) -> None:
    """The only payment of a settled run came back, as two people say."""
    olu.open(run)
    olu.press(f"The payment to {MEADOW}")
    mistake(olu, "Say that it came back", "Enter the reason")
    olu.fill({"reason": "The account was closed."})
    olu.press("Say that it came back")
    assert "A second person from finance must confirm it." in olu.words
    assert button(olu, "Confirm").count() == 0
    priya.open(run)
    priya.press("Confirm that it came back")
    assert "Its claims are approved again, and the employer is told." in priya.words


def test_reports_and_a_year_that_is_open(arrive: Arrive, tmp_path: Path) -> None:
    olu = arrive(OLU)
    olu.open("/reports")
    titles = olu.page.locator("main nav a").all_inner_texts()
    assert len(titles) == 9
    for title in titles:
        olu.press(title)
        assert olu.heading == title
    found = load_workbook(download(olu, button(olu, "workbook"), tmp_path))
    assert len(found.sheetnames) > 9

    olu.open("/payments/year-end")
    assert "Claims can still come until 31 March 2027." in olu.words
    olu.press("Make a year-end workbook")
    kept = download(olu, button(olu, "Download version 1"), tmp_path)
    assert sha256(kept.read_bytes()).hexdigest() in olu.words
    olu.open("/payments/year-end/2025-26/closing")
    assert "Claims can still come until 31 March 2027." in olu.words
    assert olu.heading == "Year end 2025-26"


@pytest.mark.long
@pytest.mark.parametrize("begins_at", [AFTER_THE_LAST_DAY], ids=["a-year-later"])
def test_a_year_is_closed_and_opened_again(arrive: Arrive, aside: Arrive, tmp_path: Path) -> None:
    everything_is_settled(aside, tmp_path)
    olu = arrive(OLU)
    olu.open("/payments/year-end")
    assert "Nothing is open and nothing can come any more." in olu.words
    olu.press("Close scheme year 2025-26")
    assert "no claim of 2025-26 can be submitted" in olu.words
    olu.press("Close scheme year 2025-26")
    assert "Scheme year 2025-26 is closed." in olu.words
    assert "You closed it, so somebody else from finance must open it again" in olu.words
    assert olu.page.locator('main a[href$="/reopening"]').count() == 0
    download(olu, button(olu, "Download version 1"), tmp_path)

    olu.open("/search?for=gareth")
    olu.go(link(olu, "-"))
    assert "Scheme year 2025-26 is closed" in olu.words
    grace = arrive(GRACE)
    for page in ("/claims/1", "/purchases/1"):
        grace.open(page)
        assert "Scheme year 2025-26 is closed" in grace.words

    priya = arrive(PRIYA)
    priya.open("/payments/year-end")
    priya.press("Open it again, with a reason")
    mistake(priya, "Open it again", "Enter the reason")
    priya.fill({"reason": "A payment came back after all."})
    priya.press("Open it again")
    assert "Scheme year 2025-26 is open again." in priya.words
    assert "by Priya Shah" in priya.words


def everything_is_settled(aside: Arrive, folder: Path) -> None:
    """What the story leaves open is decided and paid."""
    asha, ruth, olu, priya = aside(ASHA), aside(RUTH), aside(OLU), aside(PRIYA)
    agree_to_sample(ruth)
    asha.open("/search?for=gareth")
    asha.go(link(asha, "-"))
    asha.press("Take the request back")
    asha.fill({"reason": "The year ends."})
    asha.press("Take the request back")
    asha.open("/assessment")
    for _ in range(2):
        asha.press("Give me the next one")
        for box in asha.page.locator('main [value="reject"]').all():
            asha.hand.tick(box)
        for note in asha.page.locator("main textarea").all():
            asha.hand.type(note, "Too late.")
        asha.press("Continue to the outcome")
        confirm(asha)
    olu.open("/payments/runs")
    story = link(olu, "^RUN-").get_attribute("href") or ""
    for run in (story, draw_up(olu)):
        release(priya, run)
        priya.press("Record what the bank did")
        priya.fill(day("paid_on", 1, 4, 2027))
        priya.press("Record the result")
