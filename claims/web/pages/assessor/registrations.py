"""Assessors: registrations that wait, one on one page with its proofs, and the decision."""

from flask import Blueprint, abort, render_template, url_for
from werkzeug.wrappers import Response

from claims import clock
from claims.clock import london_date
from claims.lifecycle import ASSESSING_ROLES, NotAllowed
from claims.models import RegistrationProof
from claims.reminders.working_days import working_days_between
from claims.services.admitting import Decision, decide
from claims.services.holding import belongs_to
from claims.store.history import history_of_employer
from claims.store.holidays import england_bank_holidays
from claims.store.registrations import dossier_of, look_alikes, waiting_registrations
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.registering import PROOF_WORDS, DecisionForm
from claims.web.histories import tell
from claims.web.kept_files import give_to_look_at
from claims.web.pages.assessor.queue import ASSESSORS, ONLOOKERS, STANDARD_WORKING_DAYS
from claims.web.told_to_register import answers_of
from claims.web.transactions import session

pages = Blueprint("registrations", __name__, url_prefix="/registrations")

DECIDED = {
    Decision.REGISTERED: "registered",
    Decision.AT_RISK: "registered at risk",
    Decision.REFUSED: "refused",
}


@pages.get("")
@opens(*ONLOOKERS)
def waiting() -> Answer:
    rows = waiting_registrations(session())
    return render_template(
        "assessor/registrations.html",
        rows=[
            (row, working_days_between(london_date(row.sent_at), clock.today(), england_bank_holidays()))
            for row in rows
        ],
        standard=STANDARD_WORKING_DAYS,
    )


@pages.get("/<int:employer_id>")
@opens(*ONLOOKERS)
def registration(employer_id: int) -> Answer:
    return _page(employer_id, None)


@pages.post("/<int:employer_id>")
@opens(*ASSESSORS)
def decide_it(employer_id: int) -> Answer:
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(employer_id, form)
    here = url_for(".registration", employer_id=employer_id)
    seen = form.seen.data or ""
    try:
        decide(
            session(),
            employer_id,
            Decision(form.decision.data),
            checks=form.checks.data,
            note=form.note,
            seen=int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
            by=actor(),
            at=clock.now(),
        )
    except NotAllowed as no:
        if _is_decidable(employer_id):
            form.refuse("decision", str(no))
            return _page(employer_id, form)
        return refused(no, here)
    found = dossier_of(session(), employer_id)
    name = found.employer.name if found else "The employer"
    return done(f"{name} is {DECIDED[Decision(form.decision.data)]}. It has been told.", url_for(".waiting"))


def _is_decidable(employer_id: int) -> bool:
    found = dossier_of(session(), employer_id)
    return found is not None and found.employer.registration == "sent"


def _page(employer_id: int, form: DecisionForm | None) -> Answer:
    dossier = dossier_of(session(), employer_id)
    if dossier is None or dossier.registration.sent_at is None:
        abort(404)
    who = actor()
    own = belongs_to(session(), who.person_id, employer_id)
    may_decide = who.role in ASSESSING_ROLES and not own and dossier.employer.registration == "sent"
    if may_decide and form is None:
        form = DecisionForm(formdata=None, data={"seen": str(dossier.registration.times_sent)})
    return render_template(
        "assessor/registration.html",
        form=form if may_decide else None,
        dossier=dossier,
        answers=answers_of(dossier),
        proof_words=PROOF_WORDS,
        look_alikes=look_alikes(session(), dossier),
        own_employer=own,
        events=tell("", history_of_employer(session(), employer_id), to_staff=True),
    )


@pages.get("/proofs/<int:proof_id>")
@opens(*ONLOOKERS)
def proof(proof_id: int) -> Response:
    file = session().get(RegistrationProof, proof_id)
    if file is None or file.removed_at is not None:
        abort(404)
    found = dossier_of(session(), file.employer_id)
    if found is None or found.registration.sent_at is None:
        abort(404)
    return give_to_look_at(file)
