"""Approved claims that are in no run: which can be paid, which are held, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    Case,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from claims.clock import LONDON, london_date
from claims.lifecycle import State
from claims.models import BankAccount, Claim, Commitment, Employer, PaymentLine, SampledApproval
from claims.rules.scheme import Fund
from claims.store.payments import IN_A_RUN
from claims.store.reference import from_files

# Written out in the statements, so that SQLite sees that the index of approved claims serves them.
APPROVED = Claim.state == bindparam("approved", State.APPROVED.value, literal_execute=True)
PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What a run is to pay."""

    scheme_year: str
    fund: str | None = None
    """``None``: every fund."""
    employer: str = ""
    """A part of a name, or a whole workplace ID; blank for every employer."""
    approved_to: date | None = None
    """The last day, inclusive, of the decisions; ``None``: whenever it was made."""


@dataclass(frozen=True, slots=True)
class Ready:
    """One approved claim that is in no run."""

    claim_id: int
    reference: str
    employer_id: int
    employer: str
    at_risk: bool
    """Whether the employer is marked so."""
    workplace_id: str
    course_code: str
    part: str
    fund: str
    amount_pence: int
    approved_at: datetime
    bank_account_id: int
    """The account it would be paid into; 0 when there is none."""
    held_because: str
    """Why it cannot be paid now; blank when it can."""

    @property
    def approved_on(self) -> date:
        """The day in London."""
        return london_date(self.approved_at)


