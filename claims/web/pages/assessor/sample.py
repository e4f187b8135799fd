"""Lead assessors: approvals in the quality sample, to agree to or undo."""

from flask import Blueprint, render_template, request, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.services.sampling import agree
from claims.store.sampling import SHOWN_AT_ONCE, InSample, waiting_samples
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.listed import course_of
from claims.web.pages.assessor.claims import claim_called
from claims.web.transactions import session

pages = Blueprint("sample", __name__, url_prefix="/assessment")

REASONS = {
    "first-of-employer": "The employer’s first approval",
    "drawn": "Drawn, as one in ten is",
    "undone-before": "Approved again after an approval in the sample was undone",
}
FIRST_AGAIN = "The employer’s first approval, after an earlier one was undone"


@pages.get("/sample")
@opens(Role.LEAD_ASSESSOR, Role.AUDITOR)
def waiting() -> Answer:
    after = request.args.get("after", "0")
    found = waiting_samples(session(), actor(), after=int(after) if after.isdecimal() and len(after) < 19 else 0)
    return render_template(
        "assessor/sample.html",
        found=[(each, course_of(each.claim.course_code), _why(each)) for each in found],
        person_id=actor().person_id,
        more_after=found[-1].sampled.id if len(found) == SHOWN_AT_ONCE else 0,
    )


@pages.post("/claims/<int:claim_id>/agreement")
@opens(Role.LEAD_ASSESSOR)
def agree_to(claim_id: int) -> Answer:
    found = claim_called(claim_id)
    try:
        agree(session(), found, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("assessor_claims.claim", claim_id=claim_id))
    return done(f"You agreed to the approval of {found.reference}. The employer is told.", url_for("sample.waiting"))


def _why(found: InSample) -> str:
    return FIRST_AGAIN if found.follows_undone else REASONS[found.sampled.reason]
