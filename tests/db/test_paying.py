"""Paying: runs are drawn up once, released by a second person, and settled as the bank says."""

import hashlib
import threading
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims.demo.cast import bank_account
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import BankAccount, Claim, Commitment, Employer, Event, Message, PaymentLine, PaymentRun, RunWorkbook
from claims.services.drawing_up import Changed, NothingToPay, draw_up, seen_hash
from claims.services.exporting import export_register, store_workbook
from claims.services.paying import PaymentKey, cancel, note_download, record_result, release
from claims.services.publishing import publish_at_once
from claims.services.recording import verify
from claims.services.supervising import lift_suspension, suspend
from claims.store.payments import live_lines, run_called, runs, workbooks_of
from claims.store.ready import RunFilter, ready_claims
from claims.store.register import RegisterFilter
from tests.course_files import changed
from tests.db.test_delivering import run_together
from tests.keys import KEYRING
from tests.stage import AT, CERTIFICATE_COURSE, Stage

NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"
YEAR = RunFilter("2025-26")
NEXT_DAY = AT + timedelta(days=1)


def shown(session: Session, wanted: RunFilter = YEAR) -> str:
    return seen_hash([each for each in ready_claims(session, wanted) if not each.held_because])


def draw(stage: Stage, by: Actor | None = None, seen: str | None = None, wanted: RunFilter = YEAR) -> str:
    with stage.database.write() as session:
        seen = shown(session, wanted) if seen is None else seen
        return draw_up(session, KEYRING, wanted, by or stage.office.finance, AT, seen=seen).reference


def the_run(session: Session, reference: str = "RUN-2526-0001") -> PaymentRun:
    run = run_called(session, reference)
    assert run is not None
    return run


def starts(session: Session) -> list[str]:
    return list(session.scalars(select(Claim.state).where(Claim.part == "start").order_by(Claim.id)))


def test_a_run_takes_every_ready_claim_with_all_that_its_workbook_shows(stage: Stage) -> None:
    stage.approved(NIAMH, DANIEL)
    assert draw(stage) == "RUN-2526-0001"
    with stage.database.read() as session:
        assert starts(session) == ["in-payment", "in-payment"]
        (workbook,) = workbooks_of(session, the_run(session))
        assert hashlib.sha256(workbook.content).hexdigest() == workbook.sha256
        book = openpyxl.load_workbook(BytesIO(workbook.content))
        header, *lines = book["Lines"].iter_rows(values_only=True)
        rows = [dict(zip(header, line, strict=True)) for line in lines]
        references = session.scalars(select(Claim).where(Claim.part == "start").order_by(Claim.base)).all()
        assert [row["Reference"] for row in rows] == [claim.reference for claim in references]
        assert {(row["Cost per learner"], row["Maximum"], row["Share"], row["Amount"]) for row in rows} == {
            (1600, 1540, 0.6, 924)
        }
        assert {(row["Approved by"], row["Role category"], row["Part"]) for row in rows} == {
            ("Asha Rahman", "New to care", "Start")
        }
        header, *payments = book["Payments"].iter_rows(values_only=True)
        (payment,) = [dict(zip(header, line, strict=True)) for line in payments]
        assert (payment["Claims"], payment["Amount"], payment["Net"]) == (2, 1848, 1848)
        assert (payment["Sort code"], payment["Account number"]) == ("**-**-00", "****0001")
        assert len(payment["Payment reference"]) <= 18
        text = str([list(sheet.iter_rows(values_only=True)) for sheet in book])
        assert "Niamh" not in text
        assert "AA000001A" not in text


def test_the_sums_of_the_run_are_those_of_the_ledger(stage: Stage) -> None:
    stage.approved(NIAMH)
    stage.approved(DANIEL, cost_pence=133_333)
    draw(stage)
    with stage.database.read() as session:
        total = session.scalars(select(func.sum(PaymentLine.amount_pence))).one()
        assert total == session.scalars(select(Commitment.committed_pence)).one() == 92_400 + 80_000


