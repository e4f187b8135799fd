"""An employer's list of claims: filtered, searched, sorted, a page at a time from where the last one ended."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from claims import references
from claims.lifecycle import State
from claims.models import Claim, Learner, Person, Purchase
from claims.rules.facts import Part
from claims.store.agenda import SOON, URGENT
from claims.store.learners import are_named
from claims.store.register import amount_pence

PAGE_SIZE = 20
SHORTEST_REFERENCE = 3
"""So many characters of a reference are searched by its beginning."""
NEVER = date(9999, 12, 31)
"""Sorts what has no last day yet after everything that has one."""


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    DEADLINE = "deadline"
    LEARNER = "learner"
    COURSE = "course"


class Due(StrEnum):
    """When drafts are to be claimed."""

    PASSED = "passed"
    WEEK = "week"
    MONTH = "month"
    LATER = "later"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """What an employer's list of claims shows; what is left out lets everything through."""

    states: Collection[State] = ()
    part: Part | None = None
    course: str = ""
    """A code."""
    learner_id: int | None = None
    purchase_id: int | None = None
    fund: str = ""
    scheme_year: str = ""
    entered_by_id: int | None = None
    due: Due | None = None
    """Keeps drafts only."""
    search: str = ""
    """A reference, whole or its beginning, or parts of a learner's name."""


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """Twenty claims of a list, or fewer."""

    claims: Sequence[Claim]
    total: int
    first: int
    """Which of ``total`` the first is, from 1; 0 on an empty page."""
    completions: Mapping[int, Claim] = field(default_factory=dict)
    """The completion claims of the start claims among ``claims``, by the start's id."""

    @property
    def last(self) -> int:
        return self.first + len(self.claims) - 1 if self.claims else 0

    @property
    def before(self) -> int | None:
        """The claim that the page before ends in front of; ``None`` on the first page."""
        return self.claims[0].id if self.first > 1 else None

    @property
    def after(self) -> int | None:
        """The claim that the next page begins after; ``None`` on the last page."""
        return self.claims[-1].id if self.last < self.total else None


_FIRST = func.coalesce(Claim.start_claim_id, Claim.id)
"""A completion claim is sorted with its start claim, right after it."""

KEYS: Mapping[Order, tuple[Any, ...]] = {
    Order.NEWEST: (-_FIRST, Claim.id),
    Order.OLDEST: (_FIRST, Claim.id),
    Order.DEADLINE: (func.coalesce(Claim.last_day_on, literal(NEVER, Claim.last_day_on.type)), _FIRST, Claim.id),
    Order.LEARNER: (func.lower(Learner.last_name), func.lower(Learner.first_name), Claim.learner_id, _FIRST, Claim.id),
    Order.COURSE: (Claim.course_code, _FIRST, Claim.id),
}
"""What each order compares, all ascending, so that a page is found by one comparison of tuples."""


def claims_of(
    session: Session,
    employer_id: int,
    wanted: ClaimFilter,
    today: date,
    *,
    order: Order = Order.NEWEST,
    after: int | None = None,
    before: int | None = None,
) -> ClaimPage:
    """The page of an employer's claims that begins after the claim with the id ``after``, or ends before ``before``.

    A claim that is gone, or another employer's, leads to the first page. Claims come with learners, purchases and
    start claims. A fixed number of queries.
    """
    where = _conditions(employer_id, wanted, today)
    total = session.scalars(_of(select(func.count()), where)).one()
    keys = KEYS[order]
    edge = _edge(session, employer_id, keys, after or before) if after or before else None
    shown = _of(select(Claim), where).options(
        joinedload(Claim.learner), joinedload(Claim.purchase), joinedload(Claim.start_claim)
    )
    if edge is not None and not after:
        backwards = shown.where(tuple_(*keys) < edge).order_by(*(key.desc() for key in keys)).limit(PAGE_SIZE)
        claims = list(reversed(session.scalars(backwards).all()))
    else:
        onwards = shown.where(tuple_(*keys) > edge) if edge is not None else shown
        claims = list(session.scalars(onwards.order_by(*keys).limit(PAGE_SIZE)).all())
    first = 0
    if claims:
        here = _edge(session, employer_id, keys, claims[0].id)
        first = 1 + session.scalars(_of(select(func.count()), [*where, tuple_(*keys) < here])).one()
    return ClaimPage(claims, total, first, _completions(session, claims))


def claim_rows(
    session: Session, employer_id: int, wanted: ClaimFilter, today: date, *, order: Order = Order.NEWEST
) -> Iterator[Row[Any]]:
    """All claims of the list in its order, as what a workbook shows of them."""
    columns = select(
        Claim.base,
        Claim.part,
        Claim.state,
        Claim.course_code,
        Claim.fund,
        Claim.scheme_year,
        Claim.started_on,
        Claim.completed_on,
        Claim.last_day_on,
        Claim.submitted_at,
        Claim.decided_at,
        Claim.paid_on,
        amount_pence().label("amount_pence"),
        Learner.first_name,
        Learner.last_name,
        Purchase.provider,
        Purchase.invoice_reference,
        Purchase.paid_on.label("purchase_paid_on"),
    )
    found = _of(columns, _conditions(employer_id, wanted, today)).join(Purchase, Purchase.id == Claim.purchase_id)
    yield from session.execute(found.order_by(*KEYS[order]).execution_options(yield_per=500))


