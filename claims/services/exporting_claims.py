"""An employer's list of claims out of the database, as a workbook."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from claims import references
from claims.clock import london_date
from claims.lifecycle import WORDS, Actor, State
from claims.models import Employer
from claims.rules.facts import Part
from claims.rules.scheme import Reference
from claims.services.committing import cap_of
from claims.services.expecting import decision_expected_after, payment_expected_after, payment_in_time_from
from claims.services.remitting import FUNDS, PARTS
from claims.store.claim_lists import ClaimFilter, Order, claim_rows, claim_totals
from claims.store.money import MoneyAtAGlance, money_of
from claims.store.reference import listed_on
from claims.workbooks.employer_claims import ClaimRow, DeadlineRow, Found, MoneyRow, stream_employer_claims
from claims.workbooks.rows import About


def export_claims(
    session: Session,
    employer: Employer,
    wanted: ClaimFilter,
    *,
    order: Order,
    said: Iterable[tuple[str, str]],
    by: Actor,
    at: datetime,
) -> bytes:
    """The workbook of the claims that ``wanted`` lets through, in ``order``; ``said`` tells the filters in words."""
    today = london_date(at)
    listed = listed_on(session, today)
    reference = listed.reference
    year = reference.year_to_go_by(today)
    about = About(
        subject=employer.name,
        filters=tuple(said),
        scheme_year=wanted.scheme_year or "all",
        course_list_version=str(listed.version),
        rules_version=year.rules_version,
        made_at=at,
        made_by=by.name,
    )
    rows = [_row(row, reference) for row in claim_rows(session, employer.id, wanted, today, order=order)]
    claims, pence = claim_totals(session, employer.id, wanted, today)
    content = stream_employer_claims(
        about,
        rows,
        _deadlines(rows, today),
        [_money(row, reference) for row in money_of(session, employer.id, payment_in_time_from(today))],
        Found(claims, pence),
    )
    return b"".join(content)


def _row(row: Row[Any], reference: Reference) -> ClaimRow:
    submitted_on = london_date(row.submitted_at) if row.submitted_at else None
    decided_on = london_date(row.decided_at) if row.decided_at else None
    state = State(row.state)
    decision_by = decision_expected_after(submitted_on) if state is State.SUBMITTED and submitted_on else None
    payment_from = decided_on if state in (State.APPROVED, State.IN_PAYMENT) else decision_by
    return ClaimRow(
        reference=references.written(row.base, Part(row.part)),
        learner=f"{row.first_name} {row.last_name}",
        course_code=row.course_code,
        course=reference.title_of(row.course_code),
        part=PARTS[row.part],
        state=WORDS[state],
        fund=FUNDS[row.fund],
        scheme_year=row.scheme_year,
        provider=row.provider,
        invoice_reference=row.invoice_reference,
        purchase_paid_on=row.purchase_paid_on,
        started_on=row.started_on,
        completed_on=row.completed_on,
        last_day_on=row.last_day_on,
        submitted_on=submitted_on,
        decision_expected_on=decision_by,
        payment_expected_on=payment_expected_after(payment_from) if payment_from else None,
        paid_on=row.paid_on,
        amount_pence=None if row.amount_pence is None else int(row.amount_pence),
    )


def _deadlines(rows: Iterable[ClaimRow], today: date) -> list[DeadlineRow]:
    """Of drafts whose last day is known, the soonest first."""
    found = [
        DeadlineRow(row.last_day_on, (row.last_day_on - today).days, row.reference, row.learner, row.course, row.part)
        for row in rows
        if row.state == WORDS[State.DRAFT] and row.last_day_on is not None
    ]
    return sorted(found, key=lambda row: (row.last_day_on, row.reference))


def _money(row: MoneyAtAGlance, reference: Reference) -> MoneyRow:
    cap = cap_of(reference, row.fund, row.scheme_year, row.cap_pence)
    return MoneyRow(
        row.scheme_year,
        FUNDS[row.fund],
        row.waiting_pence,
        row.approved_pence,
        row.paid_pence,
        cap,
        row.committed_pence,
        None if cap is None else cap - row.committed_pence,
    )