def test_a_second_click_or_a_second_person_gets_the_same_run(stage: Stage) -> None:
    stage.approved(NIAMH)
    with stage.database.read() as session:
        seen = shown(session)
    first = draw(stage, seen=seen)
    assert draw(stage, seen=seen) == first
    assert draw(stage, stage.office.other_finance, seen=seen) == first
    with stage.database.read() as session:
        assert len(runs(session)) == 1
        assert session.scalars(select(func.count()).select_from(PaymentLine)).one() == 1


def test_racing_clicks_draw_up_one_run(stage: Stage) -> None:
    stage.approved(NIAMH, DANIEL)
    with stage.database.read() as session:
        seen = shown(session)
    together, drawn = threading.Barrier(4), []
    people = [stage.office.finance, stage.office.other_finance] * 2

    def race() -> None:
        who = people.pop()
        together.wait()
        drawn.append(draw(stage, who, seen))

    run_together(race, 4)
    assert drawn == ["RUN-2526-0001"] * 4
    with stage.database.read() as session:
        assert session.scalars(select(func.sum(PaymentLine.amount_pence))).one() == 2 * 92_400
        assert verify(session)[1] == []


def test_the_database_itself_refuses_a_second_live_line_for_a_claim(stage: Stage) -> None:
    stage.approved(NIAMH)
    draw(stage)
    with pytest.raises(IntegrityError), stage.database.write() as session:
        line = session.scalars(select(PaymentLine)).one()
        values = {
            column.key: getattr(line, column.key) for column in PaymentLine.__table__.columns if column.key != "id"
        }
        session.add(PaymentLine(**values))


def test_a_preview_that_is_out_of_date_draws_up_nothing(stage: Stage) -> None:
    stage.approved(NIAMH)
    with stage.database.read() as session:
        seen = shown(session)
    stage.approved(DANIEL)
    with pytest.raises(Changed):
        draw(stage, seen=seen)
    with stage.database.read() as session:
        assert runs(session) == []


def test_nothing_ready_draws_up_nothing(stage: Stage) -> None:
    with pytest.raises(NothingToPay):
        draw(stage)


@pytest.mark.parametrize("who", ["assessor", "lead", "administrator", "auditor"])
def test_only_finance_draws_up_a_run(quick_stage: Stage, who: str) -> None:
    quick_stage.approved(NIAMH)
    with pytest.raises(NotAllowed, match="Only finance"):
        draw(quick_stage, getattr(quick_stage.office, who))


def test_filters_choose_what_is_paid(stage: Stage) -> None:
    stage.approved(NIAMH)
    with stage.database.read() as session:
        assert ready_claims(session, RunFilter("2024-25")) == []
        assert ready_claims(session, RunFilter("2025-26", fund="ommt")) == []
        assert ready_claims(session, RunFilter("2025-26", employer="meadow")) == []
        assert len(ready_claims(session, RunFilter("2025-26", fund="main", employer="Hartley"))) == 1
        assert len(ready_claims(session, RunFilter("2025-26", employer="h1002001"))) == 1
        assert ready_claims(session, RunFilter("2025-26", employer="%")) == []


@pytest.mark.parametrize("held", ["unverified", "missing", "suspended"])
def test_what_cannot_be_paid_is_held_and_says_why(stage: Stage, held: str) -> None:
    stage.approved(NIAMH)
    with stage.database.write() as session:
        if held == "suspended":
            session.execute(update(Employer).values(suspended=True))
        else:
            session.execute(update(BankAccount).values(replaced_at=AT))
            if held == "unverified":
                bank_account(session, KEYRING, stage.house.sro, None, AT)
    with stage.database.read() as session:
        (ready,) = ready_claims(session, YEAR)
        assert {"unverified": "not been verified", "missing": "no bank details", "suspended": "suspended"}[
            held
        ] in ready.held_because
    with pytest.raises(NothingToPay):
        draw(stage)


def test_a_run_is_released_by_somebody_else_than_who_drew_it_up(stage: Stage) -> None:
    stage.approved(NIAMH)
    draw(stage)
    with stage.database.write() as session, pytest.raises(NotAllowed, match="you drew it up"):
        release(session, KEYRING, the_run(session), stage.office.finance, AT)
    with stage.database.write() as session, pytest.raises(NotAllowed, match="Only finance"):
        release(session, KEYRING, the_run(session), stage.office.lead, AT)
    with stage.database.write() as session:
        assert release(session, KEYRING, the_run(session), stage.office.other_finance, AT) == []
    with stage.database.write() as session:
        run = the_run(session)
        assert (run.state, run.released_by_id) == ("released", stage.office.other_finance.person_id)
        with pytest.raises(NotAllowed, match="released already"):
            release(session, KEYRING, run, stage.office.other_finance, AT)


