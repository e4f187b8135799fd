"""What finance pays from: approved claims that are ready or held, runs and their lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import State
from claims.models import BankAccount, Claim, Employer, PaymentLine, PaymentRun, RunWorkbook, SampledApproval

IN_A_RUN = ("live", "paid")


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What a run is to pay."""

    scheme_year: str
    fund: str | None = None
    """``None``: every fund."""
    employer: str = ""
    """A part of a name, or a whole workplace ID; blank for every employer."""


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
    """Approved claims in no run that ``wanted`` lets through, held ones included, by employer, fund and reference."""
    where: list[ColumnElement[bool]] = [
        Claim.state == State.APPROVED,
        Claim.payable_pence > 0,
        Claim.scheme_year == wanted.scheme_year,
        ~exists().where(PaymentLine.claim_id == Claim.id, PaymentLine.state.in_(IN_A_RUN)),
    ]
    if wanted.fund:
        where.append(Claim.fund == wanted.fund)
    if sought := wanted.employer.strip():
        where.append(
            or_(Employer.name.icontains(sought, autoescape=True), func.upper(Employer.workplace_id) == sought.upper())
        )
    rows = session.execute(
        select(Claim, Employer, BankAccount, SampledApproval.id)
        .join(Employer, Employer.id == Claim.employer_id)
        .outerjoin(SampledApproval, and_(SampledApproval.claim_id == Claim.id, SampledApproval.answer.is_(None)))
        .outerjoin(BankAccount, and_(BankAccount.employer_id == Employer.id, BankAccount.replaced_at.is_(None)))
        .where(*where)
        .order_by(Employer.workplace_id, Claim.fund, Claim.base, Claim.part)
        .execution_options(populate_existing=True)
    )
    return [
        _ready(claim, employer, account, in_sample=sampled is not None) for claim, employer, account, sampled in rows
    ]


def _ready(claim: Claim, employer: Employer, account: BankAccount | None, *, in_sample: bool) -> Ready:
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
        held_because=_held_because(employer, account, in_sample=in_sample),
    )


def _held_because(employer: Employer, account: BankAccount | None, *, in_sample: bool) -> str:
    if in_sample:
        return "A lead assessor has not agreed to it yet: it is in the quality sample."
    if employer.suspended:
        return "The employer is suspended."
    if account is None:
        return "The employer has given no bank details."
    if account.verified_at is None:
        return "The bank details have not been verified."
    return ""


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
        select(PaymentLine)
        .where(PaymentLine.run_id == run.id, PaymentLine.state.in_(IN_A_RUN))
        .order_by(PaymentLine.id)
    ).all()


@dataclass(frozen=True, slots=True)
class RunSummed:
    """A run and what its lines come to, without those that were taken out."""

    run: PaymentRun
    claims: int
    pence: int


def runs(session: Session, limit: int = 100) -> list[RunSummed]:
    """The latest runs, newest first."""
    kept = and_(PaymentLine.run_id == PaymentRun.id, PaymentLine.state != "removed")
    rows = session.execute(
        select(PaymentRun, func.count(PaymentLine.id), func.coalesce(func.sum(PaymentLine.amount_pence), 0))
        .outerjoin(PaymentLine, kept)
        .group_by(PaymentRun.id)
        .order_by(PaymentRun.id.desc())
        .limit(limit)
    )
    return [RunSummed(run, claims, int(pence)) for run, claims, pence in rows]


def run_called(session: Session, reference: str) -> PaymentRun | None:
    """The run with this reference, whatever its case."""
    return session.scalars(select(PaymentRun).where(PaymentRun.reference == reference.strip().upper())).one_or_none()


def workbooks_of(session: Session, run: PaymentRun) -> Sequence[RunWorkbook]:
    """The versions of a run's workbook, without their content, the latest first."""
    return session.scalars(
        select(RunWorkbook).where(RunWorkbook.run_id == run.id).order_by(RunWorkbook.version.desc())
    ).all()
