"""Beginning a registration: an email address, the code that was sent there, and the organisation."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as browser

from claims import clock
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Person
from claims.services import emailing_codes, registering, sessions
from claims.services.emailing_codes import Refusal
from claims.services.registering import OPEN, Taken
from claims.store.employers import unregistered_employers_of
from claims.web import emailed_codes, logs
from claims.web.access import ANYONE, opens
from claims.web.answers import Answer
from claims.web.forms.registering import BeginningForm, ConfirmingForm, FirstForm
from claims.web.pages.public import demonstration
from claims.web.pages.public.signing_in import SENTENCES
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("registering", __name__, url_prefix="/register")

BROWSER, EMAIL, CONFIRMED = "register_browser", "register_email", "register_confirmed"
"""What the browser's own signed cookie remembers between the steps; the last is whose address was confirmed, and until
when that counts.
"""
CONFIRMED_FOR = timedelta(minutes=30)
PAGE_OF_EMAIL = "public/registering_email.html"


@pages.get("")
@opens(ANYONE)
def ask() -> Answer:
    return render_template(PAGE_OF_EMAIL, form=BeginningForm(data={"email": request.args.get("email")}))


@pages.post("")
@opens(ANYONE)
def send_code() -> Answer:
    form, status = BeginningForm(), 200
    if form.validate_on_submit():
        if emailed_codes.send_code(form, BROWSER, registering=True):
            browser[EMAIL] = form.email.data
            return redirect(url_for(".code"), 303)
        status = 429
    return render_template(PAGE_OF_EMAIL, form=form), status


@pages.get("/code")
@opens(ANYONE)
def code() -> Answer:
    return _code_page(ConfirmingForm())


@pages.post("/code")
@opens(ANYONE)
def confirm() -> Answer:
    form = ConfirmingForm()
    if EMAIL not in browser or not form.validate_on_submit():
        return _code_page(form)
    answer = emailing_codes.confirm_address(
        session(),
        services().keyring,
        email=browser[EMAIL],
        code=form.code.data,
        browser_token=browser[BROWSER],
        address=request.remote_addr or "",
        at=clock.now(),
    )
    if isinstance(answer, Refusal):
        logs.note("sign-in-refused", reason=str(answer))
        # At the field, not at the form, whose refusals give up what was written: the try must count.
        form.code.refuse(SENTENCES[answer])
        return _code_page(form, 429 if answer is Refusal.TOO_MANY else 200)
    if answer.staff_role is None and (begun := unregistered_employers_of(session(), answer.id, OPEN)):
        # Somebody who comes back by the way they came in the first time goes on where they were.
        return _signed_in(Actor(Role.SRO, answer.name, answer.id, begun[0]))
    browser[CONFIRMED] = [answer.id, (clock.now() + CONFIRMED_FOR).timestamp()]
    return redirect(url_for(".organisation"), 303)


@pages.get("/organisation")
@opens(ANYONE)
def organisation() -> Answer:
    person = _confirmed()
    return _organisation_page(FirstForm(data={"own_name": person.name}), person) if person else _from_the_start()


@pages.post("/organisation")
@opens(ANYONE)
def begin() -> Answer:
    person, form = _confirmed(), FirstForm()
    if person is None:
        return _from_the_start()
    if not form.validate_on_submit():
        return _organisation_page(form, person)
    try:
        by = registering.begin(
            session(),
            person,
            own_name=form.own_name.data,
            name=form.name.data,
            workplace_id=form.workplace_id.data,
            at=clock.now(),
        )
    except Taken as no:
        form.refuse("workplace_id", str(no))
    except NotAllowed as no:
        form.refuse("own_name", str(no))
    else:
        return _signed_in(by)
    return _organisation_page(form, person)


def _signed_in(by: Actor) -> Answer:
    """Somebody whose address was confirmed, and who registers, needs no second code."""
    response = redirect(url_for("registration.overview"), 303)
    emailed_codes.enter(response, sessions.start_session(session(), by, clock.now()))
    return response


def _confirmed() -> Person | None:
    """Whose address was confirmed in this browser a short while ago."""
    person_id, until = browser.get(CONFIRMED) or (0, 0)
    if clock.now().timestamp() >= until:
        return None
    person = session().get(Person, person_id)
    return person if person is not None and person.closed_at is None else None


def _from_the_start() -> Answer:
    return redirect(url_for(".ask"), 303)


def _code_page(form: ConfirmingForm, status: int = 200) -> Answer:
    if EMAIL not in browser:
        return _from_the_start()
    shown = demonstration.find_codes_of(browser[EMAIL]) if services().settings.demonstration else None
    return render_template("public/registering_code.html", form=form, email=browser[EMAIL], shown=shown), status


def _organisation_page(form: FirstForm, person: Person) -> Answer:
    return render_template("public/registering_first.html", form=form, email=person.email)
