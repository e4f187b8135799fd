"""An employer's purchases, claims and learners: every query takes the employer first, and finds nobody else's."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from claims.lifecycle import State
from claims.models import ActionRequest, Claim, Employer, Evidence, Learner, Purchase, Slot
from claims.models.claims import SLOTS
from claims.rules.facts import Part
from claims.store.sight import whole_sight


class NotFound(LookupError):
    """Nothing with this id belongs to this employer."""


_Row = TypeVar("_Row", Purchase, Claim, Learner, Evidence)


def employer_called(session: Session, employer_id: int) -> Employer:
    found = session.get(Employer, employer_id)
    if found is None:
        raise NotFound("no such employer")
    return found


def purchase_of(session: Session, employer_id: int, purchase_id: int) -> Purchase:
    """Raises ``NotFound``, also for another employer's."""
    return _own(session.get(Purchase, purchase_id), employer_id)


def claim_of(session: Session, employer_id: int, claim_id: int) -> Claim:
    """Raises ``NotFound``, also for another employer's."""
    return _own(session.get(Claim, claim_id), employer_id)


def learner_of(session: Session, employer_id: int, learner_id: int) -> Learner:
    """Raises ``NotFound``, also for another employer's."""
    return _own(session.get(Learner, learner_id), employer_id)


def evidence_of(session: Session, employer_id: int, evidence_id: int) -> Evidence:
    """Raises ``NotFound``, also for another employer's and for what was removed."""
    found = _own(session.get(Evidence, evidence_id), employer_id)
    if found.removed_at is not None:
        raise NotFound("this evidence was removed")
    return found


def _own(row: _Row | None, employer_id: int) -> _Row:
    if row is None or row.employer_id != employer_id:
        raise NotFound("no such row of this employer")
    return row


def claims_in(session: Session, purchase: Purchase) -> Sequence[Claim]:
    """A purchase's claims by learner's name, a completion claim after its start claim."""
    return session.scalars(
        select(Claim)
        .join(Claim.learner)
        .where(Claim.purchase_id == purchase.id)
        .options(joinedload(Claim.learner), joinedload(Claim.start_claim))
        .order_by(Learner.last_name, Learner.first_name, Learner.id, Claim.part.desc(), Claim.id)
    ).all()


def claims_for(session: Session, learner: Learner) -> Sequence[Claim]:
    """Everything claimed for a learner, newest first."""
    return session.scalars(select(Claim).where(Claim.learner_id == learner.id).order_by(Claim.id.desc())).all()


def completion_of(session: Session, start: Claim) -> Claim | None:
    """The completion claim that follows a start claim."""
    return session.scalars(select(Claim).where(Claim.start_claim_id == start.id)).first()


def other_drafts(session: Session, claim: Claim) -> Sequence[Claim]:
    """The employer's other drafts for the same learner, course and part: not a fault yet, but only one can be sent."""
    parts = [part for part, slots in SLOTS.items() if set(slots) & set(SLOTS[Part(claim.part)])]
    return session.scalars(
        select(Claim)
        .where(
            Claim.employer_id == claim.employer_id,
            Claim.learner_id == claim.learner_id,
            Claim.course_code == claim.course_code,
            Claim.part.in_(parts),
            Claim.state == State.DRAFT,
            Claim.id != claim.id,
        )
        .order_by(Claim.id)
    ).all()


def drafts_beside(
    session: Session, purchase: Purchase, part: Part, learner_ids: Iterable[int]
) -> dict[int, list[Claim]]:
    """The employer's drafts on other purchases that stand beside ``part`` of this one, by learner. One query."""
    parts = [each for each, slots in SLOTS.items() if set(slots) & set(SLOTS[part])]
    found: dict[int, list[Claim]] = {}
    for claim in session.scalars(
        select(Claim)
        .where(
            Claim.employer_id == purchase.employer_id,
            Claim.learner_id.in_(set(learner_ids)),
            Claim.course_code == purchase.course_code,
            Claim.part.in_(parts),
            Claim.state == State.DRAFT,
            Claim.purchase_id != purchase.id,
        )
        .order_by(Claim.id)
    ):
        found.setdefault(claim.learner_id, []).append(claim)
    return found


def payment_evidence_of(session: Session, purchase: Purchase) -> Sequence[Evidence]:
    return session.scalars(
        select(Evidence)
        .where(Evidence.purchase_id == purchase.id, Evidence.kind == "payment", Evidence.removed_at.is_(None))
        .order_by(Evidence.id)
    ).all()


def certificates_of(session: Session, claim: Claim) -> Sequence[Evidence]:
    """At most one, unless two were added at the same instant."""
    return session.scalars(
        select(Evidence).where(Evidence.claim_id == claim.id, Evidence.removed_at.is_(None)).order_by(Evidence.id)
    ).all()


def requests_of(session: Session, claim: Claim) -> Sequence[ActionRequest]:
    """What assessors asked for, oldest first, settled or not."""
    return session.scalars(
        select(ActionRequest).where(ActionRequest.claim_id == claim.id).order_by(ActionRequest.id)
    ).all()


def open_requests_of(session: Session, claim: Claim) -> Sequence[ActionRequest]:
    return [request for request in requests_of(session, claim) if request.settled_at is None]


def open_requests_by_claim(session: Session, claims: Sequence[Claim]) -> dict[int, list[ActionRequest]]:
    """As ``open_requests_of``, by the claims' ids; every claim has its list. One query."""
    asked: dict[int, list[ActionRequest]] = {claim.id: [] for claim in claims}
    wanted = select(ActionRequest).where(ActionRequest.claim_id.in_(asked), ActionRequest.settled_at.is_(None))
    for request in session.scalars(wanted.order_by(ActionRequest.id)):
        asked[request.claim_id].append(request)
    return asked


@whole_sight()
def is_payment_questioned(session: Session, purchase: Purchase) -> bool:
    """Whether an assessor waits for something about the payment of this purchase."""
    return (
        session.scalars(
            select(ActionRequest.id)
            .join(Claim, Claim.id == ActionRequest.claim_id)
            .where(
                Claim.purchase_id == purchase.id,
                Claim.state == State.NEEDS_ACTION,
                ActionRequest.about == "payment",
                ActionRequest.settled_at.is_(None),
            )
            .limit(1)
        ).first()
        is not None
    )


@whole_sight()
def claimed_learners(session: Session, employer_id: int, course_code: str, part: Part) -> frozenset[int]:
    """The ids of an employer's learners for whom a live claim, with any employer, stands in the way of ``part``."""
    found = session.scalars(
        select(Learner.id)
        .join(Slot, Slot.number_hash == Learner.number_hash)
        .where(Learner.employer_id == employer_id, Slot.course_code == course_code, Slot.slot.in_(SLOTS[part]))
    )
    return frozenset(found)
