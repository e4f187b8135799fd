"""Every worked example of ``docs/rules.md``, typed into the forms: what the page says, what is kept, what is paid."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import delete, select

from claims.decisions import Answer
from claims.lifecycle import Act
from claims.models import Claim, Commitment, Employer, RunWorkbook
from claims.services.checking import save_completion_check, save_payment_check
from claims.services.claiming import assess_claim
from claims.services.drafting import open_completion
from claims.services.drawing_up import draw_up, seen_hash
from claims.services.holding import take
from claims.services.moving import move
from claims.store.ready import RunFilter, ready_claims
from tests.browsing import Browser, Page
from tests.claiming import (
    add_certificates,
    add_payment_evidence,
    buy,
    day,
    go_on_from_learners,
    submit_all,
)
from tests.keys import KEYRING
from tests.site import Site
from tests.stage import confirm_shown
from tests.worked_examples import EXAMPLES, WorkedExample


def pence(pounds: str) -> int:
    return int(pounds.replace(".", ""))


def spoken(pounds: str) -> str:
    """``1540.00`` as pages write it."""
    whole, rest = pounds.split(".")
    return f"£{int(whole):,}.{rest}"


def on(site: Site, day_: str) -> Browser:
    """Hartley House's officer, signed in on another day."""
    site.time.move_to(datetime.combine(date.fromisoformat(day_), time(9, 30), UTC))
    return site.sign_in(site.house.sro)


def prepare_employer(site: Site, example: WorkedExample) -> None:
    employer = example.record["employer"]
    with site.database.write() as session:
        found = session.get_one(Employer, site.house.employer_id)
        found.workforce_data_updated_on = date.fromisoformat(employer["workforce_data_updated_on"])
        session.execute(delete(Commitment))
        session.add(
            Commitment(
                employer_id=found.id,
                fund="main",
                scheme_year="2025-26",
                cap_pence=400_000_00,
                committed_pence=pence(employer["committed_gbp"]),
            )
        )


def cost_of(example: WorkedExample) -> dict[str, str]:
    if example.invoice is not None:
        total, people, _, _ = example.invoice
        return {"footing": "total", "total": total, "people_covered": str(people), "other": "no"}
    return {"footing": "each", "cost_each": example.record["training"]["cost_gbp"] or "1", "other": "no"}


def type_learner(browser: Browser, address: str, example: WorkedExample) -> Page:
    learner = example.record["learner"]
    browser.get(f"{address}/learners/new")
    return browser.send(
        {
            "first_name": "Ada",
            "last_name": "Example",
            "number": learner["national_insurance_number"],
            "job_role": learner["job_role"],
            "engagement": learner["engagement"],
            "works_in_england": "yes",
            "post_requires_registration": "no",
            **day("employed_from", "2024-01-08"),
        }
    )


def type_purchase(browser: Browser, example: WorkedExample, claimed_as: str) -> str:
    training = example.record["training"]
    address = buy(
        browser,
        training["course"],
        internal=training["paid_on"] is None,
        paid_on=training["paid_on"],
        cost=cost_of(example),
        started_on=training["started_on"],
        planned_end_on=None,
        claimed_as=claimed_as,
    )
    type_learner(browser, address, example)
    go_on_from_learners(browser, address)
    return address


def approved_start(site: Site, example: WorkedExample) -> None:
    """The start part before: typed and submitted on 1 June 2025, approved with the amounts of the example."""
    browser = on(site, "2025-06-01")
    address = type_purchase(browser, example, "split")
    add_payment_evidence(browser, address)
    submit_all(browser, address)
    start = example.record["claim"]["start_part"]
    with site.database.write() as session:
        claim = session.scalars(select(Claim)).one()
        claim.reimbursable_pence = pence(start["reimbursable_gbp"])
        claim.entitlement_pence = claim.payable_pence = pence(start["amount_gbp"])
        move(session, claim, Act.APPROVE, site.office.assessor, claim.submitted_at)
        open_completion(session, claim, site.office.assessor, claim.submitted_at)


