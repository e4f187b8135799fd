"""An employer's purchases, newest first, with where their claims stand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.lifecycle import State
from claims.models import Claim, Purchase

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class PurchasePage:
    purchases: Sequence[Purchase]
    claims: Mapping[int, Mapping[State, int]]
    """How many claims each has in each state, by the purchase's id."""
    total: int
    after: int | None
    """The next page holds those before this id; ``None`` on the last page."""


def purchases_of(session: Session, employer_id: int, before: int | None = None) -> PurchasePage:
    """Twenty of an employer's purchases, newest first: the newest, or those with an id below ``before``."""
    mine = Purchase.employer_id == employer_id
    found = select(Purchase).where(mine).order_by(Purchase.id.desc()).limit(PAGE_SIZE + 1)
    if before is not None:
        found = found.where(Purchase.id < before)
    purchases = session.scalars(found).all()
    shown = purchases[:PAGE_SIZE]
    counted = session.execute(
        select(Claim.purchase_id, Claim.state, func.count())
        .where(Claim.purchase_id.in_([purchase.id for purchase in shown]))
        .group_by(Claim.purchase_id, Claim.state)
    )
    claims: dict[int, Counter[State]] = {purchase.id: Counter() for purchase in shown}
    for purchase_id, state, number in counted:
        claims[purchase_id][State(state)] += number
    total = session.scalars(select(func.count()).select_from(Purchase).where(mine)).one()
    return PurchasePage(shown, claims, total, shown[-1].id if len(purchases) > PAGE_SIZE else None)
