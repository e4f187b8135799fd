"""An employer's learners: the list, one learner with what was claimed for them, and their details."""

from dataclasses import replace

from flask import Blueprint, render_template, request, url_for

from claims import clock
from claims.exchange.learner_words import ENGAGEMENTS
from claims.lifecycle import NotAllowed
from claims.services.enrolling import change_learner, number_may_change
from claims.services.sealing import decrypt_number
from claims.store.claims import claims_for, learners_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done
from claims.web.forms.learners import LearnerChangeForm
from claims.web.listed import course_of, job_roles
from claims.web.pages.employer import EMPLOYER, employer_id, own_learner
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("employer_learners", __name__, url_prefix="/learners")

MOST_SHOWN = 200


@pages.get("")
@opens(*EMPLOYER)
def learners() -> Answer:
    search = request.args.get("search", "")[:100]
    found = learners_of(session(), employer_id(), search)
    return render_template(
        "employer/learner_list.html",
        found=found[:MOST_SHOWN],
        total=len(found),
        search=search,
        roles={role.slug: role.title for role in job_roles()},
    )


@pages.get("/<int:learner_id>")
@opens(*EMPLOYER)
def learner(learner_id: int) -> Answer:
    found = own_learner(learner_id)
    claims = claims_for(session(), found)
    return render_template(
        "employer/learner.html",
        learner=found,
        number=decrypt_number(services().keyring, found.number),
        claims=claims,
        course_of=course_of,
        roles={role.slug: role.title for role in job_roles()},
        engagements={str(key): words for key, words in ENGAGEMENTS.items()},
    )


@pages.route("/<int:learner_id>/details", methods=["GET", "POST"])
@opens(*EMPLOYER)
def change(learner_id: int) -> Answer:
    found = own_learner(learner_id)
    here = url_for("employer_learners.learner", learner_id=learner_id)
    form = LearnerChangeForm.of(found)
    form.offer_roles(job_roles())
    if form.validate_on_submit():
        details = replace(form.details(), left_on=form.left_on.data)
        if form.number.data is None:
            details = replace(details, number=decrypt_number(services().keyring, found.number))
        try:
            change_learner(session(), services().keyring, found, details, by=actor(), at=clock.now())
        except NotAllowed as no:
            form.refuse("number", str(no))
        else:
            return done(f"The details of {found.name} have been saved.", here)
    return render_template(
        "employer/learner_change.html",
        form=form,
        learner=found,
        number_may_change=number_may_change(session(), found),
        back=here,
    )
