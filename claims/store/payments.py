"""What finance pays from: approved claims that are ready or held, runs and their lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Case, ColumnElement, Row, Select, and_, bindparam, case, exists, false, func, not_, or_, select
from sqlalchemy.orm import Session

from claims.clock import LONDON, london_date
from claims.lifecycle import State
from claims.models import (
    BankAccount,
    Claim,
    Commitment,
    Employer,
    PaymentLine,
    PaymentRun,
    RunWorkbook,
    SampledApproval,
)
from claims.rules.scheme import Fund
from claims.store.reference import from_files

# Written out in the statements, so that SQLite sees that the indexes of live lines and of approved claims serve them.
APPROVED = Claim.state == bindparam("approved", State.APPROVED.value, literal_execute=True)
IN_A_RUN = PaymentLine.state.in_(bindparam("in_a_run", ("live", "paid"), expanding=True, literal_execute=True))
"""Whether a line pays: it is neither removed nor failed."""
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
    why = _why_held(_reasons(wanted.scheme_year, IN_SAMPLE, Claim.fund.expression))
    in_no_run = ~exists().where(PaymentLine.claim_id == Claim.id, IN_A_RUN)
    rows = session.execute(
        _ready(wanted, Claim, Employer, BankAccount, why)
        .where(in_no_run)
        .order_by(*IN_ORDER)
        .execution_options(populate_existing=True)
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
    reasons = _reasons(wanted.scheme_year, IN_SAMPLE, Claim.fund.expression)
    is_held = or_(*reasons.values())
    rows = session.execute(
        _ready(wanted, Claim, Employer, BankAccount, _why_held(reasons))
        .where(is_held if held else not_(is_held))
        .order_by(Claim.decided_at, Claim.id)
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    return ReadyPage([_described(*row) for row in rows[:PAGE_SIZE]], number, len(rows) > PAGE_SIZE)


@dataclass(frozen=True, slots=True)
class ReadyGroup:
    """Claims of one employer and fund that can all be paid, or are all held for the same reason."""

    employer: str
    at_risk: bool
    fund: str
    claims: int
    pence: int
    first_approved_at: datetime


@dataclass(frozen=True, slots=True)
class ReadySum:
    """All that can be paid, or is held for one reason."""

    held_because: str
    """Blank for what can be paid."""
    largest: tuple[ReadyGroup, ...]
    """The largest groups, as many as were asked for."""
    groups: int
    """How many there are in all."""
    claims: int
    pence: int
    first_approved_at: datetime


def ready_sums(session: Session, wanted: RunFilter, largest: int) -> list[ReadySum]:
    """What can be paid, then what is held by reason, each with its ``largest`` groups.

    The database adds up claims before it looks at employers, and all groups before it gives some of them out. It does
    not look for lines of each claim: one that is in a run is not approved any more.
    """
    added_up = (
        select(
            Claim.employer_id,
            Claim.fund,
            case((IN_SAMPLE, 1), else_=0).label("in_sample"),
            func.count().label("claims"),
            func.sum(Claim.payable_pence).label("pence"),
            func.min(Claim.decided_at).label("first_approved_at"),
        )
        .where(*_approved(wanted))
        .group_by(Claim.employer_id, Claim.fund, "in_sample")
        .subquery()
    )
    each = added_up.c
    groups = (
        select(
            Employer.id.label("employer_id"),
            Employer.name,
            Employer.registration,
            each.fund,
            each.claims,
            each.pence,
            each.first_approved_at,
            _why_held(_reasons(wanted.scheme_year, each.in_sample == 1, each.fund)).label("held"),
        )
        .join(added_up, each.employer_id == Employer.id)
        .outerjoin(BankAccount, CURRENT_ACCOUNT)
        .outerjoin(
            Commitment,
            and_(
                Commitment.employer_id == Employer.id,
                Commitment.fund == each.fund,
                Commitment.scheme_year == wanted.scheme_year,
            ),
        )
        .where(*_of_employer(wanted))
        .subquery()
    )
    group = groups.c
    in_order = (group.pence.desc(), group.employer_id, group.fund)
    ranked = select(
        groups,
        func.row_number().over(partition_by=group.held, order_by=in_order).label("place"),
        func.count().over(partition_by=group.held).label("all_groups"),
        func.sum(group.claims).over(partition_by=group.held).label("all_claims"),
        func.sum(group.pence).over(partition_by=group.held).label("all_pence"),
        func.min(group.first_approved_at).over(partition_by=group.held).label("first"),
    ).subquery()
    rows = session.execute(
        select(ranked).where(ranked.c.place <= max(1, largest)).order_by(ranked.c.held, ranked.c.place)
    )
    return [
        _added_up(held, list(found), largest) for held, found in groupby(rows, key=lambda row: cast("str", row.held))
    ]


def _added_up(held: str, rows: Sequence[Row[Any]], largest: int) -> ReadySum:
    groups = [
        ReadyGroup(row.name, row.registration == "at-risk", row.fund, row.claims, int(row.pence), row.first_approved_at)
        for row in rows[:largest]
    ]
    first = rows[0]
    return ReadySum(
        HELD[held], tuple(groups), first.all_groups, int(first.all_claims), int(first.all_pence), first.first
    )


IN_SAMPLE = Claim.id.in_(select(SampledApproval.claim_id).where(SampledApproval.answer.is_(None)))
IN_ORDER = (Employer.workplace_id, Claim.fund, Claim.base, Claim.part)


CURRENT_ACCOUNT = and_(BankAccount.employer_id == Employer.id, BankAccount.replaced_at.is_(None))


def _ready(wanted: RunFilter, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Of the approved claims that ``wanted`` lets through. However many were paid, only those are read."""
    return (
        select(*columns)
        .select_from(Claim)
        .join(Employer, Employer.id == Claim.employer_id)
        .outerjoin(BankAccount, CURRENT_ACCOUNT)
        .outerjoin(
            Commitment,
            and_(
                Commitment.employer_id == Claim.employer_id,
                Commitment.fund == Claim.fund,
                Commitment.scheme_year == Claim.scheme_year,
            ),
        )
        .where(*_approved(wanted), *_of_employer(wanted))
    )


