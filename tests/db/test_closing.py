"""Closing a scheme year: what is open keeps it open, its workbook ties to the runs, and nothing moves afterwards."""

import hashlib
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from claims.decisions import Answer
from claims.lifecycle import NotAllowed
from claims.models import Event, Learner, PaymentRun, Purchase, YearEnd
from claims.rules.scheme import SchemeYear
from claims.services.answering import tell_dates
from claims.services.closing import close, draw_up_year_end, look_ahead, note_download, reopen, year_called
from claims.services.enrolling import enrol, enrol_all
from claims.services.moving import YearClosed
from claims.services.paying import PaymentKey
from claims.services.purchasing import change_purchase, copy_purchase, start_purchase
from claims.services.recording import verify
from claims.services.recovering import propose_recovery
from claims.services.reopening import undo
from claims.services.returning import propose_return
from claims.store.claims import claims_in
from claims.store.closing import is_closed
from claims.store.payments import workbooks_of
from tests.db.test_recovering import paid, recovered, released, start_claim
from tests.db.test_reopening import decided
from tests.stage import AT, Stage

NIAMH, DANIEL, ZOFIA = "Niamh O’Brien", "Daniel Mensah", "Zofia Kowalska"
LAST_DAY = datetime(2027, 3, 31, 9, 0, tzinfo=UTC)
AFTER = datetime(2027, 4, 1, 9, 0, tzinfo=UTC)


def the_year() -> SchemeYear:
    year = year_called("2025-26")
    assert year is not None
    return year


def problems(stage: Stage, at: datetime = AFTER) -> tuple[str, ...]:
    with stage.database.read() as session:
        return look_ahead(session, the_year(), at.date()).problems


