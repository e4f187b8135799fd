"""Everything that has to be done by a day: last days to claim, answers to assessors, days of the scheme."""

from flask import Blueprint, Response, render_template, request

from claims import clock
from claims.clock import london_date
from claims.lifecycle import UNANSWERED_FOR, State
from claims.store.agenda import agenda_of
from claims.store.calendar import scheme_days
from claims.store.claim_lists import ClaimFilter, Order, claims_of
from claims.store.claims import NotFound
from claims.web.access import actor, opens
from claims.web.answers import Answer
from claims.web.downloads import as_download
from claims.web.forms.filtering import read_id
from claims.web.listed import course_of
from claims.web.pages.account.notifications import calendar_of
from claims.web.pages.employer.own import EMPLOYER, employer_id
from claims.web.transactions import session

pages = Blueprint("employer_deadlines", __name__)


@pages.get("/deadlines")
@opens(*EMPLOYER)
def deadlines() -> Answer:
    today = clock.today()
    after, before = read_id(request.args, "after"), read_id(request.args, "before")
    drafts = ClaimFilter(states=(State.DRAFT,))
    return render_template(
        "employer/deadlines.html",
        drafts=claims_of(session(), employer_id(), drafts, today, order=Order.DEADLINE, after=after, before=before),
        sent_back=[
            (each, london_date(each.asked_at + UNANSWERED_FOR))
            for each in agenda_of(session(), employer_id(), today).sent_back.rows
        ],
        scheme_days=[day for day in scheme_days(today) if day.on >= today],
        course_of=course_of,
    )


@pages.get("/deadlines.ics")
@opens(*EMPLOYER)
def as_calendar() -> Response:
    """The same file as the calendar feed gives, once."""
    person_id = actor().person_id
    if person_id is None:
        raise NotFound("nobody's calendar")
    return as_download(calendar_of(person_id), "deadlines.ics")
