"""Which course a purchase is of: who delivers it, another course instead, and the same again."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for

from claims import clock
from claims.lifecycle import NotAllowed, State
from claims.models import Purchase
from claims.services import purchasing
from claims.services.once import AlreadySent
from claims.services.purchasing import may_change
from claims.store.claims import claims_in, employer_called
from claims.store.courses import deliveries_of
from claims.store.facts import overlapping
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.formats import count
from claims.web.forms.choosing import Choice, RadiosField
from claims.web.forms.foreseeing import CheckForm
from claims.web.forms.form import Form
from claims.web.journeys import purchase as journey
from claims.web.listed import course_of, todays_reference
from claims.web.pages.employer.course_search import search_page
from claims.web.pages.employer.own import EMPLOYER, employer_id, own_purchase, progress_of
from claims.web.pages.employer.purchases import begin
from claims.web.transactions import give_up, session

pages = Blueprint("employer_courses", __name__, url_prefix="/purchases")


class DeliveryForm(Form):
    delivery = RadiosField(
        "Who delivers the training?",
        called="who delivers the training",
        choices=(
            Choice("internal", "Our own trainers", "A fixed amount for each learner. Nothing was bought."),
            Choice("external", "A training provider", "What you paid is paid back, up to the most for the course."),
        ),
    )


@pages.route("/new/delivery", methods=["GET", "POST"])
@opens(*EMPLOYER)
def delivery() -> Answer:
    """Decides between the two entries of Oliver McGowan training, and starts the purchase."""
    given: Mapping[str, str] = request.form if request.method == "POST" else request.args
    reference = todays_reference()
    code = given.get("course", "")
    ways = deliveries_of(reference, code)
    if not ways:
        return redirect(url_for("employer_purchases.new"), 303)
    told = CheckForm.read(given, reference)
    form = DeliveryForm(data={"delivery": next((way for way, other in ways.items() if other == code), None)})
    if form.validate_on_submit():
        code = ways[form.delivery.data]
        return begin(purchasing.start_purchase(session(), employer_id(), code, actor(), clock.now()), told)
    return render_template(
        "employer/delivery.html",
        form=form,
        told=told.query() | {"course": code},
        ways=ways,
        employer=employer_called(session(), employer_id()),
        course_of=course_of,
        back=url_for("employer_purchases.new"),
    )


@pages.get("/<int:purchase_id>/course")
@opens(*EMPLOYER)
def other_course(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    whole = url_for("employer_purchases.whole", purchase_id=purchase.id)
    if "course_code" not in may_change(session(), purchase):
        return redirect(whole, 303)
    return search_page(purchase, whole)


@pages.post("/<int:purchase_id>/course")
@opens(*EMPLOYER)
def change_course(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    try:
        details: purchasing.Details = {"course_code": request.form.get("course", "")}
        purchasing.change_purchase(session(), purchase, details, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("employer_courses.other_course", purchase_id=purchase_id))
    claimed = _claimed_elsewhere(purchase)
    if claimed and journey.may_open(progress_of(purchase), "learners"):
        return done(
            f"The course has been changed. {count(claimed, 'learner has', 'learners have')} a claim for it already: "
            "see below.",
            url_for("employer_enrolment.learners", purchase_id=purchase.id),
        )
    more = f" {count(claimed, 'learner has', 'learners have')} a claim for it already." if claimed else ""
    return done(
        f"The course has been changed. Check the rest.{more}",
        url_for("employer_purchases.whole", purchase_id=purchase.id),
    )


def _claimed_elsewhere(purchase: Purchase) -> int:
    """How many of its drafts a live claim for the same learner and course stands against."""
    drafts = [claim for claim in claims_in(session(), purchase) if claim.state == State.DRAFT]
    found = [overlapping(session(), claim) for claim in drafts]
    return sum(bool(each.own or each.another_employer) for each in found)


@pages.post("/<int:purchase_id>/copy")
@opens(*EMPLOYER)
def copy(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)

    def leads_to(copied_id: int) -> str:
        return url_for("employer_purchases.carry_on", purchase_id=copied_id)

    form = Form()
    try:
        token = form.form_token.data or ""
        copied = purchasing.copy_purchase(session(), purchase, actor(), clock.now(), token=token, leads_to=leads_to)
    except AlreadySent as again:
        give_up()
        return redirect(again.led_to, 303)
    except NotAllowed as no:
        return refused(no, url_for("employer_purchases.whole", purchase_id=purchase_id))
    return done("The purchase has been copied. Give its own dates and learners.", leads_to(copied.id))
