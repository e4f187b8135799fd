"""Approvals in the quality sample that wait for a lead assessor."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from claims.lifecycle import COMMITTED, Actor, State
from claims.models import Claim, Employer, Membership, Person, SampledApproval

SHOWN_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class InSample:
    """One approval that waits, with what its page shows."""

    sampled: SampledApproval
    claim: Claim
    employer: str
    at_risk: bool
    approved_by: str
    follows_undone: bool
    """Nothing the employer has stood approved when this was, because what was approved before had been undone."""


def waiting_sample_of(session: Session, claim_id: int) -> SampledApproval | None:
    """The approval of this claim that waits for a lead, if it is in the sample and nobody has answered."""
    return session.scalars(
        select(SampledApproval).where(SampledApproval.claim_id == claim_id, SampledApproval.answer.is_(None))
    ).one_or_none()


def certain_to_be_sampled() -> ColumnElement[bool]:
    """Whether a claim's approval is certain to go to a lead, or another of its purchase waits there.

    It is when it would be the employer's first, or when an approval in the sample was undone before. Which ones are
    drawn besides is said of none: nobody is to know before they decide.
    """
    approved, beside = aliased(Claim), aliased(Claim)
    approved_before = exists().where(
        approved.employer_id == Claim.employer_id,
        approved.state.in_([*COMMITTED, State.RECOVERED]),
        approved.id != Claim.id,
    )
    undone = exists().where(SampledApproval.claim_id == Claim.id, SampledApproval.answer == "undone")
    waits_beside = exists().where(
        beside.purchase_id == Claim.purchase_id,
        SampledApproval.claim_id == beside.id,
        SampledApproval.answer.is_(None),
    )
    return or_(~approved_before, undone, waits_beside)


def waiting_samples(session: Session, viewer: Actor, after: int = 0) -> Sequence[InSample]:
    """Approvals that wait, the oldest first, from those after the id ``after``; without ``viewer``'s own employers'."""
    own = select(Membership.employer_id).where(Membership.person_id == viewer.person_id, Membership.left_at.is_(None))
    before, beside = aliased(SampledApproval), aliased(Claim)
    # The very first approval of an employer is always in the sample.
    first_before = exists().where(
        beside.employer_id == Claim.employer_id, before.claim_id == beside.id, before.id < SampledApproval.id
    )
    rows = session.execute(
        select(SampledApproval, Claim, Employer, Person.name, first_before)
        .join(Claim, Claim.id == SampledApproval.claim_id)
        .join(Employer, Employer.id == Claim.employer_id)
        .join(Person, Person.id == SampledApproval.approved_by_id)
        .where(SampledApproval.answer.is_(None), SampledApproval.id > after, Claim.employer_id.not_in(own))
        .options(joinedload(Claim.learner))
        .order_by(SampledApproval.id)
        .limit(SHOWN_AT_ONCE)
    )
    return [
        InSample(
            sampled,
            claim,
            employer.name,
            employer.registration == "at-risk",
            name,
            follows_undone=sampled.reason == "first-of-employer" and before,
        )
        for sampled, claim, employer, name, before in rows
    ]
