"""Standard notes, as they are offered and as they are kept."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.models import StandardNote


def offered_notes(session: Session) -> Sequence[StandardNote]:
    """Those that are not retired; those that ask for something before those that reject."""
    return [note for note in every_note(session) if note.retired_at is None]


def every_note(session: Session) -> Sequence[StandardNote]:
    """Retired ones too: about the payment first, then by what they say and in the order in which they were added."""
    return session.scalars(
        select(StandardNote).order_by(StandardNote.about.desc(), StandardNote.answer, StandardNote.id)
    ).all()
