"""Save a filter of an employer's claims under a name, and forget it again. Each person has their own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed
from claims.models import SavedView

MOST = 12
"""Views of one person for one employer."""
LONGEST_NAME = 40
"""Characters."""


def views_of(session: Session, who: Actor) -> Sequence[SavedView]:
    """The views that ``who`` saved for the employer they act for, by name."""
    return session.scalars(
        select(SavedView)
        .where(SavedView.person_id == who.person_id, SavedView.employer_id == who.employer_id)
        .order_by(SavedView.name, SavedView.id)
    ).all()


def save_view(session: Session, name: str, query: str, by: Actor, at: datetime) -> bool:
    """Keep ``query``, the end of an address, as ``name``; a view of that name is replaced. Returns whether one was.

    Raises ``NotAllowed`` for a blank or long name, and for one too many.
    """
    name = " ".join(name.split())
    if not name:
        raise NotAllowed("Enter a name for this view")
    if len(name) > LONGEST_NAME:
        raise NotAllowed(f"The name must be {LONGEST_NAME} characters or fewer")
    there = views_of(session, by)
    same = next((view for view in there if view.name.casefold() == name.casefold()), None)
    if same is not None:
        same.name, same.query, same.saved_at = name, query, at
        session.flush()
        return True
    if len(there) >= MOST:
        raise NotAllowed(f"You have {MOST} saved views already. Remove one first")
    session.add(SavedView(person_id=by.person_id, employer_id=by.employer_id, name=name, query=query, saved_at=at))
    session.flush()
    return False


def forget_view(session: Session, view_id: int, by: Actor) -> None:
    """Remove a view of one's own; what is gone already is fine."""
    session.execute(
        delete(SavedView).where(
            SavedView.id == view_id, SavedView.person_id == by.person_id, SavedView.employer_id == by.employer_id
        )
    )
