"""Assessors' pages: the queue, holding, one purchase with its checks, the outcome, taking back."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from claims.demo.cast import member
from claims.lifecycle import Role
from claims.models import Claim, Event, PaymentCheck, Purchase
from claims.services import sampling
from claims.services.holding import take
from claims.services.reopening import undo
from claims.store.claims import claims_in
from claims.store.queue import page_of_queue
from claims.store.standard_notes import offered_notes
from tests.browsing import Browser, Page
from tests.site import AT, Site
from tests.stage import Stage, check_all, confirm_shown
from tests.web.back_office import stage_of

NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """References are made at random, so without this one in ten of the approvals below would be drawn."""
    monkeypatch.setattr(sampling, "DRAWN_IN_A_HUNDRED", 0)


@pytest.fixture
def stage(site: Site) -> Stage:
    return stage_of(site)


@pytest.fixture
def asha(site: Site) -> Browser:
    return site.sign_in(site.office.assessor)


@pytest.fixture
def ruth(site: Site) -> Browser:
    return site.sign_in(site.office.lead)


def ids(stage: Stage, purchase_id: int) -> dict[str, int]:
    """The claims of a purchase by learner, its start or only part first."""
    with stage.database.read() as session:
        claims = claims_in(session, session.get_one(Purchase, purchase_id))
        return {claim.learner.name: claim.id for claim in reversed(claims)}


def at_work(browser: Browser, purchase_id: int) -> Page:
    browser.get(f"/assessment/purchases/{purchase_id}")
    return browser.send(action=f"/assessment/purchases/{purchase_id}/hold")


def check(browser: Browser, purchase_id: int, values: dict[str, object], then: str = "outcome") -> Page:
    return browser.send({**values, "then": then}, action=f"/assessment/purchases/{purchase_id}/checks")


def passed(*claim_ids: int, cost: str = "1,600") -> dict[str, object]:
    return {
        "payment": "yes",
        "cost": cost,
        "paid_in_full": "yes",
        **{f"answer_{claim_id}": "yes" for claim_id in claim_ids},
    }


# The queue


def test_an_empty_queue_says_so(asha: Browser) -> None:
    page = asha.get("/assessment")
    assert "Nothing waits here." in page.words
    page = asha.send(action="/assessment/next")
    assert "Nothing is waiting that nobody works on." in page.words


def test_the_queue_shows_what_waits_how_long_and_what_to_look_out_for(site: Site, stage: Stage, asha: Browser) -> None:
    stage.submitted(NIAMH, DANIEL)
    site.time.move_to(AT + timedelta(days=14))
    asha = site.sign_in(site.office.assessor)
    page = asha.get("/assessment")
    assert "Adult Social Care Certificate" in page.words
    assert "Hartley House Care Ltd" in page.words
    assert "£1,848.00" in page.words
    assert "10 working days" in page.words
    assert "Late" not in page.words
    site.time.move_to(AT + timedelta(days=15))
    asha = site.sign_in(site.office.assessor)
    page = asha.get("/assessment")
    assert "11 working days" in page.words
    assert "Late" in page.words


def test_the_queue_is_filtered(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH)
    assert "1 purchase" in asha.get("/assessment", query_string={"employer": "hartley"}).words
    assert "Nothing waits here" in asha.get("/assessment", query_string={"employer": "meadow"}).words
    assert "Nothing waits here" in asha.get("/assessment", query_string={"fund": "ommt"}).words
    assert "Nothing waits here" in asha.get("/assessment", query_string={"show": "mine"}).words
    assert "Nothing waits here" in asha.get("/assessment", query_string={"flag": "near-cap"}).words
    # What nobody can have chosen is as nothing chosen, and a place that is none is the beginning.
    for wrong in ({"fund": "x"}, {"flag": "x"}, {"after": "x"}):
        assert "1 purchase" in asha.get("/assessment", query_string=wrong).words
    page = asha.get("/assessment", query_string={"after": "9" * 16 + "-1"})
    assert "Back to the longest waiting" in page.words
    at_work(asha, purchase_id)
    page = asha.get("/assessment", query_string={"show": "mine"})
    assert page.heading == "My work"
    assert "1 purchase" in page.words


def test_a_draft_cannot_be_found_or_seen(stage: Stage, asha: Browser) -> None:
    with stage.database.write() as session:
        purchase = stage.drafted(session, [NIAMH])
        (claim,) = claims_in(session, purchase)
        purchase_id, claim_id, reference = purchase.id, claim.id, claim.reference
    assert asha.get(f"/assessment/purchases/{purchase_id}").status == 404
    assert asha.get(f"/assessment/claims/{claim_id}").status == 404
    for sought in (reference, "Niamh", str(purchase_id)):
        assert "Nothing is found" in asha.get("/search", query_string={"for": sought}).words


def test_the_queue_leads_on_to_its_next_page_with_the_filter(
    stage: Stage, asha: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of_queue, "__kwdefaults__", {"after": None, "limit": 1})
    stage.submitted(NIAMH)
    stage.submitted(DANIEL, at=AT + timedelta(seconds=1))
    page = asha.get("/assessment", query_string={"fund": "main"})
    assert "1 purchase, and more on the next page" in page.words
    page = asha.get(unescape(re.search(r'href="([^"]+)" rel="next"', page.text)[1]))
    assert "1 purchase" in page.words
    assert "Next page" not in page.words
    assert "Back to the longest waiting" in page.words


# Holding


def test_somebody_elses_purchase_can_be_read_and_not_worked_on(
    site: Site, stage: Stage, asha: Browser, ruth: Browser
) -> None:
    purchase_id = stage.submitted(NIAMH)
    at_work(asha, purchase_id)
    ben = site.sign_in(site.office.other_assessor)
    page = ben.get(f"/assessment/purchases/{purchase_id}")
    assert "Asha Rahman is working on this purchase." in page.words
    assert "Take it over" not in page.words
    page = ben.post(f"/assessment/purchases/{purchase_id}/hold", follow_redirects=True)
    assert "Asha Rahman is working on this purchase." in page.words
    page = ben.post(f"/assessment/purchases/{purchase_id}/checks", {"payment": "yes"}, follow_redirects=True)
    assert "Asha Rahman is working on this purchase." in page.words
    assert ben.get(f"/assessment/purchases/{purchase_id}/takeover").status == 403

    page = ruth.get(f"/assessment/purchases/{purchase_id}/takeover")
    assert page.heading == "Take over from Asha Rahman"
    page = ruth.send({"reason": ""})
    assert page.problems == ["Enter the reason"]
    page = ruth.send({"reason": "Asha is on leave"})
    assert "You work on this purchase now." in page.words
    assert asha.get(f"/assessment/purchases/{purchase_id}/outcome", follow_redirects=False).status == 303


def test_a_purchase_is_given_back_and_what_was_saved_stays(site: Site, stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH)
    at_work(asha, purchase_id)
    page = check(asha, purchase_id, {"payment": "action-needed", "payment_note": "Page 2 is missing."}, "later")
    assert "Saved. You can come back at any time." in page.words
    asha.get(f"/assessment/purchases/{purchase_id}")
    page = asha.send(action=f"/assessment/purchases/{purchase_id}/release")
    assert "back in the queue" in page.words
    ben = site.sign_in(site.office.other_assessor)
    page = at_work(ben, purchase_id)
    assert page.filled(f"/assessment/purchases/{purchase_id}/checks")["payment_note"] == ["Page 2 is missing."]


def test_nobody_works_on_an_employer_they_belong_to(site: Site, stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH)
    with stage.database.write() as session:
        member(session, site.house.employer_id, Role.SUBMITTER, name="", email="asha.rahman@example.org", at=AT)
    page = asha.get(f"/assessment/purchases/{purchase_id}")
    assert "You belong to this employer" in page.words
    page = asha.post(f"/assessment/purchases/{purchase_id}/hold", follow_redirects=True)
    assert "You belong to this employer" in page.words
    assert "Nothing waits here." in asha.get("/assessment").words


def test_an_auditor_looks_and_does_not_touch(site: Site, stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH)
    marcus = site.sign_in(site.office.auditor)
    assert "Give me the next one" not in marcus.get("/assessment").words
    page = marcus.get(f"/assessment/purchases/{purchase_id}")
    assert "Work on this purchase" not in page.words
    assert marcus.post(f"/assessment/purchases/{purchase_id}/hold").status == 403


# One purchase on one page


def test_a_purchase_shows_what_was_claimed_its_findings_and_other_claims(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH, people_covered=3, cost_pence=480_001)
    page = asha.get(f"/assessment/purchases/{purchase_id}")
    for words in ("£1,600.00 for each learner", "£4,800.01 for 3 people, 1p not claimable", "INV-1042", "Brightwater"):
        assert words in page.words
    assert "The employer as it was at submission" in page.words
    assert "25 rules met or not needed" in page.words


def test_other_claims_on_the_same_invoice_are_shown(stage: Stage, asha: Browser) -> None:
    stage.submitted(NIAMH)
    purchase_id = stage.submitted(DANIEL)
    page = asha.get(f"/assessment/purchases/{purchase_id}")
    assert "Other claims on this invoice" in page.words
    assert NIAMH in page.words


def test_checks_are_kept_and_shown_again(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH)
    (claim_id,) = ids(stage, purchase_id).values()
    at_work(asha, purchase_id)
    check(asha, purchase_id, {**passed(claim_id, cost="1,550.50")}, "later")
    page = asha.get(f"/assessment/purchases/{purchase_id}")
    filled = page.filled(f"/assessment/purchases/{purchase_id}/checks")
    assert (filled["payment"], filled["cost"], filled["paid_in_full"]) == (["yes"], ["1,550.50"], ["yes"])
    assert filled[f"answer_{claim_id}"] == ["yes"]


def test_a_standard_note_fills_an_empty_note_and_never_replaces_one(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH)
    at_work(asha, purchase_id)
    form = f"/assessment/purchases/{purchase_id}/checks"
    with stage.database.read() as session:
        first = offered_notes(session)[0].id
    check(asha, purchase_id, {"payment": "reject", "payment_standard": str(first)}, "later")
    page = asha.get(f"/assessment/purchases/{purchase_id}")
    assert page.filled(form)["payment_note"][0].startswith("The evidence shows what was to be paid")
    check(asha, purchase_id, {"payment_note": "My own words.", "payment_standard": str(first)}, "later")
    page = asha.get(f"/assessment/purchases/{purchase_id}")
    assert page.filled(form)["payment_note"] == ["My own words."]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "Select whether the payment is in order"),
        ({"payment": "yes", "cost": ""}, "Enter the cost for each learner"),
        ({"payment": "yes", "paid_in_full": "no"}, "A payment in order is paid in full"),
        ({"payment": "reject"}, "Write a note about the payment"),
        ({"payment": "yes", "cost": "abc", "paid_in_full": "yes"}, "The cost for each learner must be"),
        ({"payment": "yes", "cost": "0", "paid_in_full": "yes"}, "The cost for each learner must be"),
        ({"payment": "yes", "paid_in_full": "yes"}, "Select an answer for at least one claim"),
        ({"payment": "yes", "paid_in_full": "yes", "answer": "reject"}, "Write a note, or choose a standard note"),
        ({"payment": "reject", "payment_note": "x" * 1501}, "1,500 characters"),
    ],
)
def test_what_is_missing_for_an_outcome_is_said_at_its_place_and_nothing_typed_is_lost(
    stage: Stage, asha: Browser, values: dict[str, str], problem: str
) -> None:
    purchase_id = stage.submitted(NIAMH)
    (claim_id,) = ids(stage, purchase_id).values()
    at_work(asha, purchase_id)
    sent = {f"answer_{claim_id}" if name == "answer" else name: value for name, value in values.items()}
    page = check(asha, purchase_id, sent)
    assert page.title.startswith("Error: ")
    assert any(problem in each for each in page.problems), page.problems
    assert any(problem in each for each in page.field_errors)
    filled = page.filled(f"/assessment/purchases/{purchase_id}/checks")
    for name, value in sent.items():
        assert filled[name] == [value]


# The outcome


def test_an_outcome_is_shown_before_it_is_confirmed_with_amount_and_words(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH, DANIEL)
    claims = ids(stage, purchase_id)
    at_work(asha, purchase_id)
    page = check(
        asha,
        purchase_id,
        {
            **passed(claims[NIAMH]),
            f"answer_{claims[DANIEL]}": "action-needed",
            f"note_{claims[DANIEL]}": "Please show the start date.",
        },
    )
    assert page.heading == "Outcome"
    assert "min(£1,600.00, £1,540.00) x 60% = £924.00" in page.words
    assert "We will pay £924.00." in page.words
    assert "About the learner and the training: Please show the start date." in page.words
    assert "Check with the scheme" in page.words
    with stage.database.read() as session:
        assert set(session.scalars(select(Claim.state))) == {"submitted"}
    page = asha.send(action=f"/assessment/purchases/{purchase_id}/outcome")
    assert "is approved" in page.words
    assert "has gone back to the employer" in page.words
    with stage.database.read() as session:
        assert session.get_one(Claim, claims[NIAMH]).state == "approved"
        assert session.get_one(Claim, claims[DANIEL]).state == "needs-action"


def test_an_outcome_sent_twice_is_done_once(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH)
    (claim_id,) = ids(stage, purchase_id).values()
    at_work(asha, purchase_id)
    page = check(asha, purchase_id, passed(claim_id))
    values = page.filled()
    for _ in range(2):
        assert asha.post(f"/assessment/purchases/{purchase_id}/outcome", values).status == 303
    with stage.database.read() as session:
        assert len(session.scalars(select(Event).where(Event.act == "approve")).all()) == 1


def test_an_outcome_that_changed_meanwhile_is_shown_again(site: Site, stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH)
    (claim_id,) = ids(stage, purchase_id).values()
    at_work(asha, purchase_id)
    check(asha, purchase_id, passed(claim_id))
    second_tab = site.sign_in(site.office.assessor)
    second_tab.get(f"/assessment/purchases/{purchase_id}")
    check(second_tab, purchase_id, passed(claim_id, cost="1,000"), "later")
    page = asha.send(action=f"/assessment/purchases/{purchase_id}/outcome")
    assert "Something changed after this page was shown." in page.words
    assert "£600.00" in page.words
    with stage.database.read() as session:
        assert session.get_one(Claim, claim_id).state == "submitted"


def test_what_cannot_be_confirmed_says_why(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH, other_funding_pence=50_000)
    (claim_id,) = ids(stage, purchase_id).values()
    at_work(asha, purchase_id)
    page = check(asha, purchase_id, passed(claim_id, cost="500"))
    assert "This cannot be confirmed." in page.words
    assert "Confirm" not in page.words.replace("confirmed", "")


def test_the_outcome_of_a_purchase_nobody_holds_leads_to_the_purchase(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH)
    page = asha.get(f"/assessment/purchases/{purchase_id}/outcome")
    assert "Work on this purchase" in page.words


# Taking back


def test_a_lead_undoes_a_decision_with_a_reason(site: Site, stage: Stage, asha: Browser, ruth: Browser) -> None:
    purchase_id = stage.approved(NIAMH)
    claim_id = ids(stage, purchase_id)[NIAMH]
    here = f"/assessment/claims/{claim_id}"
    assert "Undo the decision" not in asha.get(here).words
    assert asha.get(f"{here}/undo").status == 403
    assert "Undo the decision" in ruth.get(here).words
    ruth.get(f"{here}/undo")
    page = ruth.send({"reason": " "})
    assert page.problems == ["Enter the reason"]
    page = ruth.send({"reason": "The invoice is for somebody else."})
    assert "Submitted" in page.words
    assert "The invoice is for somebody else." in page.words
    assert "Undone by Ruth Adeyemi" in page.words
    assert ruth.get(f"{here}/undo", follow_redirects=False).status == 303


def test_an_assessor_takes_a_request_back(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.submitted(NIAMH)
    (claim_id,) = ids(stage, purchase_id).values()
    at_work(asha, purchase_id)
    check(asha, purchase_id, {"payment": "action-needed", "payment_note": "Page 2 is missing."})
    asha.send(action=f"/assessment/purchases/{purchase_id}/outcome")
    page = asha.get(f"/assessment/claims/{claim_id}")
    assert "Page 2 is missing." in page.words
    asha.get(f"/assessment/claims/{claim_id}/recall")
    page = asha.send({"reason": "It was there all along."})
    assert "The request is taken back." in page.words


def test_a_start_with_a_submitted_completion_is_not_undone(stage: Stage, ruth: Browser) -> None:
    purchase_id = stage.approved(NIAMH)
    stage.complete(purchase_id, AT.date() - timedelta(days=1))
    with stage.database.read() as session:
        claim_id = session.scalars(select(Claim.id).where(Claim.part == "start")).one()
    ruth.get(f"/assessment/claims/{claim_id}/undo")
    page = ruth.send({"reason": "Too late"})
    assert "has been submitted, so this cannot be undone." in page.words


def test_a_completion_part_asks_for_no_payment_check(stage: Stage, asha: Browser) -> None:
    purchase_id = stage.approved(NIAMH)
    stage.complete(purchase_id, AT.date() - timedelta(days=1))
    page = at_work(asha, purchase_id)
    assert "No payment has to be checked: the start part’s cost is used." in page.words
    with stage.database.read() as session:
        completion = session.scalars(select(Claim.id).where(Claim.part == "completion")).one()
        checks = session.scalars(select(PaymentCheck)).all()
    page = check(asha, purchase_id, {f"answer_{completion}": "yes"})
    assert "£1,540.00 - £924.00 = £616.00" in page.words
    asha.send(action=f"/assessment/purchases/{purchase_id}/outcome")
    with stage.database.read() as session:
        assert len(session.scalars(select(PaymentCheck)).all()) == len(checks)


def test_the_sample_says_when_an_employers_first_approval_comes_after_one_that_was_undone(
    site: Site, stage: Stage
) -> None:
    ruth = site.sign_in(site.office.lead)

    def approve(name: str) -> int:
        purchase_id = stage.submitted(name)
        with site.database.write() as session:
            purchase = session.get_one(Purchase, purchase_id)
            take(session, purchase, site.office.assessor, AT)
            check_all(session, purchase, site.office.assessor, AT)
            return confirm_shown(session, purchase, site.office.assessor, AT, sampled=True)[0].id

    first = approve("Niamh O’Brien")
    assert "The employer’s first approval" in ruth.get("/assessment/sample").words
    assert "after an earlier one was undone" not in ruth.page.words
    with site.database.write() as session:
        undo(session, session.get_one(Claim, first), site.office.lead, AT, because="The invoice is a quote")
    approve("Daniel Mensah")
    assert "The employer’s first approval, after an earlier one was undone" in ruth.get("/assessment/sample").words
