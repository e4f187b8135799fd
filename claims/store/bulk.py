"""Uploads of claims by workbook, and what an employer has already of the people and courses in them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from claims.lifecycle import FINAL, Actor, Role, State
from claims.models import BulkUpload, Claim, Learner, Membership, Person, Purchase, Slot
from claims.store.care_services import services_seen_by
from claims.store.claims import NotFound

SOME = 500
"""Values in one question to the database."""
UNDER_WAY = ("checking", "creating")
OVER = frozenset({*FINAL, State.REJECTED})
"""States of claims beside which the same can be claimed anew."""

Item = TypeVar("Item")


def _by_some(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, SOME)):
        yield some


def upload_of(session: Session, employer_id: int, upload_id: int, by: Actor) -> BulkUpload:
    """Raises ``NotFound``, also for another employer's, and for a colleague's if ``by`` does not see every learner."""
    found = session.get(BulkUpload, upload_id)
    if found is None or found.employer_id != employer_id:
        raise NotFound("no such upload of this employer")
    if by.services is not None and found.uploaded_by_id != by.person_id:
        raise NotFound("somebody else's upload")
    return found


def uploads_of(session: Session, employer_id: int, by: Actor) -> Sequence[BulkUpload]:
    """The latest twenty that ``by`` may look at, newest first."""
    where = [BulkUpload.employer_id == employer_id]
    if by.services is not None:
        where.append(BulkUpload.uploaded_by_id == by.person_id)
    return session.scalars(select(BulkUpload).where(*where).order_by(BulkUpload.id.desc()).limit(20)).all()


def uploads_kept_since_before(session: Session, at: datetime) -> Sequence[BulkUpload]:
    """Uploads from before ``at`` of which the content is still kept."""
    kept = BulkUpload.file.is_not(None) | BulkUpload.findings.is_not(None)
    return session.scalars(select(BulkUpload).where(BulkUpload.uploaded_at < at, kept)).all()


def member(session: Session, employer_id: int, person_id: int) -> Actor | None:
    """Somebody as they act for the employer now; ``None`` when they do no more."""
    found = session.execute(
        select(Membership, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.employer_id == employer_id,
            Membership.person_id == person_id,
            Membership.left_at.is_(None),
            Person.closed_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    membership, name = found
    limited = membership.limited and membership.role == Role.SUBMITTER
    services = services_seen_by(session, membership.id) if limited else None
    return Actor(Role(membership.role), name, person_id, employer_id, services)


def upload_waiting(session: Session) -> BulkUpload | None:
    """The next upload that there is something to do for: the one that waits longest."""
    return session.scalars(
        select(BulkUpload).where(BulkUpload.state.in_(UNDER_WAY)).order_by(BulkUpload.id).limit(1)
    ).first()


def learners_numbered(session: Session, employer_id: int, hashes: Iterable[str]) -> dict[str, Learner]:
    """The employer's own learners by the hash of their number."""
    found = {}
    for some in _by_some(hashes):
        wanted = select(Learner).where(Learner.employer_id == employer_id, Learner.number_hash.in_(some))
        found.update({learner.number_hash: learner for learner in session.scalars(wanted)})
    return found


def learners_with(session: Session, employer_id: int, ids: Iterable[int]) -> dict[int, Learner]:
    """The employer's own learners by id."""
    found = {}
    for some in _by_some(ids):
        wanted = select(Learner).where(Learner.employer_id == employer_id, Learner.id.in_(some))
        found.update({learner.id: learner for learner in session.scalars(wanted)})
    return found


def standing_claims(
    session: Session, employer_id: int, learner_ids: Iterable[int]
) -> dict[tuple[int, str], list[Claim]]:
    """Claims that are not over, by learner and course, oldest first."""
    found: dict[tuple[int, str], list[Claim]] = {}
    for some in _by_some(learner_ids):
        wanted = (
            select(Claim)
            .where(Claim.employer_id == employer_id, Claim.learner_id.in_(some), Claim.state.not_in(OVER))
            .options(joinedload(Claim.purchase), joinedload(Claim.learner))
            .order_by(Claim.id)
        )
        for claim in session.scalars(wanted):
            found.setdefault((claim.learner_id, claim.course_code), []).append(claim)
    return found


def purchases_of_courses(session: Session, employer_id: int, codes: Iterable[str]) -> Sequence[Purchase]:
    """The employer's purchases of these courses, newest first."""
    found: list[Purchase] = []
    for some in _by_some(codes):
        wanted = select(Purchase).where(Purchase.employer_id == employer_id, Purchase.course_code.in_(some))
        found += session.scalars(wanted)
    return sorted(found, key=lambda purchase: -purchase.id)


def slots_held(session: Session, hashes: Iterable[str]) -> dict[tuple[str, str], list[tuple[str, int, str]]]:
    """By number and course: the slot, the employer and the reference of every live claim, with any employer."""
    found: dict[tuple[str, str], list[tuple[str, int, str]]] = {}
    for some in _by_some(hashes):
        wanted = select(Slot, Claim).join(Claim, Claim.id == Slot.claim_id).where(Slot.number_hash.in_(some))
        for slot, claim in session.execute(wanted):
            held = (slot.slot, claim.employer_id, claim.reference)
            found.setdefault((slot.number_hash, slot.course_code), []).append(held)
    return found
