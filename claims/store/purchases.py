"""An employer's purchases, newest first, with where their claims stand."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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
    newer: int | None
    """The page before holds those after this id; ``None`` on the first page."""
    older: int | None
    """The next page holds those before this id; ``None`` on the last page."""


def purchases_of(
    session: Session, employer_id: int, *, before: int | None = None, after: int | None = None
) -> PurchasePage:
    """Twenty of an employer's purchases, newest first: the newest, or the next below ``before`` or above ``after``."""
    mine = Purchase.employer_id == employer_id
    found = select(Purchase).where(mine).limit(PAGE_SIZE + 1)
    backwards = after is not None
    if after is not None:
        found = found.where(Purchase.id > after).order_by(Purchase.id)
    else:
        found = found.order_by(Purchase.id.desc())
        if before is not None:
            found = found.where(Purchase.id < before)
    purchases = session.scalars(found).all()
    more, shown = len(purchases) > PAGE_SIZE, list(purchases[:PAGE_SIZE])
    if backwards:
        shown.reverse()
    counted = session.execute(
        select(Claim.purchase_id, Claim.state, func.count())
        .where(Claim.purchase_id.in_([purchase.id for purchase in shown]))
        .group_by(Claim.purchase_id, Claim.state)
    )
    claims: dict[int, Counter[State]] = {purchase.id: Counter() for purchase in shown}
    for purchase_id, state, number in counted:
        claims[purchase_id][State(state)] += number
    total = session.scalars(select(func.count()).select_from(Purchase).where(mine)).one()
    some_newer = more if backwards else before is not None
    some_older = True if backwards else more
    return PurchasePage(
        shown,
        claims,
        total,
        newer=shown[0].id if shown and some_newer else None,
        older=shown[-1].id if shown and some_older else None,
    )


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who were on one purchase together, and may take the next course together."""

    purchase: Purchase
    people: int


def cohorts_of(session: Session, employer_id: int, most: int) -> Sequence[Cohort]:
    """The latest purchases for two people or more, newest first; people whose claim was given up count as well."""
    people = func.count(Claim.learner_id.distinct())
    found = session.execute(
        select(Purchase, people)
        .join(Claim, Claim.purchase_id == Purchase.id)
        .where(Purchase.employer_id == employer_id)
        .group_by(Purchase.id)
        .having(people > 1)
        .order_by(Purchase.id.desc())
        .limit(most)
    )
    return [Cohort(purchase, number) for purchase, number in found]


def providers_of(session: Session, employer_id: int, most: int) -> Sequence[str]:
    """From whom the employer has bought, as it wrote their names; the latest first."""
    last = func.max(Purchase.id)
    bought = select(Purchase.provider).where(Purchase.employer_id == employer_id, Purchase.provider > "")
    found = session.scalars(bought.group_by(Purchase.provider).order_by(last.desc()).limit(most))
    return [name for name in found if name]


def purchases_with(session: Session, employer_id: int, ids: Collection[int]) -> Sequence[Purchase]:
    """Those of an employer's purchases that have one of these ids, oldest first."""
    wanted = select(Purchase).where(Purchase.employer_id == employer_id, Purchase.id.in_(ids)).order_by(Purchase.id)
    return session.scalars(wanted).all()
