"""Staff: one claim with its history, and what a decision or a request is taken back with."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, url_for

from claims import clock
from claims.lifecycle import ASSESSING_ROLES, Act, NotAllowed, Role, State, acts_from
from claims.models import Claim
from claims.services.claiming import assess_claim
from claims.services.reopening import lapse, may_lapse, recall, undo
from claims.store.claims import certificates_of, completion_of, payment_evidence_of, requests_of
from claims.store.closing import closed_among
from claims.store.history import history_of
from claims.store.sampling import waiting_sample_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.assessing import ReasonForm
from claims.web.histories import tell
from claims.web.listed import course_of
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("assessor_claims", __name__, url_prefix="/assessment/claims")

STAFF = (Role.ASSESSOR, Role.LEAD_ASSESSOR, Role.FINANCE, Role.AUDITOR)
TAKING_BACK: dict[Act, tuple[str, str]] = {
    Act.UNDO: ("Undo the decision", "The claim waits in the queue again. What was committed for it is given back."),
    Act.RECALL: ("Take the request back", "The claim waits in the queue again, as it was submitted."),
    Act.LAPSE: ("Close for want of an answer", "The claim is rejected. The employer reads the reason."),
}
_DONE = {
    Act.UNDO: "The decision is undone.",
    Act.RECALL: "The request is taken back.",
    Act.LAPSE: "The claim is closed for want of an answer.",
}
_DO: dict[Act, Callable[..., None]] = {Act.UNDO: undo, Act.RECALL: recall, Act.LAPSE: lapse}


@pages.get("/<int:claim_id>")
@opens(*STAFF)
def claim(claim_id: int) -> Answer:
    found, who = claim_called(claim_id), actor()
    closed_years = closed_among(session(), [found.scheme_year])
    acts = [act for act in acts_from(State(found.state), who.role) if act in TAKING_BACK and not closed_years]
    if Act.LAPSE in acts and not may_lapse(session(), found, clock.now()):
        acts.remove(Act.LAPSE)
    return render_template(
        "assessor/claim.html",
        claim=found,
        course=course_of(found.course_code),
        assessment=assess_claim(session(), services().keyring, found, clock.today()),
        files=[*payment_evidence_of(session(), found.purchase), *certificates_of(session(), found)],
        requests=requests_of(session(), found),
        completion=completion_of(session(), found),
        events=tell("claim", history_of(session(), "claim", found.id), to_staff=True),
        sampled=waiting_sample_of(session(), found.id),
        may_agree=who.role is Role.LEAD_ASSESSOR,
        person_id=who.person_id,
        acts=[(act, TAKING_BACK[act][0]) for act in acts],
        may_recover=who.role is Role.FINANCE and found.state == State.PAID and not closed_years,
        closed_years=closed_years,
        may_assess=who.role in ASSESSING_ROLES or who.role is Role.AUDITOR,
    )


@pages.route("/<int:claim_id>/undo", methods=["GET", "POST"])
@opens(Role.LEAD_ASSESSOR)
def undo_decision(claim_id: int) -> Answer:
    return _take_back(claim_id, Act.UNDO)


@pages.route("/<int:claim_id>/recall", methods=["GET", "POST"])
@opens(Role.ASSESSOR, Role.LEAD_ASSESSOR)
def recall_request(claim_id: int) -> Answer:
    return _take_back(claim_id, Act.RECALL)


@pages.route("/<int:claim_id>/lapse", methods=["GET", "POST"])
@opens(Role.LEAD_ASSESSOR)
def close_unanswered(claim_id: int) -> Answer:
    return _take_back(claim_id, Act.LAPSE)


def claim_called(claim_id: int) -> Claim:
    """The claim, for staff. A draft that was never submitted is the employer's own."""
    found = session().get(Claim, claim_id)
    if found is None or found.state == State.DRAFT:
        abort(404)
    return found


def _take_back(claim_id: int, act: Act) -> Answer:
    found, form = claim_called(claim_id), ReasonForm()
    here = url_for("assessor_claims.claim", claim_id=claim_id)
    if act not in acts_from(State(found.state)):
        return redirect(here, 303)
    words, effect = TAKING_BACK[act]
    if form.validate_on_submit():
        try:
            _DO[act](session(), found, actor(), clock.now(), because=form.reason.data)
        except NotAllowed as no:
            return refused(no, here)
        return done(_DONE[act], here)
    return render_template("assessor/take_back.html", form=form, claim=found, words=words, effect=effect, back=here)
