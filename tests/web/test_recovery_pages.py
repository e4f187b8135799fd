"""The pages on which money comes back: proposed, approved, confirmed, and what is owed."""

import pytest
from sqlalchemy import select

from claims.models import Claim, Event
from tests.browsing import Browser
from tests.claiming import day
from tests.site import Site
from tests.stage import Stage
from tests.web.back_office import stage_of
from tests.web.test_finance_pages import NIAMH, RUN, released


@pytest.fixture
def stage(site: Site) -> Stage:
    return stage_of(site)


@pytest.fixture
def olu(site: Site) -> Browser:
    return site.sign_in(site.office.finance)


@pytest.fixture
def priya(site: Site) -> Browser:
    return site.sign_in(site.office.other_finance)


def paid(stage: Stage, olu: Browser, priya: Browser) -> int:
    stage.approved(NIAMH)
    released(olu, priya)
    priya.get(f"{RUN}/result")
    priya.send(day("paid_on", "2026-02-02"))
    with stage.database.read() as session:
        return session.scalars(select(Claim.id).where(Claim.part == "start")).one()


def test_finance_proposes_and_a_lead_approves_and_the_ledger_says_so(
    site: Site, stage: Stage, olu: Browser, priya: Browser
) -> None:
    claim_id = paid(stage, olu, priya)
    assert "No recovery waits for a lead assessor." in olu.get("/payments/recoveries").words
    assert "Recover this payment" in olu.get(f"/assessment/claims/{claim_id}").words
    address = f"/payments/claims/{claim_id}/recovery"
    olu.get(address)
    assert len(olu.send().problems) == 3
    page = olu.send({"share": "part", "amount": "924.00", "way": "set-off", "reason": "They left before"})
    assert any("must be less than £924.00" in each for each in page.problems), page.problems
    page = olu.send({"amount": "24.00"})
    assert "A lead assessor must approve this before anything changes." in page.words
    assert olu.post("/payments/recoveries/1/approval").status == 403
    lead = site.sign_in(site.office.lead)
    assert NIAMH.split()[0] not in lead.get("/payments/recoveries").words
    lead.get("/payments/recoveries/1")
    page = lead.send(action="/payments/recoveries/1/approval")
    assert "The recovery is approved, and the employer is told." in page.words
    page = lead.post("/payments/recoveries/1/approval", follow_redirects=True)
    assert "approved already" in page.words
    words = olu.get(f"/payments/ledger/{stage.house.employer_id}").words
    assert "£24.00" in words
    stage.approved("Daniel Mensah")
    page = olu.get("/payments/preview")
    assert "£924.00 is approved, and £24.00 is set off" in page.words
    page = olu.send(action="/payments/runs")
    assert "£900.00" in page.words


def test_a_lead_refuses_with_a_reason(site: Site, stage: Stage, olu: Browser, priya: Browser) -> None:
    claim_id = paid(stage, olu, priya)
    olu.get(f"/payments/claims/{claim_id}/recovery")
    olu.send({"share": "whole", "way": "invoice", "reason": "Wrong"})
    lead = site.sign_in(site.office.lead)
    lead.get("/payments/recoveries/1/refusal")
    assert lead.send().problems == ["Enter the reason"]
    assert "The claim stays paid." in lead.send({"reason": "It is right"}).words
    assert olu.get("/payments/recoveries/9").status == 404


def test_an_invoice_is_recorded_as_paid(site: Site, stage: Stage, olu: Browser, priya: Browser) -> None:
    claim_id = paid(stage, olu, priya)
    olu.get(f"/payments/claims/{claim_id}/recovery")
    olu.send({"share": "whole", "way": "invoice", "reason": "Wrong"})
    lead = site.sign_in(site.office.lead)
    lead.get("/payments/recoveries/1")
    lead.send(action="/payments/recoveries/1/approval")
    assert "Completion claims whose start claim was recovered" in lead.get("/payments/recoveries").words
    olu.get("/payments/recoveries/1/repayment")
    assert "between the day of approval and today" in olu.send(day("repaid_on", "2026-02-01")).problems[0]
    assert "The invoice is paid." in olu.send(day("repaid_on", "2026-02-02")).words


def test_a_payment_comes_back_when_a_second_person_says_so_too(stage: Stage, olu: Browser, priya: Browser) -> None:
    paid(stage, olu, priya)
    address = f"{RUN}/returns/{stage.house.employer_id}/main"
    assert "came back" in olu.get(RUN).words
    olu.get(address)
    assert olu.send().problems == ["Enter the reason"]
    assert "A second person from finance must confirm" in olu.send({"reason": "The account was closed"}).words
    page = olu.post("/payments/returns/1/confirmation", follow_redirects=True)
    assert "you proposed it" in page.words
    priya.get(RUN)
    page = priya.send(action="/payments/returns/1/confirmation")
    assert "Its claims are approved again" in page.words
    with stage.database.read() as session:
        assert session.scalars(select(Event.act).where(Event.act == "confirm-return")).all()
    assert "£924.00" in olu.get("/payments").words
    assert olu.get(f"{RUN}/returns/{stage.house.employer_id}/gold").status == 404
