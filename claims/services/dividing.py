"""Divide an employer into services, and limit submitters to the learners of some of them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import CareService, Employer, Learner, Membership, MembershipService
from claims.services.recording import record
from claims.store.care_services import services_of, services_seen_by
from claims.store.sight import whole_sight

MOST_SERVICES = 200


def add_service(session: Session, employer_id: int, name: str, *, by: Actor, at: datetime) -> CareService:
    """Raises ``NotAllowed`` for a name that the employer has given already, in whatever case."""
    _refuse_name(session, employer_id, name, None)
    service = CareService(employer_id=employer_id, name=name, created_at=at)
    session.add(service)
    session.flush()
    record(session, "add", ("service", service.id), by, at, details={"name": name})
    return service


def rename_service(session: Session, service: CareService, name: str, *, by: Actor, at: datetime) -> bool:
    """Returns whether it was called something else before. Raises ``NotAllowed`` as ``add_service`` does."""
    if service.name == name:
        return False
    _refuse_name(session, service.employer_id, name, service.id)
    service.name = name
    session.flush()
    record(session, "rename", ("service", service.id), by, at, details={"name": name})
    return True


@whole_sight()
def remove_service(session: Session, service: CareService, *, by: Actor, at: datetime) -> None:
    """Raises ``NotAllowed`` while learners work in it, or a submitter is limited to it."""
    if session.scalars(select(Learner.id).where(Learner.service_id == service.id).limit(1)).first() is not None:
        raise NotAllowed(f"Learners work in {service.name}. Move them to another service first.")
    limited = select(MembershipService.membership_id).where(MembershipService.service_id == service.id).limit(1)
    if session.scalars(limited).first() is not None:
        raise NotAllowed(f"A submitter is limited to {service.name}. Change what they see first.")
    record(session, "remove", ("service", service.id), by, at, details={"name": service.name})
    session.delete(service)
    session.flush()


def limit_submitter(
    session: Session, membership: Membership, services: Collection[int] | None, *, by: Actor, at: datetime
) -> bool:
    """Let a submitter see learners of ``services`` only; of all for ``None``. Returns whether anything changed.

    Raises ``NotAllowed`` for none, for a service of another employer, and for anybody but the employer's senior
    responsible officer.
    """
    if by.role != Role.SRO or by.employer_id != membership.employer_id:
        raise NotAllowed("Only the senior responsible officer decides which learners a submitter sees.")
    session.refresh(membership, with_for_update=True)
    if membership.role != Role.SUBMITTER or membership.left_at is not None:
        raise NotAllowed("Only a submitter can be limited to services.")
    if services is not None:
        if not services:
            raise NotAllowed("Select at least one service.")
        if not set(services) <= {each.id for each in services_of(session, membership.employer_id)}:
            raise NotAllowed("Select services of your own organisation.")
    before = services_seen_by(session, membership.id) if membership.limited else None
    after = None if services is None else frozenset(services)
    if before == after:
        return False
    membership.limited = after is not None
    session.execute(delete(MembershipService).where(MembershipService.membership_id == membership.id))
    session.add_all(MembershipService(membership_id=membership.id, service_id=id_) for id_ in sorted(after or ()))
    session.flush()
    details = {"services": None if after is None else sorted(after)}
    record(session, "limit", ("membership", membership.id), by, at, details=details)
    return True


def _refuse_name(session: Session, employer_id: int, name: str, but: int | None) -> None:
    # Locked, so that two tabs do not give the same name in different case.
    session.execute(select(Employer.id).where(Employer.id == employer_id).with_for_update())
    there = [each for each in services_of(session, employer_id) if each.id != but]
    if any(each.name.casefold() == name.casefold() for each in there):
        raise NotAllowed(f"You have a service called {name} already.")
    if but is None and len(there) >= MOST_SERVICES:
        raise NotAllowed(f"There can be at most {MOST_SERVICES} services.")