def test_a_run_is_not_released_by_somebody_who_decided_a_claim_in_it_in_an_earlier_role(stage: Stage) -> None:
    stage.approved(NIAMH)
    draw(stage)
    once_assessor = Actor(Role.FINANCE, stage.office.assessor.name, stage.office.assessor.person_id)
    with stage.database.write() as session, pytest.raises(NotAllowed, match="you decided"):
        release(session, KEYRING, the_run(session), once_assessor, AT)
    with stage.database.read() as session:
        assert the_run(session).state == "drawn-up"


def test_bank_details_changed_before_release_take_their_lines_out(stage: Stage) -> None:
    stage.approved(NIAMH)
    draw(stage)
    with stage.database.write() as session:
        session.execute(update(BankAccount).values(replaced_at=AT))
        bank_account(session, KEYRING, stage.house.sro, stage.office.lead, AT)
    with stage.database.write() as session:
        assert len(release(session, KEYRING, the_run(session), stage.office.other_finance, AT)) == 1
    with stage.database.read() as session:
        assert the_run(session).state == "cancelled"
        assert starts(session) == ["approved"]
        assert session.scalars(select(PaymentLine.state)).all() == ["removed"]
    assert draw(stage) == "RUN-2526-0002"


def test_an_employer_suspended_after_the_run_was_drawn_up_is_not_paid(stage: Stage) -> None:
    stage.approved(NIAMH)
    draw(stage)
    with stage.database.write() as session:
        suspend(session, stage.house.employer_id, stage.office.lead, AT, "Looked into")
    with stage.database.write() as session:
        assert len(release(session, KEYRING, the_run(session), stage.office.other_finance, AT)) == 1
    with stage.database.read() as session:
        assert (the_run(session).state, starts(session)) == ("cancelled", ["approved"])
    with stage.database.write() as session:
        lift_suspension(session, stage.house.employer_id, stage.office.lead, AT, "Cleared")
    assert draw(stage) == "RUN-2526-0002"


def test_a_workbook_downloaded_a_year_and_three_course_lists_later_is_the_same(stage: Stage) -> None:
    stage.approved(NIAMH, DANIEL)
    draw(stage)
    with stage.database.read() as session:
        then = workbooks_of(session, the_run(session))[0]
        sha256, content = then.sha256, then.content
        cells = cells_of(content)
    for months in (3, 6, 9):
        with stage.database.write() as session:
            on, by = AT + timedelta(days=30 * months), stage.office.administrator
            entries = changed(CERTIFICATE_COURSE, title=f"Renamed {months}", max_reimbursement_pence=months)
            publish_at_once(session, entries, what="A list", from_on=on.date(), by=by, at=on)
    with stage.database.write() as session:
        session.execute(update(Employer).values(name="Another name"))
        run = the_run(session)
        later = AT + timedelta(days=365)
        (workbook,) = workbooks_of(session, run)
        note_download(session, run, workbook, stage.office.auditor, later)
        assert (workbook.sha256, hashlib.sha256(workbook.content).hexdigest()) == (sha256, sha256)
        assert cells_of(workbook.content) == cells
        # Made anew from the stored lines, a later version shows the same payments and lines too.
        again = store_workbook(session, KEYRING, run, "Somebody else", later)
        for sheet in ("Payments", "Lines", "By course", "By role category", "By employer", "Controls"):
            assert cells_of(again.content)[sheet] == cells[sheet], sheet


def cells_of(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(BytesIO(content))}


