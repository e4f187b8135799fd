"""Assessors: the queue, who holds what, and one purchase on one page with its checks."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from claims import clock
from claims.clock import london_date
from claims.decisions import Answer as Said
from claims.lifecycle import ASSESSING_ROLES, NotAllowed, Role, State
from claims.models import Claim, Purchase
from claims.reminders.plan import working_days_between
from claims.rules.scheme import Fund
from claims.services.assessing import Changed, confirm, seen_hash, work_out
from claims.services.checking import (
    latest_completion_check,
    latest_payment_check,
    needs_payment_check,
    save_completion_check,
    save_payment_check,
    standing_payment_check,
)
from claims.services.claiming import assess_claim
from claims.services.holding import belongs_to, holder_name, holds, release, take, take_next, take_over
from claims.services.reminding import england_bank_holidays
from claims.store.assessment import certificates_by_claim, other_claims_of_learners, other_claims_on_invoice
from claims.store.claims import claims_in, open_requests_of, payment_evidence_of
from claims.store.facts import cost_shared
from claims.store.queue import Flag, Place, QueueFilter, Waiting, page_of_queue
from claims.store.sampling import waiting_sample_of
from claims.store.standard_notes import offered_notes
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.assessing import OutcomeForm, ReasonForm, make_checks_form, note_in
from claims.web.forms.form import Form
from claims.web.listed import course_of
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
    form = _checks_form(found)
    if not form.validate_on_submit():
        return _purchase_page(found, form)
    onwards = request.form.get("then") == "outcome"
    try:
        _save(found, form)
        missing = _ask_for_what_is_missing(found, form) if onwards else False
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


def _waiting_claims(found: Purchase) -> list[Claim]:
    return [claim for claim in claims_in(session(), found) if claim.state == State.SUBMITTED]


def _needs_payment(found: Purchase, claims: Sequence[Claim]) -> bool:
    course = course_of(found.course_code)
    internal = course is not None and course.entry.is_internal_ommt
    return any(needs_payment_check(claim, internal_ommt=internal) for claim in claims)


def _checks_form(found: Purchase) -> Form:
    claims = _waiting_claims(found)
    saved: dict[str, Any] = {}
    check = latest_payment_check(session(), found)
    if check is not None and (check.confirmed_at is None or standing_payment_check(session(), found) is check):
        saved |= {"payment": check.answer, "paid_in_full": check.paid_in_full, "payment_note": check.note}
    shared = cost_shared(found)
    saved["cost"] = (check.cost_pence if check and saved else None) or (shared.cost_pence if shared else None)
    for claim in claims:
        mine = latest_completion_check(session(), claim)
        if mine is not None and mine.confirmed_at is None:
            saved |= {f"answer_{claim.id}": mine.answer, f"note_{claim.id}": mine.note}
    return make_checks_form(claims, saved, offered_notes(session()), with_payment=_needs_payment(found, claims))


def _save(found: Purchase, form: Form) -> None:
    by, at, notes = actor(), clock.now(), offered_notes(session())
    if "payment" in form and (form["payment"].data or form["payment_note"].data or form["payment_standard"].data):
        standing = standing_payment_check(session(), found)
        answer = Said(form["payment"].data) if form["payment"].data else None
        told: dict[str, Any] = {
            "answer": answer,
            "cost_pence": form["cost"].data if answer is Said.YES else None,
            "paid_in_full": form["paid_in_full"].data if answer is Said.YES else None,
            "note": "" if answer is Said.YES else note_in(form, "payment_note", "payment_standard", notes),
        }
        # A check that passed before and says the same is inherited, not made again.
        if standing is None or any(getattr(standing, name) != value for name, value in told.items()):
            save_payment_check(session(), found, by, at, **told)
    for claim in _waiting_claims(found):
        if f"answer_{claim.id}" not in form:
            continue
        chosen = form[f"answer_{claim.id}"].data
        note = note_in(form, f"note_{claim.id}", f"standard_{claim.id}", notes)
        if chosen or note:
            answer = Said(chosen) if chosen else None
            note = "" if answer is Said.YES else note
            save_completion_check(session(), claim, by, at, answer=answer, note=note)


def _ask_for_what_is_missing(found: Purchase, form: Form) -> bool:
    """Puts a sentence at each question that must be answered before there is an outcome. What was saved stays."""
    missing: list[tuple[str, str]] = []
    notes = offered_notes(session())
    payment = form["payment"].data if "payment" in form else None
    if "payment" in form:
        first_of_plan = bool(found.by_plan) and all(claim.part == "start" for claim in _waiting_claims(found))
        if payment is None:
            missing.append(("payment", "Select whether the payment is in order"))
        elif payment == Said.YES:
            if form["cost"].data is None:
                missing.append(("cost", "Enter the cost for each learner"))
            if not form["paid_in_full"].data and not first_of_plan:
                missing.append(
                    ("paid_in_full", "A payment in order is paid in full. If it is not, ask for action or reject it")
                )
        elif not note_in(form, "payment_note", "payment_standard", notes):
            missing.append(("payment_note", "Write a note about the payment, or choose a standard note"))
    answers = [name for name in form._fields if name.startswith("answer_")]
    for name in answers:
        claim_id = name.removeprefix("answer_")
        if form[name].data in (Said.ACTION_NEEDED, Said.REJECT) and not note_in(
            form, f"note_{claim_id}", f"standard_{claim_id}", notes
        ):
            missing.append((f"note_{claim_id}", "Write a note, or choose a standard note"))
    undecided = all(form[name].data is None for name in answers)
    if undecided and payment in (None, Said.YES) and not missing:
        missing += [(answers[0], "Select an answer for at least one claim")] if answers else []
    for name, sentence in missing:
        form[name].refuse(sentence)
    return bool(missing)


def _purchase_page(found: Purchase, form: Form | None = None) -> str:
    who, now, claims = actor(), clock.now(), claims_in(session(), found)
    keyring, today = services().keyring, clock.today()
    shown = [claim for claim in claims if claim.state != State.DRAFT]
    held_by_me = holds(found, who, now)
    somebody = found.holder_id is not None and found.held_until is not None and now < found.held_until
    inherited = standing_payment_check(session(), found)
    return render_template(
        "assessor/purchase.html",
        purchase=found,
        course=course_of(found.course_code),
        shared=cost_shared(found),
        claims=[(claim, assess_claim(session(), keyring, claim, today)) for claim in shown],
        waiting=[claim for claim in shown if claim.state == State.SUBMITTED],
        requests={claim.id: open_requests_of(session(), claim) for claim in shown},
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
        form=(form or _checks_form(found)) if held_by_me else None,
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