def brought_to_check(site: Site, example: WorkedExample) -> tuple[Browser, str]:
    """The claim typed into the forms, with its evidence, on the day of its submission."""
    training, part = example.record["training"], example.record["claim"]["part"]
    if part == "completion":
        approved_start(site, example)
        browser = on(site, example.today)
        with site.database.read() as session:
            address = f"/purchases/{session.scalars(select(Claim.purchase_id)).first()}"
        browser.get(f"{address}/completion-dates")
    else:
        browser = on(site, example.today)
        address = type_purchase(browser, example, "split" if part == "start" else "full")
    if part != "start":
        browser.send({"how": "one", **day("completed_on", training["completed_on"])})
        add_certificates(browser, address)
    if part != "completion" and training["paid_on"] is not None:
        add_payment_evidence(browser, address)
    return browser, address


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_worked_example_holds_through_the_forms(site: Site, example: WorkedExample) -> None:
    prepare_employer(site, example)
    browser, address = brought_to_check(site, example)
    page = browser.get(f"{address}/check")
    if "payable_gbp" in example.amount:
        assert spoken(example.amount["payable_gbp"]) in page.words
    if "left_for_completion_gbp" in example.amount:
        assert f"and {spoken(example.amount['left_for_completion_gbp'])} on completion" in page.words
    if example.last_day_to_claim:
        last_day = date.fromisoformat(example.last_day_to_claim)
        assert f"Last day to claim: {last_day.day} {last_day:%B %Y}" in page.words
    for sentence in example.saying.values():
        assert sentence in page.words
    if example.invoice and example.invoice[3] != "0.00":
        assert f"{spoken(example.invoice[3])} cannot be claimed" in page.words

    if example.outcome == "ineligible":
        assert "No claim is ready yet." in page.words
        with site.database.read() as session:
            claim = session.scalars(select(Claim).where(Claim.state == "draft")).one()
            assessment = assess_claim(session, KEYRING, claim, date.fromisoformat(example.today))
        said = {finding.rule: finding for finding in assessment.findings}
        for rule, outcome in example.findings.items():
            assert said[rule].outcome == outcome
            assert outcome != "fail" or said[rule].message in page.words
        return
    assert submit_all(browser, address).heading == "Claim submitted"
    with site.database.read() as session:
        claim = session.scalars(select(Claim).where(Claim.state == "submitted")).one()
        kept = claim.as_submitted["assessment"]
        assert kept["outcome"] == example.outcome
        assert {name: kept["amount"][name] for name in example.amount} == dict(example.amount)
        said = {finding["rule"]: finding["outcome"] for finding in kept["findings"]}
        assert {rule: said[rule] for rule in example.findings} == dict(example.findings)
        if example.last_day_to_claim:
            assert claim.last_day_on == date.fromisoformat(example.last_day_to_claim)


PAID = [example for example in EXAMPLES if example.outcome in ("eligible", "check") and "payable_gbp" in example.amount]


@pytest.mark.parametrize("example", PAID, ids=lambda example: example.name)
def test_a_worked_example_comes_to_its_amount_in_the_payment_workbook(site: Site, example: WorkedExample) -> None:
    prepare_employer(site, example)
    browser, address = brought_to_check(site, example)
    submit_all(browser, address)
    at = datetime.combine(date.fromisoformat(example.today), time(12), UTC)
    workbook = paid_by_run(site, example, at)
    header, *lines = workbook["Lines"].iter_rows(values_only=True)
    paid = {line[header.index("Reference")]: line[header.index("Amount")] for line in lines if line[0]}
    with site.database.read() as session:
        claim = session.scalars(select(Claim).where(Claim.state == "in-payment", Claim.part == part_of(example))).one()
        assert Decimal(str(paid[claim.reference])) == Decimal(example.amount["payable_gbp"])


def part_of(example: WorkedExample) -> str:
    return str(example.record["claim"]["part"])


def paid_by_run(site: Site, example: WorkedExample, at: datetime) -> Workbook:
    """The submitted claim checked, approved and drawn up in a run: the run's workbook."""
    cost = example.record["training"]["cost_gbp"]
    with site.database.write() as session:
        claim = session.scalars(select(Claim).where(Claim.state == "submitted")).one()
        take(session, claim.purchase, site.office.assessor, at)
        if example.record["training"]["paid_on"] is not None and claim.part != "completion":
            save_payment_check(
                session,
                claim.purchase,
                site.office.assessor,
                at,
                answer=Answer.YES,
                cost_pence=pence(cost),
                paid_in_full=True,
            )
        save_completion_check(session, claim, site.office.assessor, at, answer=Answer.YES)
        confirm_shown(session, claim.purchase, site.office.assessor, at)
        wanted = RunFilter(scheme_year="2025-26")
        run = draw_up(session, KEYRING, wanted, site.office.finance, at, seen=seen_hash(ready_claims(session, wanted)))
        stored = session.scalars(select(RunWorkbook).where(RunWorkbook.run_id == run.id)).one()
        return load_workbook(BytesIO(stored.content))
