"""Pages of the standard notes, and what assessors are offered."""

from claims.store.standard_notes import every_note
from tests.site import Site
from tests.web.back_office import stage_of
from tests.web.test_assessor_pages import NIAMH, at_work


def test_a_lead_adds_a_note_that_assessors_are_offered_at_once(site: Site) -> None:
    ruth = site.sign_in(site.office.lead)
    ruth.get("/standard-notes/new")
    page = ruth.send({"title": "Paid <b>in cash</b>", "text": "x" * 1_501})
    assert page.field_errors == page.problems
    assert len(page.problems) == 3
    assert page.filled()["title"] == ["Paid <b>in cash</b>"]
    page = ruth.send({"about": "payment", "answer": "reject", "title": "Paid <b>in cash</b>", "text": "Not payable."})
    assert "is offered to assessors from now on" in page.words
    purchase_id = stage_of(site).submitted(NIAMH)
    assert "To reject: Paid <b>in cash</b>" in at_work(site.sign_in(site.office.assessor), purchase_id).words


def test_a_title_that_another_note_has_is_refused_and_nothing_typed_is_lost(site: Site) -> None:
    ruth = site.sign_in(site.office.lead)
    ruth.get("/standard-notes/2")
    page = ruth.send({"title": "The evidence does not show whom it is for", "text": "My words"}, "/standard-notes/2")
    assert "There is a note called" in page.problems[0]
    assert page.filled("/standard-notes/2")["text"] == ["My words"]
    assert "My words" not in ruth.get("/standard-notes").words


def test_a_retired_note_is_listed_apart_and_can_be_offered_again(site: Site) -> None:
    helen = site.sign_in(site.office.administrator)
    helen.get("/standard-notes/1")
    page = helen.send(action="/standard-notes/1/retirement")
    assert "is not offered any more" in page.words
    page = helen.get("/standard-notes/1")
    assert "Retired by" in page.words
    page = helen.send(action="/standard-notes/1/return")
    assert "is offered again" in page.words
    with site.database.read() as session:
        assert all(note.retired_at is None for note in every_note(session))


def test_somebody_elses_change_is_not_overwritten(site: Site) -> None:
    ruth, helen = site.sign_in(site.office.lead), site.sign_in(site.office.administrator)
    ruth.get("/standard-notes/1")
    helen.get("/standard-notes/1")
    assert "is saved" in helen.send({"text": "Helen’s words"}, "/standard-notes/1").words
    page = ruth.send({"text": "Ruth’s words"}, "/standard-notes/1")
    assert "Somebody changed this note" in page.problems[0]
    assert "Helen’s words" in ruth.get("/standard-notes").words


def test_others_may_not_open_them_and_auditors_only_look(site: Site) -> None:
    assert site.sign_in(site.office.assessor).get("/standard-notes").status in (403, 404)
    auditor = site.sign_in(site.office.auditor)
    assert "Add a note" not in auditor.get("/standard-notes").words
    assert auditor.get("/standard-notes/1").status in (403, 404)
    assert site.sign_in(site.office.lead).get(f"/standard-notes/{10**30}").status == 404
