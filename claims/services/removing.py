"""Take out personal data whose time is over, some claims at a time."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.db import Database
from claims.files import EvidenceStore
from claims.lifecycle import Act, Actor, State
from claims.models import (
    ActionRequest,
    BankAccount,
    Claim,
    CompletionCheck,
    Event,
    EventNote,
    Evidence,
    Learner,
    Message,
    PaymentCheck,
    PaymentLine,
    Person,
    Purchase,
    SavedView,
    SignedInSession,
    Slot,
)
from claims.models.passkeys import Passkey, PasskeyChallenge
from claims.models.people import KnownBrowser, RecoveryCode
from claims.models.recoveries import Recovery
from claims.services.moving import move
from claims.services.purchasing import discard_purchase
from claims.services.recording import REMOVED, record, take_turn
from claims.services.retaining import due_on_of, messages_past, plan
from claims.services.seeding import SYSTEM
from claims.services.snapshots import without_names
from claims.store.keeping import closed_claim, files_in_use, has_kept_claims, old_sessions

AT_A_TIME = 25
"""Claims in one transaction: others wait no longer than it takes."""
RETENTION = ("retention", 0)
APPLIED = (RETENTION[0], "apply")
"""Kind and act of the event with the counts."""
FIRST_NAME, LAST_NAME = "Removed", "learner"
NAME = "Removed"
UNFINISHED_AFTER = timedelta(days=1)
"""A file is stored a moment before the row that it belongs to; a day is ample."""


@dataclass(slots=True)
class Removed:
    """What was done."""

    counts: Counter[str] = field(default_factory=Counter)
    left: int = 0
    """Claims that are due and were left for another time."""


def remove_due(
    database: Database,
    store: EvidenceStore,
    by: Actor,
    at: datetime,
    *,
    machine_now: datetime,
    most: int | None = None,
    watch: Callable[[int], None] = lambda _: None,
) -> Removed:
    """Take out everything that is past its time, at most ``most`` claims, and write an event with the counts.

    Each claim goes whole, with its files and, where it was the last, its learner and purchase: stopped half way, the
    rest is due still. What is due is asked again in the transaction that removes it. ``watch`` is told of progress in
    claims. ``machine_now`` is the machine's time, by which stored files are dated.
    """
    with database.read() as session:
        planned = plan(session, at)
    chosen = planned.claims[:most]
    removed = Removed(left=len(planned.claims) - len(chosen))
    for start in range(0, len(chosen), AT_A_TIME):
        with database.write() as session:
            take_turn(session)
            files: set[str] = set()
            for due in chosen[start : start + AT_A_TIME]:
                files |= _remove_if_due(session, due.claim.claim_id, by, at, removed.counts)
        _delete_files(database, store, files)
        watch(min(start + AT_A_TIME, len(chosen)))
    with database.write() as session:
        take_turn(session)
        _remove_others(session, by, at, removed.counts)
    _delete_files(database, store, store.kept_before(machine_now - UNFINISHED_AFTER))
    if removed.counts:
        with database.write() as session:
            record(session, APPLIED[1], RETENTION, by, at, details=dict(sorted(removed.counts.items())))
    return removed


def _remove_if_due(session: Session, claim_id: int, by: Actor, at: datetime, counts: Counter[str]) -> set[str]:
    """Remove one claim's personal data, if it is due still; returns the SHA-256 of files that went with it."""
    kept = closed_claim(session, claim_id)
    due_on = due_on_of(kept) if kept else None
    if kept is None or due_on is None or due_on > london_date(at):
        return set()
    claim = session.get_one(Claim, claim_id)
    learner, purchase = claim.learner, claim.purchase
    counts[str(kept.state)] += 1
    files = _forget_files(session, at, Evidence.claim_id == claim.id)
    if kept.state is State.DRAFT:
        session.execute(delete(Evidence).where(Evidence.claim_id == claim.id))
        move(session, claim, Act.DISCARD, SYSTEM, at)
    else:
        claim.as_submitted = without_names(claim.as_submitted) if claim.as_submitted else None
        claim.personal_data_removed_at = at
        session.execute(update(CompletionCheck).where(CompletionCheck.claim_id == claim.id).values(note=""))
        session.execute(update(ActionRequest).where(ActionRequest.claim_id == claim.id).values(note="", reply=""))
        session.execute(update(Recovery).where(Recovery.claim_id == claim.id).values(reason=""))
    _note_removal(session, ("claim", claim_id), by, at, employer_id=purchase.employer_id)
    session.flush()
    if not has_kept_claims(session, Claim.learner_id == learner.id):
        _remove_learner(session, learner, by, at, counts)
    if not has_kept_claims(session, Claim.purchase_id == purchase.id):
        files |= _remove_purchase(session, purchase, by, at)
    _forget_runs(session, claim_id, by, at)
    return files


