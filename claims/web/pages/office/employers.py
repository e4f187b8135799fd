"""The back office's page about every employer: found, looked at, noted about; and what a lead does with one."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from claims import clock
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Employer
from claims.secrets import mask_account_number
from claims.services.expecting import payment_in_time_from
from claims.services.sealing import decrypt_account
from claims.services.supervising import (
    add_note,
    change_officer,
    lift_suspension,
    mark_at_risk,
    suspend,
    take_mark_away,
)
from claims.store.banking import latest_account
from claims.store.claims import employer_called
from claims.store.employers import (
    claims_by_state,
    find_employers,
    newest_claims_of,
    notes_of,
    officer_of,
    people_of,
)
from claims.store.history import history_of_employer
from claims.store.money import money_of
from claims.store.registrations import dossier_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.assessing import ReasonForm
from claims.web.forms.choosing import RadiosField
from claims.web.forms.fields import EmailField, NameField, NoteField
from claims.web.forms.form import Form
from claims.web.histories import tell
from claims.web.listed import course_of
from claims.web.told_to_register import answers_of
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("employers", __name__, url_prefix="/employers")

LOOKERS = (Role.ASSESSOR, Role.LEAD_ASSESSOR, Role.FINANCE, Role.AUDITOR)
WRITERS = (Role.ASSESSOR, Role.LEAD_ASSESSOR, Role.FINANCE)
MOST_FOUND = 50

Done = Callable[[Session, int, Actor, datetime, str], None]


class EmployerNoteForm(Form):
    note = NoteField("Write a note", called="the note", hint="Colleagues read it. The employer does not.", rows=3)


class OfficerForm(Form):
    """Who takes over, and what becomes of the one before."""

    name = NameField("Name of the new senior responsible officer", called="the name")
    email = EmailField("Their email address", called="their email address", hint="They sign in with it.")
    before = RadiosField(
        "What becomes of the present senior responsible officer?",
        called="what becomes of the present one",
        choices=(("leaves", "They leave the team"), ("stays", "They stay as a submitter")),
    )
    reason = NoteField("Reason", called="the reason", hint="Only staff read this.", rows=4)


@pages.get("")
@opens(*LOOKERS)
def search() -> Answer:
    sought = request.args.get("search", "").replace("\0", "")[:254]
    found = find_employers(session(), sought, MOST_FOUND)
    return render_template("office/employers.html", sought=sought, found=found, most=MOST_FOUND)


@pages.get("/<int:employer_id>")
@opens(*LOOKERS)
def employer(employer_id: int) -> Answer:
    return _page(employer_id, EmployerNoteForm())


@pages.post("/<int:employer_id>/notes")
@opens(*WRITERS)
def note(employer_id: int) -> Answer:
    employer_called(session(), employer_id)
    form = EmployerNoteForm()
    if not form.validate_on_submit():
        return _page(employer_id, form)
    add_note(session(), employer_id, form.note.data, actor(), clock.now())
    return done("The note has been added.", url_for(".employer", employer_id=employer_id))


def _page(employer_id: int, form: EmployerNoteForm) -> Answer:
    found, who = employer_called(session(), employer_id), actor()
    account = latest_account(session(), employer_id)
    masked = mask_account_number(decrypt_account(services().keyring, account.account_number)) if account else ""
    dossier = dossier_of(session(), employer_id)
    return render_template(
        "office/employer.html",
        form=form,
        employer=found,
        people=people_of(session(), employer_id),
        dossier=dossier,
        answers=answers_of(dossier) if dossier else [],
        account=account,
        masked=masked,
        money_rows=money_of(session(), employer_id, payment_in_time_from(clock.today())),
        by_state=claims_by_state(session(), employer_id),
        newest=newest_claims_of(session(), employer_id),
        course_of=course_of,
        notes=notes_of(session(), employer_id),
        events=tell("", history_of_employer(session(), employer_id), to_staff=True),
        may_write=who.role in WRITERS,
        may_lead=who.role is Role.LEAD_ASSESSOR,
        may_see_registration=who.role in {Role.ASSESSOR, Role.LEAD_ASSESSOR, Role.AUDITOR},
    )


@pages.route("/<int:employer_id>/suspension", methods=["GET", "POST"])
@opens(Role.LEAD_ASSESSOR)
def suspension(employer_id: int) -> Answer:
    found = employer_called(session(), employer_id)
    if found.suspended:
        return _with_reason(found, "Lift the suspension", "It can submit claims and be paid again.", lift_suspension)
    return _with_reason(
        found,
        "Suspend",
        "It can submit no claims and is paid nothing until this is lifted. It sees that it is suspended, not the "
        "reason. Nothing is lost.",
        suspend,
    )


@pages.route("/<int:employer_id>/risk", methods=["GET", "POST"])
@opens(Role.LEAD_ASSESSOR)
def risk(employer_id: int) -> Answer:
    found = employer_called(session(), employer_id)
    if found.registration == "at-risk":
        return _with_reason(found, "Take the at-risk mark away", "It is registered without a mark.", take_mark_away)
    return _with_reason(
        found,
        "Mark as at risk",
        "Staff see the mark wherever the employer is shown. It may claim as before, and does not see the mark.",
        mark_at_risk,
    )


def _with_reason(found: Employer, words: str, effect: str, do: Done) -> Answer:
    form, here = ReasonForm(), url_for(".employer", employer_id=found.id)
    if form.validate_on_submit():
        try:
            do(session(), found.id, actor(), clock.now(), form.reason.data)
        except NotAllowed as no:
            return refused(no, here)
        return done(f"{words}: done.", here)
    return render_template(
        "office/reason.html", form=form, employer=found, words=words, effect=effect, address=request.path, back=here
    )


@pages.route("/<int:employer_id>/responsible-officer", methods=["GET", "POST"])
@opens(Role.LEAD_ASSESSOR)
def responsible_officer(employer_id: int) -> Answer:
    found = employer_called(session(), employer_id)
    form, here = OfficerForm(), url_for(".employer", employer_id=employer_id)
    if form.validate_on_submit():
        try:
            successor = change_officer(
                session(),
                employer_id,
                email=form.email.data,
                name=form.name.data,
                old_stays=form.before.data == "stays",
                because=form.reason.data,
                by=actor(),
                at=clock.now(),
            )
        except NotAllowed as no:
            form.refuse("email", str(no))
        else:
            return done(f"{successor.name} is the senior responsible officer now. Both have been told.", here)
    return render_template(
        "office/responsible_officer.html",
        form=form,
        employer=found,
        officer=officer_of(session(), employer_id),
        back=here,
    )
