"""Pay what a run holds: release it by a second person or give it up, record what the bank did."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Act, Actor, NotAllowed, Role, State
from claims.models import BankAccount, Claim, Employer, PaymentLine, PaymentRun, RunWorkbook
from claims.reminders.kinds import Kind
from claims.reminders.wording import Worded, word_failed_payment, word_payment
from claims.secrets import Keyring
from claims.services.exporting import store_workbook
from claims.services.moving import move
from claims.services.queueing import Words, queue, recipients_of
from claims.services.recording import record, take_turn
from claims.services.setting_off import give_set_offs_back, keep_set_offs
from claims.store.banking import current_account
from claims.store.payments import live_lines
from claims.store.recoveries import set_off_in


def release(session: Session, keyring: Keyring, run: PaymentRun, by: Actor, at: datetime) -> list[str]:
    """Let a run be paid. Returns references of claims that were taken out instead, and then nothing was released.

    Bank details that were changed since the run was drawn up take their lines out, and so does a suspension, with a
    new version of the workbook to be looked at before releasing again; a run that is left without lines is cancelled.
    Raises ``NotAllowed`` for anybody but finance, for whoever drew it up or, as an assessor once, decided a claim in
    it, and for a run in another state.
    """
    begin(session, run, by, "drawn-up")
    if run.drawn_up_by_id == by.person_id:
        raise NotAllowed("A second person from finance must release this run: you drew it up.")
    if decided := [claim.reference for claim in _claims_in(session, run) if claim.decided_by_id == by.person_id]:
        raise NotAllowed(f"Somebody else from finance must release this run: you decided {', '.join(decided)}.")
    if taken_out := _take_out_changed(session, run, by, at):
        if live_lines(session, run):
            store_workbook(session, keyring, run, by.name, at)
        else:
            run.state = "cancelled"
            _record_run(session, run, "cancel", ("drawn-up", "cancelled"), by=by, at=at)
        session.flush()
        return taken_out
    run.state, run.released_at, run.released_by_id = "released", at, by.person_id
    _record_run(session, run, "release", ("drawn-up", "released"), by=by, at=at)
    session.flush()
    return []


def cancel(session: Session, run: PaymentRun, by: Actor, at: datetime, *, because: str) -> None:
    """Give up a run before release: its claims are approved again, its lines stay as history."""
    begin(session, run, by, "drawn-up")
    if not because.strip():
        raise NotAllowed("Give a reason.")
    for line in live_lines(session, run):
        _take_out(session, run, line, by=by, at=at)
    run.state = "cancelled"
    _record_run(session, run, "cancel", ("drawn-up", "cancelled"), by=by, at=at, note=because)
    session.flush()


class PaymentKey(NamedTuple):
    """One payment of a run: to an employer, from a fund."""

    employer_id: int
    fund: str


def record_result(
    session: Session,
    run: PaymentRun,
    failures: Mapping[PaymentKey, str],
    by: Actor,
    at: datetime,
    *,
    paid_on: date,
) -> None:
    """Record what the bank did with a released run: paid on ``paid_on``, except for ``failures`` with their reasons.

    All or nothing. Employers are told. Raises ``NotAllowed`` for a run in another state, a date before release or
    after today, a failure without a reason, or of a payment that is not in the run.
    """
    begin(session, run, by, "released")
    if run.released_at is None or not london_date(run.released_at) <= paid_on <= london_date(at):
        raise NotAllowed("The payment date must be between the day of release and today.")
    payments: dict[PaymentKey, list[PaymentLine]] = {}
    for line in live_lines(session, run):
        payments.setdefault(PaymentKey(line.employer_id, line.fund), []).append(line)
    set_off = set_off_in(session, run.id)
    for key, reason in failures.items():
        if key not in payments or sum(line.amount_pence for line in payments[key]) == set_off.get(key, 0):
            raise NotAllowed("There is no such payment in this run.")
        if not reason.strip():
            raise NotAllowed("Say why the bank did not pay.")
    for key, lines in payments.items():
        failed = failures.get(key)
        for line in lines:
            claim = session.get_one(Claim, line.claim_id)
            if failed is None:
                line.state, claim.paid_on = "paid", paid_on
                move(session, claim, Act.PAY, by, at, details={"run": run.reference, "paid_on": paid_on.isoformat()})
            else:
                line.state = "failed"
                move(session, claim, Act.PAYMENT_FAILED, by, at, because=failed, details={"run": run.reference})
        if failed is None:
            keep_set_offs(session, run, key.employer_id, key.fund)
        else:
            give_set_offs_back(session, run, key.employer_id, key.fund)
        _tell(session, run, key, lines, set_off_pence=set_off.get(key, 0), failed=failed, paid_on=paid_on, at=at)
    run.state = "settled"
    _record_run(session, run, "settle", ("released", "settled"), by=by, at=at)
    session.flush()


def note_download(session: Session, run: PaymentRun, workbook: RunWorkbook, by: Actor, at: datetime) -> None:
    """Remember that somebody downloaded a version of the run's workbook."""
    details = {"reference": run.reference, "version": workbook.version, "sha256": workbook.sha256}
    record(session, "download", ("payment-run", run.id), by, at, details=details)


