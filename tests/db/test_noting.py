"""Standard notes: added, changed, retired; every change is an event, and nothing is deleted."""

import pytest
from sqlalchemy import func, select

from claims.lifecycle import NotAllowed
from claims.models import Event, EventNote, StandardNote
from claims.services.noting import add_note, bring_note_back, change_note, retire_note
from claims.store.standard_notes import every_note, offered_notes
from tests.stage import AT, Stage


def test_the_service_comes_with_notes_for_both_checks_and_both_answers(stage: Stage) -> None:
    with stage.database.read() as session:
        kinds = {(note.about, note.answer) for note in offered_notes(session)}
        assert len(kinds) == 4
        assert [note.about for note in offered_notes(session)][::10] == ["payment", "completion"]


def test_a_lead_adds_a_note_of_up_to_1500_characters(stage: Stage) -> None:
    told = {"about": "payment", "answer": "reject", "title": "Paid in cash", "by": stage.office.lead, "at": AT}
    with stage.database.write() as session:
        note = add_note(session, text="a" * 1_500, **told)
        assert note in offered_notes(session)
        with pytest.raises(NotAllowed, match="up to 1,500"):
            add_note(session, text="a" * 1_501, **{**told, "title": "Another"})
        with pytest.raises(NotAllowed, match="already"):
            add_note(session, text="Anything", **{**told, "title": "paid IN cash "})
        with pytest.raises(NotAllowed, match="needs a title"):
            add_note(session, text=" ", **{**told, "title": "Another"})


def test_a_changed_note_keeps_its_earlier_words_beside_its_events(stage: Stage) -> None:
    with stage.database.write() as session:
        by = {"by": stage.office.lead, "at": AT}
        note = add_note(session, about="completion", answer="reject", title="One", text="First words", **by)
        change_note(session, note, title="One", text="Second words", seen=0, **by)
        change_note(session, note, title="One", text="Second words", seen=1, **by)
        with pytest.raises(NotAllowed, match="Somebody changed"):
            change_note(session, note, title="One", text="Third words", seen=0, **by)
    with stage.database.read() as session:
        words = session.execute(
            select(Event.act, EventNote.note)
            .join(EventNote, EventNote.event_number == Event.number)
            .where(Event.about_kind == "standard-note")
            .order_by(Event.number)
        ).all()
        assert [tuple(each) for each in words] == [("add", "First words"), ("change", "Second words")]


def test_a_retired_note_is_kept_and_can_be_offered_again(stage: Stage) -> None:
    with stage.database.write() as session:
        count = session.scalars(select(func.count()).select_from(StandardNote)).one()
        note = offered_notes(session)[0]
        retire_note(session, note, stage.office.administrator, AT)
        assert note not in offered_notes(session)
        assert len(every_note(session)) == count
        with pytest.raises(NotAllowed, match="retired already"):
            retire_note(session, note, stage.office.lead, AT)
        other = add_note(
            session, about=note.about, answer="reject", title=note.title, text="x", by=stage.office.lead, at=AT
        )
        with pytest.raises(NotAllowed, match="already"):
            bring_note_back(session, note, stage.office.lead, AT)
        retire_note(session, other, stage.office.lead, AT)
        bring_note_back(session, note, stage.office.lead, AT)
        assert note in offered_notes(session)


def test_only_leads_and_administrators_keep_notes(stage: Stage) -> None:
    office = stage.office
    with stage.database.write() as session:
        note = offered_notes(session)[0]
        for by in (office.assessor, office.finance, office.auditor, stage.house.sro):
            with pytest.raises(NotAllowed, match="Only lead"):
                add_note(session, about="payment", answer="reject", title="No", text="No", by=by, at=AT)
            with pytest.raises(NotAllowed, match="Only lead"):
                retire_note(session, note, by, AT)
