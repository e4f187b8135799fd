"""What an employer was paid: per run and fund, on its way, paid and failed; and the documents of it."""

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy.orm import Session

from claims.lifecycle import State
from claims.models import Claim, Learner
from claims.services.drawing_up import draw_up, seen_hash
from claims.services.paying import PaymentKey, record_result, release
from claims.services.remitting import remittance_csv, remittance_workbook
from claims.store.agenda import agenda_of
from claims.store.claims import NotFound, employer_called
from claims.store.payments import run_called
from claims.store.ready import RunFilter, ready_claims
from claims.store.remittances import received_by, remittance_of
from tests.keys import KEYRING
from tests.stage import AT, Stage

NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"
YEAR = RunFilter("2025-26")
RUN = "RUN-2526-0001"
LATER = AT + timedelta(days=1)


def pay(session: Session, stage: Stage, failures: dict[PaymentKey, str] | None = None, until: str = "settled") -> None:
    ready = [each for each in ready_claims(session, YEAR) if not each.held_because]
    reference = draw_up(session, KEYRING, YEAR, stage.office.finance, AT, seen=seen_hash(ready)).reference
    run = run_called(session, reference)
    if until == "drawn-up":
        return
    release(session, KEYRING, run, stage.office.other_finance, AT)
    if until == "settled":
        record_result(session, run, failures or {}, stage.office.finance, LATER, paid_on=LATER.date())


def test_a_run_is_told_of_once_it_is_released(stage: Stage) -> None:
    stage.approved(NIAMH, DANIEL)
    employer_id = stage.house.employer_id
    with stage.database.write() as session:
        pay(session, stage, until="drawn-up")
        assert received_by(session, employer_id) == ([], None)
        run = run_called(session, RUN)
        release(session, KEYRING, run, stage.office.other_finance, AT)
        (coming,) = received_by(session, employer_id)[0]
        assert (coming.state, coming.claims, coming.pence, coming.paid_on) == ("live", 2, 184_800, None)
        with pytest.raises(NotFound):
            remittance_of(session, employer_id, RUN, "main")
        record_result(session, run, {}, stage.office.finance, LATER, paid_on=date(2026, 2, 3))
        (paid,) = received_by(session, employer_id)[0]
        assert (paid.state, paid.claims, paid.pence, paid.paid_on) == ("paid", 2, 184_800, date(2026, 2, 3))
        assert received_by(session, employer_id, before=paid.run_id) == ([], None)
        assert received_by(session, stage.meadow.employer_id) == ([], None)


def test_a_failed_payment_says_why_and_needs_somebody_until_it_is_paid(stage: Stage) -> None:
    stage.approved(NIAMH)
    employer_id = stage.house.employer_id
    with stage.database.write() as session:
        pay(session, stage, {PaymentKey(employer_id, "main"): "Account closed"})
        (failed,) = received_by(session, employer_id)[0]
        assert (failed.state, failed.because, failed.paid_on) == ("failed", "Account closed", None)
        (claim,) = agenda_of(session, employer_id, LATER.date()).failed.rows
        assert claim.state == State.APPROVED
        with pytest.raises(NotFound):
            remittance_of(session, employer_id, RUN, "main")
        pay(session, stage)
        assert [each.state for each in received_by(session, employer_id)[0]] == ["paid", "failed"]
        assert agenda_of(session, employer_id, LATER.date()).failed.total == 0


def test_a_remittance_holds_its_claims_and_is_nobody_elses(stage: Stage) -> None:
    stage.approved(NIAMH, DANIEL)
    with stage.database.write() as session:
        pay(session, stage)
        session.get_one(Learner, stage.house.learners[DANIEL]).last_name = "=1+1"
        session.flush()
        paid = remittance_of(session, stage.house.employer_id, RUN, "main")
        assert (paid.pence, [claim.learner for claim in paid.claims]) == (184_800, ["Daniel =1+1", NIAMH])
        for employer_id, run, fund in (
            (stage.meadow.employer_id, RUN, "main"),
            (stage.house.employer_id, RUN, "ommt"),
            (stage.house.employer_id, "RUN-2526-0009", "main"),
        ):
            with pytest.raises(NotFound):
                remittance_of(session, employer_id, run, fund)
        employer = employer_called(session, stage.house.employer_id)
        book = openpyxl.load_workbook(io.BytesIO(remittance_workbook(session, paid, employer, stage.house.sro, AT)))
        assert book.sheetnames == ["About", "Claims", "Payment", "Controls"]
        _, *rows = book["Claims"].iter_rows(values_only=True)
        assert [(row[1], row[4], row[6]) for row in rows] == [
            ("Daniel =1+1", "Start, 60%", 924),
            (NIAMH, "Start, 60%", 924),
        ]
        about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
        assert about["Controls when it was made"] == "All 5 agreed"
        header, first, _ = csv.reader(io.StringIO(remittance_csv(session, paid, AT).decode("utf-8-sig")))
        assert header[0] == "Reference"
        assert first[5:] == ["2026-02-03", "924.00"]
        assert session.query(Claim).filter_by(state="paid").count() == 2
