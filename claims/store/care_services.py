"""An employer's services, and which of them its submitters are limited to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from claims.lifecycle import Role
from claims.models import CareService, Learner, Membership, MembershipService
from claims.store.claims import NotFound


@dataclass(frozen=True, slots=True)
class CountedService:
    service: CareService
    learners: int
    """Also those who have left."""


def services_of(session: Session, employer_id: int) -> Sequence[CareService]:
    """By name."""
    return session.scalars(
        select(CareService).where(CareService.employer_id == employer_id).order_by(CareService.name, CareService.id)
    ).all()


def counted_services_of(session: Session, employer_id: int) -> list[CountedService]:
    """By name, with how many learners work in each."""
    counted = (
        select(Learner.service_id, func.count()).where(Learner.employer_id == employer_id).group_by(Learner.service_id)
    )
    learners = {row[0]: row[1] for row in session.execute(counted)}
    return [CountedService(each, learners.get(each.id, 0)) for each in services_of(session, employer_id)]


def service_of(session: Session, employer_id: int, service_id: int) -> CareService:
    """Raises ``NotFound``, also for another employer's."""
    found = session.get(CareService, service_id)
    if found is None or found.employer_id != employer_id:
        raise NotFound("no such service of this employer")
    return found


def submitter_of(session: Session, employer_id: int, membership_id: int) -> Membership:
    """A submitter who is there now. Raises ``NotFound``, also for another employer's and for other roles."""
    found = session.scalars(
        select(Membership)
        .where(
            Membership.id == membership_id,
            Membership.employer_id == employer_id,
            Membership.role == Role.SUBMITTER,
            Membership.left_at.is_(None),
        )
        .options(joinedload(Membership.person))
    ).first()
    if found is None:
        raise NotFound("no such submitter of this employer")
    return found


def services_seen_by(session: Session, membership_id: int) -> frozenset[int]:
    """Ids of the services whose learners somebody limited sees."""
    return frozenset(
        session.scalars(select(MembershipService.service_id).where(MembershipService.membership_id == membership_id))
    )


def submitters_of(session: Session, employer_id: int) -> Sequence[Membership]:
    """Submitters who are there now, by name."""
    found = session.scalars(
        select(Membership)
        .where(Membership.employer_id == employer_id, Membership.role == Role.SUBMITTER, Membership.left_at.is_(None))
        .options(joinedload(Membership.person))
    )
    return sorted(found, key=lambda each: (each.person.name, each.id))
