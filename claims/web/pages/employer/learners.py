"""An employer's learners: the list, one learner with what was claimed for them, and their details."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, render_template, request, url_for

from claims import clock
from claims.exchange.learner_words import ENGAGEMENTS
from claims.lifecycle import NotAllowed
from claims.models import Learner
from claims.models.kinds import LARGEST_ID
from claims.secrets import mask_national_insurance_number
from claims.services.drafting import Stale
from claims.services.employing import (
    LearnerDetails,
    change_learner,
    description_of,
    details_of,
    number_may_change,
    seen_hash,
)
from claims.services.sealing import decrypt_number
from claims.store.care_services import services_of
from claims.store.claims import claims_for
from claims.store.learners import LearnerFilter, page_of_learners
from claims.store.role_categories import next_steps, place_of
from claims.store.training import claimed_courses_of, funded_training_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done
from claims.web.forms.learners import LearnerChangeForm
from claims.web.listed import course_of, job_roles, todays_reference
from claims.web.pages.employer.learner_tables import COLUMN_OF, DetailWords
from claims.web.pages.employer.own import EMPLOYER, employer_id, own_learner, own_services, prepared
from claims.web.pages.public.courses import in_address
from claims.web.transactions import give_up, session
from claims.web.wiring import services
from claims.web.wording import basis

pages = Blueprint("employer_learners", __name__, url_prefix="/learners")

SHOWN = {"all": None, "present": True, "left": False}


@pages.get("")
@opens(*EMPLOYER)
def learners() -> Answer:
    show = request.args.get("show", "all")
    wanted = LearnerFilter(
        search=request.args.get("search", "")[:100],
        service_id=_id_asked_for("service"),
        present=SHOWN.get(show),
        after=_id_asked_for("after"),
        before=_id_asked_for("before"),
    )
    found = page_of_learners(session(), employer_id(), wanted, clock.today())

    def page_at(*, before: int | None = None, after: int | None = None) -> str:
        return url_for(
            "employer_learners.learners",
            search=wanted.search or None,
            service=wanted.service_id,
            show=show if wanted.present is not None else None,
            before=before,
            after=after,
        )

    return render_template(
        "employer/learner_list.html",
        found=found,
        wanted=wanted,
        show=show,
        services=own_services(),
        roles={role.slug: role.title for role in job_roles()},
        before=page_at(before=found.before) if found.before else None,
        after=page_at(after=found.after) if found.after else None,
    )


def _id_asked_for(name: str) -> int | None:
    """An id in the address; ``None`` for anything that is none."""
    asked = request.args.get(name, type=int)
    return asked if asked is not None and 0 <= asked <= LARGEST_ID else None


@pages.get("/<int:learner_id>")
@opens(*EMPLOYER)
def learner(learner_id: int) -> Answer:
    found = own_learner(learner_id)
    claims = claims_for(session(), found)
    reference, today = todays_reference(), clock.today()
    place = place_of(reference, found, today)
    steps = next_steps(reference, place.category, claimed_courses_of(session(), found), today) if place.category else []
    return render_template(
        "employer/learner.html",
        learner=found,
        place=place,
        steps=steps,
        basis=basis,
        in_address=in_address,
        training=funded_training_of(session(), found),
        number=decrypt_number(services().keyring, found.number),
        claims=claims,
        course_of=course_of,
        roles={role.slug: role.title for role in job_roles()},
        engagements={str(key): words for key, words in ENGAGEMENTS.items()},
        services={each.id: each.name for each in services_of(session(), employer_id())},
    )


@pages.route("/<int:learner_id>/details", methods=["GET", "POST"])
@opens(*EMPLOYER)
def change(learner_id: int) -> Answer:
    found = own_learner(learner_id)
    here = url_for("employer_learners.learner", learner_id=learner_id)
    form = prepared(LearnerChangeForm.of(found))
    if form.validate_on_submit():
        details = replace(form.details(), left_on=form.left_on.data)
        if "service" not in form:
            details = replace(details, service_id=found.service_id)
        if form.number.data is None:
            details = replace(details, number=decrypt_number(services().keyring, found.number))
        try:
            change_learner(
                session(),
                services().keyring,
                found,
                details,
                by=actor(),
                at=clock.now(),
                seen=str(form.seen.data or ""),
            )
        except Stale as no:
            give_up()
            form.seen.data = seen_hash(found)
            return _change(found, form, str(no), _differences(found, details))
        except NotAllowed as no:
            form.refuse("number", str(no))
        else:
            return done(f"The details of {found.name} have been saved.", here)
    return _change(found, form)


def _change(
    found: Learner, form: LearnerChangeForm, refusal: str = "", differences: Sequence[tuple[str, str, str]] = ()
) -> str:
    """The form; with a ``refusal``, what is kept now beside what was entered."""
    return render_template(
        "employer/learner_change.html",
        form=form,
        learner=found,
        number_may_change=number_may_change(session(), found),
        refusal=refusal,
        differences=differences,
        problems=[{"text": refusal, "href": "#meanwhile"}] if refusal else [],
        back=url_for("employer_learners.learner", learner_id=found.id),
    )


def _differences(found: Learner, entered: LearnerDetails) -> list[tuple[str, str, str]]:
    """Of each detail that is kept otherwise than it was entered: what it is called, as kept and as entered."""
    words, kept = DetailWords(), details_of(services().keyring, found)
    before = description_of(kept)
    told = [
        (COLUMN_OF[name], words.of(name, before[name]), words.of(name, value))
        for name, value in description_of(entered).items()
        if before[name] != value
    ]
    if kept.number != entered.number:
        masked = [mask_national_insurance_number(each.number) for each in (kept, entered)]
        told.append((COLUMN_OF["number"], masked[0], masked[1]))
    return told
