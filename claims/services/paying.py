"""Pay approved claims: draw up a run, release it by a second person, record what the bank did."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Act, Actor, NotAllowed, Role, State
from claims.models import BankAccount, Claim, Employer, PaymentLine, PaymentRun, RunWorkbook
from claims.reminders.kinds import Kind
from claims.reminders.wording import Worded, word_failed_payment, word_payment
from claims.secrets import Keyring
from claims.services.exporting import store_workbook
from claims.services.itemising import lines_of, shown_from
from claims.services.moving import move
from claims.services.queueing import Words, queue, recipients_of
from claims.services.recording import record, take_turn
from claims.services.setting_off import Planned, give_set_offs_back, keep_set_offs, plan_set_offs, take_set_offs
from claims.store.payments import Ready, RunFilter, current_account, live_lines, ready_claims
from claims.store.recoveries import set_off_in
from claims.workbooks.rows import LineRow


class NothingToPay(NotAllowed):
    """No claim is ready that the filter lets through."""


class Changed(NotAllowed):
    """What is ready is not what was shown."""


def seen_hash(ready: Sequence[Ready], set_offs: Sequence[Planned] = ()) -> str:
    """SHA-256 of the claims, amounts and set-offs of a preview, sent back to draw up exactly those."""
    shown = sorted((each.claim_id, each.amount_pence) for each in ready)
    kept_back = sorted((each.recovery_id, each.pence) for each in set_offs)
    return hashlib.sha256(repr((shown, kept_back)).encode()).hexdigest()


def draw_up(
    session: Session,
    keyring: Keyring,
    wanted: RunFilter,
    by: Actor,
    at: datetime,
    *,
    seen: str,
    token: str = "",
) -> PaymentRun:
    """Take every ready claim that ``wanted`` lets through into a run, with lines and workbook, as one.

    ``seen`` is the ``seen_hash`` of the preview. Sent again (``token`` is the form's), or by somebody else who saw the
    same, it gives the run that was drawn up first. Raises ``NothingToPay``, ``Changed``, and ``NotAllowed`` for anybody
    but finance.
    """
    _refuse_others(by)
    take_turn(session)
    form = hashlib.sha256(token.encode()).hexdigest() if token else None
    if form is not None and (sent := _earlier_run(session, "form", form)) is not None:
        return sent
    ready = [each for each in ready_claims(session, wanted) if not each.held_because]
    set_offs = plan_set_offs(session, ready)
    if seen_hash(ready, set_offs) != seen:
        there = _earlier_run(session, "seen", seen)
        if there is not None and there.state != "cancelled":
            return there
        raise Changed("What is ready to pay changed after this page was shown. Check it again.")
    if not ready:
        raise NothingToPay("No claim is ready to pay.")
    run = PaymentRun(
        reference=_next_reference(session, wanted.scheme_year),
        scheme_year=wanted.scheme_year,
        filters={
            "fund": wanted.fund,
            "employer": wanted.employer,
            "approved_to": wanted.approved_to.isoformat() if wanted.approved_to else None,
            "seen": seen,
            "form": form,
        },
        state="drawn-up",
        drawn_up_at=at,
        drawn_up_by_id=by.person_id,
        claims=len(ready),
        pence=sum(each.amount_pence for each in ready),
    )
    session.add(run)
    session.flush()
    rows = lines_of(session, [each.claim_id for each in ready], london_date(at))
    for each in ready:
        _add_line(session, run, each, rows[each.claim_id], by=by, at=at)
    take_set_offs(session, run, set_offs)
    record(
        session,
        "draw-up",
        ("payment-run", run.id),
        by,
        at,
        change=(None, "drawn-up"),
        details={
            "reference": run.reference,
            "claims": run.claims,
            "pence": run.pence,
            "set_off_pence": sum(each.pence for each in set_offs),
        },
    )
    store_workbook(session, keyring, run, by.name, at)
    return run


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


def _refuse_others(by: Actor) -> None:
    if by.role is not Role.FINANCE:
        raise NotAllowed("Only finance can do this.")


def begin(session: Session, run: PaymentRun, by: Actor, state: str) -> None:
    """Begin an act of finance on a run that must be in ``state``, alone. Raises ``NotAllowed``."""
    _refuse_others(by)
    take_turn(session)
    session.refresh(run, with_for_update=True)
    if run.state != state:
        raise NotAllowed(f"Run {run.reference} is {run.state} already.")


def _claims_in(session: Session, run: PaymentRun) -> list[Claim]:
    return [session.get_one(Claim, line.claim_id) for line in live_lines(session, run)]


def _earlier_run(session: Session, name: str, value: str) -> PaymentRun | None:
    """The latest of the last 50 runs that was drawn up with this value."""
    newest_first = select(PaymentRun).order_by(PaymentRun.id.desc()).limit(50)
    return next((run for run in session.scalars(newest_first) if run.filters.get(name) == value), None)


def _next_reference(session: Session, scheme_year: str) -> str:
    """``RUN-2526-0007``: the seventh run of 2025-26. Counted while no other run can be drawn up."""
    before = session.scalars(select(PaymentRun.id).where(PaymentRun.scheme_year == scheme_year)).all()
    return f"RUN-{scheme_year[2:4]}{scheme_year[5:7]}-{len(before) + 1:04}"


def _add_line(session: Session, run: PaymentRun, ready: Ready, line: LineRow, *, by: Actor, at: datetime) -> None:
    session.add(
        PaymentLine(
            run_id=run.id,
            claim_id=ready.claim_id,
            employer_id=ready.employer_id,
            bank_account_id=ready.bank_account_id,
            fund=ready.fund,
            amount_pence=ready.amount_pence,
            state="live",
            shown=shown_from(line),
        )
    )
    move(session, session.get_one(Claim, ready.claim_id), Act.SCHEDULE, by, at, details={"run": run.reference})


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
