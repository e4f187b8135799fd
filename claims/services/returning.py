"""A payment that was recorded as paid and came back later: proposed by finance, confirmed by a second person."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Act, Actor, NotAllowed, Role, State
from claims.models import Claim, Employer, PaymentLine, PaymentReturn, PaymentRun, Person
from claims.reminders.wording import word_failed_payment
from claims.services.moving import move, refuse_closed
from claims.services.paying import PaymentKey, begin, queue_payment
from claims.services.recording import record
from claims.services.setting_off import give_set_offs_back
from claims.store.recoveries import set_off_in


def propose_return(
    session: Session, run: PaymentRun, key: PaymentKey, by: Actor, at: datetime, *, because: str
) -> PaymentReturn:
    """Say that one payment of a settled run came back, and why. Changes nothing until a second person confirms.

    Raises ``NotAllowed`` for anybody but finance, for a payment that was not paid or said to be back already.
    """
    begin(session, run, by, "settled")
    refuse_closed(session, run.scheme_year)
    if not because.strip():
        raise NotAllowed("Give a reason.")
    _paid_lines(session, run, key)
    said = select(PaymentReturn.id).where(
        PaymentReturn.run_id == run.id,
        PaymentReturn.employer_id == key.employer_id,
        PaymentReturn.fund == key.fund,
        PaymentReturn.state == "proposed",
    )
    if session.scalars(said).first() is not None:
        raise NotAllowed("Somebody said so already. A second person must confirm it.")
    proposed = PaymentReturn(
        run_id=run.id,
        employer_id=key.employer_id,
        fund=key.fund,
        reason=because.strip(),
        state="proposed",
        proposed_at=at,
        proposed_by_id=by.person_id,
    )
    session.add(proposed)
    session.flush()
    _record(session, "propose-return", run, proposed, by=by, at=at, note=because)
    return proposed


def confirm_return(session: Session, proposed: PaymentReturn, by: Actor, at: datetime) -> None:
    """Confirm it: the claims are approved again, what was set off is owed again, the employer is told.

    Raises ``NotAllowed`` for whoever proposed it, and while a claim of the payment is recovered wholly.
    """
    run = _begin(session, proposed, by)
    key = PaymentKey(proposed.employer_id, proposed.fund)
    lines = _paid_lines(session, run, key)
    claims = [session.get_one(Claim, line.claim_id, populate_existing=True) for line in lines]
    if recovered := [claim.reference for claim in claims if claim.state != State.PAID]:
        raise NotAllowed(f"{', '.join(recovered)} was recovered since, so this payment cannot be taken as returned.")
    proposer = session.get_one(Person, proposed.proposed_by_id)
    prepared_by = Actor(Role.FINANCE, proposer.name, proposer.id)
    net = sum(line.amount_pence for line in lines) - set_off_in(session, run.id).get(key, 0)
    for line, claim in zip(lines, claims, strict=True):
        line.state, claim.paid_on = "failed", None
        move(
            session,
            claim,
            Act.PAYMENT_RETURNED,
            by,
            at,
            because=proposed.reason,
            prepared_by=prepared_by,
            details={"run": run.reference},
        )
    give_set_offs_back(session, run, key.employer_id, key.fund)
    proposed.state, proposed.decided_at, proposed.decided_by_id = "confirmed", at, by.person_id
    _record(session, "confirm-return", run, proposed, by=by, at=at)
    employer = session.get_one(Employer, key.employer_id).name
    worded = word_failed_payment(employer, net, proposed.reason, london_date(at))
    queue_payment(session, claims, f"payment-return:{proposed.id}", worded, at)


def refuse_return(session: Session, proposed: PaymentReturn, by: Actor, at: datetime) -> None:
    """The money did not come back after all: the payment stays paid. Raises ``NotAllowed`` as confirming does."""
    run = _begin(session, proposed, by)
    proposed.state, proposed.decided_at, proposed.decided_by_id = "refused", at, by.person_id
    _record(session, "refuse-return", run, proposed, by=by, at=at)


def _begin(session: Session, proposed: PaymentReturn, by: Actor) -> PaymentRun:
    run = session.get_one(PaymentRun, proposed.run_id)
    begin(session, run, by, "settled")
    session.refresh(proposed)
    if proposed.state != "proposed":
        raise NotAllowed(f"This is {proposed.state} already.")
    if proposed.proposed_by_id == by.person_id:
        raise NotAllowed("A second person from finance must decide this: you proposed it.")
    return run


def _paid_lines(session: Session, run: PaymentRun, key: PaymentKey) -> list[PaymentLine]:
    lines = session.scalars(
        select(PaymentLine)
        .where(
            PaymentLine.run_id == run.id,
            PaymentLine.employer_id == key.employer_id,
            PaymentLine.fund == key.fund,
            PaymentLine.state == "paid",
        )
        .order_by(PaymentLine.id)
    ).all()
    if not lines:
        raise NotAllowed("There is no such payment in this run that was paid.")
    return list(lines)


def _record(
    session: Session, act: str, run: PaymentRun, proposed: PaymentReturn, *, by: Actor, at: datetime, note: str = ""
) -> None:
    details = {"reference": run.reference, "employer": proposed.employer_id, "fund": proposed.fund}
    record(session, act, ("payment-run", run.id), by, at, details=details, note=note)
    session.flush()
