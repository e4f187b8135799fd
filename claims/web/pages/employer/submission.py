"""Check and submit: what each claim of a purchase brings, until when, and what blocks it; then the confirmation."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for

from claims import clock
from claims.lifecycle import NotAllowed, State
from claims.models import Claim, Purchase
from claims.readiness import Blocker
from claims.rules.findings import Assessment, Finding, Says
from claims.services.claiming import Submission, assess_claim, submit, what_blocks
from claims.services.expecting import decision_expected_after, decision_expected_on, payment_expected_after
from claims.services.once import AlreadySent
from claims.store.claims import claims_in, other_drafts
from claims.store.facts import Surroundings, cost_shared
from claims.web.access import actor, opens
from claims.web.answers import Answer, refused
from claims.web.formats import claimed_pence
from claims.web.forms.choosing import AgreeField, CheckboxesField
from claims.web.forms.form import Form
from claims.web.listed import course_of
from claims.web.pages.employer.mending import what_is_ruled_out, where_to_put_right
from claims.web.pages.employer.own import EMPLOYER, own_purchase, progress_of
from claims.web.pages.employer.purchase_steps import back_from, elsewhere
from claims.web.transactions import give_up, session
from claims.web.wiring import services

pages = Blueprint("employer_submission", __name__, url_prefix="/purchases")

DECLARATION = (
    "I have checked these claims. What they say is true and complete, the learners work for us as stated, the training "
    "was paid for by us, and nobody else has claimed for it."
)
FOLDED_ABOVE = 12
"""With more of them beneath each other than this, the findings that are met are left to each claim's own page."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One draft as the page shows it."""

    claim: Claim
    assessment: Assessment
    blockers: tuple[Blocker, ...]
    others: int
    """How many other drafts there are for the same learner and course."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Drafts of which the page says the same, once."""

    drafts: list[Looked]

    @property
    def first(self) -> Looked:
        return self.drafts[0]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, if they say the same of each; otherwise they are left to each claim's own page."""
        said = [[(finding.outcome, finding.message) for finding in each.assessment.findings] for each in self.drafts]
        return self.first.assessment.findings if said.count(said[0]) == len(said) else ()


class SubmitForm(Form):
    claims = CheckboxesField("Which claims do you want to submit?", called="at least one claim to submit")
    declaration = AgreeField("Declaration", called="you make the declaration", words=DECLARATION)


