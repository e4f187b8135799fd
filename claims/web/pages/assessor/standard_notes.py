"""The standard notes that assessors start from: lead assessors and administrators add, change and retire them."""

from flask import Blueprint, abort, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.models import StandardNote
from claims.models.kinds import LARGEST_ID
from claims.services.noting import MAY_KEEP_NOTES, add_note, bring_note_back, change_note, retire_note
from claims.store.history import history_of
from claims.store.standard_notes import every_note
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.standard_notes import StandardNoteForm
from claims.web.histories import tell
from claims.web.transactions import session

pages = Blueprint("standard_notes", __name__, url_prefix="/standard-notes")

KEEPING = (Role.LEAD_ASSESSOR, Role.ADMINISTRATOR)


@pages.get("")
@opens(*KEEPING, Role.AUDITOR)
def all_notes() -> Answer:
    notes = every_note(session())
    return render_template(
        "assessor/standard_notes.html",
        offered=[note for note in notes if note.retired_at is None],
        retired=[note for note in notes if note.retired_at is not None],
        may_change=actor().role in MAY_KEEP_NOTES,
    )


@pages.route("/new", methods=["GET", "POST"])
@opens(*KEEPING)
def new() -> Answer:
    form = StandardNoteForm()
    if form.validate_on_submit():
        try:
            note = add_note(
                session(),
                about=form.about.data,
                answer=form.answer.data,
                title=form.title.data,
                text=form.text.data,
                by=actor(),
                at=clock.now(),
            )
        except NotAllowed as no:
            form.refuse("title", str(no))
        else:
            return done(f"“{note.title}” is offered to assessors from now on.", url_for(".all_notes"))
    return render_template("assessor/standard_note.html", form=form, note=None, events=())


@pages.route("/<int:note_id>", methods=["GET", "POST"])
@opens(*KEEPING)
def note(note_id: int) -> Answer:
    found = _note_called(note_id)
    form = StandardNoteForm(data={"title": found.title, "text": found.text, "seen": found.changes})
    del form.about, form.answer
    if form.validate_on_submit():
        seen, at = str(form.seen.data or ""), clock.now()
        try:
            change_note(
                session(),
                found,
                title=form.title.data,
                text=form.text.data,
                seen=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
                by=actor(),
                at=at,
            )
        except NotAllowed as no:
            form.refuse("title", str(no))
        else:
            return done(f"“{found.title}” is saved.", url_for(".all_notes"))
    events = tell("standard-note", history_of(session(), "standard-note", note_id)[:50], to_staff=True)
    return render_template("assessor/standard_note.html", form=form, note=found, events=events)


@pages.post("/<int:note_id>/retirement")
@opens(*KEEPING)
def retire(note_id: int) -> Answer:
    found = _note_called(note_id)
    try:
        retire_note(session(), found, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for(".note", note_id=note_id))
    return done(f"“{found.title}” is not offered any more.", url_for(".all_notes"))


@pages.post("/<int:note_id>/return")
@opens(*KEEPING)
def bring_back(note_id: int) -> Answer:
    found = _note_called(note_id)
    try:
        bring_note_back(session(), found, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for(".note", note_id=note_id))
    return done(f"“{found.title}” is offered again.", url_for(".all_notes"))


def _note_called(note_id: int) -> StandardNote:
    found = session().get(StandardNote, note_id) if note_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    return found