def _approved(wanted: RunFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [
        APPROVED,
        Claim.payable_pence > 0,
        Claim.scheme_year == wanted.scheme_year,
    ]
    if wanted.fund:
        where.append(Claim.fund == wanted.fund)
    if wanted.approved_to:
        where.append(Claim.decided_at < datetime.combine(wanted.approved_to + timedelta(days=1), time(), LONDON))
    return where


def _of_employer(wanted: RunFilter) -> list[ColumnElement[bool]]:
    sought = wanted.employer.strip()
    if not sought:
        return []
    return [or_(Employer.name.icontains(sought, autoescape=True), func.upper(Employer.workplace_id) == sought.upper())]


HELD = {
    "": "",
    "sample": "A lead assessor has not agreed to it yet: it is in the quality sample.",
    "suspended": "The employer is suspended.",
    "no-account": "The employer has given no bank details.",
    "unverified": "The bank details have not been verified.",
    "over-cap": "More is promised to the employer than its cap for this fund and year.",
}
"""Why an approved claim cannot be paid now; the first that holds is said."""


def _reasons(
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


def _why_held(reasons: Mapping[str, ColumnElement[bool]]) -> Case[str]:
    return case(*((holds, why) for why, holds in reasons.items()), else_="")


def _described(claim: Claim, employer: Employer, account: BankAccount | None, held: str) -> Ready:
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
        held_because=HELD[held],
    )


def current_account(session: Session, employer_id: int) -> BankAccount | None:
    """The account an employer is paid into now, verified or not."""
    return session.scalars(
        select(BankAccount)
        .where(BankAccount.employer_id == employer_id, BankAccount.replaced_at.is_(None))
        .execution_options(populate_existing=True)
    ).first()


def live_lines(session: Session, run: PaymentRun) -> Sequence[PaymentLine]:
    """The lines of a run that pay, in the order in which they were drawn up; removed and failed ones are left out."""
    return session.scalars(
        select(PaymentLine).where(PaymentLine.run_id == run.id, IN_A_RUN).order_by(PaymentLine.id)
    ).all()


def runs(session: Session, limit: int = 100) -> Sequence[PaymentRun]:
    """The latest runs, newest first."""
    return session.scalars(select(PaymentRun).order_by(PaymentRun.id.desc()).limit(limit)).all()


def run_called(session: Session, reference: str) -> PaymentRun | None:
    """The run with this reference, whatever its case."""
    return session.scalars(select(PaymentRun).where(PaymentRun.reference == reference.strip().upper())).one_or_none()


def workbooks_of(session: Session, run: PaymentRun) -> Sequence[RunWorkbook]:
    """The versions of a run's workbook, without their content, the latest first."""
    return session.scalars(
        select(RunWorkbook).where(RunWorkbook.run_id == run.id).order_by(RunWorkbook.version.desc())
    ).all()
