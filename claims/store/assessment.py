"""What an assessor compares a purchase with: certificates, other claims of its learners, others on its invoice."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from claims.lifecycle import State
from claims.models import Claim, Evidence, Learner, Purchase


def certificates_by_claim(session: Session, claims: Sequence[Claim]) -> Mapping[int, Sequence[Evidence]]:
    """The certificates of some claims by claim id."""
    found: dict[int, list[Evidence]] = {claim.id: [] for claim in claims}
    files = select(Evidence).where(Evidence.claim_id.in_(found), Evidence.removed_at.is_(None)).order_by(Evidence.id)
    for file in session.scalars(files):
        if file.claim_id is not None:
            found[file.claim_id].append(file)
    return found


def other_claims_of_learners(session: Session, purchase: Purchase, claims: Sequence[Claim]) -> Sequence[Claim]:
    """Claims beyond draft for the same people, with any employer, that belong to other purchases."""
    hashes = {claim.learner.number_hash for claim in claims}
    return session.scalars(
        select(Claim)
        .join(Learner, Learner.id == Claim.learner_id)
        .where(Learner.number_hash.in_(hashes), Claim.purchase_id != purchase.id, Claim.state != State.DRAFT)
        .options(joinedload(Claim.learner), joinedload(Claim.purchase).joinedload(Purchase.employer))
        .order_by(Learner.last_name, Claim.id)
        .limit(50)
    ).all()


def other_claims_on_invoice(session: Session, purchase: Purchase) -> Sequence[Claim]:
    """The employer's claims beyond draft on other purchases that name the same invoice."""
    if not purchase.invoice_reference:
        return ()
    return session.scalars(
        select(Claim)
        .join(Purchase, Purchase.id == Claim.purchase_id)
        .where(
            Purchase.employer_id == purchase.employer_id,
            Purchase.invoice_reference == purchase.invoice_reference,
            Purchase.id != purchase.id,
            Claim.state != State.DRAFT,
        )
        .options(joinedload(Claim.learner), joinedload(Claim.purchase).joinedload(Purchase.employer))
        .order_by(Claim.id)
        .limit(50)
    ).all()
