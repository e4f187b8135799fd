"""Set off what an employer owes a fund against what a run pays it from that fund, and give it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.models import PaymentRun, Recovery, SetOff
from claims.store.ready import Ready
from claims.store.recoveries import IN_FORCE, owed


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run would keep back for one recovery."""

    recovery_id: int
    employer_id: int
    fund: str
    pence: int
    """Above zero."""


def plan_set_offs(session: Session, ready: Iterable[Ready]) -> list[Planned]:
    """What a run of ``ready`` would set off, the oldest recovery first.

    Never more than the gross of that employer in that fund; the rest is left for later runs.
    """
    gross: dict[tuple[int, str], int] = {}
    for each in ready:
        key = each.employer_id, each.fund
        gross[key] = gross.get(key, 0) + each.amount_pence
    planned = []
    for recovery in owed(session) if gross else ():
        key = recovery.employer_id, recovery.fund
        pence = min(recovery.left_pence, gross.get(key, 0))
        if pence:
            gross[key] -= pence
            planned.append(Planned(recovery.id, recovery.employer_id, recovery.fund, pence))
    return planned


def take_set_offs(session: Session, run: PaymentRun, planned: Sequence[Planned]) -> None:
    """Keep back what was planned, in the transaction that draws the run up."""
    for each in planned:
        session.get_one(Recovery, each.recovery_id).left_pence -= each.pence
        session.add(
            SetOff(
                recovery_id=each.recovery_id,
                run_id=run.id,
                employer_id=each.employer_id,
                fund=each.fund,
                amount_pence=each.pence,
                state="live",
            )
        )
    session.flush()


def give_set_offs_back(session: Session, run: PaymentRun, employer_id: int, fund: str) -> None:
    """The payment is not made, or came back: what it kept back is owed again."""
    for set_off in _of_payment(session, run, employer_id, fund):
        set_off.state = "given-back"
        session.get_one(Recovery, set_off.recovery_id).left_pence += set_off.amount_pence
    session.flush()


def keep_set_offs(session: Session, run: PaymentRun, employer_id: int, fund: str) -> None:
    """The payment was made: what it kept back is settled."""
    for set_off in _of_payment(session, run, employer_id, fund):
        set_off.state = "taken"


def _of_payment(session: Session, run: PaymentRun, employer_id: int, fund: str) -> Sequence[SetOff]:
    return session.scalars(
        select(SetOff).where(
            SetOff.run_id == run.id,
            SetOff.employer_id == employer_id,
            SetOff.fund == fund,
            SetOff.state.in_(IN_FORCE),
        )
    ).all()
