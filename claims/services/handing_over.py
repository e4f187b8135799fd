"""Change who acts for an employer: take somebody off the team, hand the senior responsible officer's part over."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Employer, Invitation, Membership, Person, SignedInSession
from claims.services.inviting import LASTS, TEAM_MESSAGE, lock_team, membership_of
from claims.services.queueing import Words, queue
from claims.services.recording import record


def remove_member(session: Session, membership_id: int, by: Actor, at: datetime) -> Person:
    """Take a submitter off the team: they are signed out everywhere and can no longer sign in for the employer.

    What they entered stays. Raises ``NotAllowed`` for all but the senior responsible officer, and for themselves.
    """
    employer = lock_team(session, by)
    membership = _submitter(session, membership_id, employer.id)
    membership.left_at, membership.limited = at, False
    end_sessions_for(session, employer.id, membership.person_id, at)
    session.execute(
        update(Invitation)
        .where(
            Invitation.employer_id == employer.id,
            Invitation.person_id == membership.person_id,
            Invitation.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
    record(session, "remove-member", ("employer", employer.id), by, at, details={"person": membership.person_id})
    text = f"{by.name} has taken you off the team of {employer.name}. You can no longer act for it."
    words = Words(f"You no longer act for {employer.name}", text, "")
    _tell(session, membership.person_id, f"membership:{membership.id}:left:{at.isoformat()}", words, at)
    return session.get_one(Person, membership.person_id)


def offer_handover(session: Session, membership_id: int, *, declared: bool, by: Actor, at: datetime) -> Invitation:
    """Offer a submitter to be the senior responsible officer in place of ``by``. They have 7 days to accept.

    An offer made before is taken back. Raises ``NotAllowed`` as ``remove_member`` does, and without the declaration.
    """
    employer = lock_team(session, by)
    if not declared:
        raise NotAllowed("Tick the box to say that you hand your responsibility over.")
    membership = _submitter(session, membership_id, employer.id)
    withdraw_handover(session, by, at)
    offer = Invitation(
        employer_id=employer.id,
        person_id=membership.person_id,
        role=Role.SRO,
        invited_by_id=by.person_id,
        invited_at=at,
        sendings=1,
        expires_at=at + LASTS,
    )
    session.add(offer)
    session.flush()
    details = {"person": membership.person_id, "invitation": offer.id}
    record(session, "offer-handover", ("employer", employer.id), by, at, details=details)
    text = (
        f"{by.name} asks you to be the senior responsible officer of {employer.name} in their place. "
        "You then sign its agreements, give its bank details, manage its team, and answer for its claims.\n\n"
        "Sign in to accept or decline. The offer stands for 7 days."
    )
    words = Words(f"Will you be the senior responsible officer of {employer.name}?", text, f"/team/handover/{offer.id}")
    _tell(session, membership.person_id, f"invitation:{offer.id}:1", words, at)
    return offer


def withdraw_handover(session: Session, by: Actor, at: datetime) -> bool:
    """Take back the offer that ``by`` made, if there is one; says whether there was."""
    employer = lock_team(session, by)
    offer = session.scalars(
        select(Invitation).where(
            Invitation.employer_id == employer.id, Invitation.role == Role.SRO, Invitation.ended_at.is_(None)
        )
    ).one_or_none()
    if offer is None:
        return False
    offer.ended_at = at
    record(session, "withdraw-handover", ("employer", employer.id), by, at, details={"invitation": offer.id})
    session.flush()
    return True


def offered_to(session: Session, invitation_id: int, by: Actor, at: datetime) -> Invitation | None:
    """The offer to be senior responsible officer, if it was made to ``by`` and stands."""
    offer = session.get(Invitation, invitation_id, populate_existing=True)
    if offer is None or offer.role != Role.SRO or offer.ended_at is not None or offer.expires_at <= at:
        return None
    return offer if (offer.employer_id, offer.person_id) == (by.employer_id, by.person_id) else None


def accept_handover(session: Session, invitation_id: int, by: Actor, at: datetime) -> Actor:
    """Become the senior responsible officer; the one before becomes a submitter. Both are signed out everywhere.

    Returns who ``by`` is now, for a fresh session. Raises ``NotAllowed`` when the offer no longer stands.
    """
    employer = session.scalars(select(Employer).where(Employer.id == by.employer_id).with_for_update()).one()
    offer = offered_to(session, invitation_id, by, at)
    own = membership_of(session, employer.id, by.person_id)
    before = membership_of(session, employer.id, offer.invited_by_id) if offer is not None else None
    if offer is None or own is None or before is None or before.role != Role.SRO:
        raise NotAllowed("This offer no longer stands.")
    offer.accepted_at = offer.ended_at = at
    # One senior responsible officer at a time: the first gives the part up before the second takes it.
    before.role = Role.SUBMITTER
    session.flush()
    own.role, own.limited = Role.SRO, False
    session.flush()
    for membership in (before, own):
        end_sessions_for(session, employer.id, membership.person_id, at)
    details = {"person": own.person_id, "instead_of": before.person_id, "invitation": offer.id}
    record(session, "accept-handover", ("employer", employer.id), by, at, details=details)
    text = f"{by.name} is now the senior responsible officer of {employer.name}. You can still submit claims for it."
    words = Words(f"{by.name} has accepted", text, "/team")
    _tell(session, before.person_id, f"invitation:{offer.id}:accepted", words, at)
    return Actor(Role.SRO, by.name, by.person_id, employer.id)


def decline_handover(session: Session, invitation_id: int, by: Actor, at: datetime) -> None:
    """Leave things as they are. Raises ``NotAllowed`` when the offer no longer stands."""
    employer = session.scalars(select(Employer).where(Employer.id == by.employer_id).with_for_update()).one()
    offer = offered_to(session, invitation_id, by, at)
    if offer is None:
        raise NotAllowed("This offer no longer stands.")
    offer.ended_at = at
    record(session, "decline-handover", ("employer", employer.id), by, at, details={"invitation": offer.id})
    text = f"{by.name} does not want to be the senior responsible officer of {employer.name}. You remain it."
    words = Words(f"{by.name} has declined", text, "/team")
    _tell(session, offer.invited_by_id, f"invitation:{offer.id}:declined", words, at)


def end_sessions_for(session: Session, employer_id: int, person_id: int, at: datetime) -> None:
    """End every session in which a person acts for an employer: their role there has changed."""
    session.execute(
        update(SignedInSession)
        .where(
            SignedInSession.person_id == person_id,
            SignedInSession.employer_id == employer_id,
            SignedInSession.ended_at.is_(None),
        )
        .values(ended_at=at)
    )


def _submitter(session: Session, membership_id: int, employer_id: int) -> Membership:
    membership = session.get(Membership, membership_id, populate_existing=True)
    if membership is None or membership.employer_id != employer_id or membership.left_at is not None:
        raise NotAllowed("This person is not in your team any more.")
    if membership.role != Role.SUBMITTER:
        raise NotAllowed("You cannot do this to yourself: hand your part over first.")
    return membership


def _tell(session: Session, person_id: int, about: str, words: Words, at: datetime) -> None:
    queue(session, TEAM_MESSAGE, person_id=person_id, about=about, due_on=london_date(at), words=words, at=at)
