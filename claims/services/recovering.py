"""Recover what was paid: finance proposes, a lead assessor approves, later runs set it off or an invoice is sent."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Act, Actor, NotAllowed, Role, State
from claims.models import Claim, Person, Recovery
from claims.reminders.kinds import Kind, about_deadline
from claims.reminders.wording import word_decision
from claims.rules.facts import Part
from claims.rules.scheme import Fund
from claims.rules.wording import in_pounds
from claims.services.committing import give_back_pence, lock_commitment
from claims.services.heeding import heed_recovered_start
from claims.services.holding import belongs_to
from claims.services.moving import move, refuse_closed
from claims.services.paying import refuse_all_but_finance
from claims.services.recording import record, take_turn
from claims.services.telling import named, tell
from claims.store.recoveries import recovered_pence
from claims.store.reference import from_files

WAYS = {
    "set-off": "We will keep it back from later payments from the same fund.",
    "invoice": "We will send you an invoice.",
}


def propose_recovery(
    session: Session, claim: Claim, by: Actor, at: datetime, *, pence: int | None, way: str, because: str
) -> Recovery:
    """Propose to recover ``pence`` of a paid claim, or all that is left of it (``None``). Changes nothing yet.

    Raises ``NotAllowed`` for anybody but finance, for a claim that is not paid or has a proposal already, without a
    reason, and for a part that is not less than what is left of the claim.
    """
    refuse_all_but_finance(by)
    if not because.strip():
        raise NotAllowed("Give a reason.")
    if way not in WAYS:
        raise NotAllowed("Say how it is to be paid back.")
    refuse_closed(session, claim.scheme_year)
    session.refresh(claim)
    left = _left_of(session, claim)
    if session.query(Recovery.id).filter_by(claim_id=claim.id, state="proposed").first():
        raise NotAllowed(f"A recovery of claim {claim.reference} waits for a lead assessor already.")
    if pence is not None and not 0 < pence < left:
        raise NotAllowed(f"A part must be less than {in_pounds(left)}, which is all that is left of this claim.")
    recovery = Recovery(
        claim_id=claim.id,
        employer_id=claim.employer_id,
        fund=claim.fund,
        amount_pence=left if pence is None else pence,
        left_pence=left if pence is None else pence,
        whole=pence is None,
        way=way,
        state="proposed",
        reason=because.strip(),
        proposed_at=at,
        proposed_by_id=by.person_id,
    )
    session.add(recovery)
    session.flush()
    _record(session, "propose-recovery", recovery, claim, by=by, at=at, note=because)
    return recovery


def approve_recovery(session: Session, recovery: Recovery, by: Actor, at: datetime) -> None:
    """Approve a proposal: the commitment goes down, a claim recovered wholly gives its slots back, people are told.

    Raises ``NotAllowed`` for anybody but a lead assessor, for whoever proposed it or belongs to the employer, and when
    the claim is no longer as it was.
    """
    claim = _begin(session, recovery, by)
    left = _left_of(session, claim)
    if recovery.amount_pence > left or (recovery.amount_pence == left) != recovery.whole:
        raise NotAllowed("What is left of this claim has changed since. Refuse this, and let finance propose it anew.")
    proposer = session.get_one(Person, recovery.proposed_by_id)
    recovery.state, recovery.decided_at, recovery.decided_by_id = "approved", at, by.person_id
    details = {"recovery": recovery.id, "recovered_pence": recovery.amount_pence, "way": recovery.way}
    if recovery.whole:
        event = move(
            session,
            claim,
            Act.RECOVER,
            by,
            at,
            because=recovery.reason,
            prepared_by=Actor(Role.FINANCE, proposer.name, proposer.id),
            details=details,
        )
        if claim.part == Part.START:
            heed_recovered_start(session, claim, by, at)
    else:
        event = record(
            session,
            "recover-part",
            ("claim", claim.id),
            by,
            at,
            employer_id=claim.employer_id,
            details={"reference": claim.reference, **details},
            note=recovery.reason,
        )
    year = next(year for year in from_files().years if year.name == claim.scheme_year)
    row = lock_commitment(session, claim.employer_id, Fund(claim.fund), year)
    give_back_pence(session, row, recovery.amount_pence)
    words = (
        f"{in_pounds(recovery.amount_pence)} that we paid for claim {claim.reference} must be paid back. "
        f"{WAYS[recovery.way]}\n\nWhy: {recovery.reason}"
    )
    done = "recovered" if recovery.whole else "recovered in part"
    worded = word_decision(named(session, claim, at), done, words, london_date(at))
    about = f"{about_deadline(claim.id)}:event:{event.number}"
    tell(session, claim, Kind.DECISION, about=about, worded=worded, at=at)
    session.flush()


def refuse_recovery(session: Session, recovery: Recovery, by: Actor, at: datetime, *, because: str) -> None:
    """Refuse a proposal, with a reason; the claim stays paid. Raises ``NotAllowed`` as approving does."""
    claim = _begin(session, recovery, by)
    if not because.strip():
        raise NotAllowed("Give a reason.")
    recovery.state, recovery.decided_at, recovery.decided_by_id = "refused", at, by.person_id
    recovery.left_pence = 0
    _record(session, "refuse-recovery", recovery, claim, by=by, at=at, note=because)


def record_repayment(session: Session, recovery: Recovery, by: Actor, at: datetime, *, repaid_on: date) -> None:
    """Record that the employer paid the whole invoice. Raises ``NotAllowed``."""
    refuse_all_but_finance(by)
    take_turn(session)
    session.refresh(recovery)
    if recovery.state != "approved" or recovery.way != "invoice" or recovery.left_pence == 0:
        raise NotAllowed("There is no open invoice for this.")
    if recovery.decided_at is None or not london_date(recovery.decided_at) <= repaid_on <= london_date(at):
        raise NotAllowed("The day must be between the day of approval and today.")
    claim = session.get_one(Claim, recovery.claim_id)
    recovery.left_pence, recovery.repaid_on = 0, repaid_on
    _record(session, "repay", recovery, claim, by=by, at=at)


def _left_of(session: Session, claim: Claim) -> int:
    if claim.state != State.PAID:
        raise NotAllowed(f"Claim {claim.reference} is not paid, so there is nothing to recover.")
    return (claim.payable_pence or 0) - recovered_pence(session, claim.id)


def _begin(session: Session, recovery: Recovery, by: Actor) -> Claim:
    if by.role is not Role.LEAD_ASSESSOR:
        raise NotAllowed("A lead assessor must decide this.")
    take_turn(session)
    session.refresh(recovery)
    claim = session.get_one(Claim, recovery.claim_id, populate_existing=True)
    if recovery.state != "proposed":
        raise NotAllowed(f"This recovery is {recovery.state} already.")
    if recovery.proposed_by_id == by.person_id:
        raise NotAllowed("A second person must do this: you proposed it.")
    if belongs_to(session, by.person_id, claim.employer_id):
        raise NotAllowed("You belong to this employer, so somebody else must decide this.")
    return claim


def _record(
    session: Session, act: str, recovery: Recovery, claim: Claim, *, by: Actor, at: datetime, note: str = ""
) -> None:
    details = {"reference": claim.reference, "recovery": recovery.id, "pence": recovery.amount_pence}
    about = ("claim", claim.id)
    record(session, act, about, by, at, employer_id=claim.employer_id, details=details, note=note)
    session.flush()
