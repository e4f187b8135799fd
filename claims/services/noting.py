"""Keep the standard notes that assessors start from: add, change, retire. None is ever deleted."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import StandardNote
from claims.services.checking import LONGEST_NOTE
from claims.services.recording import record, take_turn

MAY_KEEP_NOTES = frozenset({Role.LEAD_ASSESSOR, Role.ADMINISTRATOR})


def add_note(
    session: Session, *, about: str, answer: str, title: str, text: str, by: Actor, at: datetime
) -> StandardNote:
    """Add a note about a ``payment`` or a ``completion`` that asks for action or rejects.

    Raises ``NotAllowed`` for anybody but lead assessors and administrators, without a title or a text, for a text of
    more than 1,500 characters and for a title that another note of the same check has.
    """
    _begin(session, by)
    note = StandardNote(about=about, answer=answer, title="", text="", changes=0)
    _write(session, note, title, text)
    session.add(note)
    session.flush()
    _record(session, "add", note, by, at, text=note.text)
    return note


def change_note(
    session: Session, note: StandardNote, *, title: str, text: str, seen: int, by: Actor, at: datetime
) -> None:
    """Give a note another title or text; notes that were sent before keep their words.

    ``seen`` is the count of changes on the page that showed it. Raises ``NotAllowed`` as ``add_note``, and when
    somebody else changed it since.
    """
    _begin(session, by)
    session.refresh(note)
    if note.changes != seen:
        raise NotAllowed("Somebody changed this note after this page was shown. Look at it again.")
    if (note.title, note.text) == (title.strip(), text.strip()):
        return
    _write(session, note, title, text)
    note.changes += 1
    _record(session, "change", note, by, at, text=note.text)


def retire_note(session: Session, note: StandardNote, by: Actor, at: datetime) -> None:
    """Offer a note no more. Raises ``NotAllowed`` for anybody but lead assessors and administrators, and twice."""
    _begin(session, by)
    session.refresh(note)
    if note.retired_at is not None:
        raise NotAllowed("This note is retired already.")
    note.retired_at = at
    note.changes += 1
    _record(session, "retire", note, by, at)


def bring_note_back(session: Session, note: StandardNote, by: Actor, at: datetime) -> None:
    """Offer a retired note again. Raises ``NotAllowed`` as ``add_note``, and for one that is not retired."""
    _begin(session, by)
    session.refresh(note)
    if note.retired_at is None:
        raise NotAllowed("This note is not retired.")
    _write(session, note, note.title, note.text)
    note.retired_at = None
    note.changes += 1
    _record(session, "bring-back", note, by, at)


def _begin(session: Session, by: Actor) -> None:
    if by.role not in MAY_KEEP_NOTES:
        raise NotAllowed("Only lead assessors and administrators can change standard notes.")
    take_turn(session)


def _write(session: Session, note: StandardNote, title: str, text: str) -> None:
    title, text = title.strip(), text.strip()
    if not title or not text:
        raise NotAllowed("A note needs a title and a text.")
    if len(text) > LONGEST_NOTE:
        raise NotAllowed(f"A note can have up to {LONGEST_NOTE:,} characters; this one has {len(text):,}.")
    others = select(StandardNote).where(StandardNote.about == note.about, StandardNote.retired_at.is_(None))
    for other in session.scalars(others):
        if other.id != note.id and other.title.casefold() == title.casefold():
            raise NotAllowed(f"There is a note called “{other.title}” already.")
    note.title, note.text = title, text


def _record(session: Session, act: str, note: StandardNote, by: Actor, at: datetime, *, text: str = "") -> None:
    """The words stand beside the event, so that what was offered on any day can be read."""
    session.flush()
    details = {"about": note.about, "answer": note.answer, "title": note.title}
    record(session, act, ("standard-note", note.id), by, at, details=details, note=text)
