"""An employer's purchases, claims and learners: every query takes the employer first, and finds nobody else's."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, false, func, nulls_last, or_, select
from sqlalchemy.orm import Session, joinedload

from claims import references
from claims.exchange.money import read_pounds
from claims.lifecycle import State
from claims.models import ActionRequest, Claim, Commitment, Employer, Evidence, Learner, Purchase
from claims.models.claims import SLOTS
from claims.rules.facts import Part

PAGE_SIZE = 20


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


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """What an employer's list of claims shows."""

    states: Collection[State] = ()
    """None: all of them."""
    part: Part | None = None
    search: str = ""
    """A reference, in whole, or parts of a learner's name."""
    deadlines_first: bool = False
    """By last day to claim, soonest first; else newest first."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class ClaimPage:
    claims: Sequence[Claim]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


def claims_of(session: Session, employer_id: int, wanted: ClaimFilter) -> ClaimPage:
    """One page of an employer's claims, with their learners and purchases; a page past the last is the last."""
    where: list[ColumnElement[bool]] = [Claim.employer_id == employer_id]
    if wanted.states:
        where.append(Claim.state.in_(wanted.states))
    if wanted.part is not None:
        where.append(Claim.part == wanted.part)
    if wanted.search.strip():
        where.append(_matching(session, employer_id, wanted.search))
    total = session.scalars(select(func.count()).select_from(Claim).where(*where)).one()
    page = min(max(1, wanted.page), max(1, -(-total // PAGE_SIZE)))
    order = (nulls_last(Claim.last_day_on.asc()), Claim.id) if wanted.deadlines_first else (Claim.id.desc(),)
    claims = session.scalars(
        select(Claim)
        .where(*where)
        .options(joinedload(Claim.learner), joinedload(Claim.purchase))
        .order_by(*order)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return ClaimPage(claims, total, page)


def _matching(session: Session, employer_id: int, search: str) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = []
    if reference := references.read(search):
        base, part = reference
        by_base = Claim.base == base
        found.append(by_base & (Claim.part == part) if part else by_base)
    if named := [learner.id for learner in learners_of(session, employer_id, search)]:
        found.append(Claim.learner_id.in_(named))
    return or_(*found) if found else false()


def learners_of(session: Session, employer_id: int, search: str = "") -> Sequence[Learner]:
    """An employer's learners by name; ``search`` keeps those of whose names every word of it begins a part."""
    learners = session.scalars(
        select(Learner).where(Learner.employer_id == employer_id).order_by(Learner.last_name, Learner.first_name)
    ).all()
    words = _words(search)
    if not words:
        return learners
    # In Python, because databases do not agree on which letters are the same; an employer has a few thousand at most.
    return [
        learner
        for learner in learners
        if all(any(part.startswith(word) for part in _words(learner.name)) for word in words)
    ]


def _words(text: str) -> list[str]:
    """The words of a name as they are compared: without accents, apostrophes or case; a hyphen parts words."""
    plain = unicodedata.normalize("NFKD", text).translate({ord(mark): None for mark in "'’‘ʼ`"})
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return letters.replace("-", " ").casefold().split()


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


def unfinished_purchases_of(session: Session, employer_id: int) -> Sequence[Purchase]:
    """Purchases of which nothing was submitted yet, newest first."""
    return session.scalars(
        select(Purchase)
        .where(Purchase.employer_id == employer_id, Purchase.fixed_at.is_(None))
        .order_by(Purchase.id.desc())
    ).all()


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


@dataclass(frozen=True, slots=True)
class MoneyAtAGlance:
    """Pence of one employer from one fund in one scheme year."""

    fund: str
    scheme_year: str
    waiting_pence: int
    """Submitted, as worked out when it was, and not decided."""
    approved_pence: int
    """Approved or in payment."""
    paid_pence: int
    left_pence: int | None
    """What is left under the cap; ``None`` where there is none or nothing was committed yet."""


_COLUMN = {
    State.SUBMITTED: "waiting",
    State.NEEDS_ACTION: "waiting",
    State.APPROVED: "approved",
    State.IN_PAYMENT: "approved",
    State.PAID: "paid",
}


def money_of(session: Session, employer_id: int) -> Sequence[MoneyAtAGlance]:
    """By scheme year, the latest first, and fund."""
    rows = session.execute(
        select(Claim.scheme_year, Claim.fund, Claim.state, Claim.payable_pence, Claim.as_submitted)
        .where(Claim.employer_id == employer_id, Claim.scheme_year.is_not(None), Claim.state.in_(_COLUMN))
        .order_by(Claim.scheme_year.desc(), Claim.fund)
    )
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for year, fund, state, payable, as_submitted in rows:
        column = _COLUMN[State(state)]
        pence = _payable_then(as_submitted) if column == "waiting" else payable or 0
        figures = sums.setdefault((str(year), fund), dict.fromkeys(_COLUMN.values(), 0))
        figures[column] += pence
    left = _left_under_caps(session, employer_id)
    return [
        MoneyAtAGlance(
            fund,
            year,
            waiting_pence=figures["waiting"],
            approved_pence=figures["approved"],
            paid_pence=figures["paid"],
            left_pence=left.get((year, fund)),
        )
        for (year, fund), figures in sums.items()
    ]


def _payable_then(as_submitted: dict[str, Any] | None) -> int:
    payable = as_submitted and as_submitted["assessment"]["amount"]["payable_gbp"]
    return read_pounds(payable) if payable else 0


def _left_under_caps(session: Session, employer_id: int) -> dict[tuple[str, str], int]:
    rows = session.scalars(
        select(Commitment).where(Commitment.employer_id == employer_id, Commitment.cap_pence.is_not(None))
    )
    return {(row.scheme_year, row.fund): (row.cap_pence or 0) - row.committed_pence for row in rows}


def counts_of(session: Session, employer_id: int) -> dict[State, int]:
    """How many claims an employer has in each state."""
    rows = session.execute(
        select(Claim.state, func.count()).where(Claim.employer_id == employer_id).group_by(Claim.state)
    )
    return {State(state): number for state, number in rows}


def drafts_due(session: Session, employer_id: int, by: date) -> Sequence[Claim]:
    """Drafts whose last day to claim is known and not after ``by``, the soonest first."""
    return session.scalars(
        select(Claim)
        .where(Claim.employer_id == employer_id, Claim.state == State.DRAFT, Claim.last_day_on <= by)
        .options(joinedload(Claim.learner))
        .order_by(Claim.last_day_on, Claim.id)
    ).all()