def refuse_all_but_finance(by: Actor) -> None:
    """Raises ``NotAllowed``."""
    if by.role is not Role.FINANCE:
        raise NotAllowed("Only finance can do this.")


def begin(session: Session, run: PaymentRun, by: Actor, state: str) -> None:
    """Begin an act of finance on a run that must be in ``state``, alone. Raises ``NotAllowed``."""
    refuse_all_but_finance(by)
    take_turn(session)
    session.refresh(run, with_for_update=True)
    if run.state != state:
        raise NotAllowed(f"Run {run.reference} is {run.state} already.")


def _claims_in(session: Session, run: PaymentRun) -> list[Claim]:
    return [session.get_one(Claim, line.claim_id) for line in live_lines(session, run)]


def _take_out_changed(session: Session, run: PaymentRun, by: Actor, at: datetime) -> list[str]:
    taken_out = []
    accounts: dict[int, BankAccount | None] = {}
    for line in live_lines(session, run):
        if line.employer_id not in accounts:
            suspended = session.get_one(Employer, line.employer_id, populate_existing=True).suspended
            accounts[line.employer_id] = None if suspended else current_account(session, line.employer_id)
        account = accounts[line.employer_id]
        if account is None or account.id != line.bank_account_id:
            taken_out.append(_take_out(session, run, line, by=by, at=at))
    return taken_out


def _take_out(session: Session, run: PaymentRun, line: PaymentLine, *, by: Actor, at: datetime) -> str:
    claim = session.get_one(Claim, line.claim_id)
    line.state = "removed"
    run.claims -= 1
    run.pence -= line.amount_pence
    give_set_offs_back(session, run, line.employer_id, line.fund)
    if claim.state == State.IN_PAYMENT:
        move(session, claim, Act.UNSCHEDULE, by, at, details={"run": run.reference})
    return claim.reference


def _record_run(
    session: Session,
    run: PaymentRun,
    act: str,
    change: tuple[str, str],
    *,
    by: Actor,
    at: datetime,
    note: str = "",
) -> None:
    record(
        session, act, ("payment-run", run.id), by, at, change=change, details={"reference": run.reference}, note=note
    )


def queue_payment(session: Session, claims: Sequence[Claim], about: str, worded: Worded, at: datetime) -> None:
    """Tell everybody who is told about one of ``claims``, each once."""
    words = Words(worded.subject, worded.text, worded.link)
    for person_id in sorted({person for claim in claims for person in recipients_of(session, claim)}):
        queue(session, Kind.PAYMENT, person_id=person_id, about=about, due_on=london_date(at), words=words, at=at)


def _tell(
    session: Session,
    run: PaymentRun,
    key: PaymentKey,
    lines: Sequence[PaymentLine],
    *,
    set_off_pence: int,
    failed: str | None,
    paid_on: date,
    at: datetime,
) -> None:
    employer = session.get_one(Employer, key.employer_id).name
    claims = [session.get_one(Claim, line.claim_id) for line in lines]
    total = sum(line.amount_pence for line in lines)
    paid = tuple((claim.reference, line.amount_pence) for claim, line in zip(claims, lines, strict=True))
    worded: Worded
    if failed is None:
        worded = word_payment(run.reference, employer, total, paid, paid_on, set_off_pence=set_off_pence)
    else:
        worded = word_failed_payment(employer, total - set_off_pence, failed, london_date(at))
    queue_payment(session, claims, f"payment-run:{run.id}:employer:{key.employer_id}:{key.fund}", worded, at)