def test_a_run_that_lost_lines_has_a_new_version_of_its_workbook_and_waits_to_be_released_again(stage: Stage) -> None:
    stage.approved(NIAMH)
    draw(stage)
    with stage.database.write() as session:
        # Another employer's claim in the same run, as if Meadow View had claimed.
        line = session.scalars(select(PaymentLine)).one()
        stays = session.scalars(select(BankAccount).where(BankAccount.employer_id == stage.meadow.employer_id)).one()
        completion = session.scalars(select(Claim).where(Claim.part == "completion")).one()
        session.add(
            PaymentLine(
                run_id=line.run_id,
                claim_id=completion.id,
                employer_id=stage.meadow.employer_id,
                bank_account_id=stays.id,
                fund="main",
                amount_pence=100,
                state="live",
                shown={**line.shown, "amount_pence": 100},
            )
        )
        session.execute(
            update(BankAccount).where(BankAccount.employer_id == stage.house.employer_id).values(replaced_at=AT)
        )
    with stage.database.write() as session:
        assert len(release(session, KEYRING, the_run(session), stage.office.other_finance, AT)) == 1
    with stage.database.write() as session:
        run = the_run(session)
        assert run.state == "drawn-up"
        assert [book.version for book in workbooks_of(session, run)] == [2, 1]
        assert [each.amount_pence for each in live_lines(session, run)] == [100]
        assert release(session, KEYRING, run, stage.office.other_finance, AT) == []
        assert run.state == "released"


def test_a_run_is_cancelled_before_release_with_a_reason(stage: Stage) -> None:
    stage.approved(NIAMH)
    draw(stage)
    with stage.database.write() as session, pytest.raises(NotAllowed, match="Give a reason"):
        cancel(session, the_run(session), stage.office.finance, AT, because=" ")
    with stage.database.write() as session:
        cancel(session, the_run(session), stage.office.finance, AT, because="Drawn up too early")
        assert starts(session) == ["approved"]
        assert the_run(session).state == "cancelled"
    assert draw(stage) == "RUN-2526-0002"
    with stage.database.write() as session:
        release(session, KEYRING, the_run(session, "RUN-2526-0002"), stage.office.other_finance, AT)
        with pytest.raises(NotAllowed, match="released already"):
            cancel(session, the_run(session, "RUN-2526-0002"), stage.office.finance, AT, because="Too late")


def released(stage: Stage) -> None:
    draw(stage)
    with stage.database.write() as session:
        release(session, KEYRING, the_run(session), stage.office.other_finance, AT)


def test_a_paid_run_settles_its_claims_and_tells_the_employer(stage: Stage) -> None:
    stage.approved(NIAMH, DANIEL)
    released(stage)
    with stage.database.write() as session:
        record_result(session, the_run(session), {}, stage.office.finance, NEXT_DAY, paid_on=date(2026, 2, 3))
    with stage.database.read() as session:
        assert starts(session) == ["paid", "paid"]
        assert set(session.scalars(select(Claim.paid_on).where(Claim.part == "start"))) == {date(2026, 2, 3)}
        assert the_run(session).state == "settled"
        assert set(session.scalars(select(PaymentLine.state))) == {"paid"}
        told = session.scalars(select(Message).where(Message.kind == "payment")).all()
        assert {message.person_id for message in told} == {stage.house.sro.person_id, stage.house.submitter.person_id}
        assert "£1,848.00" in told[0].subject
        assert told[0].text.count("£924.00") == 2
    with pytest.raises(NothingToPay):
        draw(stage)


def test_a_failed_payment_goes_back_and_is_paid_in_a_later_run(stage: Stage) -> None:
    stage.approved(NIAMH)
    released(stage)
    key = PaymentKey(stage.house.employer_id, "main")
    with stage.database.write() as session:
        record_result(
            session,
            the_run(session),
            {key: "Account closed."},
            stage.office.finance,
            NEXT_DAY,
            paid_on=date(2026, 2, 3),
        )
    with stage.database.read() as session:
        assert starts(session) == ["approved"]
        assert session.scalars(select(PaymentLine.state)).all() == ["failed"]
        assert session.scalars(select(Commitment.committed_pence)).one() == 92_400
        assert "Account closed." in session.scalars(select(Message.text).where(Message.kind == "payment")).all()[0]
    assert draw(stage) == "RUN-2526-0002"


