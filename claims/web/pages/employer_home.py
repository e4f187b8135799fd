"""An employer's home: what needs somebody today, the money at a glance, and the claims."""

from datetime import timedelta

from flask import Blueprint, render_template

from claims import clock
from claims.lifecycle import State
from claims.models.employers import MAY_SUBMIT
from claims.rules.facts import Part
from claims.store.claims import (
    ClaimFilter,
    claims_of,
    counts_of,
    drafts_due,
    employer_called,
    money_of,
    unfinished_purchases_of,
)
from claims.web.access import opens
from claims.web.answers import Answer
from claims.web.journeys import purchase as journey
from claims.web.listed import course_of
from claims.web.pages.employer import EMPLOYER, employer_id, progress_of
from claims.web.pages.employer_purchases import address_of
from claims.web.transactions import session

pages = Blueprint("employer_home", __name__)

SOON = timedelta(days=28)
URGENT = timedelta(days=7)
TODAY = timedelta(0)
UNFINISHED_SHOWN = 5
FUNDS = {"main": "Main fund", "ommt": "Oliver McGowan training"}


@pages.get("/home")
@opens(*EMPLOYER)
def home() -> Answer:
    today = clock.today()
    due = drafts_due(session(), employer_id(), today + SOON)
    left = {claim.id: claim.last_day_on - today for claim in due if claim.last_day_on}
    missed = [claim for claim in due if left[claim.id] < TODAY]
    urgent = [claim for claim in due if TODAY <= left[claim.id] <= URGENT]
    soon = [claim for claim in due if left[claim.id] > URGENT]
    # A purchase of which a claim is due is on the page already.
    named = {claim.purchase_id for claim in due}
    unfinished = [each for each in unfinished_purchases_of(session(), employer_id()) if each.id not in named]
    newest = claims_of(session(), employer_id(), ClaimFilter())
    completions = ClaimFilter(states=[State.DRAFT], part=Part.COMPLETION, deadlines_first=True)
    return render_template(
        "employer/home.html",
        employer=employer_called(session(), employer_id()),
        may_submit=MAY_SUBMIT,
        on=today,
        urgent=urgent,
        soon=soon,
        missed=missed,
        sent_back=claims_of(session(), employer_id(), ClaimFilter(states=[State.NEEDS_ACTION])),
        completions=claims_of(session(), employer_id(), completions),
        unfinished=[
            (purchase, course_of(purchase.course_code), address_of(journey.furthest(progress_of(purchase)), purchase))
            for purchase in unfinished[:UNFINISHED_SHOWN]
        ],
        unfinished_count=len(unfinished),
        money_rows=money_of(session(), employer_id()),
        funds=FUNDS,
        newest=newest,
        counts=counts_of(session(), employer_id()),
        course_of=course_of,
    )