@pages.get("/<int:purchase_id>/check")
@opens(*EMPLOYER)
def check(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    looked = _look(purchase)
    return _check_page(purchase, looked, _ready_form(looked))


@pages.post("/<int:purchase_id>/check")
@opens(*EMPLOYER)
def send(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    form = _sent_form()
    if form.validate_on_submit():
        try:
            came = _submit(purchase, form)
            if came.submitted:
                return redirect(_confirmation(purchase_id), 303)
            wrong = "None of these claims could be submitted. See below what is in the way."
        except AlreadySent as again:
            give_up()
            return redirect(again.led_to, 303)
        except NotAllowed as no:
            wrong = str(no)
        give_up()
        if _were_sent(purchase, form.claims.data):
            # From a second tab, or with the back button: they stand as the first left them.
            return redirect(_confirmation(purchase_id), 303)
        looked = _look(purchase)
        form = _ready_form(looked)
        form.refuse("claims", wrong)
        return _check_page(purchase, looked, form, wrong)
    return _check_page(purchase, _look(purchase), form)


def _submit(purchase: Purchase, form: SubmitForm) -> Submission:
    chosen = {int(value): request.form.get(f"changes-{value}", -1, type=int) for value in form.claims.data}
    return submit(
        session(),
        services().keyring,
        purchase,
        chosen,
        declared=True,
        token=form.form_token.data or "",
        leads_to=_confirmation(purchase.id),
        by=actor(),
        at=clock.now(),
    )


def _were_sent(purchase: Purchase, chosen: list[str]) -> bool:
    there = {str(claim.id): claim for claim in claims_in(session(), purchase)}
    return all(value in there and there[value].state == State.SUBMITTED for value in chosen)


def _look(purchase: Purchase) -> list[Looked]:
    drafts = [claim for claim in claims_in(session(), purchase) if claim.state == State.DRAFT]
    looked, around = [], Surroundings(session())
    for claim in drafts:
        assessment = assess_claim(session(), services().keyring, claim, clock.today(), around=around)
        blockers = what_blocks(session(), claim, assessment, around=around)
        looked.append(Looked(claim, assessment, blockers, len(other_drafts(session(), claim))))
    # Those that can be sent first.
    return sorted(looked, key=lambda each: bool(each.blockers))


def _together(looked: list[Looked]) -> list[Alike]:
    """What is not ready is said of each by itself."""
    alike: dict[object, list[Looked]] = {}
    for each in looked:
        assessment = each.assessment
        checks = tuple(finding.message for finding in assessment.findings_that(Says.CHECK))
        said = (each.claim.part, assessment.amount, assessment.last_day_to_claim, checks, each.others)
        alike.setdefault(each.claim.id if each.blockers else said, []).append(each)
    return [Alike(drafts) for drafts in alike.values()]


def _ready_form(looked: list[Looked]) -> SubmitForm:
    """A fresh form, on which everything that is ready is chosen."""
    ready = [str(each.claim.id) for each in looked if not each.blockers]
    form = SubmitForm(formdata=None, data={"claims": ready})
    form.claims.choices = [(value, value) for value in ready]
    return form


def _sent_form() -> SubmitForm:
    """The form as it was sent. Which of the claims can be submitted is found out by submitting them."""
    form = SubmitForm()
    form.claims.choices = [(value, value) for value in request.form.getlist("claims") if value.isdecimal()]
    return form


def _check_page(purchase: Purchase, looked: list[Looked], form: SubmitForm, wrong: str = "") -> Answer:
    progress = progress_of(purchase)
    if (instead := elsewhere(progress, "check")) is not None:
        return instead
    ready = [each for each in looked if not each.blockers]
    if form.is_submitted() and not ready:
        # The page now has no form on which to put anything right.
        return refused(wrong or "No claim of this purchase is ready to be submitted.", request.path)
    together = _together(looked)
    return render_template(
        "employer/check.html",
        form=form,
        purchase=purchase,
        progress=progress,
        course=course_of(purchase.course_code),
        shared=cost_shared(purchase),
        looked=looked,
        together=together,
        ready=ready,
        total_pence=sum(each.assessment.amount.payable_pence or 0 for each in ready),
        folded=len(together) > FOLDED_ABOVE,
        declaration=DECLARATION,
        where=where_to_put_right,
        other_way=no.all_at_once if (no := what_is_ruled_out(progress)) else None,
        back=back_from(progress, "check"),
    )


def _confirmation(purchase_id: int) -> str:
    return url_for("employer_submission.confirmation", purchase_id=purchase_id)


@pages.get("/<int:purchase_id>/confirmation")
@opens(*EMPLOYER)
def confirmation(purchase_id: int) -> Answer:
    purchase = own_purchase(purchase_id)
    claims = claims_in(session(), purchase)
    sent = [claim.submitted_at for claim in claims if claim.submitted_at is not None]
    if not sent:
        return redirect(url_for("employer_submission.check", purchase_id=purchase_id), 303)
    submitted = [claim for claim in claims if claim.submitted_at == max(sent)]
    return render_template(
        "employer/confirmation.html",
        purchase=purchase,
        course=course_of(purchase.course_code),
        submitted=submitted,
        total_pence=sum(claimed_pence(claim.as_submitted) or 0 for claim in submitted),
        expected_on=decision_expected_on(submitted[0]),
        paid_by=payment_expected_after(decision_expected_after(clock.london_date(max(sent)))),
        waiting=[claim for claim in claims if claim.state == State.DRAFT],
    )
