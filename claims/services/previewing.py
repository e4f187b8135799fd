"""What a course list would do to open drafts: which would come out otherwise, whose they are, and the money."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from claims.lifecycle import State
from claims.models import Claim, Employer, Learner, Purchase
from claims.reference import with_courses
from claims.reference.comparing import Difference
from claims.reminders.wording import initials_of
from claims.rules.engine import assess
from claims.rules.facts import Facts
from claims.rules.findings import Outcome
from claims.rules.learner import roles_alike
from claims.rules.scheme import CourseEntry, Fund, Reference
from claims.store.facts import facts_of
from claims.store.many_drafts import AroundDrafts
from claims.store.reference import listed_on

AT_A_TIME = 500
"""Drafts held in memory together."""
ANY_NUMBER = "AA111111A"
"""Stands for every learner's National Insurance number: all were well formed when they were entered, and no course
list changes that, so none is decrypted to look at what a list would do."""


class Standing(NamedTuple):
    """How a draft comes out."""

    outcome: Outcome
    payable_pence: int | None
    """``None`` while it cannot be worked out."""


class Effect(NamedTuple):
    """A draft that would come out otherwise."""

    claim_id: int
    reference: str
    employer_id: int
    entered_by_id: int
    course_code: str
    title: str
    initials: str
    """The learner's."""
    before: Standing
    after: Standing

    @property
    def change_pence(self) -> int:
        """What it would pay more, or less; an amount that is not known counts as nothing."""
        return (self.after.payable_pence or 0) - (self.before.payable_pence or 0)


class EmployerEffect(NamedTuple):
    """What it comes to for one employer."""

    workplace_id: str
    name: str
    drafts: int
    change_pence: int


@dataclass(frozen=True, slots=True)
class Effects:
    """All drafts that would come out otherwise, in order of their ids."""

    drafts: tuple[Effect, ...] = ()
    employers: tuple[EmployerEffect, ...] = ()
    """By name."""

    @property
    def change_pence(self) -> int:
        return sum(effect.change_pence for effect in self.drafts)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Loading thousands of rows makes no garbage, but each pass of the collector walks through all of them: it took a
    third of the time. Other threads' garbage waits as long."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@_collecting_later()
def foresee(session: Session, entries: Sequence[CourseEntry], difference: Difference, on: date) -> Effects:
    """What would become of the open drafts if ``entries`` held on ``on`` instead of the list that does.

    ``difference`` is that between the two. Submitted claims keep their version and are not looked at.
    """
    codes = difference.deciding_codes
    if not codes:
        return Effects()
    now = listed_on(session, on).reference
    then = with_courses(now, entries)
    drafts = tuple(sorted(_effects(session, codes, now, then, on)))
    return Effects(drafts, _by_employer(session, drafts))


def _effects(session: Session, codes: frozenset[str], now: Reference, then: Reference, on: date) -> Iterator[Effect]:
    around = AroundDrafts(session)
    alike = roles_alike(now.job_roles)
    judged: dict[tuple[Facts, Facts], tuple[Standing, Standing]] = {}
    purchase_id = None
    for claim in _open_drafts(session, codes):
        if claim.purchase_id != purchase_id:
            purchase_id = claim.purchase_id
            judged.clear()
        role = alike.get(claim.learner.job_role, claim.learner.job_role)
        facts = facts_then = facts_of(session, claim, ANY_NUMBER, now, on, around=around, job_role=role)
        if (fund := fund_under(then, claim)) != claim.fund or _is_internal(then, claim) != _is_internal(now, claim):
            facts_then = facts_of(session, claim, ANY_NUMBER, then, on, around=around, job_role=role, fund=fund)
        # Learners of one purchase often differ in nothing that the rules judge by.
        if (known := judged.get((facts, facts_then))) is None:
            known = judged[facts, facts_then] = _standing(facts, now, on), _standing(facts_then, then, on)
        before, after = known
        if before != after:
            yield Effect(
                claim_id=claim.id,
                reference=claim.reference,
                employer_id=claim.employer_id,
                entered_by_id=claim.entered_by_id,
                course_code=claim.course_code,
                title=_title(claim, then, now),
                initials=initials_of(claim.learner.first_name, claim.learner.last_name),
                before=before,
                after=after,
            )


def _open_drafts(session: Session, codes: Iterable[str]) -> Iterator[Claim]:
    """Drafts for courses with these codes, with all that facts are made of; those of a purchase follow each other."""
    learner = joinedload(Claim.learner, innerjoin=True)
    query = (
        select(Claim)
        .where(Claim.state == State.DRAFT, Claim.course_code.in_(codes))
        .options(
            defer(Claim.as_submitted),
            defer(Claim.created_at),
            learner.defer(Learner.created_at),
            learner.defer(Learner.number),
            # Shared by several drafts, or had by few: a join would read their columns for each.
            selectinload(Claim.purchase).joinedload(Purchase.employer, innerjoin=True),
            selectinload(Claim.start_claim),
        )
        .order_by(Claim.purchase_id, Claim.id)
        .execution_options(yield_per=AT_A_TIME)
    )
    yield from session.scalars(query)


def fund_under(reference: Reference, claim: Claim) -> Fund:
    """The fund that pays for the claim's course; what the claim says where the course is on no list."""
    entries = reference.courses.get(claim.course_code, ())
    return entries[-1].fund if entries else Fund(claim.fund)


def _is_internal(reference: Reference, claim: Claim) -> bool:
    entries = reference.courses.get(claim.course_code, ())
    return bool(entries) and entries[-1].is_internal_ommt


def _standing(facts: Facts, reference: Reference, on: date) -> Standing:
    assessment = assess(facts, reference, on)
    return Standing(assessment.outcome, assessment.amount.payable_pence)


def _title(claim: Claim, *references: Reference) -> str:
    for reference in references:
        if entries := reference.courses.get(claim.course_code):
            return entries[-1].title
    return references[0].title_of(claim.course_code)


def _by_employer(session: Session, drafts: Sequence[Effect]) -> tuple[EmployerEffect, ...]:
    sums: dict[int, list[int]] = {}
    for effect in drafts:
        summed = sums.setdefault(effect.employer_id, [0, 0])
        summed[0] += 1
        summed[1] += effect.change_pence
    names: Mapping[int, tuple[str, str]] = {
        id_: (workplace_id, name)
        for id_, workplace_id, name in session.execute(select(Employer.id, Employer.workplace_id, Employer.name))
        if id_ in sums
    }
    found = [EmployerEffect(*names[id_], drafts=count, change_pence=pence) for id_, (count, pence) in sums.items()]
    return tuple(sorted(found, key=lambda each: (each.name, each.workplace_id)))
