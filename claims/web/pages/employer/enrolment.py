"""The learners of a purchase: add somebody new or known, one or many; say when they completed; take them off."""

from collections.abc import Collection

from flask import Blueprint, render_template, request, url_for

from claims import clock
from claims.exchange.parsing import Misread, parse_whole_number
from claims.lifecycle import NotAllowed
from claims.models import Claim, Purchase
from claims.rules.facts import Part
from claims.rules.findings import Finding, Says
from claims.services.answering import tell_dates
from claims.services.claiming import assess_claim
from claims.services.drafting import CHANGEABLE, part_of, say_closed
from claims.services.employing import LearnerDetails, keep_learner
from claims.services.enlisting import about_the_person
from claims.services.enrolling import NotEnoughCovered, enrol, enrol_all, learners_on, room_on, take_off
from claims.services.moving import YearClosed
from claims.store.claims import claimed_learners, drafts_beside
from claims.store.closing import closed_among
from claims.store.facts import LookedAt, Surroundings, year_decided
from claims.store.learners import LearnerFilter, page_of_learners
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.formats import count, written_date
from claims.web.forms.choosing import Choice, RadiosField
from claims.web.forms.dates import DateField
from claims.web.forms.filtering import read_id
from claims.web.forms.form import Form
from claims.web.forms.learners import LearnerForm
from claims.web.listed import todays_reference
from claims.web.pages.employer.mending import what_is_ruled_out
from claims.web.pages.employer.own import (
    EMPLOYER,
    employer_id,
    own_claim,
    own_learner,
    own_purchase,
    prepared,
    progress_of,
)
from claims.web.pages.employer.purchase_steps import back_from, continue_from, elsewhere
from claims.web.transactions import give_up, session
from claims.web.wiring import services

pages = Blueprint("employer_enrolment", __name__)


def _warnings(claim: Claim, around: Surroundings) -> list[Finding]:
    """What already speaks against the learner, before the rest is known."""
    assessment = assess_claim(session(), services().keyring, claim, clock.today(), around=around)
    return [found for found in assessment.findings_that(Says.FAIL, Says.CHECK) if about_the_person(found)]


@pages.get("/purchases/<int:purchase_id>/learners")
@opens(*EMPLOYER)
def learners(purchase_id: int) -> Answer:
    return _learners(own_purchase(purchase_id))


def _learners(purchase: Purchase, refusal: str = "", chosen: Collection[int] = ()) -> Answer:
    """The learners of the purchase; with a ``refusal`` of those who were ``chosen``, who stay so."""
    progress = progress_of(purchase)
    if (instead := elsewhere(progress, "learners")) is not None:
        return instead
    claims = [claim for claim in progress.claims if claim.part != Part.COMPLETION]
    around = LookedAt(session(), claims)
    decided = year_decided(todays_reference(), purchase.course_code, purchase.paid_on, None)
    year = decided.year.name if decided else None
    closed_years = closed_among(session(), [year, *(claim.scheme_year for claim in claims)])
    part = part_of(purchase)
    beside = drafts_beside(session(), purchase, part, [claim.learner_id for claim in claims])
    present = {claim.learner_id for claim in claims if claim.state not in ("withdrawn", "rejected")}
    search = request.values.get("search", "")[:100]
    wanted = LearnerFilter(search, after=read_id(request.args, "after"), before=read_id(request.args, "before"))
    found = page_of_learners(session(), employer_id(), wanted, clock.today())

    def page_at(*, before: int | None = None, after: int | None = None) -> str:
        return url_for(
            "employer_enrolment.learners", purchase_id=purchase.id, search=search or None, before=before, after=after
        )

    return render_template(
        "employer/learners.html",
        purchase=purchase,
        ruled_out_now=what_is_ruled_out(progress),
        told=[(claim, _warnings(claim, around), beside.get(claim.learner_id, ())) for claim in claims],
        known=[learner for learner in found.learners if learner.id not in present],
        found=found,
        search=search,
        before=page_at(before=found.before) if found.before else None,
        after=page_at(after=found.after) if found.after else None,
        closed_years=closed_years,
        closed=say_closed(decided) if decided and year in closed_years else "",
        date_may_change="paid_on" in progress.may_change,
        claimed=claimed_learners(session(), employer_id(), purchase.course_code, part),
        here=page_at(before=wanted.before, after=wanted.after),
        chosen=chosen,
        room=room_on(purchase, len(learners_on(session(), purchase))),
        cost_may_change="cost_pence" in progress.may_change and not progress.is_internal_ommt,
        refusal=refusal,
        problems=[{"text": refusal, "href": "#learners"}] if refusal else [],
        back=back_from(progress, "learners"),
    )


@pages.post("/purchases/<int:purchase_id>/learners")
@opens(*EMPLOYER)
def add_known(purchase_id: int) -> Answer:
    purchase, here = own_purchase(purchase_id), learners_page(purchase_id)
    chosen = request.form.getlist("learner", type=int)
    if not chosen:
        return _learners(purchase, "Select at least one learner to add")
    learners = [own_learner(learner_id) for learner_id in dict.fromkeys(chosen)]
    try:
        added = len(enrol_all(session(), purchase, learners, actor(), clock.now()))
    except NotEnoughCovered as no:
        give_up()
        return _learners(purchase, str(no), chosen)
    except NotAllowed as no:
        return refused(no, here)
    return done(told_of(added, len(learners) - added), here)


