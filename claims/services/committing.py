"""What an employer has been promised from a fund in a year: one row, locked, changed with what it counts."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from claims.models import Commitment
from claims.rules.scheme import Fund, Reference, SchemeYear


def cap_of(reference: Reference, fund: str, scheme_year: str, known_pence: int | None) -> int | None:
    """The cap as the last decision knew it, or else the year's; ``None`` where there is none. In pence."""
    if known_pence is not None:
        return known_pence
    year = next((year for year in reference.years if year.name == scheme_year), None)
    return year.cap_pence(Fund(fund)) if year else None


def lock_commitment(session: Session, employer_id: int, fund: Fund, year: SchemeYear) -> Commitment:
    """The row of one employer, fund and year, locked to the end of the transaction; made if there is none.

    Its cap is the year's, so that a corrected parameter takes effect at the next decision.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(Commitment)
        .values(employer_id=employer_id, fund=fund, scheme_year=year.name, cap_pence=None, committed_pence=0)
        .on_conflict_do_nothing(index_elements=["employer_id", "fund", "scheme_year"])
    )
    row = session.scalars(
        select(Commitment)
        .where(
            Commitment.employer_id == employer_id,
            Commitment.fund == fund,
            Commitment.scheme_year == year.name,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    cap = year.cap_pence(fund)
    # A cap that was lowered below what is already promised takes nothing back; it only leaves no room.
    row.cap_pence = None if cap is None else max(cap, row.committed_pence)
    return row


def commit_pence(session: Session, row: Commitment, pence: int) -> None:
    """Promise ``pence`` more. The database refuses what the cap does not hold."""
    row.committed_pence += pence
    session.flush()


def give_back_pence(session: Session, row: Commitment, pence: int) -> None:
    """Take back a promise of ``pence``."""
    row.committed_pence -= pence
    session.flush()


def committed_pence(session: Session, employer_id: int, fund: Fund, scheme_year: str) -> int:
    """What is promised now: approved, in payment and paid, less recoveries, in pence."""
    return (
        session.scalars(
            select(Commitment.committed_pence).where(
                Commitment.employer_id == employer_id,
                Commitment.fund == fund,
                Commitment.scheme_year == scheme_year,
            )
        ).one_or_none()
        or 0
    )
