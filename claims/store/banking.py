"""Bank details as they stand: an employer's, and those that wait for a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from claims.lifecycle import State
from claims.models import BankAccount, Claim, Employer, Person


@dataclass(frozen=True, slots=True)
class Waiting:
    """Bank details that nobody has verified or refused yet."""

    account_id: int
    employer: str
    workplace_id: str
    given_at: datetime
    is_first: bool
    """Whether the employer never gave any before."""
    approved_claims: int
    """Which cannot be paid until then."""


def waiting_accounts(session: Session) -> list[Waiting]:
    """Bank details to verify, those given first at the top."""
    replaced = aliased(BankAccount)
    earlier = (
        select(func.count())
        .select_from(replaced)
        .where(replaced.employer_id == Employer.id, replaced.replaced_at.is_not(None))
        .correlate(Employer)
        .scalar_subquery()
    )
    approved = (
        select(func.count())
        .select_from(Claim)
        .where(Claim.employer_id == Employer.id, Claim.state == State.APPROVED)
        .correlate(Employer)
        .scalar_subquery()
    )
    rows = session.execute(
        select(BankAccount, Employer.name, Employer.workplace_id, earlier, approved)
        .join(Employer, Employer.id == BankAccount.employer_id)
        .where(BankAccount.replaced_at.is_(None), BankAccount.verified_at.is_(None))
        .order_by(BankAccount.given_at, BankAccount.id)
    )
    return [
        Waiting(account.id, name, workplace_id, account.given_at, before == 0, claims)
        for account, name, workplace_id, before, claims in rows
    ]


@dataclass(frozen=True, slots=True)
class Described:
    """One account with what is needed to judge it."""

    account: BankAccount
    employer: Employer
    given_by: str
    given_by_email: str
    verified_by: str
    """Blank while nobody has."""
    also_given_by: tuple[str, ...]
    """Names of other employers that gave the same account, now or earlier."""
    earlier: Sequence[BankAccount]
    """The employer's other accounts, the latest first."""


def describe_account(session: Session, account_id: int) -> Described | None:
    """``None`` when there is no such account."""
    account = session.get(BankAccount, account_id)
    if account is None:
        return None
    given_by = session.get_one(Person, account.given_by_id)
    verified_by = session.get(Person, account.verified_by_id) if account.verified_by_id is not None else None
    others = session.scalars(
        select(Employer.name)
        .join(BankAccount, BankAccount.employer_id == Employer.id)
        .where(BankAccount.account_hash == account.account_hash, BankAccount.employer_id != account.employer_id)
        .distinct()
        .order_by(Employer.name)
    )
    earlier = session.scalars(
        select(BankAccount)
        .where(BankAccount.employer_id == account.employer_id, BankAccount.id != account.id)
        .order_by(BankAccount.id.desc())
    ).all()
    return Described(
        account=account,
        employer=session.get_one(Employer, account.employer_id),
        given_by=given_by.name,
        given_by_email=given_by.email,
        verified_by=verified_by.name if verified_by else "",
        also_given_by=tuple(others),
        earlier=earlier,
    )


def latest_account(session: Session, employer_id: int) -> BankAccount | None:
    """The account that the employer gave last, whatever became of it."""
    return session.scalars(
        select(BankAccount).where(BankAccount.employer_id == employer_id).order_by(BankAccount.id.desc()).limit(1)
    ).first()


def current_account(session: Session, employer_id: int) -> BankAccount | None:
    """The account an employer is paid into now, verified or not."""
    return session.scalars(
        select(BankAccount)
        .where(BankAccount.employer_id == employer_id, BankAccount.replaced_at.is_(None))
        .execution_options(populate_existing=True)
    ).first()