def told_of(added: int, present: int, changed: int = 0) -> str:
    """What is said after people were added, of whom some were there, and of some other details were kept."""
    there = f" {count(present, 'person was', 'people were')} on this purchase already." if present else ""
    more = f" The details of {count(changed, 'person', 'people')} were changed." if changed else ""
    return f"{count(added, 'learner')} added.{there}{more}"


@pages.post("/purchases/<int:purchase_id>/learners/continue")
@opens(*EMPLOYER)
def go_on(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    if not progress_of(purchase).claims:
        return refused("Add at least one learner.", learners_page(purchase_id))
    return continue_from(purchase, "learners")


@pages.route("/purchases/<int:purchase_id>/learners/new", methods=["GET", "POST"])
@opens(*EMPLOYER)
def new_learner(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    if (instead := elsewhere(progress_of(purchase), "learners")) is not None:
        return instead
    form = prepared(LearnerForm())
    if form.validate_on_submit():
        try:
            known, name = _add(purchase, form.details())
        except NotAllowed as no:
            form.refuse("number", str(no))
        else:
            more = " They were among your learners already, and their details have been updated." if known else ""
            return done(f"{name} has been added.{more}", learners_page(purchase_id))
    return render_template("employer/learner_new.html", form=form, purchase=purchase, back=learners_page(purchase_id))


def _add(purchase: Purchase, details: LearnerDetails) -> tuple[bool, str]:
    """Put somebody on the purchase; says whether they were known, and their name."""
    at = clock.now()
    learner, is_new = keep_learner(session(), services().keyring, employer_id(), details, by=actor(), at=at)
    enrol(session(), purchase, learner, actor(), at)
    return not is_new, learner.name


@pages.post("/claims/<int:claim_id>/removal")
@opens(*EMPLOYER)
def remove(claim_id: int) -> Answer:
    claim = own_claim(claim_id)
    here, name = learners_page(claim.purchase_id), claim.learner.name
    try:
        take_off(session(), claim, actor(), clock.now(), changes=_changes())
    except NotAllowed as no:
        return refused(no, here)
    return done(f"{name} has been taken off this purchase.", here)


def _changes() -> int | None:
    try:
        return parse_whole_number(request.form.get("changes", ""), "the changes", least=0, most=10**9)
    except Misread:
        return None


@pages.route("/purchases/<int:purchase_id>/completion-dates", methods=["GET", "POST"])
@opens(*EMPLOYER)
def completion_dates(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    progress = progress_of(purchase)
    if (instead := elsewhere(progress, "completion-dates")) is not None:
        return instead
    claims = [claim for claim in progress.claims if claim.part != Part.START and claim.state in CHANGEABLE]
    form = _completion_form(claims)
    if form.validate_on_submit() and _in_order(form, claims):
        try:
            for claim in claims if form.how.data != "later" else ():
                box = "completed_on" if form.how.data == "one" else _box(claim)
                tell_dates(
                    session(),
                    claim,
                    started_on=claim.started_on,
                    completed_on=form[box].data,
                    by=actor(),
                    at=clock.now(),
                )
        except YearClosed as no:
            form.refuse(box, str(no))
        except NotAllowed as no:
            return refused(no, url_for("employer_enrolment.completion_dates", purchase_id=purchase.id))
        else:
            return continue_from(purchase, "completion-dates")
    return render_template(
        "employer/completion_dates.html",
        form=form,
        purchase=purchase,
        claims=claims,
        back=back_from(progress, "completion-dates"),
    )


def _in_order(form: Form, claims: list[Claim]) -> bool:
    """Whether nobody completed before they started; those who did are named where their date was typed."""
    for claim in claims:
        name = "completed_on" if form.how.data == "one" else _box(claim)
        completed_on = form[name].data
        if completed_on and claim.started_on and completed_on < claim.started_on:
            form.refuse(
                name, f"{claim.learner.name} started on {written_date(claim.started_on)}: enter that day or a later one"
            )
            if form.how.data == "one":
                break
    return not form.problems()


def _box(claim: Claim) -> str:
    return f"completed_on_{claim.id}"


def _completion_form(claims: list[Claim]) -> Form:
    """One date for all, or one each; those who have not finished are left blank and wait."""
    days = {claim.completed_on for claim in claims}
    fields: dict[str, object] = {
        _box(claim): DateField(
            claim.learner.name, called=f"the completion date of {claim.learner.name}", latest=clock.today, optional=True
        )
        for claim in claims
    }
    boxes = tuple(fields)
    fields["how"] = RadiosField(
        "When did they complete the training?",
        called="when they completed the training",
        choices=(
            Choice("one", "Everybody on the same day", reveals=("completed_on",)),
            Choice("each", "On different days, or not everybody yet", reveals=boxes),
            Choice("later", "Nobody has completed it yet"),
        ),
    )
    fields["completed_on"] = DateField("Completion date", hint="For example, 27 3 2025.", latest=clock.today)
    told: dict[str, object] = {_box(claim): claim.completed_on for claim in claims}
    if days - {None}:
        told["how"] = "one" if len(days) == 1 else "each"
        told["completed_on"] = days.pop() if len(days) == 1 else None
    made: Form = type("CompletionForm", (Form,), fields)(data=told)
    return made


def learners_page(purchase_id: int) -> str:
    return url_for("employer_enrolment.learners", purchase_id=purchase_id)
