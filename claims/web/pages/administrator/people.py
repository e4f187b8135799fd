"""Administrators: accounts of the back office, their roles, and who is signed in."""

from flask import Blueprint, abort, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.models import Person, SignedInSession
from claims.models.kinds import LARGEST_ID
from claims.services import staffing
from claims.services.sessions import AT_MOST, IDLE
from claims.store.history import history_of
from claims.store.passkeys import second_factors_of
from claims.store.people import MOST_PRESENT, Present, back_office, signed_in_now
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.form import Form
from claims.web.forms.staffing import NewColleagueForm, RoleForm
from claims.web.histories import tell
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("people", __name__, url_prefix="/people")

LOOKING = (Role.ADMINISTRATOR, Role.AUDITOR)


@pages.get("")
@opens(*LOOKING)
def everybody() -> Answer:
    return render_template(
        "administrator/people.html",
        colleagues=back_office(session()),
        present=_present(),
        most=MOST_PRESENT,
        may_change=_may_change(),
    )


@pages.route("/new", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def new() -> Answer:
    form = NewColleagueForm()
    if form.validate_on_submit():
        try:
            made = staffing.add_staff(
                session(),
                services().keyring,
                email=form.email.data,
                name=form.name.data,
                role=Role(form.role.data),
                by=actor(),
                at=clock.now(),
            )
        except staffing.NotAdded as no:
            form.refuse("email", str(no))
        else:
            return _secret_page("Account added", made)
    return render_template("administrator/person_new.html", form=form, back=url_for(".everybody"))


@pages.get("/<int:person_id>")
@opens(*LOOKING)
def person(person_id: int) -> Answer:
    found = _colleague(person_id)
    return render_template(
        "administrator/person.html",
        person=found,
        has=second_factors_of(session(), found.id),
        present=_present(found.id),
        events=tell("person", history_of(session(), "person", found.id)[:50], to_staff=True),
        may_change=_may_change() and found.id != actor().person_id,
        oneself=found.id == actor().person_id,
        back=url_for(".everybody"),
    )


@pages.route("/<int:person_id>/role", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def role(person_id: int) -> Answer:
    found = _colleague(person_id)
    form = RoleForm(data={"role": found.staff_role})
    if form.validate_on_submit():
        try:
            staffing.change_role(session(), found, Role(form.role.data), actor(), clock.now())
        except NotAllowed as no:
            form.refuse("role", str(no))
        else:
            return done(f"{found.name} has a new role, and was signed out everywhere.", _here(found))
    return render_template("administrator/person_role.html", form=form, person=found, back=_here(found))


@pages.route("/<int:person_id>/closure", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def closure(person_id: int) -> Answer:
    found, form = _colleague(person_id), Form()
    if form.validate_on_submit():
        try:
            staffing.close_account(session(), found, actor(), clock.now())
        except NotAllowed as no:
            return refused(no, _here(found))
        return done(f"The account of {found.name} is closed.", _here(found))
    return render_template("administrator/person_closure.html", form=form, person=found, back=_here(found))


@pages.post("/<int:person_id>/reopening")
@opens(Role.ADMINISTRATOR)
def reopening(person_id: int) -> Answer:
    found = _colleague(person_id)
    try:
        made = staffing.reopen_account(session(), services().keyring, found, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, _here(found))
    return _secret_page("Account opened again", made)


@pages.route("/<int:person_id>/authenticator", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def authenticator(person_id: int) -> Answer:
    found, form = _colleague(person_id), Form()
    if form.validate_on_submit():
        try:
            made = staffing.reset_authenticator(session(), services().keyring, found, actor(), clock.now())
        except NotAllowed as no:
            return refused(no, _here(found))
        return _secret_page("Authenticator reset", made)
    return render_template("administrator/person_authenticator.html", form=form, person=found, back=_here(found))


@pages.post("/<int:person_id>/sessions")
@opens(Role.ADMINISTRATOR)
def end_all(person_id: int) -> Answer:
    found = _colleague(person_id)
    staffing.end_sessions(session(), found, actor(), clock.now())
    return done(f"{found.name} was signed out everywhere.", _here(found))


@pages.post("/sessions/<int:session_id>")
@opens(Role.ADMINISTRATOR)
def end_one(session_id: int) -> Answer:
    kept = session().get(SignedInSession, session_id) if session_id <= LARGEST_ID else None
    if kept is None:
        abort(404)
    staffing.end_one_session(session(), kept, actor(), clock.now())
    return done(f"{kept.person.name} was signed out in that browser.", url_for(".everybody"))


def _secret_page(heading: str, made: staffing.NewAccount) -> str:
    """Shown once, in the answer to the form itself, so that no address and no cookie ever holds it."""
    return render_template(
        "administrator/person_secret.html",
        heading=heading,
        person=session().get_one(Person, made.person_id),
        secret=made.authenticator_secret,
    )


def _colleague(person_id: int) -> Person:
    found = session().get(Person, person_id) if person_id <= LARGEST_ID else None
    if found is None or found.staff_role is None:
        abort(404)
    return found


def _present(person_id: int | None = None) -> list[Present]:
    now = clock.now()
    return signed_in_now(session(), seen_after=now - IDLE, started_after=now - AT_MOST, person_id=person_id)


def _here(found: Person) -> str:
    return url_for("people.person", person_id=found.id)


def _may_change() -> bool:
    return actor().role is Role.ADMINISTRATOR
