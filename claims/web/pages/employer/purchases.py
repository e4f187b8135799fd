"""A purchase, step by step: course, payment, cost, dates, way of claiming; and the purchase as a whole."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from claims import clock
from claims.lifecycle import NotAllowed
from claims.models import Purchase
from claims.rules.facts import Part
from claims.rules.findings import Assessment, Says
from claims.services import purchasing
from claims.services.claiming import assess_claim, weigh_purchase, what_rules_out
from claims.services.moving import YearClosed
from claims.services.purchasing import Details
from claims.store.claims import payment_evidence_of
from claims.store.closing import closed_among
from claims.store.courses import deliveries_of
from claims.store.facts import LookedAt, cost_shared
from claims.store.history import history_of
from claims.store.purchases import purchases_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.formats import money, written_date
from claims.web.forms.choosing import Choice
from claims.web.forms.filtering import read_id
from claims.web.forms.foreseeing import CheckForm
from claims.web.forms.form import Form
from claims.web.forms.purchases import CostForm, PaymentForm, SecondPaymentForm, TrainingForm, WayForm
from claims.web.histories import tell
from claims.web.journeys import purchase as journey
from claims.web.journeys.purchase import Progress
from claims.web.listed import course_of, todays_reference
from claims.web.pages.employer.course_search import search_page
from claims.web.pages.employer.own import EMPLOYER, employer_id, own_purchase, progress_of
from claims.web.pages.employer.purchase_steps import address_of, back_from, continue_from, elsewhere
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("employer_purchases", __name__, url_prefix="/purchases")


@pages.get("/new")
@opens(*EMPLOYER)
def new() -> Answer:
    if "course" in request.args:
        return _carry_over_page()
    return search_page()


def _carry_over_page() -> Answer:
    """A course chosen in the checker, with what was told about it there."""
    form = CheckForm.read(request.args, todays_reference())
    course = course_of(form.course.data or "")
    if course is None or not course.listed or not form.validate():
        return redirect(url_for(".new"), 303)
    details = form.details(course.entry)
    return render_template("employer/carry_over.html", course=course, details=details, told=form.query())


@pages.post("/new")
@opens(*EMPLOYER)
def start() -> Answer:
    code = request.form.get("course", "")
    told = CheckForm.read(request.form, todays_reference())
    if deliveries_of(todays_reference(), code):
        asked = told.query() | {"course": code}
        return redirect(url_for("employer_courses.delivery", **asked), 303)
    try:
        purchase = purchasing.start_purchase(session(), employer_id(), code, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("employer_purchases.new"))
    return begin(purchase, told)


def begin(purchase: Purchase, told: CheckForm) -> Response:
    """Take over what was told in the checker, and go on to the first step that is open.

    Where nothing of it can be claimed any more, nothing is started, and the page says why.
    """
    course = course_of(purchase.course_code)
    if course is not None and told.validate():
        try:
            purchasing.change_purchase(session(), purchase, told.details(course.entry), actor(), clock.now())
        except YearClosed as no:
            return refused(no, url_for("employer_purchases.new", **told.query()))
    return redirect(address_of(journey.furthest(progress_of(purchase)), purchase), 303)


@pages.get("")
@opens(*EMPLOYER)
def all_purchases() -> Answer:
    found = purchases_of(
        session(), employer_id(), before=read_id(request.args, "before"), after=read_id(request.args, "after")
    )
    return render_template("employer/purchases.html", found=found, course_of=course_of)


@pages.get("/<int:purchase_id>/continue")
@opens(*EMPLOYER)
def carry_on(purchase_id: int) -> Answer:
    """To the first step that is not done."""
    purchase = own_purchase(purchase_id)
    return redirect(address_of(journey.furthest(progress_of(purchase)), purchase), 303)


@pages.get("/<int:purchase_id>")
@opens(*EMPLOYER)
def whole(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    progress = progress_of(purchase)
    today, around = clock.today(), LookedAt(session(), progress.claims)
    assessed = [
        (claim, assess_claim(session(), services().keyring, claim, today, around=around)) for claim in progress.claims
    ]
    return render_template(
        "employer/purchase.html",
        purchase=purchase,
        progress=progress,
        course=course_of(purchase.course_code),
        shared=cost_shared(purchase),
        assessed=assessed,
        closed_years=closed_among(session(), [claim.scheme_year or each.scheme_year for claim, each in assessed]),
        files=payment_evidence_of(session(), purchase),
        steps=[(step, address_of(step, purchase)) for step in journey.steps_of(progress)],
        furthest=journey.furthest(progress),
        drafts=any(claim.state == "draft" for claim in progress.claims),
        may_tell_second=_may_tell_second(progress),
        token=Form(formdata=None).form_token.data,
        events=tell("purchase", history_of(session(), "purchase", purchase.id)),
    )


@pages.route("/<int:purchase_id>/payment", methods=["GET", "POST"])
@opens(*EMPLOYER)
def payment(purchase_id: int) -> Answer:
    return _tell(purchase_id, "payment", PaymentForm.of)


@pages.route("/<int:purchase_id>/cost", methods=["GET", "POST"])
@opens(*EMPLOYER)
def cost(purchase_id: int) -> Answer:
    return _tell(purchase_id, "cost", CostForm.of)


@pages.route("/<int:purchase_id>/training-dates", methods=["GET", "POST"])
@opens(*EMPLOYER)
def training_dates(purchase_id: int) -> Answer:
    return _tell(purchase_id, "training-dates", lambda purchase: TrainingForm(obj=purchase))


def _tell(purchase_id: int, slug: str, form_of: Callable[[Purchase], PaymentForm | CostForm | TrainingForm]) -> Answer:
    """One step that tells something about the purchase."""
    purchase = own_purchase(purchase_id)
    progress = progress_of(purchase)
    if (instead := elsewhere(progress, slug)) is not None:
        return instead
    form = form_of(purchase)
    if form.validate_on_submit():
        try:
            return _keep(purchase, slug, form.details())
        except YearClosed as no:
            form.refuse("paid_on", str(no))
    return _step_page(progress, slug, form)


def _keep(purchase: Purchase, slug: str, details: Details) -> Answer:
    """What is told at a step. Raises ``YearClosed``, which is said where the date was typed."""
    try:
        purchasing.change_purchase(session(), purchase, details, actor(), clock.now())
    except YearClosed:
        raise
    except NotAllowed as no:
        return refused(no, url_for("employer_purchases.whole", purchase_id=purchase.id))
    if purchase.fixed_at is not None:
        return done("The purchase has been changed.", url_for("employer_purchases.whole", purchase_id=purchase.id))
    return continue_from(purchase, slug)


def _step_page(progress: Progress, slug: str, form: Form, **more: object) -> str:
    return render_template(
        f"employer/{slug.replace('-', '_')}.html",
        form=form,
        purchase=progress.purchase,
        progress=progress,
        course=course_of(progress.purchase.course_code),
        back=back_from(progress, slug),
        **more,
    )


@pages.route("/<int:purchase_id>/way-of-claiming", methods=["GET", "POST"])
@opens(*EMPLOYER)
def way_of_claiming(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    progress = progress_of(purchase)
    if (instead := elsewhere(progress, "way-of-claiming")) is not None:
        return instead
    form = WayForm(obj=purchase)
    start_part = weigh_purchase(session(), purchase, Part.START, clock.today())
    full = weigh_purchase(session(), purchase, Part.FULL, clock.today())
    form.claimed_as.choices = [
        Choice("split", "60% at the start, 40% on completion", _effect_of_split(purchase, start_part, full)),
        Choice("full", "All at once, on completion", _effect_of_full(purchase, full)),
    ]
    if form.validate_on_submit():
        return _keep(purchase, "way-of-claiming", {"claimed_as": form.claimed_as.data})
    return _step_page(progress, "way-of-claiming", form, full=full)


def _effect_of_split(purchase: Purchase, start_part: Assessment, full: Assessment) -> str:
    if no := start_part.findings_that(Says.FAIL):
        return f"Cannot be claimed: {' '.join(finding.message for finding in no)}"
    now, later = start_part.amount.entitlement_pence, start_part.amount.left_for_completion_pence
    return (
        f"For each learner {money(now)} now, to be claimed by {written_date(start_part.last_day_to_claim)}. Then "
        f"{money(later)} on completion, {_claimed_by(purchase, full)} "
        "That part is only paid if the learner still works for you when they complete."
    )


def _effect_of_full(purchase: Purchase, full: Assessment) -> str:
    if no := what_rules_out(session(), purchase, Part.FULL, clock.today()):
        return f"Cannot be claimed: {' '.join(finding.message for finding in no)}"
    return (
        f"For each learner nothing now, then {money(full.amount.entitlement_pence)} on completion, "
        f"{_claimed_by(purchase, full)} If the learner has left by then, an assessor decides."
    )


def _claimed_by(purchase: Purchase, full: Assessment) -> str:
    if full.last_day_to_claim is None or purchase.planned_end_on is None:
        return "to be claimed within 3 months of it."
    last_day, end = written_date(full.last_day_to_claim), written_date(purchase.planned_end_on)
    return f"to be claimed by {last_day} if it ends on {end}."


def _may_tell_second(progress: Progress) -> bool:
    """A plan's second payment has a page of its own once the rest is fixed."""
    return (
        progress.purchase.fixed_at is not None
        and bool(progress.purchase.by_plan)
        and "second_payment_on" in progress.may_change
    )