@pytest.mark.parametrize(
    ("failures", "paid_on", "problem"),
    [
        ({PaymentKey(1, "main"): "  "}, date(2026, 2, 3), "Say why"),
        ({PaymentKey(1, "ommt"): "No"}, date(2026, 2, 3), "no such payment"),
        ({}, date(2026, 2, 1), "between the day of release and today"),
        ({}, date(2026, 2, 4), "between the day of release and today"),
    ],
)
def test_a_bank_result_that_makes_no_sense_changes_nothing(
    quick_stage: Stage, failures: dict[PaymentKey, str], paid_on: date, problem: str
) -> None:
    quick_stage.approved(NIAMH)
    released(quick_stage)
    with pytest.raises(NotAllowed, match=problem), quick_stage.database.write() as session:
        record_result(session, the_run(session), failures, quick_stage.office.finance, NEXT_DAY, paid_on=paid_on)
    with quick_stage.database.read() as session:
        assert starts(session) == ["in-payment"]
        assert the_run(session).state == "released"


@pytest.mark.parametrize("paid_on", [date(2026, 2, 2), date(2026, 2, 3)])
def test_a_payment_is_dated_from_the_day_of_release_to_today(quick_stage: Stage, paid_on: date) -> None:
    quick_stage.approved(NIAMH)
    released(quick_stage)
    with quick_stage.database.write() as session:
        record_result(session, the_run(session), {}, quick_stage.office.finance, NEXT_DAY, paid_on=paid_on)
        assert starts(session) == ["paid"]


def test_a_result_is_recorded_once_and_only_after_release(quick_stage: Stage) -> None:
    quick_stage.approved(NIAMH)
    draw(quick_stage)
    with quick_stage.database.write() as session, pytest.raises(NotAllowed, match="drawn-up already"):
        record_result(session, the_run(session), {}, quick_stage.office.finance, AT, paid_on=AT.date())


def test_every_download_is_an_event(stage: Stage) -> None:
    stage.approved(NIAMH)
    draw(stage)
    with stage.database.write() as session:
        run = the_run(session)
        (workbook,) = workbooks_of(session, run)
        note_download(session, run, workbook, stage.office.auditor, AT)
    with stage.database.read() as session:
        event = session.scalars(select(Event).where(Event.act == "download")).one()
        assert (event.by_id, event.details["sha256"]) == (
            stage.office.auditor.person_id,
            session.scalars(select(RunWorkbook.sha256)).one(),
        )


def register(stage: Stage, wanted: RegisterFilter) -> list[dict[str, object]]:
    content = b"".join(export_register(stage.database, wanted, stage.office.finance, AT))
    header, *rows = openpyxl.load_workbook(BytesIO(content))["Claims"].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_register_shows_every_claim_of_the_filter_and_how_it_stands(stage: Stage) -> None:
    stage.approved(NIAMH)
    stage.submitted(DANIEL)
    draw(stage)
    rows = {(row["Part"], row["State"]): row for row in register(stage, RegisterFilter("2025-26"))}
    assert set(rows) == {("Start", "In payment"), ("Completion", "Draft"), ("Start", "Submitted")}
    paid = rows["Start", "In payment"]
    assert (paid["Amount"], paid["Run"], paid["Assessor"], paid["Days to decision"]) == (
        924,
        "RUN-2526-0001",
        "Asha Rahman",
        0,
    )
    waiting = rows["Start", "Submitted"]
    assert (waiting["Amount"], waiting["Approved on"], waiting["Assessor"]) == (924, None, None)
    assert rows["Completion", "Draft"]["Amount"] is None


def test_the_register_is_filtered_to_the_day(stage: Stage) -> None:
    stage.submitted(NIAMH)
    day = AT.date()
    one = timedelta(days=1)
    assert len(register(stage, RegisterFilter("2025-26", submitted_from=day, submitted_to=day))) == 1
    assert register(stage, RegisterFilter("2025-26", submitted_from=day + one)) == []
    assert register(stage, RegisterFilter("2025-26", submitted_to=day - one)) == []
    assert register(stage, RegisterFilter("2025-26", state="paid")) == []
    assert register(stage, RegisterFilter("2025-26", fund="ommt")) == []
    assert register(stage, RegisterFilter("2025-26", employer="meadow")) == []
    assert len(register(stage, RegisterFilter("2025-26", "main", "submitted", "Hartley"))) == 1
    with stage.database.read() as session:
        assert session.scalars(select(func.count()).select_from(Event).where(Event.act == "export")).one() == 7