def ready_claims(session: Session, wanted: RunFilter) -> list[Ready]:
    """Approved claims in no run that ``wanted`` lets through, held ones included, by employer, fund and reference.

    Whoever draws a run up moves its claims on in the same transaction; the lines are looked at all the same.
    """
    in_no_run = ~exists().where(PaymentLine.claim_id == Claim.id, IN_A_RUN)
    claims = select(Claim, Employer, BankAccount, _why(wanted)).where(*approved(wanted), in_no_run)
    rows = session.execute(
        _with_its_employer(claims, wanted).order_by(*IN_ORDER).execution_options(populate_existing=True)
    )
    return [_described(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """Some of the claims that are ready, or of those that are held."""

    claims: Sequence[Ready]
    number: int
    """Of the page, from 1."""
    more: bool
    """Whether there is a page after it."""


def ready_page(session: Session, wanted: RunFilter, number: int, *, held: bool) -> ReadyPage:
    """One page of what can be paid, or of what is ``held``, those that were approved first before others."""
    ids = (_held(wanted) if held else _payable(wanted)).limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE).subquery()
    page = _with_its_employer(
        select(Claim, Employer, BankAccount, _why(wanted)).join(ids, ids.c.id == Claim.id), wanted
    )
    rows = session.execute(page.order_by(Claim.decided_at, Claim.id)).all()
    return ReadyPage([_described(*row) for row in rows[:PAGE_SIZE]], number, len(rows) > PAGE_SIZE)


IN_SAMPLE = Claim.id.in_(select(SampledApproval.claim_id).where(SampledApproval.answer.is_(None)))
IN_ORDER = (Employer.workplace_id, Claim.fund, Claim.base, Claim.part)


def _payable(wanted: RunFilter) -> Select[*tuple[Any, ...]]:
    """The ids of claims that nothing holds. Most are such: they are looked at one by one, by age."""
    holding = reasons(wanted.scheme_year, IN_SAMPLE, Claim.fund.expression)
    ids = _with_its_employer(select(Claim.id).where(*approved(wanted), not_(or_(*holding.values()))), wanted)
    return ids.order_by(Claim.decided_at, Claim.id)


def _held(wanted: RunFilter) -> Select[*tuple[Any, ...]]:
    """The ids of claims that something holds. What holds all of an employer's claims in a fund is found once."""
    each = select(Claim.employer_id, Claim.fund).where(*approved(wanted)).distinct().subquery().c
    why = why_of_group(each.employer_id, each.fund, false(), wanted.scheme_year)
    # Distinct as they are: it says to find them before their claims.
    groups = select(each.employer_id, each.fund).where(why != "").distinct().subquery().c
    of_groups = select(Claim.id, Claim.decided_at).where(
        *approved(wanted), Claim.employer_id == groups.employer_id, Claim.fund == groups.fund
    )
    # Not by any index of states: it says to find the sample before its claims.
    _, *others = approved(wanted)
    sampled = select(Claim.id, Claim.decided_at).where(
        IN_SAMPLE, func.coalesce(Claim.state, "") == State.APPROVED.value, *others
    )
    found = of_groups.union(sampled).subquery().c
    return select(found.id).order_by(found.decided_at, found.id)


def _why(wanted: RunFilter) -> Case[str]:
    return why_held(reasons(wanted.scheme_year, IN_SAMPLE, Claim.fund.expression))


def why_of_group(
    employer_id: ColumnElement[int], fund: ColumnElement[str], in_sample: ColumnElement[bool], scheme_year: str
) -> ScalarSelect[str]:
    """Why claims of an employer in a fund are held, as a key of ``HELD``.

    Looked up for each group by itself: employers with approved claims are few among all that there are.
    """
    why = why_held(reasons(scheme_year, in_sample, fund))
    looked_up = select(why).select_from(Employer).where(Employer.id == employer_id)
    return _with_what_holds(looked_up, fund, scheme_year).scalar_subquery()


def _with_its_employer(claims: Select[*tuple[Any, ...]], wanted: RunFilter) -> Select[*tuple[Any, ...]]:
    claims = claims.join(Employer, Employer.id == Claim.employer_id)
    return _with_what_holds(claims, Claim.fund.expression, wanted.scheme_year)


def _with_what_holds(employers: Select[Any], fund: ColumnElement[str], scheme_year: str) -> Select[Any]:
    """``employers`` with what ``reasons`` look at besides: the account of today, and what was promised in a fund."""
    promised = (Commitment.employer_id == Employer.id, Commitment.fund == fund, Commitment.scheme_year == scheme_year)
    return employers.outerjoin(
        BankAccount, and_(BankAccount.employer_id == Employer.id, BankAccount.replaced_at.is_(None))
    ).outerjoin(Commitment, and_(*promised))


def approved(wanted: RunFilter) -> list[ColumnElement[bool]]:
    """Conditions on claims: approved, worth something, and what ``wanted`` says. However many were paid, only those
    are read.
    """
    where: list[ColumnElement[bool]] = [
        APPROVED,
        Claim.payable_pence > 0,
        Claim.scheme_year == wanted.scheme_year,
    ]
    if wanted.fund:
        where.append(Claim.fund == wanted.fund)
    if wanted.approved_to:
        where.append(Claim.decided_at < datetime.combine(wanted.approved_to + timedelta(days=1), time(), LONDON))
    if sought := wanted.employer.strip():
        named = Employer.name.icontains(sought, autoescape=True)
        where.append(
            Claim.employer_id.in_(
                select(Employer.id).where(or_(named, func.upper(Employer.workplace_id) == sought.upper()))
            )
        )
    return where


HELD = {
    "": "",
    "sample": "A lead assessor has not agreed to it yet: it is in the quality sample.",
    "suspended": "The employer is suspended.",
    "no-account": "The employer has given no bank details.",
    "unverified": "The bank details have not been verified.",
    "over-cap": "More is promised to the employer than its cap for this fund and year.",
}
"""Why an approved claim cannot be paid now; the first that holds is said."""


def reasons(
    scheme_year: str, in_sample: ColumnElement[bool], fund: ColumnElement[str]
) -> dict[str, ColumnElement[bool]]:
    """When each reason of ``HELD`` holds: true or false, never null, so that a claim without one can be asked for."""
    year = next((each for each in from_files().years if each.name == scheme_year), None)
    caps = {each: year.cap_pence(each) for each in Fund} if year else {}
    committed = func.coalesce(Commitment.committed_pence, 0)
    over_cap = [and_(fund == each, committed > cap) for each, cap in caps.items() if cap is not None]
    return {
        "sample": in_sample,
        "suspended": Employer.suspended.expression,
        "no-account": BankAccount.id.is_(None),
        "unverified": BankAccount.verified_at.is_(None),
        "over-cap": or_(false(), *over_cap),
    }


def why_held(holding: Mapping[str, ColumnElement[bool]]) -> Case[str]:
    """The first of ``reasons`` that holds, as a key of ``HELD``."""
    return case(*((holds, why) for why, holds in holding.items()), else_="")


def _described(claim: Claim, employer: Employer, account: BankAccount | None, why: str) -> Ready:
    return Ready(
        claim_id=claim.id,
        reference=claim.reference,
        employer_id=employer.id,
        employer=employer.name,
        at_risk=employer.registration == "at-risk",
        workplace_id=employer.workplace_id,
        course_code=claim.course_code,
        part=claim.part,
        fund=claim.fund,
        amount_pence=claim.payable_pence or 0,
        approved_at=claim.decided_at or claim.created_at,
        bank_account_id=account.id if account else 0,
        held_because=HELD[why],
    )