def claim_totals(session: Session, employer_id: int, wanted: ClaimFilter, today: date) -> tuple[int, int]:
    """How many claims the list has, and what they come to in pence."""
    counted = select(func.count(), func.coalesce(func.sum(amount_pence()), 0))
    claims, pence = session.execute(_of(counted, _conditions(employer_id, wanted, today))).one()
    return claims, int(pence)


def _of(statement: Select[*tuple[Any, ...]], where: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    # Every order and search may speak of the learner, so the join is always there.
    return statement.select_from(Claim).join(Learner, Learner.id == Claim.learner_id).where(*where)


def _edge(session: Session, employer_id: int, keys: Sequence[Any], claim_id: int | None) -> Any:
    """Where a page begins or ends: the keys of a claim; ``None`` when the employer has no such claim."""
    found = session.execute(_of(select(*keys), [Claim.id == claim_id, Claim.employer_id == employer_id])).first()
    if found is None:
        return None
    return tuple_(*(literal(value, key.type) for value, key in zip(found, keys, strict=True)))


def _completions(session: Session, claims: Sequence[Claim]) -> dict[int, Claim]:
    starts = [claim.id for claim in claims if claim.part == Part.START]
    if not starts:
        # Asked with an empty list, SQLite would read all claims of everybody: 90 ms at 300,000.
        return {}
    found = session.scalars(select(Claim).where(Claim.start_claim_id.in_(starts)))
    return {claim.start_claim_id: claim for claim in found if claim.start_claim_id is not None}


def _conditions(employer_id: int, wanted: ClaimFilter, today: date) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [Claim.employer_id == employer_id]
    if wanted.states:
        where.append(Claim.state.in_(wanted.states))
    exactly: tuple[tuple[ColumnElement[Any] | Any, object], ...] = (
        (Claim.part, wanted.part),
        (Claim.course_code, wanted.course),
        (Claim.learner_id, wanted.learner_id),
        (Claim.purchase_id, wanted.purchase_id),
        (Claim.fund, wanted.fund),
        (Claim.scheme_year, wanted.scheme_year),
        (Claim.entered_by_id, wanted.entered_by_id),
    )
    where += [column == value for column, value in exactly if value not in (None, "")]
    if wanted.due is not None:
        where += [Claim.state == State.DRAFT, DUE[wanted.due](today)]
    if wanted.search.strip():
        where.append(_matching(employer_id, wanted.search))
    return where


def _between(first: timedelta, last: timedelta) -> Callable[[date], ColumnElement[bool]]:
    return lambda today: Claim.last_day_on.between(today + first, today + last)


_A_DAY = timedelta(days=1)
DUE: Mapping[Due, Callable[[date], ColumnElement[bool]]] = {
    Due.PASSED: lambda today: Claim.last_day_on < today,
    Due.WEEK: _between(timedelta(0), URGENT),
    Due.MONTH: _between(timedelta(0), SOON),
    Due.LATER: lambda today: Claim.last_day_on > today + SOON,
    Due.UNKNOWN: lambda _today: Claim.last_day_on.is_(None),
}


def _matching(employer_id: int, search: str) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = [are_named(employer_id, search, Claim.learner_id)]
    if reference := references.read(search):
        base, part = reference
        found.append((Claim.base == base) & (Claim.part == part) if part else Claim.base == base)
    elif (begun := references.read_beginning(search)) and len(begun) >= SHORTEST_REFERENCE:
        found.append(Claim.base.startswith(begun, autoescape=True))
    return or_(*found)


@dataclass(frozen=True, slots=True)
class Facets:
    """What an employer's claims can be filtered by, with how many there are of each."""

    states: Mapping[State, int]
    courses: Mapping[str, int]
    funds: Mapping[str, int]
    years: Mapping[str, int]
    people: Sequence[tuple[int, str]]
    """Ids and names of those who entered claims, by name."""

    @property
    def total(self) -> int:
        return sum(self.states.values())


def facets_of(session: Session, employer_id: int) -> Facets:
    """Counted over all claims of the employer, whatever is filtered. Two queries."""
    counted = session.execute(
        select(
            Claim.state,
            Claim.course_code,
            Claim.fund,
            Claim.scheme_year,
            Claim.entered_by_id,
            func.count().label("number"),
        )
        .where(Claim.employer_id == employer_id)
        .group_by(Claim.state, Claim.course_code, Claim.fund, Claim.scheme_year, Claim.entered_by_id)
    ).all()
    states, courses, funds, years = Counter[State](), Counter[str](), Counter[str](), Counter[str]()
    for row in counted:
        states.update({State(row.state): row.number})
        courses.update({row.course_code: row.number})
        funds.update({row.fund: row.number})
        if row.scheme_year:
            years.update({row.scheme_year: row.number})
    ids = {row.entered_by_id for row in counted}
    people = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)).order_by(Person.name, Person.id))
    return Facets(states, courses, funds, years, [(person.id, person.name) for person in people])
