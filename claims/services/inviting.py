"""Invite people to submit claims for an employer: send, send again, cancel, accept."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.clock import LONDON, london_date
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Employer, Invitation, Membership, Person
from claims.secrets import Keyring, are_equal
from claims.services.queueing import Words, queue
from claims.services.recording import record
from claims.store.reference import listed_on

INVITATION_PATH = "/invitations"
LASTS = timedelta(days=7)
MESSAGE = "invitation"
TEAM_MESSAGE = "team"
"""What happened to a team. Nobody can stop it: it is about who acts for the employer."""
ADDRESS = re.compile(r"(\d{1,18})-([0-9a-f]{64})")
_SIGNS = "invitation.address"


def invite(
    session: Session, keyring: Keyring, *, email: str, name: str, declared: bool, by: Actor, at: datetime
) -> Invitation:
    """Invite ``email`` to be a submitter of the employer of ``by``; whoever has that address can accept for 7 days.

    ``declared``: the senior responsible officer delegates their authority. Raises ``NotAllowed`` for anybody else,
    without the declaration, for somebody who is there or invited already, and when the team is full.
    """
    employer = lock_team(session, by)
    if not declared:
        raise NotAllowed("Tick the box to say that you delegate your authority.")
    person = session.scalars(select(Person).where(Person.email == email.strip().lower())).one_or_none()
    if person is not None:
        if membership_of(session, employer.id, person.id) is not None:
            raise NotAllowed(f"{person.name} is in your team already.")
        if (open_one := _open_for(session, employer.id, person.id)) is not None:
            if open_one.expires_at > at:
                raise NotAllowed("This address is invited already. You can send the invitation again.")
            open_one.ended_at = at
            session.flush()
    _refuse_when_full(session, employer, at)
    if person is None:
        person = Person(email=email.strip().lower(), name=name, created_at=at)
        session.add(person)
        session.flush()
    elif not person.name:
        # Somebody who began to register and stopped; with a name, the account is not cleared away.
        person.name = name
    invitation = Invitation(
        employer_id=employer.id,
        person_id=person.id,
        role=Role.SUBMITTER,
        invited_by_id=by.person_id,
        invited_at=at,
        sendings=0,
        expires_at=at,
    )
    session.add(invitation)
    session.flush()
    record(
        session,
        "invite",
        ("employer", employer.id),
        by,
        at,
        details={"person": person.id, "invitation": invitation.id, "authority_delegated": True},
    )
    _send(session, keyring, invitation, by, at)
    return invitation


def send_again(session: Session, keyring: Keyring, invitation_id: int, by: Actor, at: datetime) -> Invitation:
    """Send an invitation once more, good for 7 days from now. The address sent before stops working."""
    employer = lock_team(session, by)
    invitation = _open_one(session, invitation_id, employer.id)
    if invitation.expires_at <= at:
        # It no longer took a place in the team, and does again.
        _refuse_when_full(session, employer, at)
    _send(session, keyring, invitation, by, at)
    record(session, "invite-again", ("employer", employer.id), by, at, details={"invitation": invitation.id})
    return invitation


def send_all_again(session: Session, keyring: Keyring, by: Actor, at: datetime) -> int:
    """Send every invitation that nobody accepted once more; says how many."""
    employer = lock_team(session, by)
    waiting = session.scalars(
        select(Invitation.id)
        .where(
            Invitation.employer_id == employer.id,
            Invitation.role == Role.SUBMITTER,
            Invitation.ended_at.is_(None),
        )
        .order_by(Invitation.id)
    ).all()
    for invitation_id in waiting:
        send_again(session, keyring, invitation_id, by, at)
    return len(waiting)


def cancel_invitation(session: Session, invitation_id: int, by: Actor, at: datetime) -> None:
    """Take an invitation back: its address stops working."""
    employer = lock_team(session, by)
    invitation = _open_one(session, invitation_id, employer.id)
    invitation.ended_at = at
    record(session, "cancel-invitation", ("employer", employer.id), by, at, details={"invitation": invitation.id})


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that can be accepted now."""

    invitation: Invitation
    person: Person
    employer: Employer
    invited_by: str


def read_invitation(session: Session, keyring: Keyring, signed: str, at: datetime) -> Invited | None:
    """What the secret part of an invitation's address leads to; ``None`` when it is used, cancelled or old."""
    read = ADDRESS.fullmatch(signed)
    if read is None:
        return None
    invitation = session.get(Invitation, int(read[1]))
    if invitation is None or not are_equal(read[2], _secret(keyring, invitation)):
        return None
    if invitation.ended_at is not None or invitation.expires_at <= at or invitation.role != Role.SUBMITTER:
        return None
    return Invited(
        invitation,
        session.get_one(Person, invitation.person_id),
        session.get_one(Employer, invitation.employer_id),
        session.get_one(Person, invitation.invited_by_id).name,
    )


