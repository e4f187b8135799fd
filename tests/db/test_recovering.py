"""Money that comes back: recovered, set off in later runs, invoiced, returned by the bank."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import (
    Claim,
    Commitment,
    Event,
    Message,
    PaymentLine,
    PaymentReturn,
    PaymentRun,
    Recovery,
    SetOff,
    Slot,
)
from claims.services.drawing_up import Changed, draw_up, seen_hash
from claims.services.exporting import payments_in
from claims.services.instructing import payment_file
from claims.services.paying import PaymentKey, cancel, record_result, release
from claims.services.recovering import approve_recovery, propose_recovery, record_repayment, refuse_recovery
from claims.services.remitting import remittance_csv, remittance_workbook
from claims.services.reopening import undo
from claims.services.returning import confirm_return, propose_return, refuse_return
from claims.services.setting_off import plan_set_offs
from claims.store.claims import employer_called
from claims.store.payments import run_called, workbooks_of
from claims.store.ready import RunFilter, ready_claims
from claims.store.recoveries import balances, completions_of_recovered, debtors
from claims.store.remittances import received_by, remittance_of
from tests.keys import KEYRING
from tests.stage import AT, Stage

NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"
YEAR = RunFilter("2025-26")
DAY = date(2026, 2, 2)


def drawn(stage: Stage, *, seen: str | None = None) -> str:
    with stage.database.write() as session:
        ready = [each for each in ready_claims(session, YEAR) if not each.held_because]
        shown = seen_hash(ready, plan_set_offs(session, ready)) if seen is None else seen
        return draw_up(session, KEYRING, YEAR, stage.office.finance, AT, seen=shown).reference


def run_of(session: Session, reference: str) -> PaymentRun:
    run = run_called(session, reference)
    assert run is not None
    return run


def released(stage: Stage) -> str:
    reference = drawn(stage)
    with stage.database.write() as session:
        release(session, KEYRING, run_of(session, reference), stage.office.other_finance, AT)
    return reference


def settled(stage: Stage, reference: str, failures: dict[PaymentKey, str] | None = None) -> None:
    with stage.database.write() as session:
        run = run_of(session, reference)
        record_result(session, run, failures or {}, stage.office.finance, AT, paid_on=DAY)


def paid(stage: Stage, *learners: str) -> str:
    stage.approved(*learners)
    reference = released(stage)
    settled(stage, reference)
    return reference


def start_claim(session: Session, state: str = "paid") -> Claim:
    found = select(Claim).where(Claim.part == "start", Claim.state == state).order_by(Claim.id)
    return session.scalars(found).all()[0]


def propose(stage: Stage, pence: int | None, way: str = "set-off") -> int:
    with stage.database.write() as session:
        claim = start_claim(session)
        by = stage.office.finance
        return propose_recovery(session, claim, by, AT, pence=pence, way=way, because="Not employed there").id


def recovered(stage: Stage, pence: int | None, way: str = "set-off") -> int:
    recovery_id = propose(stage, pence, way)
    with stage.database.write() as session:
        approve_recovery(session, session.get_one(Recovery, recovery_id), stage.office.lead, AT)
    return recovery_id


def committed(session: Session) -> int:
    return session.scalars(select(Commitment.committed_pence)).one()


def test_a_claim_recovered_wholly_gives_back_its_slots_and_its_commitment(stage: Stage) -> None:
    paid(stage, NIAMH)
    recovery_id = propose(stage, None)
    with stage.database.read() as session:
        assert (start_claim(session).state, committed(session)) == ("paid", 92_400)
    with stage.database.write() as session:
        approve_recovery(session, session.get_one(Recovery, recovery_id), stage.office.lead, AT)
    with stage.database.read() as session:
        claim = start_claim(session, "recovered")
        assert committed(session) == 0
        assert session.scalars(select(func.count()).select_from(Slot).where(Slot.claim_id == claim.id)).one() == 0
        told = session.scalars(select(Message).where(Message.subject.startswith("Claim recovered:"))).all()
        assert "Not employed there" in told[0].text
        assert [(found.state, start.id) for found, start, _ in completions_of_recovered(session)] == [
            ("draft", claim.id)
        ]


def test_a_part_recovered_leaves_the_claim_paid(stage: Stage) -> None:
    paid(stage, NIAMH)
    recovered(stage, 2_400)
    with stage.database.write() as session:
        assert (start_claim(session).state, committed(session)) == ("paid", 90_000)
        with pytest.raises(NotAllowed, match=r"less than £900\.00"):
            propose_recovery(
                session, start_claim(session), stage.office.finance, AT, pence=90_000, way="invoice", because="More"
            )
    recovered(stage, None)
    with stage.database.read() as session:
        assert start_claim(session, "recovered").payable_pence == 92_400
        assert committed(session) == 0
        (balance,) = balances(session, stage.house.employer_id)
        assert (balance.recovered_pence, balance.owed_pence, balance.paid_pence) == (92_400, 92_400, 92_400)


@pytest.mark.parametrize("who", ["finance", "other_finance", "assessor", "administrator", "auditor"])
def test_only_a_lead_assessor_approves_a_recovery(quick_stage: Stage, who: str) -> None:
    paid(quick_stage, NIAMH)
    recovery_id = propose(quick_stage, None)
    with quick_stage.database.write() as session, pytest.raises(NotAllowed, match="lead assessor"):
        approve_recovery(session, session.get_one(Recovery, recovery_id), getattr(quick_stage.office, who), AT)


def test_who_proposed_a_recovery_never_approves_it(quick_stage: Stage) -> None:
    paid(quick_stage, NIAMH)
    recovery_id = propose(quick_stage, 100)
    promoted = Actor(Role.LEAD_ASSESSOR, quick_stage.office.finance.name, quick_stage.office.finance.person_id)
    with quick_stage.database.write() as session, pytest.raises(NotAllowed, match="second person"):
        approve_recovery(session, session.get_one(Recovery, recovery_id), promoted, AT)


@pytest.mark.parametrize("who", ["lead", "assessor", "auditor"])
def test_only_finance_proposes_a_recovery(quick_stage: Stage, who: str) -> None:
    paid(quick_stage, NIAMH)
    with quick_stage.database.write() as session, pytest.raises(NotAllowed, match="Only finance"):
        by = getattr(quick_stage.office, who)
        propose_recovery(session, start_claim(session), by, AT, pence=None, way="invoice", because="No")


def test_a_recovery_is_proposed_once_and_decided_once(stage: Stage) -> None:
    paid(stage, NIAMH)
    recovery_id = propose(stage, None)
    with pytest.raises(NotAllowed, match="waits for a lead assessor already"):
        propose(stage, 100)
    with stage.database.write() as session:
        recovery = session.get_one(Recovery, recovery_id)
        with pytest.raises(NotAllowed, match="Give a reason"):
            refuse_recovery(session, recovery, stage.office.lead, AT, because=" ")
        refuse_recovery(session, recovery, stage.office.lead, AT, because="They were employed")
        with pytest.raises(NotAllowed, match="refused already"):
            approve_recovery(session, recovery, stage.office.lead, AT)
        assert committed(session) == 92_400
    recovered(stage, None)
    with pytest.raises(IndexError):
        propose(stage, None)


def test_what_is_owed_is_set_off_in_the_next_run_and_shown_everywhere(stage: Stage) -> None:
    paid(stage, NIAMH)
    recovered(stage, 2_400)
    stage.approved(DANIEL)
    reference = released(stage)
    with stage.database.write() as session:
        run = run_of(session, reference)
        (payment,) = payments_in(session, KEYRING, run)
        assert (payment.row.amount_pence, payment.row.set_off_pence, payment.row.net_pence) == (92_400, 2_400, 90_000)
        assert b",900.00," in payment_file(session, KEYRING, run, stage.office.finance, AT)
        book = openpyxl.load_workbook(BytesIO(workbooks_of(session, run)[0].content))
        header, row = book["Payments"].iter_rows(values_only=True)
        shown = dict(zip(header, row, strict=True))
        assert (shown["Amount"], shown["Set off"], shown["Net"]) == (924, 24, 900)
        assert "differ" not in str(list(book["About"].iter_rows(values_only=True)))
        assert debtors(session) == []
    settled(stage, reference)
    with stage.database.read() as session:
        remittance = remittance_of(session, stage.house.employer_id, reference, "main")
        assert (remittance.pence, remittance.set_off_pence, remittance.net_pence) == (92_400, 2_400, 90_000)
        latest, first = received_by(session, stage.house.employer_id)[0]
        assert [(each.pence, each.set_off_pence, each.net_pence) for each in (latest, first)] == [
            (92_400, 2_400, 90_000),
            (92_400, 0, 92_400),
        ]
        employer = employer_called(session, stage.house.employer_id)
        book = openpyxl.load_workbook(BytesIO(remittance_workbook(session, remittance, employer, stage.house.sro, AT)))
        _, gross, set_off, net = book["Payment"].iter_rows(values_only=True)
        reference = start_claim(session).reference
        assert (gross[2], set_off[:3], net[2]) == (924, ("Set off", reference, -24), 900)
        assert (
            dict(row[:2] for row in book["About"].iter_rows(values_only=True) if row[0])["Paid to your account"] == 900
        )
        lines = remittance_csv(session, remittance, AT).decode().splitlines()[1:]
        assert [line.rsplit(",", 1)[1] for line in lines] == ["924.00", "-24.00"]
        assert lines[1].startswith(f"{reference},,,,Set off,2026-02-02,")
        told = session.scalars(select(Message).where(Message.subject.startswith("Payment of £900.00"))).all()
        assert "Set off against what is to be paid back: £24.00" in told[0].text
        assert session.scalars(select(SetOff.state)).all() == ["taken"]


def test_a_set_off_larger_than_the_run_makes_no_bank_line_and_carries_the_rest_forward(stage: Stage) -> None:
    paid(stage, NIAMH)
    recovered(stage, None)
    stage.approved(DANIEL, cost_pence=100_000)
    reference = released(stage)
    with stage.database.write() as session:
        run = run_of(session, reference)
        (payment,) = payments_in(session, KEYRING, run)
        assert (payment.row.amount_pence, payment.row.set_off_pence, payment.row.net_pence) == (60_000, 60_000, 0)
        assert payment_file(session, KEYRING, run, stage.office.finance, AT).count(b"\n") == 1
        assert [each.owed_pence for each in debtors(session)] == [32_400]
        with pytest.raises(NotAllowed, match="no such payment"):
            key = PaymentKey(stage.house.employer_id, "main")
            record_result(session, run, {key: "No"}, stage.office.finance, AT, paid_on=DAY)
    settled(stage, reference)
    with stage.database.read() as session:
        assert len(session.scalars(select(Claim).where(Claim.part == "start", Claim.state == "paid")).all()) == 1
        assert session.scalars(select(Message).where(Message.subject.startswith("Claims set off on"))).all()


@pytest.mark.parametrize("how", ["cancelled", "failed"])
def test_a_payment_that_is_not_made_gives_its_set_offs_back(stage: Stage, how: str) -> None:
    paid(stage, NIAMH)
    recovery_id = recovered(stage, 2_400)
    stage.approved(DANIEL)
    if how == "cancelled":
        reference = drawn(stage)
        with stage.database.write() as session:
            cancel(session, run_of(session, reference), stage.office.finance, AT, because="Too early")
    else:
        settled(stage, released(stage), {PaymentKey(stage.house.employer_id, "main"): "Closed"})
    with stage.database.read() as session:
        assert session.scalars(select(SetOff.state)).all() == ["given-back"]
        if how == "failed":
            failed = received_by(session, stage.house.employer_id)[0][0]
            assert (failed.pence, failed.set_off_pence, failed.net_pence) == (92_400, 2_400, 90_000)
        assert session.get_one(Recovery, recovery_id).left_pence == 2_400
    drawn(stage)
    with stage.database.read() as session:
        assert session.get_one(Recovery, recovery_id).left_pence == 0


def test_a_recovery_approved_after_the_preview_asks_for_a_new_one(stage: Stage) -> None:
    paid(stage, NIAMH)
    stage.approved(DANIEL)
    with stage.database.read() as session:
        ready = ready_claims(session, YEAR)
        seen = seen_hash(ready, plan_set_offs(session, ready))
    recovered(stage, 2_400)
    with pytest.raises(Changed):
        drawn(stage, seen=seen)


def test_an_invoice_is_not_set_off_and_is_paid_once(stage: Stage) -> None:
    paid(stage, NIAMH)
    recovery_id = recovered(stage, 2_400, "invoice")
    stage.approved(DANIEL)
    drawn(stage)
    with stage.database.write() as session:
        assert session.scalars(select(SetOff)).all() == []
        recovery = session.get_one(Recovery, recovery_id)
        by = stage.office.finance
        for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
            with pytest.raises(NotAllowed, match="between the day of approval and today"):
                record_repayment(session, recovery, by, AT, repaid_on=day)
        record_repayment(session, recovery, by, AT, repaid_on=DAY)
        with pytest.raises(NotAllowed, match="no open invoice"):
            record_repayment(session, recovery, by, AT, repaid_on=DAY)
        (balance,) = balances(session, stage.house.employer_id)
        assert (balance.repaid_pence, balance.owed_pence) == (2_400, 0)


def test_a_payment_comes_back_when_a_second_person_confirms_and_is_paid_again(stage: Stage) -> None:
    reference = paid(stage, NIAMH)
    key = PaymentKey(stage.house.employer_id, "main")
    with stage.database.write() as session:
        run = run_of(session, reference)
        found = propose_return(session, run, key, stage.office.finance, AT, because="Account closed")
        with pytest.raises(NotAllowed, match="said so already"):
            propose_return(session, run, key, stage.office.other_finance, AT, because="Account closed")
        with pytest.raises(NotAllowed, match="no such payment"):
            propose_return(session, run, PaymentKey(key.employer_id, "ommt"), stage.office.finance, AT, because="X")
        with pytest.raises(NotAllowed, match="second person"):
            confirm_return(session, found, stage.office.finance, AT)
        with pytest.raises(NotAllowed, match="Only finance"):
            confirm_return(session, found, stage.office.lead, AT)
        assert start_claim(session).state == "paid"
    with stage.database.write() as session:
        confirm_return(session, session.scalars(select(PaymentReturn)).one(), stage.office.other_finance, AT)
    with stage.database.read() as session:
        claim = start_claim(session, "approved")
        assert (claim.paid_on, committed(session)) == (None, 92_400)
        assert session.scalars(select(PaymentLine.state)).all() == ["failed"]
        (failed,) = received_by(session, key.employer_id)[0]
        assert (failed.state, failed.because) == ("failed", "Account closed")
        assert session.scalars(select(Event).where(Event.act == "payment-returned")).one().by_id == (
            stage.office.other_finance.person_id
        )
    settled(stage, released(stage))
    with stage.database.read() as session:
        assert session.scalars(select(PaymentLine.state).order_by(PaymentLine.id)).all() == ["failed", "paid"]


def test_a_return_that_was_none_leaves_the_payment_paid(stage: Stage) -> None:
    reference = paid(stage, NIAMH)
    key = PaymentKey(stage.house.employer_id, "main")
    with stage.database.write() as session:
        run = run_of(session, reference)
        found = propose_return(session, run, key, stage.office.finance, AT, because="Account closed")
        refuse_return(session, found, stage.office.other_finance, AT)
        with pytest.raises(NotAllowed, match="refused already"):
            confirm_return(session, found, stage.office.other_finance, AT)
        assert start_claim(session).state == "paid"


def test_a_payment_with_a_claim_recovered_wholly_does_not_come_back_as_well(stage: Stage) -> None:
    reference = paid(stage, NIAMH)
    recovered(stage, None)
    with stage.database.write() as session:
        key = PaymentKey(stage.house.employer_id, "main")
        found = propose_return(
            session, run_of(session, reference), key, stage.office.finance, AT, because="Account closed"
        )
        with pytest.raises(NotAllowed, match="was recovered since"):
            confirm_return(session, found, stage.office.other_finance, AT)


def test_a_claim_of_which_a_part_was_recovered_is_not_undone_when_its_payment_came_back(stage: Stage) -> None:
    reference = paid(stage, NIAMH)
    recovered(stage, 2_400)
    with stage.database.write() as session:
        key = PaymentKey(stage.house.employer_id, "main")
        found = propose_return(session, run_of(session, reference), key, stage.office.finance, AT, because="Closed")
        confirm_return(session, found, stage.office.other_finance, AT)
        claim = start_claim(session, "approved")
        with pytest.raises(NotAllowed, match="part of this claim was recovered"):
            undo(session, claim, stage.office.lead, AT, because="No")
        assert committed(session) == 90_000
