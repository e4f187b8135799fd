"""Remittances out of the database: what a payment to an employer was for, as a workbook or as CSV."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.incoming.guarding import guard_cell
from claims.lifecycle import Actor
from claims.models import Claim, Employer, PaymentLine, PaymentRun
from claims.store.recoveries import set_off_in
from claims.store.reference import listed_on
from claims.store.remittances import Remittance
from claims.workbooks.remittance import Paid, RemittanceRow, remittance_as_csv, stream_remittance
from claims.workbooks.rows import About

PARTS = {"full": "All at once", "start": "Start, 60%", "completion": "Completion"}
FUNDS = {"main": "Main fund", "ommt": "Oliver McGowan training"}


def remittance_workbook(session: Session, paid: Remittance, employer: Employer, by: Actor, at: datetime) -> bytes:
    """The workbook of one payment to ``employer``."""
    listed = listed_on(session, london_date(at))
    year = next((year for year in listed.reference.years if year.name == paid.scheme_year), None)
    about = About(
        subject=f"{paid.run}, {FUNDS[paid.fund]}",
        filters=(("Employer", employer.name), ("Payment run", paid.run), ("Fund", FUNDS[paid.fund])),
        scheme_year=paid.scheme_year,
        course_list_version=str(listed.version),
        rules_version=year.rules_version if year else "",
        made_at=at,
        made_by=by.name,
    )
    claims, pence = session.execute(
        select(func.count(PaymentLine.id), func.coalesce(func.sum(PaymentLine.amount_pence), 0))
        .join(PaymentRun, PaymentRun.id == PaymentLine.run_id)
        .join(Claim, Claim.id == PaymentLine.claim_id)
        .where(
            PaymentLine.employer_id == employer.id,
            PaymentRun.reference == paid.run,
            PaymentLine.fund == paid.fund,
            PaymentLine.state == "paid",
        )
    ).one()
    set_offs = None if paid.is_partial else _set_offs(paid)
    kept_back = 0 if paid.is_partial else set_off_in(session, paid.run_id).get((employer.id, paid.fund), 0)
    return b"".join(stream_remittance(about, _rows(session, paid, at), set_offs, Paid(claims, int(pence), kept_back)))


def remittance_csv(session: Session, paid: Remittance, at: datetime) -> bytes:
    """The same as CSV in UTF-8 with its mark, for a spreadsheet; no cell is read as a formula."""
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    # The amount is ours and no text, and may be below zero.
    for *cells, amount in remittance_as_csv(_rows(session, paid, at), _set_offs(paid), paid.paid_on):
        writer.writerow([*map(guard_cell, cells), amount])
    return held.getvalue().encode("utf-8-sig")


def _set_offs(paid: Remittance) -> list[tuple[str, int]]:
    return [(each.reference, each.pence) for each in paid.set_offs]


def _rows(session: Session, paid: Remittance, at: datetime) -> list[RemittanceRow]:
    return list(_each(session, paid, at))


def _each(session: Session, paid: Remittance, at: datetime) -> Iterator[RemittanceRow]:
    reference = listed_on(session, london_date(at)).reference
    for claim in paid.claims:
        yield RemittanceRow(
            reference=claim.reference,
            learner=claim.learner,
            course_code=claim.course_code,
            course=reference.title_of(claim.course_code),
            part=PARTS[claim.part],
            paid_on=paid.paid_on,
            amount_pence=claim.amount_pence,
        )
