"""Tell an employer's people at once what happened to a claim."""

from datetime import datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.models import Claim
from claims.reminders.kinds import Kind
from claims.reminders.wording import Named, Worded, initials_of
from claims.services.claiming import listed_for
from claims.services.queueing import Words, queue, recipients_of


def tell(session: Session, claim: Claim, kind: Kind, *, about: str, worded: Worded, at: datetime) -> None:
    """Queue one message to each person who is told about ``claim``, to go at once."""
    words = Words(worded.subject, worded.text, worded.link)
    for person_id in recipients_of(session, claim):
        queue(session, kind, person_id=person_id, about=about, due_on=london_date(at), words=words, at=at)


def named(session: Session, claim: Claim, at: datetime) -> Named:
    """What a message may say of ``claim``."""
    title = listed_for(session, claim, london_date(at)).reference.title_of(claim.course_code)
    return Named(claim.id, title, initials_of(claim.learner.first_name, claim.learner.last_name))
