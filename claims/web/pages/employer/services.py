"""An employer's services: their names, and which submitters see only the learners of some."""

from flask import Blueprint, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.services.dividing import add_service, limit_submitter, remove_service, rename_service
from claims.store.care_services import (
    counted_services_of,
    service_of,
    services_of,
    services_seen_by,
    submitter_of,
    submitters_of,
)
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.choosing import CheckboxesField, Choice, RadiosField
from claims.web.forms.fields import TextField
from claims.web.forms.form import Form
from claims.web.pages.employer.own import employer_id
from claims.web.transactions import session

pages = Blueprint("employer_services", __name__)


class ServiceForm(Form):
    name = TextField(
        "Name of the service", called="the name of the service", hint="Such as a home, a branch or a team.", most=100
    )


class LimitForm(Form):
    sees = RadiosField(
        "Which learners do they see?",
        called="which learners they see",
        choices=(
            Choice("all", "All of your learners"),
            Choice("some", "Only learners of some services", reveals=("services",)),
        ),
    )
    services = CheckboxesField("Services", called="at least one service")


@pages.route("/services", methods=["GET", "POST"])
@opens(Role.SRO)
def services() -> Answer:
    form = ServiceForm()
    if form.validate_on_submit():
        try:
            add_service(session(), employer_id(), form.name.data, by=actor(), at=clock.now())
        except NotAllowed as no:
            form.refuse("name", str(no))
        else:
            return done(f"{form.name.data} has been added.", url_for("employer_services.services"))
    return render_template(
        "employer/services.html",
        form=form,
        counted=counted_services_of(session(), employer_id()),
        submitters=submitters_of(session(), employer_id()),
    )


@pages.route("/services/<int:service_id>", methods=["GET", "POST"])
@opens(Role.SRO)
def service(service_id: int) -> Answer:
    found = service_of(session(), employer_id(), service_id)
    form = ServiceForm(obj=found)
    if form.validate_on_submit():
        try:
            rename_service(session(), found, form.name.data, by=actor(), at=clock.now())
        except NotAllowed as no:
            form.refuse("name", str(no))
        else:
            return done(f"The service is called {found.name} now.", url_for("employer_services.services"))
    return render_template(
        "employer/service.html", form=form, service=found, back=url_for("employer_services.services")
    )


@pages.post("/services/<int:service_id>/removal")
@opens(Role.SRO)
def remove(service_id: int) -> Answer:
    found = service_of(session(), employer_id(), service_id)
    here, name = url_for("employer_services.services"), found.name
    try:
        remove_service(session(), found, by=actor(), at=clock.now())
    except NotAllowed as no:
        return refused(no, here)
    return done(f"{name} has been removed.", here)


@pages.route("/team/<int:membership_id>/services", methods=["GET", "POST"])
@opens(Role.SRO)
def limit(membership_id: int) -> Answer:
    found = submitter_of(session(), employer_id(), membership_id)
    there = services_of(session(), employer_id())
    now = sorted(services_seen_by(session(), found.id)) if found.limited else []
    form = LimitForm(data={"sees": "some" if found.limited else "all", "services": [str(id_) for id_ in now]})
    form.services.choices = [(str(each.id), each.name) for each in there]
    if form.validate_on_submit():
        chosen = None if form.sees.data == "all" else [int(id_) for id_ in form.services.data]
        try:
            limit_submitter(session(), found, chosen, by=actor(), at=clock.now())
        except NotAllowed as no:
            form.refuse("sees", str(no))
        else:
            return done(_seen(found.person.name, chosen), url_for("employer_services.services"))
    return render_template(
        "employer/service_limit.html",
        form=form,
        membership=found,
        there=there,
        back=url_for("employer_services.services"),
    )


def _seen(name: str, chosen: list[int] | None) -> str:
    if chosen is None:
        return f"{name} sees all of your learners."
    return f"{name} only sees learners of the services you selected, and their claims."
