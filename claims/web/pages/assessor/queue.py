"""Assessors: the queue, who holds what, and one purchase on one page with its checks."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from claims import clock
from claims.clock import london_date
from claims.lifecycle import ASSESSING_ROLES, NotAllowed, Role, State
from claims.models import Claim, Purchase
from claims.reminders.working_days import working_days_between
from claims.rules.scheme import Fund
from claims.services.assessing import Changed, confirm, seen_hash, work_out
from claims.services.checking import (
    standing_payment_check,
)
from claims.services.claiming import assess_claim
from claims.services.holding import belongs_to, holder_name, holds, release, take, take_next, take_over
from claims.store.assessment import certificates_by_claim, other_claims_of_learners, other_claims_on_invoice
from claims.store.claims import claims_in, open_requests_by_claim, payment_evidence_of
from claims.store.closing import closed_among
from claims.store.facts import LookedAt, cost_shared
from claims.store.holidays import england_bank_holidays
from claims.store.queue import Flag, Place, QueueFilter, Waiting, page_of_queue
from claims.store.sampling import waiting_sample_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.assessing import OutcomeForm, ReasonForm
from claims.web.forms.form import Form
from claims.web.listed import course_of
from claims.web.pages.assessor.checks import ask_for_what_is_missing, checks_form, save
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("assessor", __name__, url_prefix="/assessment")

ASSESSORS = (Role.ASSESSOR, Role.LEAD_ASSESSOR)
ONLOOKERS = (*ASSESSORS, Role.AUDITOR)
STANDARD_WORKING_DAYS = 10
"""Within which an employer may expect a decision. Source: docs/back-office.md."""
FLAGS: tuple[tuple[Flag, str, str], ...] = (
    (Flag.AT_RISK, "At risk", "orange"),
    (Flag.TO_CHECK, "To be checked", "yellow"),
    (Flag.RESUBMITTED, "Sent again", "blue"),
    (Flag.NEAR_CAP, "Near its cap", "purple"),
    (Flag.SAMPLE, "Quality sample", "teal"),
)
"""What to look out for: in words, and the colour of its tag."""
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@pages.get("")
@opens(*ONLOOKERS)
def queue() -> Answer:
    who, now = actor(), clock.now()
    mine = request.args.get("show") == "mine"
    fund, employer = request.args.get("fund", ""), request.args.get("employer", "").replace("\0", "")[:100]
    flag = request.args.get("flag", "")
    wanted = QueueFilter(
        fund=fund if fund in list(Fund) else None,
        employer=employer,
        flag=Flag(flag) if flag in list(Flag) else None,
        held_by=who.person_id if mine else None,
    )
    after = _place_in(request.args.get("after", ""))
    page = page_of_queue(session(), who, now, wanted, after=after)
    asked: dict[str, Any] = {
        "show": "mine" if mine else None,
        "fund": fund or None,
        "employer": employer or None,
        "flag": flag or None,
    }
    return render_template(
        "assessor/queue.html",
        rows=[(row, age_of(row), course_of(row.course_code)) for row in page.rows],
        standard=STANDARD_WORKING_DAYS,
        mine=mine,
        fund=fund,
        employer=employer,
        flag=flag,
        flags=FLAGS,
        first=url_for(".queue", **asked) if after else None,
        next=url_for(".queue", **asked, after=_written_place(page.after)) if page.after else None,
        may_assess=who.role in ASSESSING_ROLES,
        person_id=who.person_id,
    )


def _written_place(place: Place) -> str:
    """A place in the queue as it stands in an address."""
    return f"{(place[0] - EPOCH) // MICROSECOND}-{place[1]}"


def _place_in(written: str) -> Place | None:
    found = re.fullmatch(r"([0-9]{1,17})-([0-9]{1,18})", written)
    return (EPOCH + int(found[1]) * MICROSECOND, int(found[2])) if found else None


def age_of(row: Waiting) -> int:
    """For how many working days the purchase has waited."""
    return working_days_between(london_date(row.waiting_since), clock.today(), england_bank_holidays())


@pages.post("/next")
@opens(*ASSESSORS)
def next_one() -> Answer:
    purchase = take_next(session(), actor(), clock.now())
    if purchase is None:
        return done("Nothing is waiting that nobody works on.", url_for("assessor.queue"))
    return redirect(url_for("assessor.purchase", purchase_id=purchase.id), 303)


@pages.get("/purchases/<int:purchase_id>")
@opens(*ONLOOKERS)
def purchase(purchase_id: int) -> Answer:
    return _purchase_page(purchase_called(purchase_id))


@pages.post("/purchases/<int:purchase_id>/hold")
@opens(*ASSESSORS)
def hold(purchase_id: int) -> Answer:
    here = url_for("assessor.purchase", purchase_id=purchase_id)
    try:
        take(session(), purchase_called(purchase_id), actor(), clock.now())
    except NotAllowed as no:
        return refused(no, here)
    return redirect(here, 303)


@pages.post("/purchases/<int:purchase_id>/release")
@opens(*ASSESSORS)
def give_back(purchase_id: int) -> Answer:
    try:
        release(session(), purchase_called(purchase_id), actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("assessor.purchase", purchase_id=purchase_id))
    return done("The purchase is back in the queue. What you saved stays with it.", url_for("assessor.queue"))


@pages.route("/purchases/<int:purchase_id>/takeover", methods=["GET", "POST"])
@opens(Role.LEAD_ASSESSOR)
def takeover(purchase_id: int) -> Answer:
    found, form = purchase_called(purchase_id), ReasonForm()
    here = url_for("assessor.purchase", purchase_id=purchase_id)
    if form.validate_on_submit():
        try:
            take_over(session(), found, actor(), clock.now(), form.reason.data)
        except NotAllowed as no:
            return refused(no, here)
        return done("You work on this purchase now.", here)
    return render_template(
        "assessor/takeover.html", form=form, purchase=found, holder=holder_name(session(), found), back=here
    )


@pages.post("/purchases/<int:purchase_id>/checks")
@opens(*ASSESSORS)
def save_checks(purchase_id: int) -> Answer:
    found = purchase_called(purchase_id)
    form = checks_form(found)
    if not form.validate_on_submit():
        return _purchase_page(found, form)
    onwards = request.form.get("then") == "outcome"
    try:
        save(found, form)
        missing = ask_for_what_is_missing(found, form) if onwards else False
    except NotAllowed as no:
        return refused(no, url_for("assessor.purchase", purchase_id=purchase_id))
    if missing:
        return _purchase_page(found, form)
    if onwards:
        return redirect(url_for("assessor.outcome", purchase_id=purchase_id), 303)
    return done("Saved. You can come back at any time.", url_for("assessor.queue", show="mine"))


@pages.get("/purchases/<int:purchase_id>/outcome")
@opens(*ASSESSORS)
def outcome(purchase_id: int) -> Answer:
    return _outcome_page(purchase_called(purchase_id))


@pages.post("/purchases/<int:purchase_id>/outcome")
@opens(*ASSESSORS)
def confirm_outcome(purchase_id: int) -> Answer:
    found, form = purchase_called(purchase_id), OutcomeForm()
    if not [claim for claim in claims_in(session(), found) if claim.state == State.SUBMITTED]:
        # Sent twice: everything is decided, and the first answer said so.
        return redirect(url_for("assessor.queue"), 303)
    try:
        decided = confirm(session(), services().keyring, found, actor(), clock.now(), seen=str(form.seen.data or ""))
    except Changed as changed:
        return refused(changed, url_for("assessor.outcome", purchase_id=purchase_id))
    except NotAllowed as no:
        return refused(no, url_for("assessor.purchase", purchase_id=purchase_id))
    said = ", ".join(f"{each.claim.reference} {_told_of(each.claim)}" for each in decided)
    flash(f"Done: {said}.", "success")
    return redirect(url_for("assessor.queue"), 303)


_DECIDED = {
    State.APPROVED: "is approved",
    State.REJECTED: "is rejected",
    State.NEEDS_ACTION: "has gone back to the employer",
}


def _told_of(claim: Claim) -> str:
    if claim.state == State.APPROVED and waiting_sample_of(session(), claim.id) is not None:
        return "is approved, and waits for a lead assessor in the quality sample"
    return _DECIDED[State(claim.state)]


def purchase_called(purchase_id: int) -> Purchase:
    """The purchase, for staff. Drafts that were never submitted are the employer's own."""
    found = session().get(Purchase, purchase_id)
    if found is None or found.fixed_at is None:
        abort(404)
    return found


