"""Finance's pages: what is ready, drawing up, releasing, the workbook, the bank's result, the register."""

import hashlib
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select, update

from claims.demo.cast import bank_account
from claims.models import BankAccount, Claim, Commitment, Event, PaymentRun
from tests.browsing import Browser, Page
from tests.claiming import day
from tests.keys import KEYRING
from tests.site import AT, Site
from tests.stage import Stage
from tests.web.back_office import stage_of

NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"
RUN = "/payments/runs/RUN-2526-0001"


@pytest.fixture
def stage(site: Site) -> Stage:
    return stage_of(site)


@pytest.fixture
def olu(site: Site) -> Browser:
    return site.sign_in(site.office.finance)


@pytest.fixture
def priya(site: Site) -> Browser:
    return site.sign_in(site.office.other_finance)


def draw_up(browser: Browser) -> Page:
    browser.get("/payments/preview")
    return browser.send(action="/payments/runs")


def released(olu: Browser, priya: Browser) -> Page:
    draw_up(olu)
    priya.get(RUN)
    return priya.send(action=f"{RUN}/release")


def test_nothing_ready_says_so_and_has_no_preview(olu: Browser) -> None:
    page = olu.get("/payments")
    assert "No approved claim can be paid now." in page.words
    page = olu.get("/payments/preview", follow_redirects=False)
    assert page.status == 303
    assert "No run has been drawn up yet." in olu.get("/payments/runs").words


def test_what_is_ready_and_what_is_held_and_why(stage: Stage, olu: Browser) -> None:
    stage.approved(NIAMH, DANIEL)
    page = olu.get("/payments")
    assert "£1,848.00" in page.words
    assert "2 approved claims can be paid." in page.words
    assert "Nothing" not in olu.get("/payments", query_string={"employer": "hartley"}).words
    assert "No approved claim" in olu.get("/payments", query_string={"fund": "ommt"}).words
    assert "No approved claim" in olu.get("/payments", query_string={"employer": "meadow"}).words
    assert "2 approved claims" in olu.get("/payments", query_string={"year": "1999-00", "fund": "gold"}).words
    with stage.database.write() as session:
        session.execute(update(BankAccount).values(replaced_at=AT))
    page = olu.get("/payments")
    assert "The employer has given no bank details." in page.words
    assert "No approved claim can be paid now." in page.words


def test_ready_claims_are_chosen_by_age_from_page_to_run(site: Site, stage: Stage, olu: Browser) -> None:
    stage.approved(NIAMH)
    site.time.move_to(AT + timedelta(days=7))
    stage.approved(DANIEL, at=AT + timedelta(days=7))
    olu = site.sign_in(site.office.finance)
    assert "2 approved claims can be paid. The first was approved on 2 February 2026" in olu.get("/payments").words
    page = olu.get("/payments", query_string={"age": "7"})
    assert "1 approved claim can be paid." in page.words
    assert "No approved claim" in olu.get("/payments", query_string={"age": "14"}).words
    assert "2 approved claims" in olu.get("/payments", query_string={"age": "x"}).words
    page = olu.get("/payments/preview", query_string={"age": "7"})
    assert "approved on 2 February 2026 or earlier" in page.text
    page = olu.send(action="/payments/runs")
    assert page.heading == "Payment run RUN-2526-0001"
    assert "1 approved claim can be paid." in olu.get("/payments").words
    content = olu.post(f"{RUN}/workbooks/1").response.get_data()
    about = dict(openpyxl.load_workbook(BytesIO(content))["About"].values)
    assert about["Filter: Approved on or before"] == "2026-02-02"


