"""A learner's training: the record to take along, and the certificate that the employer says they hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.exchange.learning_records import write_learning_record
from claims.lifecycle import Actor, NotAllowed
from claims.models import Learner
from claims.rules.scheme import Reference, entry_on
from claims.services.recording import record
from claims.store.claims import employer_called
from claims.store.reference import listed_on
from claims.store.training import funded_training_of
from claims.workbooks.learning_record import RecordRow, stream_learning_record
from claims.workbooks.rows import About


@dataclass(frozen=True, slots=True)
class LearningRecord:
    learner: str
    issued_by: str
    """The employer's name."""
    issued_on: date
    rows: tuple[RecordRow, ...]
    """In the order of completion."""


def learning_record_of(session: Session, learner: Learner, at: datetime) -> LearningRecord:
    """The learner's completed training that funding was granted for."""
    today = london_date(at)
    reference = listed_on(session, today).reference
    employer = employer_called(session, learner.employer_id).name
    rows = [
        _row(reference, each.course_code, each.completed_on, employer)
        for each in funded_training_of(session, learner)
        if each.completed_on is not None
    ]
    return LearningRecord(learner.name, employer, today, tuple(rows))


def _row(reference: Reference, code: str, completed_on: date, employer: str) -> RecordRow:
    entries = reference.courses.get(code, ())
    # The entry of the day, where there is one: titles and hours may change; the latest says more than none.
    entry = entry_on(entries, completed_on) or (entries[-1] if entries else None)
    categories = [
        reference.role_categories[link.role_category].title
        for link in reference.links.get(code, ())
        if link.role_category in reference.role_categories
    ]
    return RecordRow(
        training=entry.title if entry else code,
        code=code,
        level=entry.level if entry else "",
        awarding_organisation=entry.awarding_organisation if entry else "",
        completed_on=completed_on,
        hours=entry.learning_hours if entry else None,
        role_categories=tuple(categories),
        issued_by=employer,
    )


def record_as_workbook(session: Session, learner: Learner, by: Actor, at: datetime) -> Iterator[bytes]:
    """What it needs is read before this returns."""
    made = learning_record_of(session, learner, at)
    listed = listed_on(session, london_date(at))
    year = listed.reference.year_to_go_by(london_date(at))
    about = About(
        subject=made.learner,
        filters=(("Learner", made.learner), ("Employer", made.issued_by)),
        scheme_year=year.name,
        course_list_version=str(listed.version),
        rules_version=year.rules_version,
        made_at=at,
        made_by=by.name,
    )
    completed = sum(each.completed_on is not None for each in funded_training_of(session, learner))
    return stream_learning_record(about, made.rows, completed)


def record_as_json(session: Session, learner: Learner, at: datetime) -> bytes:
    made = learning_record_of(session, learner, at)
    return write_learning_record(
        {
            "learner": made.learner,
            "issued_by": made.issued_by,
            "issued_on": made.issued_on,
            "training": [row._asdict() for row in made.rows],
        }
    )


def tell_certified(
    session: Session, learner: Learner, certified: bool | None, on: date | None, *, by: Actor, at: datetime
) -> bool:
    """Keep what the employer says: whether the learner holds the Level 2 Adult Social Care Certificate, and since when.

    ``None``: not known. Returns whether that is new. Raises ``NotAllowed`` for a day without a certificate.
    """
    if on is not None and not certified:
        raise NotAllowed("Only somebody who holds the certificate has a day on which they got it.")
    session.refresh(learner, with_for_update=True)
    if (learner.certified, learner.certified_on) == (certified, on):
        return False
    learner.certified, learner.certified_on = certified, on
    session.flush()
    record(session, "tell-certified", ("learner", learner.id), by, at, employer_id=learner.employer_id)
    return True
