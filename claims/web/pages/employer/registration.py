"""An employer's registration, step by step: what it tells, the sending, where it stands."""

from collections.abc import Callable
from typing import Protocol

from flask import Blueprint, redirect, render_template, url_for

from claims import clock
from claims.clock import london_date
from claims.lifecycle import NotAllowed, Role
from claims.rules.scheme import SchemeYear
from claims.rules.wording import in_words
from claims.services import registering
from claims.services.expecting import decision_expected_after
from claims.services.once import AlreadySent
from claims.services.registering import OPEN, Taken, Told, unanswered
from claims.services.updating_workforce import counts_since, say_what_is_outdated
from claims.store.registrations import Dossier, dossier_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, refused, warned
from claims.web.forms.form import Form
from claims.web.forms.registering import (
    NONE_OF_THEM,
    PROOF_WORDS,
    AddressForm,
    CareStaffForm,
    DeclarationForm,
    NumbersForm,
    OfficerForm,
    OrganisationForm,
    ServicesForm,
)
from claims.web.journeys import registration as journey
from claims.web.listed import todays_reference
from claims.web.pages.employer.own import EMPLOYER, employer_id
from claims.web.pages.employer.registration_steps import address_of, elsewhere, own_dossier, step_page
from claims.web.told_to_register import answers_of
from claims.web.transactions import give_up, session

pages = Blueprint("registration", __name__, url_prefix="/registration")


class Telling(Protocol):
    """A form that tells a bit of a registration."""

    def validate_on_submit(self) -> bool: ...
    def told(self) -> Told: ...
    def refuse(self, name: str, sentence: str, at: str = "") -> None: ...


@pages.get("")
@opens(*EMPLOYER)
def overview() -> Answer:
    dossier = dossier_of(session(), employer_id())
    if dossier is None:
        return redirect(url_for("employer_organisation.organisation"), 303)
    sent_at = dossier.registration.sent_at
    return render_template(
        "employer/registration/overview.html",
        dossier=dossier,
        answers=answers_of(dossier),
        outdated=_outdated(dossier),
        proof_words=PROOF_WORDS,
        steps=[(step, address_of(step.slug), journey.may_open(dossier, step.slug)) for step in journey.STEPS],
        waits=unanswered(dossier),
        furthest=journey.furthest(dossier),
        address_of=address_of,
        is_open=dossier.employer.registration in OPEN,
        may_change=actor().role is Role.SRO,
        expected_on=decision_expected_after(london_date(sent_at)) if sent_at else None,
    )


@pages.route("/organisation", methods=["GET", "POST"])
@opens(Role.SRO)
def organisation() -> Answer:
    return _tell("organisation", lambda dossier: OrganisationForm(obj=dossier.employer))


@pages.route("/address", methods=["GET", "POST"])
@opens(Role.SRO)
def address() -> Answer:
    return _tell("address", lambda dossier: AddressForm(obj=dossier.registration))


@pages.route("/services", methods=["GET", "POST"])
@opens(Role.SRO)
def care_provided() -> Answer:
    def form(dossier: Dossier) -> ServicesForm:
        kept = dossier.registration.services
        return ServicesForm(data={"services": kept if kept is None else kept or [NONE_OF_THEM.value]})

    return _tell("services", form)


@pages.route("/care-staff", methods=["GET", "POST"])
@opens(Role.SRO)
def care_staff() -> Answer:
    def form(dossier: Dossier) -> CareStaffForm:
        found = CareStaffForm(
            data={
                "care_staff": dossier.registration.care_staff,
                "workforce_data_updated_on": dossier.employer.workforce_data_updated_on,
            }
        )
        since = counts_since(_year(), clock.today())
        found.workforce_data_updated_on.hint += f" Only a day from {in_words(since)} on counts when you claim now."
        return found

    return _tell("care-staff", form, heed=_outdated)


@pages.route("/numbers", methods=["GET", "POST"])
@opens(Role.SRO)
def numbers() -> Answer:
    return _tell("numbers", lambda dossier: NumbersForm(obj=dossier.registration))


@pages.route("/responsible-officer", methods=["GET", "POST"])
@opens(Role.SRO)
def responsible_officer() -> Answer:
    return _tell(
        "responsible-officer",
        lambda dossier: OfficerForm(
            data={"officer_name": actor().name, "officer_job_title": dossier.registration.officer_job_title}
        ),
    )


def _tell(
    slug: str, form_of: Callable[[Dossier], Telling], heed: Callable[[Dossier], str] = lambda _dossier: ""
) -> Answer:
    """One step that tells a bit of the registration. ``heed`` says what is kept, and yet to be heeded."""
    dossier = own_dossier()
    if (instead := elsewhere(dossier, slug)) is not None:
        return instead
    form = form_of(dossier)
    if form.validate_on_submit():
        try:
            registering.tell(session(), employer_id(), form.told(), actor(), clock.now())
        except Taken as no:
            form.refuse("workplace_id", str(no))
        except NotAllowed as no:
            return refused(no, url_for(".overview"))
        else:
            onward, words = _onward(dossier, slug), heed(own_dossier())
            # The page of all answers says it itself.
            return warned(words, onward) if words and onward != address_of("check") else redirect(onward, 303)
    return step_page(slug, form)


def _outdated(dossier: Dossier) -> str:
    """What is said of workforce data that no claim can be made with; empty when there is nothing to say."""
    words = say_what_is_outdated(dossier.employer, _year(), clock.today())
    return f"{words} You can register all the same, and tell us the day once you have updated them." if words else ""


def _year() -> SchemeYear:
    return todays_reference().year_to_go_by(clock.today())


def _onward(before: Dossier, slug: str) -> str:
    """To the next step; back to the answers when only one of them was to be changed."""
    waited = unanswered(before)
    dossier = own_dossier()
    if not unanswered(dossier) and slug not in waited:
        return address_of("check")
    return address_of(journey.step_after(slug).slug)


@pages.get("/check")
@opens(Role.SRO)
def check() -> Answer:
    return _check_page(DeclarationForm())


@pages.post("/check")
@opens(Role.SRO)
def send() -> Answer:
    form = DeclarationForm()
    if form.validate_on_submit():
        try:
            registering.send(
                session(),
                employer_id(),
                declared=True,
                token=form.form_token.data or "",
                leads_to=url_for(".overview"),
                by=actor(),
                at=clock.now(),
            )
        except AlreadySent as again:
            give_up()
            return redirect(again.led_to, 303)
        except NotAllowed as no:
            return refused(no, url_for(".overview"))
        return redirect(url_for(".overview"), 303)
    return _check_page(form)


def _check_page(form: Form) -> Answer:
    dossier = own_dossier()
    if (instead := elsewhere(dossier, "check")) is not None:
        return instead
    return step_page(
        "check",
        form,
        dossier=dossier,
        answers=answers_of(dossier),
        outdated=_outdated(dossier),
        address_of=address_of,
        proof_words=PROOF_WORDS,
    )