@pages.route("/<int:purchase_id>/second-payment", methods=["GET", "POST"])
@opens(*EMPLOYER)
def second_payment(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    if not _may_tell_second(progress_of(purchase)):
        return redirect(url_for("employer_purchases.whole", purchase_id=purchase.id), 303)
    form = SecondPaymentForm(obj=purchase)
    if form.validate_on_submit():
        second_on = form.second_payment_on.data
        if purchase.paid_on and second_on < purchase.paid_on:
            form.refuse("second_payment_on", "The date of the second payment must be on or after the first payment")
        else:
            return _keep(purchase, "completion-dates", {"second_payment_on": second_on})
    return render_template(
        "employer/second_payment.html",
        form=form,
        purchase=purchase,
        back=url_for("employer_purchases.whole", purchase_id=purchase.id),
    )


@pages.get("/<int:purchase_id>/removal")
@opens(*EMPLOYER)
def ask_removal(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    if purchase.fixed_at is not None:
        abort(404)
    return render_template(
        "employer/removal.html",
        purchase=purchase,
        progress=progress_of(purchase),
        course=course_of(purchase.course_code),
        back=url_for("employer_purchases.whole", purchase_id=purchase.id),
    )


@pages.post("/<int:purchase_id>/removal")
@opens(*EMPLOYER)
def remove(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    try:
        purchasing.discard_purchase(session(), purchase, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("employer_purchases.whole", purchase_id=purchase_id))
    return done("The purchase and its drafts have been discarded.", url_for("employer_home.home"))
