"""What training of a learner was funded: by course, with what it brought and when it was completed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from claims.lifecycle import COMMITTED, State
from claims.models import Claim, Learner
from claims.rules.facts import Part

COMPLETING = (Part.FULL, Part.COMPLETION)
GONE = (State.REJECTED, State.WITHDRAWN, State.RECOVERED)
"""A claim in one of these comes to nothing."""


@dataclass(frozen=True, slots=True)
class FundedTraining:
    """One course that a learner's employer was granted funding for."""

    course_code: str
    pence: int
    """Of all parts that were approved, paid or not yet."""
    completed_on: date | None
    """``None`` while only the start was claimed."""


def funded_training_of(session: Session, learner: Learner) -> list[FundedTraining]:
    """By the day of completion, what is not completed last."""
    rows = session.execute(
        select(Claim.course_code, Claim.part, Claim.payable_pence, Claim.completed_on)
        .where(
            Claim.employer_id == learner.employer_id, Claim.learner_id == learner.id, Claim.state.in_(sorted(COMMITTED))
        )
        .order_by(Claim.id)
    )
    pence: dict[str, int] = {}
    completed: dict[str, date | None] = {}
    for row in rows:
        pence[row.course_code] = pence.get(row.course_code, 0) + (row.payable_pence or 0)
        days = (completed.get(row.course_code), row.completed_on if row.part in COMPLETING else None)
        completed[row.course_code] = max((day for day in days if day), default=None)
    found = [FundedTraining(code, total, completed[code]) for code, total in pence.items()]
    return sorted(found, key=lambda each: (each.completed_on is None, each.completed_on or date.max, each.course_code))


def claimed_courses_of(session: Session, learner: Learner) -> frozenset[str]:
    """Codes of courses with a claim that came to something or still may."""
    return frozenset(
        session.scalars(
            select(Claim.course_code).where(
                Claim.employer_id == learner.employer_id, Claim.learner_id == learner.id, Claim.state.not_in(GONE)
            )
        )
    )


def funded_or_under_way(session: Session, employer_id: int, codes: Collection[str]) -> tuple[set[int], set[int]]:
    """Ids of the employer's learners with one of the courses; one query.

    First those whose completion was granted funding, then those with any other claim that came to something or still
    may, a draft too: they are on the training.
    """
    granted = case((Claim.part.in_(COMPLETING) & Claim.state.in_(sorted(COMMITTED)), 1), else_=0)
    rows = session.execute(
        select(Claim.learner_id, func.max(granted).label("granted"))
        .where(
            Claim.employer_id == employer_id,
            Claim.course_code.in_(sorted(codes)),
            Claim.state.not_in(GONE),
        )
        .group_by(Claim.learner_id)
    ).all()
    return {row.learner_id for row in rows if row.granted}, {row.learner_id for row in rows if not row.granted}
