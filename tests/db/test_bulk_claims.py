"""Claims by workbook: checked first, drafts only when confirmed, and nothing twice."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.db import Database
from claims.lifecycle import NotAllowed
from claims.models import BulkUpload, Claim, Event, Learner, Purchase
from claims.rules.facts import Part
from claims.secrets import Keyring
from claims.services import bulk_uploading
from claims.services.bulk_uploading import (
    KEPT_FOR,
    Labelled,
    confirm,
    findings_of,
    forget_old,
    keep_upload,
    labels_of,
    set_aside,
)
from claims.services.bulk_working import work_on_uploads
from claims.store.bulk import upload_of
from claims.store.claims import NotFound
from tests.bulk import COURSE, ROW, as_csv, filled_in, twelve
from tests.db.test_closing import closed
from tests.keys import KEYRING
from tests.stage import AT, Stage, stage

__all__ = ["stage"]


def upload(stage: Stage, content: bytes, name: str = "claims.xlsx") -> BulkUpload:
    """The upload, checked."""
    with stage.database.write() as session:
        kept = keep_upload(session, KEYRING, stage.house.employer_id, name, content, by=stage.house.submitter, at=AT)
        upload_id = kept.id
    work(stage)
    return found(stage, upload_id)


def found(stage: Stage, upload_id: int) -> BulkUpload:
    with stage.database.read() as session:
        return session.get_one(BulkUpload, upload_id)


def work(stage: Stage, seconds: float = 60) -> int:
    return work_on_uploads(stage.database, KEYRING, lambda: AT, seconds)


def create(stage: Stage, kept: BulkUpload, *, leave_out: bool = False) -> BulkUpload:
    with stage.database.write() as session:
        row = session.get_one(BulkUpload, kept.id)
        assert confirm(session, row, leave_out=leave_out, by=stage.house.submitter, at=AT)
    work(stage)
    return found(stage, kept.id)


def counts(database: Database) -> tuple[int, int, int]:
    with database.read() as session:
        return tuple(session.scalar(select(func.count()).select_from(each)) or 0 for each in (Purchase, Claim, Learner))


def problems(kept: BulkUpload) -> list[str]:
    return [sentence for _, _, sentence in findings_of(KEYRING, kept).get("problems", ())]


def test_twelve_people_on_one_invoice_become_one_purchase_with_twelve_drafts(stage: Stage) -> None:
    before = counts(stage.database)
    kept = upload(stage, filled_in(*twelve()))
    assert kept.state == "checked", problems(kept)
    shown = findings_of(KEYRING, kept)
    assert [group["pence"] for group in shown["groups"]] == [12 * 924_00]
    assert shown["people"] == 12
    assert counts(stage.database) == before, "nothing is stored before it is confirmed"
    made = create(stage, kept)
    assert made.state == "created"
    assert made.made["counts"] == {"new": 12}
    assert counts(stage.database) == (before[0] + 1, before[1] + 12, before[2] + 12)
    assert made.file is None
    assert made.findings is None
    with stage.database.read() as session:
        purchase = session.get_one(Purchase, made.made["purchases"]["0"])
        assert (purchase.cost_pence, purchase.people_covered, purchase.claimed_as) == (160_000, 1, "split")
        assert (purchase.paid_on, purchase.started_on) == (date(2025, 12, 10), date(2026, 1, 12))
        claims = session.scalars(select(Claim).where(Claim.purchase_id == purchase.id)).all()
        assert {(claim.part, claim.started_on) for claim in claims} == {("start", date(2026, 1, 12))}


def test_the_same_file_again_creates_nothing_again(stage: Stage) -> None:
    create(stage, upload(stage, filled_in(*twelve())))
    before = counts(stage.database)
    again = upload(stage, filled_in(*twelve()))
    assert {row["does"] for row in findings_of(KEYRING, again)["rows"]} == {"same"}
    assert create(stage, again).made["counts"] == {"same": 12}
    assert counts(stage.database) == before


def test_two_copies_that_were_both_checked_first_create_nothing_twice(stage: Stage) -> None:
    one, other = upload(stage, filled_in(*twelve())), upload(stage, filled_in(*twelve()))
    create(stage, one)
    before = counts(stage.database)
    assert create(stage, other).made["counts"] == {"same": 12}
    assert counts(stage.database) == before


def test_confirming_twice_makes_drafts_once(stage: Stage) -> None:
    kept = upload(stage, filled_in(*twelve()))
    create(stage, kept)
    before = counts(stage.database)
    with stage.database.write() as session:
        row = session.get_one(BulkUpload, kept.id)
        assert not confirm(session, row, leave_out=False, by=stage.house.sro, at=AT)
    assert work(stage) == 0
    assert counts(stage.database) == before


def test_work_that_is_cut_off_goes_on_where_it_was(stage: Stage) -> None:
    kept = upload(stage, filled_in(*({**row, "number": f"AA{300_000 + number}A"} for number, row in
                                     enumerate(twelve() * 5))))  # fmt: skip
    before = counts(stage.database)
    with stage.database.write() as session:
        confirm(session, session.get_one(BulkUpload, kept.id), leave_out=False, by=stage.house.submitter, at=AT)
    work(stage, seconds=0)
    assert (found(stage, kept.id).state, found(stage, kept.id).done) == ("creating", 25)
    while found(stage, kept.id).state == "creating":
        work(stage, seconds=0)
    assert found(stage, kept.id).made["counts"] == {"new": 60}
    assert counts(stage.database) == (before[0] + 1, before[1] + 60, before[2] + 60)


def test_a_changed_row_updates_its_draft_and_a_changed_cost_its_purchase(stage: Stage) -> None:
    first = create(stage, upload(stage, filled_in(*twelve())))
    changed = [{**row, "cost_pence": "1500"} for row in twelve()]
    changed[3] |= {"started_on": "19 January 2026", "job_role": "Senior care worker"}
    before = counts(stage.database)
    made = create(stage, upload(stage, filled_in(*changed)))
    assert counts(stage.database) == before
    assert made.made["purchases"] == first.made["purchases"]
    with stage.database.read() as session:
        purchase = session.get_one(Purchase, made.made["purchases"]["0"])
        assert purchase.cost_pence == 150_000
        started = session.scalars(select(Claim.started_on).where(Claim.purchase_id == purchase.id)).all()
        assert sorted(started)[-2:] == [date(2026, 1, 12), date(2026, 1, 19)]


def test_a_name_with_another_kind_of_apostrophe_is_the_same_name(stage: Stage) -> None:
    another = {key: COURSE[key] for key in ("course", "cost_pence", "part", "completed_on")}
    hers = {**ROW, "number": "AA 00 00 01 A", "first_name": "Niamh", "employed_from": ""}
    kept = upload(
        stage,
        filled_in({**hers, "last_name": "O'Brien"}, {**hers, **another, "last_name": "O’Brien"}),
    )
    assert problems(kept) == []
    assert [row["changes"] for row in findings_of(KEYRING, kept)["rows"]] == [False, False]
    create(stage, kept)
    with stage.database.read() as session:
        assert session.get_one(Learner, stage.house.learners["Niamh O’Brien"]).last_name == "O’Brien"


def test_rows_of_a_closed_year_are_refused_where_they_say_when_it_was_paid(stage: Stage) -> None:
    create(stage, upload(stage, filled_in(ROW)))
    checked = upload(stage, filled_in({**ROW, "number": "AA 10 00 02 A", "invoice_reference": "INV-901"}))
    closed(stage)
    said = (
        "Scheme year 2025-26 is closed, so training that was paid for on 10 December 2025 can no longer be claimed for."
    )
    before = counts(stage.database)
    # A file that was checked before makes nothing of it.
    assert create(stage, checked).made["stopped"] == [[2, said]]
    assert counts(stage.database) == before
    # The draft that is there may be in the file; nobody is added to it, nor is it moved within the year.
    kept = upload(stage, filled_in(ROW, {**ROW, "number": "AA 10 00 02 A"}))
    assert problems(kept) == [said]
    assert problems(upload(stage, filled_in(ROW))) == []
    assert problems(upload(stage, filled_in({**ROW, "paid_on": "11 Dec 2025"}))) == [said.replace("10 Dec", "11 Dec")]
    internal = {key: value for key, value in ROW.items() if key not in ("provider", "paid_on", "cost_pence", "part")}
    internal |= {"course": "OMMT/T1/INT", "number": "AA 10 00 03 A", "completed_on": "30 Jan 2026"}
    assert problems(upload(stage, filled_in(internal))) == [
        "Scheme year 2025-26 is closed, so training that was completed on 30 January 2026 can no longer be claimed for."
    ]


def test_a_row_that_is_submitted_already_is_left_as_it_is(stage: Stage) -> None:
    stage.submitted("Niamh O’Brien")
    before = counts(stage.database)
    known = {**ROW, "number": "AA000001A", "first_name": None, "last_name": None, "job_role": None,
             "engagement": None, "employed_from": None}  # fmt: skip
    kept = upload(stage, filled_in(known))
    assert [row["does"] for row in findings_of(KEYRING, kept)["rows"]] == ["left"]
    assert create(stage, kept).made["counts"] == {"left": 1}
    assert counts(stage.database) == before


def test_a_completion_row_fills_the_open_completion_draft(stage: Stage) -> None:
    stage.approved("Zofia Kowalska")
    row = {"number": "AA000004A", "course": "610/4009/5", "part": "Completion", "completed_on": "30 Jan 2026"}
    made = create(stage, upload(stage, filled_in(row)))
    assert made.made["counts"] == {"complete": 1}
    with stage.database.read() as session:
        claim = session.scalars(select(Claim).where(Claim.part == Part.COMPLETION)).one()
        assert claim.completed_on == date(2026, 1, 30)
        assert claim.last_day_on == date(2026, 4, 30)


def test_people_for_whom_nothing_can_be_claimed_are_named_and_can_be_left_out(stage: Stage) -> None:
    nurse = {**COURSE, "job_role": "Registered nurse"}
    fine = {**COURSE, "number": "AA100002A", "first_name": "Bo"}
    kept = upload(stage, filled_in(nurse, fine))
    shown = findings_of(KEYRING, kept)
    assert shown["groups"][0]["ineligible"] == [2]
    assert [row["pence"] for row in shown["rows"]] == [None, 50_000]
    assert shown["groups"][0]["pence"] == 50_000, "what cannot be claimed is in no sum"
    assert shown["rows"][0]["said"][0][0] == "fail"
    made = create(stage, kept, leave_out=True)
    assert made.made["counts"] == {"new": 1}


def test_learners_are_looked_up_by_label_only_when_a_file_names_somebody_by_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def noting(session: Session, keyring: Keyring, employer_id: int) -> list[Labelled]:
        asked.append(employer_id)
        return labels_of(session, keyring, employer_id)

    monkeypatch.setattr(bulk_uploading, "labels_of", noting)
    assert upload(stage, filled_in(*twelve())).state == "checked"
    assert upload(stage, filled_in({**ROW, "number": "aa 00 00 01 a"})).state == "checked"
    assert asked == []
    named = {**ROW, "number": "O’Brien, Niamh (ends 01A)"}
    kept = upload(stage, filled_in(named, {**named, "number": "mensah daniel ends 02a"}))
    assert kept.state == "checked", problems(kept)
    assert asked == [stage.house.employer_id]


def test_another_employers_upload_is_not_there(stage: Stage) -> None:
    kept = upload(stage, filled_in(ROW))
    with stage.database.read() as session, pytest.raises(NotFound):
        upload_of(session, stage.meadow.employer_id, kept.id, stage.meadow.sro)


def test_a_number_of_another_employers_learner_is_somebody_new_here(stage: Stage) -> None:
    theirs = {**ROW, "number": "AA000101A"}
    kept = upload(stage, filled_in(theirs))
    assert findings_of(KEYRING, kept)["people"] == 1
    nameless = {**theirs, "first_name": None}
    assert problems(upload(stage, filled_in(nameless))) == [
        "Enter the first name. This person is not one of your learners yet."
    ]


def test_text_that_looks_like_a_formula_stays_text(stage: Stage) -> None:
    made = create(stage, upload(stage, as_csv({**COURSE, "provider": "=1+1"}), "claims.csv"))
    with stage.database.read() as session:
        assert session.get_one(Purchase, made.made["purchases"]["0"]).provider == "=1+1"


def test_numbers_are_not_readable_in_the_database_and_not_in_events(stage: Stage) -> None:
    kept = upload(stage, filled_in(ROW))
    assert "AA100001A" not in f"{kept.file}{kept.findings}"
    create(stage, kept)
    with stage.database.read() as session:
        for event in session.scalars(select(Event)):
            assert "100001" not in str(event.details)


def test_a_file_that_waits_for_a_week_is_forgotten(stage: Stage) -> None:
    kept = upload(stage, filled_in(ROW))
    with stage.database.write() as session:
        assert forget_old(session, AT + KEPT_FOR) == 0
    with stage.database.write() as session:
        assert forget_old(session, AT + KEPT_FOR * 2) == 1
    later = found(stage, kept.id)
    assert (later.state, later.file, later.findings, later.name) == ("set-aside", None, None, "")
    with stage.database.write() as session, pytest.raises(NotAllowed):
        confirm(session, session.get_one(BulkUpload, kept.id), leave_out=False, by=stage.house.sro, at=AT)


def test_a_file_that_was_set_aside_makes_nothing(stage: Stage) -> None:
    kept = upload(stage, filled_in(ROW))
    with stage.database.write() as session:
        set_aside(session, session.get_one(BulkUpload, kept.id), by=stage.house.sro, at=AT)
    assert found(stage, kept.id).file is None


def test_a_file_that_keeps_failing_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: object, **_named: object) -> int:
        raise RuntimeError("no")

    monkeypatch.setattr("claims.services.bulk_working.check_upload", fails)
    assert upload(stage, filled_in(ROW)).state == "failed"