def _purchase_page(found: Purchase, form: Form | None = None) -> str:
    who, now, claims = actor(), clock.now(), claims_in(session(), found)
    keyring, today = services().keyring, clock.today()
    shown = [claim for claim in claims if claim.state != State.DRAFT]
    around = LookedAt(session(), shown)
    held_by_me = holds(found, who, now)
    somebody = found.holder_id is not None and found.held_until is not None and now < found.held_until
    inherited = standing_payment_check(session(), found)
    assessed = [(claim, assess_claim(session(), keyring, claim, today, around=around)) for claim in shown]
    return render_template(
        "assessor/purchase.html",
        purchase=found,
        course=course_of(found.course_code),
        shared=cost_shared(found),
        claims=assessed,
        closed_years=closed_among(session(), [claim.scheme_year or each.scheme_year for claim, each in assessed]),
        waiting=[claim for claim in shown if claim.state == State.SUBMITTED],
        requests=open_requests_by_claim(session(), shown),
        as_submitted=next((claim.as_submitted for claim in shown if claim.as_submitted), None),
        files=payment_evidence_of(session(), found),
        certificates=certificates_by_claim(session(), shown),
        others=other_claims_of_learners(session(), found, claims),
        on_invoice=other_claims_on_invoice(session(), found),
        inherited=inherited if inherited is not None and inherited.confirmed_at is not None else None,
        held_by_me=held_by_me,
        holder=holder_name(session(), found) if somebody and not held_by_me else "",
        may_assess=who.role in ASSESSING_ROLES,
        may_take_over=who.role is Role.LEAD_ASSESSOR,
        own_employer=belongs_to(session(), who.person_id, found.employer_id),
        form=(form or checks_form(found)) if held_by_me else None,
    )


def _outcome_page(found: Purchase) -> Answer:
    if not holds(found, actor(), clock.now()):
        return redirect(url_for("assessor.purchase", purchase_id=found.id), 303)
    proposed = work_out(session(), services().keyring, found, clock.now())
    return render_template(
        "assessor/outcome.html",
        purchase=found,
        course=course_of(found.course_code),
        proposed=proposed,
        ready=[each for each in proposed if each.is_ready],
        stuck=any(each.problems for each in proposed),
        form=OutcomeForm(formdata=None, data={"seen": seen_hash(proposed)}),
        back=url_for("assessor.purchase", purchase_id=found.id),
    )
