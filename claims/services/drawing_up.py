"""Draw up a payment run: exactly the claims that were shown as ready, with lines, set-offs and workbook, as one."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Act, Actor, NotAllowed
from claims.models import Claim, PaymentLine, PaymentRun
from claims.secrets import Keyring
from claims.services.exporting import store_workbook
from claims.services.itemising import lines_of, shown_from
from claims.services.moving import move
from claims.services.paying import refuse_all_but_finance
from claims.services.recording import record, take_turn
from claims.services.setting_off import Planned, plan_set_offs, take_set_offs
from claims.store.ready import Ready, RunFilter, ready_claims
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
    refuse_all_but_finance(by)
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
