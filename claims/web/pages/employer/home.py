"""An employer's home: what needs somebody today, the money at a glance, and the claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template

from claims import clock
from claims.clock import london_date
from claims.lifecycle import Role
from claims.models.employers import MAY_SUBMIT
from claims.services.committing import cap_of
from claims.services.expecting import (
    ExpectedPayments,
    decision_expected_after,
    payment_in_time_from,
    payments_expected,
)
from claims.services.updating_workforce import workforce_data_since
from claims.store.agenda import PaperWork, agenda_of, paperwork_of
from claims.store.claim_lists import ClaimFilter, claims_of
from claims.store.claims import employer_called
from claims.store.money import MoneyAtAGlance, money_of
from claims.web.access import actor, opens
from claims.web.answers import Answer
from claims.web.drawing import Bar, draw_bars
from claims.web.listed import course_of, todays_reference
from claims.web.pages.employer.own import EMPLOYER, employer_id
from claims.web.transactions import session

pages = Blueprint("employer_home", __name__)

FUNDS = {"main": "Main fund", "ommt": "Oliver McGowan training"}
NEWEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Money:
    """One fund in one scheme year, with what may be expected of it."""

    at_a_glance: MoneyAtAGlance
    left_pence: int | None
    """Under the cap; ``None`` where there is none."""
    cap_pence: int | None
    decision_by: date | None
    """The last day by which what waits should be decided."""
    expected: ExpectedPayments
    bar: Bar
    """Paid, approved, waiting; on the scale of the largest of all rows."""
    cap_bar: Bar | None
    """What is committed of the cap, which is the whole width."""


@pages.get("/home")
@opens(*EMPLOYER)
def home() -> Answer:
    today = clock.today()
    employer = employer_called(session(), employer_id())
    year = todays_reference().year_to_go_by(today)
    paperwork = paperwork_of(session(), employer.id, year.name)
    agenda = agenda_of(session(), employer.id, today)
    registered = employer.registration in MAY_SUBMIT
    since = workforce_data_since(employer, year, today)
    return render_template(
        "employer/home.html",
        employer=employer,
        registered=registered,
        is_officer=actor().role is Role.SRO,
        on=today,
        agenda=agenda,
        paperwork=paperwork,
        workforce_data_since=since,
        nothing=agenda.is_empty and since is None and (_is_complete(paperwork) or not registered),
        money_rows=_money(money_of(session(), employer.id, payment_in_time_from(today))),
        funds=FUNDS,
        newest=claims_of(session(), employer.id, ClaimFilter(), today),
        newest_shown=NEWEST_SHOWN,
        course_of=course_of,
    )


def _is_complete(paperwork: PaperWork) -> bool:
    return paperwork.account == "verified" and not paperwork.unsigned_years


def _money(rows: Sequence[MoneyAtAGlance]) -> list[Money]:
    bars = draw_bars(
        [(("paid", row.paid_pence), ("approved", row.approved_pence), ("waiting", row.waiting_pence)) for row in rows]
    )
    return [_described(row, bar) for row, bar in zip(rows, bars, strict=True)]


def _described(row: MoneyAtAGlance, bar: Bar) -> Money:
    cap = cap_of(todays_reference(), row.fund, row.scheme_year, row.cap_pence)
    left = None if cap is None else cap - row.committed_pence
    return Money(
        row,
        left_pence=left,
        cap_pence=cap,
        decision_by=decision_expected_after(london_date(row.last_submitted_at)) if row.last_submitted_at else None,
        expected=payments_expected(row),
        bar=bar,
        cap_bar=None if left is None else draw_bars([(("committed", row.committed_pence), ("left", left))])[0],
    )
