"""What somebody sees who is limited to learners of named services: one condition on every query made for them.

The condition is put where every query passes, so that a page written tomorrow keeps to it without knowing of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, event, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from claims.db import Table
from claims.models import Claim, Evidence, Learner, Purchase

_claims = Claim.__table__.alias("claims_seen")
_learners = Learner.__table__.alias("learners_seen")
_purchases = Purchase.__table__.alias("purchases_seen")
"""The bare tables, on which no condition is put."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Learners of ``services``, their claims, and the purchases and evidence of these.

    A purchase is seen with the first claim for such a learner; while it has none, by the person who entered it.
    """

    employer_id: int
    services: frozenset[int]
    person_id: int


_sight: ContextVar[Sight | None] = ContextVar("sight", default=None)


def limit_sight(sight: Sight | None) -> Token[Sight | None]:
    """From here on queries show what ``sight`` lets through; all of it for ``None``."""
    return _sight.set(sight)


@contextmanager
def sight_of(sight: Sight | None) -> Iterator[None]:
    """Within the block queries show what ``sight`` lets through; all of it for ``None``."""
    before = _sight.set(sight)
    try:
        yield
    finally:
        _sight.reset(before)


@contextmanager
def whole_sight() -> Iterator[None]:
    """For decisions that rest on all there is, such as whether somebody else has claimed; nothing found is shown.

    Also a decorator: ``@whole_sight()``.
    """
    with sight_of(None):
        yield


def is_limited() -> bool:
    """Whether queries show only a part of what there is."""
    return _sight.get() is not None


@event.listens_for(Session, "do_orm_execute")
def _keep_to_sight(asked: ORMExecuteState) -> None:
    sight = _sight.get()
    # Refreshing a row that was loaded already shows nothing new.
    if sight is not None and asked.is_select and not asked.is_column_load:
        asked.statement = asked.statement.options(*_conditions(sight))


def _conditions(sight: Sight) -> list[LoaderCriteriaOption]:
    learners = select(_learners.c.id).where(_learners.c.service_id.in_(sorted(sight.services)))
    of_employer = _claims.c.employer_id == sight.employer_id
    claims = select(_claims.c.id).where(of_employer, _claims.c.learner_id.in_(learners))
    with_them = select(_claims.c.purchase_id).where(of_employer, _claims.c.learner_id.in_(learners))
    with_anybody = select(_claims.c.purchase_id).where(of_employer)

    def seen(id_: ColumnElement[int], entered_by_id: ColumnElement[int]) -> ColumnElement[bool]:
        return or_(id_.in_(with_them), and_(entered_by_id == sight.person_id, id_.not_in(with_anybody)))

    purchases = select(_purchases.c.id).where(
        _purchases.c.employer_id == sight.employer_id, seen(_purchases.c.id, _purchases.c.entered_by_id)
    )
    conditions: dict[type[Table], ColumnElement[bool]] = {
        Learner: Learner.id.in_(learners),
        Claim: Claim.id.in_(claims),
        Purchase: Purchase.id.in_(purchases),
        Evidence: Evidence.purchase_id.in_(purchases) & or_(Evidence.claim_id.is_(None), Evidence.claim_id.in_(claims)),
    }
    return [with_loader_criteria(table, condition, include_aliases=True) for table, condition in conditions.items()]