def test_ready_and_held_claims_come_page_by_page(stage: Stage, olu: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claims.store.ready.PAGE_SIZE", 1)
    monkeypatch.setattr("claims.web.pages.finance.ready.MOST_PAYMENTS", 0)
    stage.approved(NIAMH, DANIEL)
    page = olu.get("/payments")
    assert "These are the 0 largest payments." in page.words
    with stage.database.read() as session:
        references = session.scalars(select(Claim).where(Claim.part == "start").order_by(Claim.id)).all()
        first, second = (claim.reference for claim in references)
    assert first in page.words
    assert second not in page.words
    page = olu.get("/payments", query_string={"page": "2"})
    assert second in page.words
    assert first not in page.words
    for far in ("3", "-1", "x", "9" * 30):
        assert olu.get("/payments", query_string={"page": far}).status == 200
    # Both are held now: more is promised than a cap that was lowered.
    with stage.database.write() as session:
        session.execute(update(Commitment).values(committed_pence=40_000_001, cap_pence=40_000_001))
    page = olu.get("/payments")
    assert "More is promised to the employer than its cap for this fund and year." in page.words
    assert "No approved claim can be paid now." in page.words
    assert "Held claims" in page.words
    assert second in olu.get("/payments", query_string={"page": "2", "show": "held"}).words
    with stage.database.write() as session:
        session.execute(update(Commitment).values(committed_pence=40_000_000))
    assert "2 approved claims can be paid." in olu.get("/payments").words


def test_a_run_is_previewed_and_drawn_up_with_its_workbook(stage: Stage, olu: Browser) -> None:
    stage.approved(NIAMH, DANIEL)
    page = olu.get("/payments/preview")
    assert "2 claims in 1 payment." in page.words
    page = olu.send(action="/payments/runs")
    assert page.heading == "Payment run RUN-2526-0001"
    assert "You drew this run up, so somebody else from finance must release it." in page.words
    assert "2526-0001-1-M" in page.words
    assert "Olu Martins" in page.words
    assert "RUN-2526-0001" in olu.get("/payments").words
    assert "£1,848.00" in olu.get("/payments/runs").words


def test_a_form_sent_twice_draws_up_one_run_also_after_a_cancellation(stage: Stage, olu: Browser) -> None:
    stage.approved(NIAMH)
    values = olu.get("/payments/preview").filled("/payments/runs")
    first = olu.post("/payments/runs", values)
    second = olu.post("/payments/runs", values)
    assert first.location == second.location == "/payments/runs/RUN-2526-0001"
    olu.get(f"{RUN}/cancellation")
    olu.send({"reason": "Too early"})
    assert olu.post("/payments/runs", values).location == "/payments/runs/RUN-2526-0001"
    with stage.database.read() as session:
        assert session.scalars(select(PaymentRun.state)).all() == ["cancelled"]


def test_a_preview_that_is_out_of_date_draws_up_nothing(stage: Stage, olu: Browser) -> None:
    stage.approved(NIAMH)
    olu.get("/payments/preview")
    stage.approved(DANIEL)
    page = olu.send(action="/payments/runs")
    assert "What is ready to pay changed after this page was shown." in page.words
    with stage.database.read() as session:
        assert session.scalars(select(PaymentRun)).all() == []


def test_a_second_person_releases(stage: Stage, olu: Browser, priya: Browser) -> None:
    stage.approved(NIAMH)
    draw_up(olu)
    page = olu.post(f"{RUN}/release", follow_redirects=True)
    assert "A second person from finance must release this run" in page.words
    priya.get(RUN)
    page = priya.send(action=f"{RUN}/release")
    assert "The run is released." in page.words
    assert priya.post(f"{RUN}/release").status == 303
    with stage.database.read() as session:
        assert len(session.scalars(select(Event).where(Event.act == "release")).all()) == 1


def test_changed_bank_details_stop_a_release(site: Site, stage: Stage, olu: Browser, priya: Browser) -> None:
    stage.approved(NIAMH)
    draw_up(olu)
    with stage.database.write() as session:
        session.execute(update(BankAccount).values(replaced_at=AT))
        bank_account(session, KEYRING, site.house.sro, site.office.lead, AT)
    priya.get(RUN)
    page = priya.send(action=f"{RUN}/release")
    assert "Not released. Bank details have changed" in page.words
    assert "Cancelled" in page.words
    assert "Taken out" in page.words


def test_a_run_is_cancelled_with_a_reason_only_before_release(stage: Stage, olu: Browser, priya: Browser) -> None:
    stage.approved(NIAMH)
    draw_up(olu)
    olu.get(f"{RUN}/cancellation")
    page = olu.send({"reason": ""})
    assert page.problems == ["Enter the reason"]
    page = olu.send({"reason": "Wrong fund"})
    assert "The run is cancelled." in page.words
    assert "Wrong fund" in page.words
    assert olu.get(f"{RUN}/cancellation", follow_redirects=False).status == 303
    page = olu.post(f"{RUN}/cancellation", {"reason": "Again"}, follow_redirects=True)
    assert "is cancelled already" in page.words
    assert priya.get(f"{RUN}/result", follow_redirects=False).status == 303


def test_the_workbook_that_is_downloaded_is_the_one_that_was_stored(stage: Stage, olu: Browser) -> None:
    stage.approved(NIAMH)
    draw_up(olu)
    page = olu.send(action=f"{RUN}/workbooks/1")
    assert page.headers["Content-Disposition"] == 'attachment; filename="RUN-2526-0001.xlsx"'
    content = page.response.get_data()
    assert hashlib.sha256(content).hexdigest() in olu.get(RUN).words
    book = openpyxl.load_workbook(BytesIO(content))
    assert book.sheetnames[0] == "About"
    assert book.sheetnames[-1] == "Controls"
    assert "Workbook downloaded by Olu Martins" in olu.get(RUN).words
    assert olu.post(f"{RUN}/workbooks/2").status == 404
    assert olu.get(f"{RUN}/workbooks/1").status == 405


@pytest.mark.parametrize("address", ["/payments/runs/RUN-2526-0009", "/payments/runs/nothing"])
def test_a_run_that_is_not_there_is_not_found(olu: Browser, address: str) -> None:
    assert olu.get(address).status == 404


def test_the_banks_result_is_recorded_with_what_failed(stage: Stage, olu: Browser, priya: Browser) -> None:
    stage.approved(NIAMH)
    released(olu, priya)
    page = priya.get(f"{RUN}/result")
    assert "£924.00 for 1 claim" in page.words
    page = priya.send({**day("paid_on", "2026-02-02"), "result_0": "failed"})
    assert page.problems == ["Enter why the payment to Hartley House Care Ltd failed"]
    page = priya.send({"reason_0": "The account is closed."})
    assert "The bank’s result is recorded" in page.words
    assert "Failed" in page.words
    assert "Not paid, or sent back" in page.words
    assert "Hartley House Care Ltd Main The account is closed. 1 £924.00" in page.words
    assert "£924.00" in olu.get("/payments").words


@pytest.mark.parametrize(
    ("paid_on", "problem"),
    [
        (None, "Enter the payment date"),
        ("2026-02-01", "between the day of release and today"),
        ("2026-02-03", "must be on or before 2 February 2026"),
    ],
)
def test_a_payment_date_that_cannot_be_is_refused_at_its_place(
    stage: Stage, olu: Browser, priya: Browser, paid_on: str | None, problem: str
) -> None:
    stage.approved(NIAMH)
    released(olu, priya)
    priya.get(f"{RUN}/result")
    page = priya.send(day("paid_on", paid_on))
    assert any(problem in each for each in page.problems), page.problems
    with stage.database.read() as session:
        assert session.scalars(select(Claim.state).where(Claim.part == "start")).all() == ["in-payment"]


def test_a_paid_run_is_settled(stage: Stage, olu: Browser, priya: Browser) -> None:
    stage.approved(NIAMH)
    released(olu, priya)
    priya.get(f"{RUN}/result")
    page = priya.send(day("paid_on", "2026-02-02"))
    assert "Settled" in page.words
    assert "No approved claim can be paid now." in olu.get("/payments").words


def test_the_register_is_downloaded_with_its_filters(stage: Stage, olu: Browser) -> None:
    stage.submitted(NIAMH)
    page = olu.get("/payments/register")
    assert page.filled()["year"] == ["2025-26"]
    page = olu.send({"employer": "hartley", "state": "submitted"})
    assert page.headers["Content-Disposition"] == 'attachment; filename="claims-register-2025-26-2026-02-02.xlsx"'
    book = openpyxl.load_workbook(BytesIO(page.response.get_data()))
    assert book["Claims"].max_row == 2
    assert "hartley" in str(list(book["About"].iter_rows(values_only=True)))
    olu.get("/payments/register")
    page = olu.send({"state": "paid"})
    assert openpyxl.load_workbook(BytesIO(page.response.get_data()))["Claims"].max_row == 1


def test_a_register_that_ends_before_it_begins_is_refused_at_its_place(olu: Browser) -> None:
    olu.get("/payments/register")
    typed = {**day("submitted_from", "2026-02-02"), **day("submitted_to", "2026-02-01")}
    page = olu.send(typed)
    assert page.problems == ["The last day must be on or after the first day"]
    assert page.filled()["submitted_to-day"] == ["1"]
    page = olu.send({"submitted_to-day": "31"})
    assert page.title.startswith("Error: ")


def test_an_auditor_reads_and_downloads_and_draws_up_nothing(site: Site, stage: Stage, olu: Browser) -> None:
    stage.approved(NIAMH)
    draw_up(olu)
    marcus = site.sign_in(site.office.auditor)
    assert "Preview a payment run" not in marcus.get("/payments").words
    assert "Cancel this run" not in marcus.get(RUN).words
    assert marcus.send(action=f"{RUN}/workbooks/1").status == 200
    assert marcus.get("/payments/preview").status == 403
    for address in ("/payments/runs", f"{RUN}/release", f"{RUN}/cancellation", f"{RUN}/result"):
        assert marcus.post(address).status == 403


@pytest.mark.parametrize("who", ["assessor", "lead", "administrator"])
def test_assessors_and_administrators_see_no_payments(site: Site, who: str) -> None:
    browser = site.sign_in(getattr(site.office, who))
    for address in ("/payments", "/payments/runs", "/payments/register", "/payments/preview"):
        assert browser.get(address).status == 403


def test_the_payment_file_says_nothing_of_learners_and_each_download_is_an_event(
    stage: Stage, olu: Browser, priya: Browser
) -> None:
    stage.approved(NIAMH, DANIEL)
    draw_up(olu)
    assert "Download the payment file" not in olu.get(RUN).words
    page = olu.post(f"{RUN}/payment-file", follow_redirects=True)
    assert "is drawn-up already" in page.words
    priya.get(RUN)
    priya.send(action=f"{RUN}/release")
    page = olu.get(RUN)
    page = olu.send(action=f"{RUN}/payment-file")
    assert page.headers["Content-Disposition"] == 'attachment; filename="RUN-2526-0001-payments.csv"'
    header, row = page.response.get_data().decode().splitlines()
    assert header == "payee,sort code,account,amount,reference"
    assert row.endswith(",1848.00,2526-0001-1-M")
    assert "Niamh" not in row
    with stage.database.read() as session:
        event = session.scalars(select(Event).where(Event.act == "download-payment-file")).one()
        assert event.details["sha256"] == hashlib.sha256(page.response.get_data()).hexdigest()
    assert "Payment file downloaded by Olu Martins" in olu.get(RUN).words


def test_the_banks_file_is_recorded_whole_or_not_at_all(stage: Stage, olu: Browser, priya: Browser) -> None:
    stage.approved(NIAMH)
    assert olu.get(f"{RUN}/result/file").status == 404
    released(olu, priya)
    priya.get(f"{RUN}/result/file")
    page = priya.send(day("paid_on", "2026-02-02"))
    assert page.problems == ["Choose the bank’s result"]
    page = priya.send({"file": (BytesIO(b""), "empty.csv")})
    assert page.problems == ["The file empty.csv is empty."]
    faulty = b"reference,result,reason\n2526-0001-1-M,failed,\nX,lost,\n"
    page = priya.send({"file": (BytesIO(faulty), "bank.csv")})
    assert page.problems == ["bank.csv has 3 problems. They are listed on this page; nothing was recorded"]
    assert "say why it failed" in page.words
    assert page.filled()["paid_on-day"] == ["2"]
    good = b"reference,result,reason\n2526-0001-1-M,failed,The account is closed.\n"
    page = priya.send({**day("paid_on", "2026-02-01"), "file": (BytesIO(good), "bank.csv")})
    assert "between the day of release and today" in page.problems[0]
    page = priya.send({**day("paid_on", "2026-02-02"), "file": (BytesIO(good), "bank.csv")})
    assert "The bank’s result is recorded" in page.words
    with stage.database.read() as session:
        assert session.scalars(select(Claim.state).where(Claim.part == "start")).all() == ["approved"]
    assert priya.get(f"{RUN}/result/file", follow_redirects=False).status == 303
