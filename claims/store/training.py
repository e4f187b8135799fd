"""What training of a learner was funded: by course, with what it brought and when it was completed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import COMMITTED
from claims.models import Claim, Learner
from claims.rules.facts import Part

COMPLETING = (Part.FULL, Part.COMPLETION)


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
    gone = ("rejected", "withdrawn", "recovered")
    return frozenset(
        session.scalars(
            select(Claim.course_code).where(
                Claim.employer_id == learner.employer_id, Claim.learner_id == learner.id, Claim.state.not_in(gone)
            )
        )
    )


def completed_courses(session: Session, employer_id: int, codes: Collection[str]) -> Sequence[int]:
    """Ids of the employer's learners whose completion of one of the courses was granted funding."""
    return session.scalars(
        select(Claim.learner_id)
        .where(
            Claim.employer_id == employer_id,
            Claim.course_code.in_(sorted(codes)),
            Claim.part.in_(COMPLETING),
            Claim.state.in_(sorted(COMMITTED)),
        )
        .distinct()
    ).all()