def sheets_of(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(BytesIO(content))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def closed(stage: Stage) -> None:
    with stage.database.write() as session:
        close(session, the_year(), stage.office.finance, AFTER)


def test_whatever_is_open_or_can_come_keeps_the_year_open(stage: Stage) -> None:
    assert problems(stage, LAST_DAY) == ("Claims can still come until 31 March 2027.",)
    assert problems(stage) == ()
    stage.submitted(NIAMH)
    assert problems(stage) == ("1 claim is not decided or not paid.",)
    stage.approved(DANIEL, ZOFIA)
    assert problems(stage) == ("3 claims are not decided or not paid.",)
    reference = released(stage)
    assert problems(stage)[1:] == (f"The bank’s result is missing for {reference}.",)
    with stage.database.write() as session:
        with pytest.raises(NotAllowed, match="3 claims are not decided"):
            close(session, the_year(), stage.office.finance, AFTER)
        for by in (stage.office.lead, stage.office.administrator, stage.office.auditor, stage.house.sro):
            for act in (close, draw_up_year_end):
                with pytest.raises(NotAllowed, match="Only finance"):
                    act(session, the_year(), by, AFTER)
        assert not is_closed(session, "2025-26")


def test_the_workbook_ties_to_the_runs_the_claims_and_the_commitments(stage: Stage) -> None:
    reference = paid(stage, NIAMH, DANIEL)
    recovered(stage, 10_000)
    stage.submitted(ZOFIA)
    with stage.database.write() as session:
        made = draw_up_year_end(session, the_year(), stage.office.finance, AT)
        assert made.sha256 == hashlib.sha256(made.content).hexdigest()
        assert (made.version, made.closes) == (1, False)
        sheets = sheets_of(made.content)
        (run,) = session.scalars(select(PaymentRun)).all()
        header, row = sheets["Runs"]
        assert (row[0], row[1], *row[6:10]) == (reference, "Settled", 2, 1848, 0, 1848)
        assert row[10] == workbooks_of(session, run)[0].sha256
    header, *lines = sheets["Lines"]
    assert [(line[0], line[header.index("Amount")], line[header.index("Line")]) for line in lines] == [
        (reference, 924, "Paid"),
        (reference, 924, "Paid"),
    ]
    assert sheets["Employers"][1] == (
        "H1002001", "Hartley House Care Ltd", "Main", 0, 0, 1848, 100, 100, 1748, 400_000
    )  # fmt: skip
    assert [row[6:] for row in sheets["Recoveries"][1:]] == [(100, 100)]
    assert sheets["Still open"][1:] == [("Main", "Submitted", 1, 924)]
    assert [row[3] for row in sheets["What is to come"][1:]] == [2]
    about = {row[0]: row[1] for row in sheets["About"]}
    assert str(about["Controls when it was made"]).endswith("agreed")
    assert about["Filter: State of the year"] == "Open: this is how it stood"
    assert "Niamh" not in str(sheets)


def test_nothing_moves_in_a_closed_year_until_a_second_person_opens_it_again(stage: Stage) -> None:
    decided(stage, Answer.REJECT)
    paid(stage, DANIEL)
    with stage.database.read() as session:
        for at, in_time in ((LAST_DAY, 1), (AFTER, 0)):
            (draft,) = look_ahead(session, the_year(), at.date()).to_come
            assert (draft.part, draft.in_time, draft.too_late) == ("completion", in_time, 1 - in_time)
    closed(stage)
    assert is_closed_now(stage)
    with stage.database.write() as session:
        run = session.scalars(select(PaymentRun)).one()
        finance, lead = stage.office.finance, stage.office.lead
        claim = start_claim(session)
        with pytest.raises(NotAllowed, match=r"is closed\. Finance must open it again"):
            propose_recovery(session, claim, finance, AFTER, pence=None, way="invoice", because="Forged")
        with pytest.raises(NotAllowed, match="is closed"):
            propose_return(session, run, PaymentKey(claim.employer_id, "main"), finance, AFTER, because="Returned")
        with pytest.raises(NotAllowed, match="is closed"):
            undo(session, start_claim(session, "rejected"), lead, AFTER, because="It was right")
        for act in (close, draw_up_year_end):
            with pytest.raises(NotAllowed, match="is closed"):
                act(session, the_year(), finance, AFTER)
        with pytest.raises(NotAllowed, match="A second person"):
            reopen(session, the_year(), finance, AFTER, because="A late recovery")
        with pytest.raises(NotAllowed, match="reason"):
            reopen(session, the_year(), stage.office.other_finance, AFTER, because=" ")
        with pytest.raises(NotAllowed, match="Only finance"):
            reopen(session, the_year(), lead, AFTER, because="A late recovery")
        reopen(session, the_year(), stage.office.other_finance, AFTER, because="A late recovery")
        with pytest.raises(NotAllowed, match="not closed"):
            reopen(session, the_year(), stage.office.other_finance, AFTER, because="A late recovery")
        assert propose_recovery(session, claim, finance, AFTER, pence=None, way="invoice", because="Forged").id
    assert problems(stage) == ("A second person has not decided on 1 proposal to take money back.",)
    with stage.database.write() as session:
        (made,) = session.scalars(select(YearEnd)).all()
        note_download(session, made, stage.office.auditor, AFTER)
        of_year = select(Event.act, Event.from_state, Event.to_state).where(Event.about_kind == "year-end")
        told = session.execute(of_year.order_by(Event.number))
        assert [tuple(each) for each in told] == [
            ("close", "open", "closed"),
            ("reopen", "closed", "open"),
            ("download", None, None),
        ]
        assert verify(session)[1] == []


def test_nothing_is_brought_into_a_closed_year_and_nothing_else_is_refused(stage: Stage) -> None:
    by, learners = stage.house.submitter, stage.house.learners
    with stage.database.write() as session:
        purchase_id = stage.drafted(session, [NIAMH]).id
    closed(stage)
    said = (
        "Scheme year 2025-26 is closed, so training that was paid for on 10 December 2025 can no longer be claimed for."
    )
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        daniel, zofia = (session.get_one(Learner, learners[name]) for name in (DANIEL, ZOFIA))
        for add in (
            lambda: enrol(session, purchase, daniel, by, AFTER),
            lambda: enrol_all(session, purchase, [daniel, zofia], by, AFTER),
        ):
            with pytest.raises(YearClosed) as no:
                add()
            assert str(no.value) == said
        # The draft that is there may be told of, and taken off; nothing was added to it.
        assert change_purchase(session, purchase, {"cost_pence": 150_000}, by, AFTER)
        assert [claim.learner_id for claim in claims_in(session, purchase)] == [learners[NIAMH]]
        # A copy has dates of its own. Until the payment date is known, nobody knows its year.
        copy = copy_purchase(session, purchase, by, AFTER, token="once", leads_to=str)
        assert copy.paid_on is None
        assert enrol(session, copy, daniel, by, AFTER).state == "draft"
        with pytest.raises(YearClosed, match="paid for on 31 March 2026"):
            change_purchase(session, copy, {"paid_on": date(2026, 3, 31)}, by, AFTER)
        assert copy.paid_on is None
        assert change_purchase(session, copy, {"paid_on": date(2026, 4, 1)}, by, AFTER)
        assert enrol(session, copy, zofia, by, AFTER).state == "draft"
    with stage.database.write() as session:
        reopen(session, the_year(), stage.office.other_finance, AFTER, because="Claimed too late, through our fault")
        purchase = session.get_one(Purchase, purchase_id)
        assert enrol(session, purchase, session.get_one(Learner, learners[DANIEL]), by, AFTER).state == "draft"


def test_training_that_nobody_pays_for_is_in_the_year_of_its_completion(stage: Stage) -> None:
    by = stage.house.submitter
    closed(stage)
    with stage.database.write() as session:
        purchase = start_purchase(session, stage.house.employer_id, "OMMT/T1/INT", by, AFTER)
        change_purchase(session, purchase, {"started_on": date(2026, 3, 30), "apprenticeship": False}, by, AFTER)
        claim = enrol(session, purchase, session.get_one(Learner, stage.house.learners[NIAMH]), by, AFTER)
        with pytest.raises(YearClosed, match="completed on 31 March 2026 can no longer be claimed for"):
            tell_dates(session, claim, started_on=claim.started_on, completed_on=date(2026, 3, 31), by=by, at=AFTER)
        assert claim.completed_on is None
        assert tell_dates(session, claim, started_on=claim.started_on, completed_on=date(2026, 4, 1), by=by, at=AFTER)


def test_the_completion_of_a_draft_that_lies_in_a_closed_year_may_still_be_told(stage: Stage) -> None:
    by = stage.house.submitter
    with stage.database.write() as session:
        purchase_id = stage.drafted(session, [NIAMH], course="LTS", claimed_as="full", cost_pence=62_000).id
    closed(stage)
    with stage.database.write() as session:
        (claim,) = claims_in(session, session.get_one(Purchase, purchase_id))
        assert tell_dates(session, claim, started_on=claim.started_on, completed_on=date(2026, 3, 2), by=by, at=AFTER)


def test_an_answer_to_an_assessor_may_correct_a_payment_date_into_a_closed_year(stage: Stage) -> None:
    purchase_id = decided(stage, Answer.ACTION_NEEDED)
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        purchase.paid_on, claims_in(session, purchase)[0].scheme_year = date(2026, 4, 1), "2026-27"
    closed(stage)
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        assert change_purchase(session, purchase, {"paid_on": date(2026, 3, 31)}, stage.house.submitter, AFTER)


def test_a_year_is_closed_once_and_anew_after_it_was_opened_again(stage: Stage) -> None:
    for version in (1, 2):
        closed(stage)
        with pytest.raises(NotAllowed, match="closed already"):
            closed(stage)
        with stage.database.write() as session:
            latest = session.scalars(select(YearEnd).order_by(YearEnd.id.desc())).first()
            assert latest is not None
            assert latest.version == version
            assert dict(sheets_of(latest.content)["About"])["Filter: State of the year"] == "Closed with this workbook"
            reopen(session, the_year(), stage.office.other_finance, AFTER, because="Once more")
    assert not is_closed_now(stage)


def is_closed_now(stage: Stage) -> bool:
    with stage.database.read() as session:
        return is_closed(session, "2025-26")
