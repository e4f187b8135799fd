"""What staff do with an employer: suspend it, mark it at risk, note something, put another officer in charge."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import STAFF_ROLES, Actor, NotAllowed, Role
from claims.models import Employer, EmployerNote, Membership, Person, SignedInSession
from claims.reminders.kinds import Kind
from claims.reminders.wording import Worded, word_officer_appointed, word_officer_replaced
from claims.services.holding import belongs_to
from claims.services.queueing import Words, queue
from claims.services.recording import record
from claims.store.claims import NotFound


def suspend(session: Session, employer_id: int, by: Actor, at: datetime, because: str) -> None:
    """From now on the employer submits nothing and is paid nothing. Suspended already, it stays so.

    Raises ``NotAllowed`` for anybody but a lead assessor, an employer they belong to, or a missing reason.
    """
    _set_suspended(session, employer_id, by, at, because, suspended=True)


def lift_suspension(session: Session, employer_id: int, by: Actor, at: datetime, because: str) -> None:
    """The employer may submit and be paid again. Raises as ``suspend``."""
    _set_suspended(session, employer_id, by, at, because, suspended=False)


def mark_at_risk(session: Session, employer_id: int, by: Actor, at: datetime, because: str) -> None:
    """From now on staff see wherever the employer is shown that it is at risk. Raises as ``suspend``, and
    ``NotAllowed`` for an employer that is not registered.
    """
    _set_registration(session, employer_id, "registered", "at-risk", by=by, at=at, because=because)


def take_mark_away(session: Session, employer_id: int, by: Actor, at: datetime, because: str) -> None:
    """The employer is registered without a mark. Raises as ``mark_at_risk``."""
    _set_registration(session, employer_id, "at-risk", "registered", by=by, at=at, because=because)


def add_note(session: Session, employer_id: int, note: str, by: Actor, at: datetime) -> EmployerNote:
    """A note for colleagues; the employer never reads it. Raises ``NotAllowed`` for a blank one."""
    if by.role not in STAFF_ROLES:
        raise NotAllowed("Only the back office writes notes about employers.")
    if not note.strip():
        raise NotAllowed("Write the note.")
    _locked(session, employer_id)
    added = EmployerNote(employer_id=employer_id, note=note.strip(), at=at, by_id=by.person_id)
    session.add(added)
    session.flush()
    record(session, "note", ("employer", employer_id), by, at, employer_id=employer_id, details={"note_id": added.id})
    return added


def change_officer(
    session: Session, employer_id: int, *, email: str, name: str, old_stays: bool, because: str, by: Actor, at: datetime
) -> Person:
    """Put the person with ``email`` in charge in place of the senior responsible officer there is; both are told.

    Somebody without an account gets one, called ``name``. The one before leaves the team, or stays as a submitter;
    either way their sessions for this employer end. Raises as ``suspend``, and ``NotAllowed`` for the back office and
    for the officer there is.
    """
    employer = _for_a_lead(session, employer_id, by, because)
    email = email.strip().lower()
    successor = session.scalars(select(Person).where(Person.email == email).with_for_update()).one_or_none()
    if successor is not None and (successor.staff_role is not None or successor.closed_at is not None):
        raise NotAllowed("This address cannot be used: it belongs to the back office, or to an account that is closed.")
    before = session.scalars(
        select(Membership).where(
            Membership.employer_id == employer_id, Membership.role == Role.SRO, Membership.left_at.is_(None)
        )
    ).one_or_none()
    if before is not None and successor is not None and before.person_id == successor.id:
        raise NotAllowed(f"{successor.name} is the senior responsible officer already.")
    if successor is None:
        successor = Person(email=email, name=name, created_at=at)
        session.add(successor)
        session.flush()
    successor.name = successor.name or name
    if before is not None:
        _step_down(session, before, at, stays=old_stays)
    _step_up(session, employer_id, successor, at)
    event = record(
        session,
        "change-officer",
        ("employer", employer_id),
        by,
        at,
        employer_id=employer_id,
        details={"from_person": before.person_id if before else None, "to_person": successor.id, "stays": old_stays},
        note=because,
    )
    about = f"employer:{employer_id}:officer:{event.number}"
    if before is not None:
        _tell(session, before.person_id, about, word_officer_replaced(employer.name, successor.name), at)
    _tell(session, successor.id, about, word_officer_appointed(employer.name), at)
    return successor


def _step_down(session: Session, membership: Membership, at: datetime, *, stays: bool) -> None:
    if stays:
        membership.role = Role.SUBMITTER
    else:
        membership.left_at = at
    # Before another steps up: an employer has one at a time.
    session.flush()
    session.execute(
        update(SignedInSession)
        .where(
            SignedInSession.person_id == membership.person_id,
            SignedInSession.employer_id == membership.employer_id,
            SignedInSession.ended_at.is_(None),
        )
        .values(ended_at=at)
    )


def _step_up(session: Session, employer_id: int, person: Person, at: datetime) -> None:
    there = session.scalars(
        select(Membership).where(Membership.employer_id == employer_id, Membership.person_id == person.id)
    ).one_or_none()
    if there is None:
        session.add(Membership(employer_id=employer_id, person_id=person.id, role=Role.SRO, joined_at=at))
    else:
        there.role, there.left_at = Role.SRO, None
    session.flush()


def _set_suspended(
    session: Session, employer_id: int, by: Actor, at: datetime, because: str, *, suspended: bool
) -> None:
    employer = _for_a_lead(session, employer_id, by, because)
    if employer.suspended == suspended:
        return
    employer.suspended = suspended
    act = "suspend" if suspended else "lift-suspension"
    record(session, act, ("employer", employer_id), by, at, employer_id=employer_id, note=because.strip())
    session.flush()


def _set_registration(
    session: Session, employer_id: int, before: str, after: str, *, by: Actor, at: datetime, because: str
) -> None:
    employer = _for_a_lead(session, employer_id, by, because)
    if employer.registration == after:
        return
    if employer.registration != before:
        raise NotAllowed("This employer is not registered.")
    employer.registration = after
    act = "mark-at-risk" if after == "at-risk" else "take-mark-away"
    record(
        session,
        act,
        ("employer", employer_id),
        by,
        at,
        employer_id=employer_id,
        change=(before, after),
        note=because.strip(),
    )
    session.flush()


def _for_a_lead(session: Session, employer_id: int, by: Actor, because: str) -> Employer:
    if by.role is not Role.LEAD_ASSESSOR:
        raise NotAllowed("Only a lead assessor can do this.")
    if not because.strip():
        raise NotAllowed("Give a reason.")
    if belongs_to(session, by.person_id, employer_id):
        raise NotAllowed("You belong to this employer, so somebody else must do this.")
    return _locked(session, employer_id)


def _locked(session: Session, employer_id: int) -> Employer:
    found = session.scalars(
        select(Employer).where(Employer.id == employer_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("no such employer")
    return found


def _tell(session: Session, person_id: int, about: str, worded: Worded, at: datetime) -> None:
    queue(
        session,
        Kind.OFFICER_CHANGED,
        person_id=person_id,
        about=about,
        due_on=london_date(at),
        words=Words(*worded),
        at=at,
    )
