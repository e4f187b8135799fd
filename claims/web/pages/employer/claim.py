"""One claim of an employer: its page and history, its dates, answering a request, taking it back."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for

from claims import clock
from claims.clock import london_date
from claims.lifecycle import UNANSWERED_FOR, NotAllowed, State, acts_from
from claims.models import ActionRequest, Claim
from claims.rules.facts import Part
from claims.services.answering import answer, resubmit, tell_dates, withdraw
from claims.services.claiming import assess_claim, look_up_facts, what_blocks
from claims.services.drafting import CHANGEABLE
from claims.services.expecting import decision_expected_on, payment_expected_on
from claims.services.moving import YearClosed
from claims.services.snapshots import Change, changes_since
from claims.store.claims import (
    certificates_of,
    completion_of,
    open_requests_of,
    other_drafts,
    payment_evidence_of,
    requests_of,
)
from claims.store.closing import closed_among
from claims.store.history import history_of, kept_note_of
from claims.store.sampling import waiting_sample_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.formats import written_date
from claims.web.forms.answering import answers_form, answers_in, fields_of
from claims.web.forms.dates import DateField
from claims.web.forms.form import Form
from claims.web.forms.purchases import WithdrawalForm, latest_planned
from claims.web.histories import tell, tell_changes
from claims.web.listed import course_of
from claims.web.pages.employer.mending import where_to_put_right
from claims.web.pages.employer.own import EMPLOYER, own_claim, progress_of
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("employer_claim", __name__, url_prefix="/claims")


class DatesForm(Form):
    started_on = DateField("When did this learner start?", called="the start date", latest=latest_planned)
    completed_on = DateField(
        "When did this learner complete the training?",
        called="the completion date",
        hint="The day on the certificate, whether they passed or not. Leave blank if they have not completed it yet. "
        "For example, 27 3 2025.",
        latest=clock.today,
        optional=True,
    )


@pages.get("/<int:claim_id>")
@opens(*EMPLOYER)
def claim(claim_id: int) -> Answer:
    return _claim_page(own_claim(claim_id))


def _claim_page(found: Claim, form: Form | None = None) -> str:
    assessment = assess_claim(session(), services().keyring, found, clock.today())
    needs_action = found.state == State.NEEDS_ACTION
    changes: tuple[Change, ...] = ()
    note = ""
    asked = open_requests_of(session(), found)
    if needs_action:
        facts, _ = look_up_facts(session(), services().keyring, found, clock.today())
        changes = changes_since(session(), found, facts)
        note = kept_note_of(session(), found.id)
    return render_template(
        "employer/claim.html",
        claim=found,
        purchase=found.purchase,
        course=course_of(found.course_code),
        assessment=assessment,
        blockers=what_blocks(session(), found, assessment) if found.state in CHANGEABLE else (),
        certificates=certificates_of(session(), found),
        payment_files=payment_evidence_of(session(), found.purchase),
        completion=completion_of(session(), found) if found.part == Part.START else None,
        others=other_drafts(session(), found) if found.state == State.DRAFT else (),
        requests=requests_of(session(), found),
        open_requests=asked,
        answer_by=_answer_by(found, asked),
        fields_of=fields_of,
        changes=tell_changes(changes),
        payment_may_change="cost_pence" in progress_of(found.purchase).may_change,
        changeable=found.state in CHANGEABLE,
        may_withdraw="withdraw" in acts_from(State(found.state)),
        where=where_to_put_right,
        expected_on=decision_expected_on(found),
        paid_by=payment_expected_on(found),
        closed_years=closed_among(session(), [found.scheme_year or assessment.scheme_year]),
        second_look=found.state == State.APPROVED and waiting_sample_of(session(), found.id) is not None,
        events=tell("claim", history_of(session(), "claim", found.id)),
        form=form or (answers_form(asked, note=note, sent=False) if needs_action else None),
    )


def _answer_by(found: Claim, asked: Sequence[ActionRequest]) -> date | None:
    """The last day before a claim that nobody answers for can be closed; ``None`` while nothing is asked."""
    if found.state != State.NEEDS_ACTION or not asked:
        return None
    return london_date(min(each.asked_at for each in asked) + UNANSWERED_FOR)


def _page_of(found: Claim) -> str:
    return url_for("employer_claim.claim", claim_id=found.id)


@pages.route("/<int:claim_id>/dates", methods=["GET", "POST"])
@opens(*EMPLOYER)
def dates(claim_id: int) -> Answer:
    found = own_claim(claim_id)
    if found.state not in CHANGEABLE:
        return redirect(_page_of(found), 303)
    form = DatesForm(obj=found)
    form.completed_on.label.text = f"When did {found.learner.name} complete the training?"
    if found.part == Part.COMPLETION:
        del form.started_on
    if found.part == Part.START:
        del form.completed_on
    if form.validate_on_submit() and _in_order(form):
        try:
            tell_dates(
                session(),
                found,
                started_on=form.started_on.data if "started_on" in form else found.started_on,
                completed_on=form.completed_on.data if "completed_on" in form else None,
                by=actor(),
                at=clock.now(),
                changes=request.form.get("changes", type=int),
            )
        except YearClosed as no:
            form.refuse("completed_on", str(no))
        except NotAllowed as no:
            return refused(no, _page_of(found))
        else:
            return done(f"The dates have been saved. {_until_when(found)}", _page_of(found))
    return render_template("employer/claim_dates.html", form=form, claim=found, back=_page_of(found))


def _until_when(found: Claim) -> str:
    if found.last_day_on is not None:
        return f"The last day to claim is {written_date(found.last_day_on)}."
    return "The claim waits for the completion date, which decides the last day to claim."


def _in_order(form: DatesForm) -> bool:
    if "started_on" not in form or "completed_on" not in form:
        return True
    start, end = form.started_on.data, form.completed_on.data
    if start and end and end < start:
        form.refuse("completed_on", "The completion date must be on or after the start date")
        return False
    return True


@pages.post("/<int:claim_id>/resubmission")
@opens(*EMPLOYER)
def send_again(claim_id: int) -> Answer:
    """Keeps the answers; sends the claim with them unless they are only to be saved."""
    found = own_claim(claim_id)
    if found.state != State.NEEDS_ACTION:
        # Sent twice: the page says where the claim stands.
        return redirect(_page_of(found), 303)
    asked = open_requests_of(session(), found)
    form = answers_form(asked, sent=True)
    if not form.validate_on_submit():
        return _claim_page(found, form)
    changes = request.form.get("changes", type=int)
    only_save = request.form.get("then") == "save"
    note = form.note.data or ""
    try:
        answer(
            session(),
            found,
            answers_in(form, asked),
            # A note that is sent at once stands with the sending.
            note=note if only_save else None,
            by=actor(),
            at=clock.now(),
            changes=changes,
        )
        if only_save:
            saved = "Your answers and your note have" if note else "Your answers have"
            return done(f"{saved} been saved. They go to the assessor when you send the claim.", _page_of(found))
        blockers = resubmit(session(), services().keyring, found, actor(), clock.now(), note=note)
    except NotAllowed as no:
        if found.state != State.NEEDS_ACTION:
            return refused(no, _page_of(found))
        form.refuse("note", str(no))
        return _claim_page(found, form)
    if blockers:
        form.refuse("note", "The claim cannot be sent yet. See below what is in the way")
        return _claim_page(found, form)
    return done("The claim has been sent again. The assessor will look at it.", _page_of(found))


@pages.route("/<int:claim_id>/withdrawal", methods=["GET", "POST"])
@opens(*EMPLOYER)
def withdrawal(claim_id: int) -> Answer:
    found = own_claim(claim_id)
    if "withdraw" not in acts_from(State(found.state)):
        return redirect(_page_of(found), 303)
    form = WithdrawalForm()
    if form.validate_on_submit():
        try:
            withdraw(
                session(),
                found,
                form.reason.data,
                by=actor(),
                at=clock.now(),
                changes=request.form.get("changes", type=int),
            )
        except NotAllowed as no:
            return refused(no, _page_of(found))
        return done("The claim has been withdrawn.", _page_of(found))
    return render_template("employer/withdrawal.html", form=form, claim=found, back=_page_of(found))
