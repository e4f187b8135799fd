"""What stands around all open drafts, looked up for all of them in four queries."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar, cast

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from claims.lifecycle import State
from claims.models import Agreement, Claim, Commitment, Learner, Slot
from claims.models.claims import SLOTS
from claims.rules.facts import Overlapping
from claims.store.facts import Surroundings, committed_to, signed_on

Answer = TypeVar("Answer")
NONE = Overlapping((), False)


class AroundDrafts(Surroundings):
    """As ``Surroundings``, for the drafts of all employers. Good for one look in one transaction."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        agreements = select(Agreement.employer_id, Agreement.scheme_year, Agreement.signed_on)
        commitments = select(
            Commitment.employer_id, Commitment.fund, Commitment.scheme_year, Commitment.committed_pence
        )
        self._all: dict[Callable[..., Any], dict[tuple[Any, ...], date | int | None]] = {
            signed_on: {(employer, year): day for employer, year, day in session.execute(agreements)},
            committed_to: {
                (employer, fund, year): pence for employer, fund, year, pence in session.execute(commitments)
            },
        }
        self._overlapping = _overlapping_drafts(session)

    def ask(self, question: Callable[..., Answer], *about: Any) -> Answer:
        if question in self._all:
            absent = 0 if question is committed_to else None
            return cast("Answer", self._all[question].get(about, absent))
        return super().ask(question, *about)

    def overlapping(self, claim: Claim) -> Overlapping:
        return self._overlapping.get(claim.id, NONE)


def _overlapping_drafts(session: Session) -> dict[int, Overlapping]:
    """By draft, the live claims, with any employer, that hold a slot it needs; nothing for drafts without."""
    draft = aliased(Claim)
    needs = or_(*(and_(draft.part == part, Slot.slot.in_(slots)) for part, slots in SLOTS.items()))
    holders = session.execute(
        select(draft.id, draft.employer_id, Claim)
        .join(Learner, Learner.id == draft.learner_id)
        .join(Slot, and_(Slot.number_hash == Learner.number_hash, Slot.course_code == draft.course_code, needs))
        .join(Claim, Claim.id == Slot.claim_id)
        .where(draft.state == State.DRAFT)
        .order_by(draft.id, Claim.id)
    )
    own: dict[int, dict[str, None]] = {}
    others: set[int] = set()
    for draft_id, employer_id, holder in holders:
        if holder.employer_id == employer_id:
            own.setdefault(draft_id, {})[holder.reference] = None
        else:
            others.add(draft_id)
    return {id_: Overlapping(tuple(own.get(id_, ())), id_ in others) for id_ in own.keys() | others}