def _remove_learner(session: Session, learner: Learner, by: Actor, at: datetime, counts: Counter[str]) -> None:
    learner.first_name, learner.last_name, learner.number = FIRST_NAME, LAST_NAME, ""
    learner.number_hash = secrets.token_hex(32)
    learner.personal_data_removed_at = at
    # A paid claim keeps its slots, under the number that its learner has now: nobody's.
    claims = select(Claim.id).where(Claim.learner_id == learner.id)
    session.execute(update(Slot).where(Slot.claim_id.in_(claims)).values(number_hash=learner.number_hash))
    counts["learners"] += 1
    _note_removal(session, ("learner", learner.id), by, at, employer_id=learner.employer_id)


def _remove_purchase(session: Session, purchase: Purchase, by: Actor, at: datetime) -> set[str]:
    """Its own evidence and notes, once none of its claims is kept; a purchase nothing was submitted of goes whole."""
    purchase_id, employer_id = purchase.id, purchase.employer_id
    files = _forget_files(session, at, Evidence.purchase_id == purchase_id)
    if purchase.fixed_at is None:
        session.execute(delete(PaymentCheck).where(PaymentCheck.purchase_id == purchase_id))
        discard_purchase(session, purchase, SYSTEM, at)
    else:
        purchase.personal_data_removed_at = at
        session.execute(update(PaymentCheck).where(PaymentCheck.purchase_id == purchase_id).values(note=""))
    _note_removal(session, ("purchase", purchase_id), by, at, employer_id=employer_id)
    return files


def _forget_files(session: Session, at: datetime, of: Any) -> set[str]:
    """Take the names of files away; returns their SHA-256."""
    rows = session.scalars(select(Evidence).where(of, Evidence.name != "")).all()
    for row in rows:
        row.name, row.removed_at = "", row.removed_at or at
    session.flush()
    return {row.sha256 for row in rows}


def _forget_runs(session: Session, claim_id: int, by: Actor, at: datetime) -> None:
    """Reasons written about payment runs go with the last of their claims."""
    for run_id in session.scalars(select(PaymentLine.run_id).where(PaymentLine.claim_id == claim_id).distinct()).all():
        others = select(PaymentLine.claim_id).where(PaymentLine.run_id == run_id)
        if not has_kept_claims(session, Claim.id.in_(others)):
            _note_removal(session, ("payment-run", run_id), by, at)


def _note_removal(
    session: Session, about: tuple[str, int], by: Actor, at: datetime, *, employer_id: int | None = None
) -> None:
    """Empty the notes of all events about it, and say so in the chain."""
    numbers = select(Event.number).where(Event.about_kind == about[0], Event.about_id == about[1])
    emptied = session.execute(
        update(EventNote)
        .where(EventNote.event_number.in_(numbers), EventNote.note != "")
        .values(note="", salt="")
        .execution_options(synchronize_session=False)
    )
    notes = int(emptied.rowcount)  # type: ignore[attr-defined]
    record(session, REMOVED, about, by, at, employer_id=employer_id, details={"notes": notes})


def _remove_others(session: Session, by: Actor, at: datetime, counts: Counter[str]) -> None:
    due = plan(session, at)
    for purchase_id in due.purchases:
        _remove_purchase(session, session.get_one(Purchase, purchase_id), by, at)
    for person_id in due.accounts:
        _remove_account(session, session.get_one(Person, person_id), by, at)
    for account in session.scalars(select(BankAccount).where(BankAccount.id.in_(due.bank_accounts))):
        account.account_name = account.sort_code = account.account_number = ""
        account.account_hash = account.next_account_hash = account.refused_because = None
        account.personal_data_removed_at = at
        _note_removal(session, ("bank-account", account.id), by, at, employer_id=account.employer_id)
    emptied = session.execute(
        update(Message)
        .where(*messages_past(at))
        .values(subject="", text="", problem="", letter=None)
        .execution_options(synchronize_session=False)
    )
    ended = session.execute(
        delete(SignedInSession).where(*old_sessions(at)).execution_options(synchronize_session=False)
    )
    others = {
        "empty-purchases": len(due.purchases),
        "accounts": len(due.accounts),
        "bank-accounts": len(due.bank_accounts),
        "messages": int(emptied.rowcount),  # type: ignore[attr-defined]
        "sessions": int(ended.rowcount),  # type: ignore[attr-defined]
    }
    counts.update({name: count for name, count in others.items() if count})


def _remove_account(session: Session, person: Person, by: Actor, at: datetime) -> None:
    # Email addresses are unique, so each is removed in a way of its own.
    person.email, person.name = f"removed-{person.id}", NAME
    person.authenticator_secret = person.authenticator_step = None
    person.personal_data_removed_at = at
    for table in (SavedView, RecoveryCode, KnownBrowser, Passkey, PasskeyChallenge):
        session.execute(delete(table).where(table.person_id == person.id))
    _note_removal(session, ("person", person.id), by, at)


def _delete_files(database: Database, store: EvidenceStore, files: Iterable[str]) -> None:
    """Delete those of ``files`` that belong to nothing that is kept."""
    with database.read() as session:
        for sha256 in files:
            if not files_in_use(session, sha256):
                store.remove(sha256)
