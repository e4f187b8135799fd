"""Payment runs, the lines that pay in them, and their workbooks."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from claims.models import PaymentLine, PaymentRun, RunWorkbook

# Written out in the statements, so that SQLite sees that the index of live lines serves them.
IN_A_RUN = PaymentLine.state.in_(bindparam("in_a_run", ("live", "paid"), expanding=True, literal_execute=True))
"""Whether a line pays: it is neither removed nor failed."""


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