def accept_invitation(session: Session, keyring: Keyring, signed: str, at: datetime) -> Actor | None:
    """Join the employer. Returns who joined; ``None`` when the address no longer works.

    Joining is not signing in: that takes a code sent to the same address. Raises ``NotAllowed`` when the team is full,
    and for an account that cannot act for an employer.
    """
    found = read_invitation(session, keyring, signed, at)
    if found is None:
        return None
    _locked_employer(session, found.employer.id)
    session.refresh(found.invitation)
    if found.invitation.ended_at is not None:
        return None
    person, employer = found.person, found.employer
    if person.staff_role is not None or person.closed_at is not None:
        raise NotAllowed("This account cannot act for an employer. Ask to be invited at another email address.")
    if members_of(session, employer.id) >= most_people(session, at):
        raise NotAllowed("The team is full. Ask the senior responsible officer to make room.")
    found.invitation.accepted_at = found.invitation.ended_at = at
    membership = session.scalars(
        select(Membership).where(Membership.employer_id == employer.id, Membership.person_id == person.id)
    ).one_or_none()
    if membership is None:
        membership = Membership(employer_id=employer.id, person_id=person.id, role=Role.SUBMITTER, joined_at=at)
        session.add(membership)
    elif membership.left_at is not None:
        membership.role, membership.joined_at, membership.left_at = Role.SUBMITTER, at, None
    session.flush()
    joined = Actor(Role.SUBMITTER, person.name, person.id, employer.id)
    details = {"invitation": found.invitation.id, "person": person.id}
    record(session, "join", ("employer", employer.id), joined, at, details=details)
    words = Words(
        f"{person.name} has joined your team", f"{person.name} can now submit claims for {employer.name}.", "/team"
    )
    about = f"invitation:{found.invitation.id}:accepted"
    inviter = found.invitation.invited_by_id
    queue(session, TEAM_MESSAGE, person_id=inviter, about=about, due_on=london_date(at), words=words, at=at)
    return joined


def most_people(session: Session, at: datetime) -> int:
    """How many people may act for one employer, its senior responsible officer among them."""
    today = london_date(at)
    return listed_on(session, today).reference.year_to_go_by(today).number("people_per_employer")


def lock_team(session: Session, by: Actor) -> Employer:
    """The employer of ``by``; whoever else changes its team waits. Raises ``NotAllowed`` for all but its SRO of now."""
    if by.role is not Role.SRO or by.employer_id is None:
        raise NotAllowed("Only the senior responsible officer can change the team.")
    employer = _locked_employer(session, by.employer_id)
    own = membership_of(session, employer.id, by.person_id)
    if own is None or own.role != Role.SRO:
        raise NotAllowed("Only the senior responsible officer can change the team.")
    return employer


def membership_of(session: Session, employer_id: int, person_id: int | None) -> Membership | None:
    """The present membership of a person, as it is in the database now."""
    return session.scalars(
        select(Membership)
        .where(Membership.employer_id == employer_id, Membership.person_id == person_id, Membership.left_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()


def members_of(session: Session, employer_id: int) -> int:
    """How many people act for the employer now."""
    return session.scalars(
        select(func.count())
        .select_from(Membership)
        .where(Membership.employer_id == employer_id, Membership.left_at.is_(None))
    ).one()


def places_taken(session: Session, employer_id: int, at: datetime) -> int:
    """People who act for the employer, and invitations that can still be accepted."""
    invited = session.scalars(
        select(func.count())
        .select_from(Invitation)
        .where(
            Invitation.employer_id == employer_id,
            Invitation.role == Role.SUBMITTER,
            Invitation.ended_at.is_(None),
            Invitation.expires_at > at,
        )
    ).one()
    return members_of(session, employer_id) + invited


def _refuse_when_full(session: Session, employer: Employer, at: datetime) -> None:
    most = most_people(session, at)
    if places_taken(session, employer.id, at) >= most:
        raise NotAllowed(f"Your team is full: {most} people at most, those invited included.")


def _locked_employer(session: Session, employer_id: int) -> Employer:
    return session.scalars(
        select(Employer).where(Employer.id == employer_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _open_for(session: Session, employer_id: int, person_id: int) -> Invitation | None:
    return session.scalars(
        select(Invitation).where(
            Invitation.employer_id == employer_id, Invitation.person_id == person_id, Invitation.ended_at.is_(None)
        )
    ).one_or_none()


def _open_one(session: Session, invitation_id: int, employer_id: int) -> Invitation:
    invitation = session.scalars(
        select(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.employer_id == employer_id,
            Invitation.role == Role.SUBMITTER,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if invitation is None or invitation.ended_at is not None:
        raise NotAllowed("This invitation was accepted or cancelled already.")
    return invitation


def _send(session: Session, keyring: Keyring, invitation: Invitation, by: Actor, at: datetime) -> None:
    employer = session.get_one(Employer, invitation.employer_id)
    invitation.sendings += 1
    invitation.expires_at = at + LASTS
    session.flush()
    until = invitation.expires_at.astimezone(LONDON)
    text = (
        f"{by.name}, the senior responsible officer of {employer.name}, invites you to prepare and submit claims for "
        f"it, under their authority.\n\nThe invitation can be accepted once, until {until.day} {until:%B %Y}. "
        "You need no password. If you do not know what this is about, you need not do anything."
    )
    words = Words(
        f"You are invited to submit claims for {employer.name}",
        text,
        f"{INVITATION_PATH}/{invitation.id}-{_secret(keyring, invitation)}",
    )
    about = f"invitation:{invitation.id}:{invitation.sendings}"
    person_id = invitation.person_id
    queue(session, MESSAGE, person_id=person_id, about=about, due_on=london_date(at), words=words, at=at)


def _secret(keyring: Keyring, invitation: Invitation) -> str:
    return keyring.keyed_hash(f"{invitation.id} {invitation.sendings}", _SIGNS)
