"""From submitted to paid: one claim is approved, one is sent back, corrected and approved; the run's workbook ties."""

import hashlib
from datetime import timedelta
from io import BytesIO

import openpyxl
from sqlalchemy import func, select

from claims.jobs import JOBS, Given, run_once
from claims.models import Claim, Commitment, Message, PaymentLine
from claims.services.recording import verify
from claims.store.sampling import waiting_samples
from claims.store.standard_notes import offered_notes
from claims.web.wiring import EXTENSION
from tests.browsing import Browser
from tests.claiming import add_learners, add_payment_evidence, buy, day, go_on_from_learners, submit_all
from tests.site import Site

SPLIT = {"paid_on": "2026-01-12", "started_on": "2026-01-19"}
NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"
STARTED = "We cannot see that the learner started this training."


def test_one_approved_one_sent_back_and_both_paid(site: Site) -> None:
    grace = site.sign_in(site.house.sro)
    address = buy(grace, "610/4009/5", **SPLIT)
    add_learners(grace, address, site.house.learners[NIAMH], site.house.learners[DANIEL])
    go_on_from_learners(grace, address)
    add_payment_evidence(grace, address)
    submit_all(grace, address)
    purchase_id = int(address.rpartition("/")[2])
    with site.database.read() as session:
        claims = {claim.learner.name: claim.id for claim in session.scalars(select(Claim))}
        notes = {note.text: str(note.id) for note in offered_notes(session)}
    start_not_seen = next(notes[text] for text in notes if text.startswith(STARTED))

    # An assessor approves one and sends one back.
    asha = site.sign_in(site.office.assessor)
    asha.get("/assessment")
    page = asha.send(action="/assessment/next")
    assert page.heading == "Adult Social Care Certificate"
    assert page.response.request.path == f"/assessment/purchases/{purchase_id}"
    page = assess(
        asha,
        purchase_id,
        {
            "payment": "yes",
            "cost": "1,600.00",
            "paid_in_full": "yes",
            f"answer_{claims[NIAMH]}": "yes",
            f"answer_{claims[DANIEL]}": "action-needed",
            f"standard_{claims[DANIEL]}": start_not_seen,
        },
    )
    assert "is approved" in page.words
    assert "has gone back to the employer" in page.words

    # It is the employer's first approval: nobody is told of it before a lead assessor agrees.
    assert "waits for a lead assessor in the quality sample" in page.words
    agree_to_sample(site)

    # The employer is told, answers and sends the claim again.
    letters = deliver(site)
    assert {letter.subject.partition(":")[0] for letter in letters} == {"We need something from you"}
    assert all("and 1 more" in letter.subject for letter in letters)
    assert any("min(£1,600.00, £1,540.00) x 60% = £924.00" in letter.text for letter in letters)
    site.time.tick(timedelta(minutes=5))
    here = f"/claims/{claims[DANIEL]}"
    page = grace.get(here)
    assert "We cannot see that the learner started this training." in page.words
    reply = next(name for name in page.filled(f"{here}/resubmission") if name.startswith("reply_"))
    said = "He enrolled on 19 January; the provider's list is in the invoice."
    page = grace.send({reply: said}, action=f"{here}/resubmission")
    assert "The claim has been sent again." in page.words

    # Another assessor sees the answer and approves; the payment passed already.
    ben = site.sign_in(site.office.other_assessor)
    assert "Sent again" in ben.get("/assessment").words
    page = ben.send(action="/assessment/next")
    assert "The payment of this purchase passed its check before" in page.words
    page = assess(ben, purchase_id, {f"answer_{claims[DANIEL]}": "yes"})
    assert "is approved" in page.words
    agree_to_sample(site)

    # Finance draws up, another releases, the bank pays.
    olu, priya = site.sign_in(site.office.finance), site.sign_in(site.office.other_finance)
    assert "£1,848.00" in olu.get("/payments").words
    olu.get("/payments/preview")
    page = olu.send(action="/payments/runs")
    assert page.heading == "Payment run RUN-2526-0001"
    run = "/payments/runs/RUN-2526-0001"
    priya.get(run)
    assert "The run is released." in priya.send(action=f"{run}/release").words
    page = priya.send(action=f"{run}/workbooks/1")
    content = page.response.get_data()
    assert hashlib.sha256(content).hexdigest() in priya.get(run).words
    priya.get(f"{run}/result")
    priya.send(day("paid_on", "2026-02-02"))

    # The workbook says what the ledger says.
    book = openpyxl.load_workbook(BytesIO(content))
    header, *rows = book["Lines"].iter_rows(values_only=True)
    lines = {row[header.index("Reference")]: row for row in rows}
    with site.database.read() as session:
        starts = session.scalars(select(Claim).where(Claim.part == "start")).all()
        assert set(lines) == {claim.reference for claim in starts}
        for claim in starts:
            assert claim.state == "paid"
            assert round(lines[claim.reference][header.index("Amount")] * 100) == claim.payable_pence == 92_400
        committed = session.scalars(select(Commitment.committed_pence)).one()
        assert committed == session.scalars(select(func.sum(PaymentLine.amount_pence))).one() == 184_800
        # The completion drafts stand ready.
        completions = session.scalars(select(Claim).where(Claim.part == "completion")).all()
        assert {claim.state for claim in completions} == {"draft"}
        assert {claim.base for claim in completions} == {claim.base for claim in starts}
        assert verify(session)[1] == []
    page = grace.get(here)
    assert "It was paid on 2 February 2026." in page.words
    assert "Its completion claim" in page.words

    # What was paid is told once.
    letters = deliver(site)
    assert any("£1,848.00" in letter.text for letter in letters)
    assert deliver(site) == []
    with site.database.read() as session:
        assert set(session.scalars(select(Message.state))) == {"sent"}


def agree_to_sample(site: Site) -> None:
    """The lead assessor agrees to whatever waits: the first of an employer, and what was drawn."""
    ruth = site.sign_in(site.office.lead)
    with site.database.read() as session:
        waiting = [each.claim for each in waiting_samples(session, site.office.lead)]
        references = {claim.id: claim.reference for claim in waiting}
    for claim_id, reference in references.items():
        assert reference in ruth.get("/assessment/sample").words
        ruth.get(f"/assessment/claims/{claim_id}")
        page = ruth.send(action=f"/assessment/claims/{claim_id}/agreement")
        assert f"You agreed to the approval of {reference}." in page.words


def assess(browser: Browser, purchase_id: int, values: dict[str, str]):
    """Answers the checks of the open purchase and confirms the outcome."""
    here = f"/assessment/purchases/{purchase_id}"
    page = browser.send({**values, "then": "outcome"}, action=f"{here}/checks")
    assert page.heading == "Outcome", page.problems
    return browser.send(action=f"{here}/outcome")


def deliver(site: Site):
    """Runs the delivery job; the letters that are new in the folder."""
    services = site.app.extensions[EXTENSION]
    before = {letter.reference for letter in services.sender.letters()}
    job = next(job for job in JOBS if job.name == "deliver")
    run_once(job, Given(services.settings, site.database, services.sender))
    return [letter for letter in services.sender.letters() if letter.reference not in before]
