"""Who acts for an employer, who is invited to, and who is offered the senior responsible officer's part."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from claims.lifecycle import Role
from claims.models import Invitation, Membership, Person
from claims.store.claims import NotFound


def team_of(session: Session, employer_id: int) -> Sequence[Membership]:
    """The people who act for an employer now, its senior responsible officer first, the others by name."""
    return session.scalars(
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.employer_id == employer_id, Membership.left_at.is_(None))
        .options(joinedload(Membership.person))
        .order_by(Membership.role != Role.SRO, Person.name, Membership.id)
    ).all()


def open_invitations_of(session: Session, employer_id: int) -> Sequence[Invitation]:
    """Invitations that nobody accepted or cancelled, those past their 7 days included; the oldest first."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.employer_id == employer_id, Invitation.role == Role.SUBMITTER, Invitation.ended_at.is_(None))
        .options(joinedload(Invitation.person))
        .order_by(Invitation.id)
    ).all()


def invitation_of(session: Session, employer_id: int, invitation_id: int) -> Invitation:
    """An invitation that the employer sent, whatever became of it. Raises ``NotFound``, also for another employer's."""
    found = session.get(Invitation, invitation_id)
    if found is None or found.employer_id != employer_id:
        raise NotFound("no such invitation of this employer")
    return found


def handover_of(session: Session, employer_id: int) -> Invitation | None:
    """The offer to take the senior responsible officer's part, while nobody has answered it."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.employer_id == employer_id, Invitation.role == Role.SRO, Invitation.ended_at.is_(None))
        .options(joinedload(Invitation.person))
    ).one_or_none()
