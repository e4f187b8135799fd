"""Signing in and out: an email address, the code that was sent there, and for the back office an authenticator code."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response
from wtforms import HiddenField

from claims import clock
from claims.lifecycle import Actor
from claims.secrets import new_token
from claims.services import signing_in
from claims.services.sessions import note_browser
from claims.services.signing_in import Choose, Refusal, SignedIn
from claims.web import access, logs
from claims.web.access import ANYONE, next_address, opens, visitor
from claims.web.browsers import describe_browser
from claims.web.forms.choosing import RadiosField
from claims.web.forms.fields import CodeField, EmailField, SecondFactorField
from claims.web.forms.form import Form
from claims.web.navigation import places_for
from claims.web.pages import demonstration
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("signing_in", __name__)

BROWSER, EMAIL, THEN = "sign_in_browser", "sign_in_email", "sign_in_then"
"""What the browser's own cookie remembers between the steps: its secret, the address typed, where to go on to."""

MOST_DIGITS = 19
"""Of an id."""

Answer = str | Response | tuple[str, int]

WAIT = "There were too many tries. Wait 15 minutes, then ask for a new code."
SENTENCES: dict[Refusal, str] = {
    Refusal.TOO_MANY: WAIT,
    Refusal.WRONG_CODE: (
        "The code is wrong or too old. Check the newest message, or ask for another code in this browser."
    ),
    Refusal.WRONG_AUTHENTICATOR: (
        "The authenticator code is wrong or was used already. Wait for your app to show the next one."
    ),
    Refusal.NOBODY_TO_ACT_FOR: (
        "Your account is part of no employer’s team. Ask the senior responsible officer to invite you, "
        "or register your organisation."
    ),
}


class EmailForm(Form):
    email = EmailField("Email address", called="your email address")


class CodeForm(Form):
    code = CodeField("Code from the message", called="the code from the message")


class AuthenticatorForm(Form):
    code = HiddenField()
    authenticator_code = SecondFactorField(
        "Code from your authenticator app",
        called="the code your authenticator app shows",
        hint="Or one of your recovery codes.",
    )


class EmployerForm(Form):
    code = HiddenField()
    employer = RadiosField("Which employer are you acting for?", called="the employer you are acting for")


@pages.get(access.SIGN_IN)
@opens(ANYONE)
def ask() -> Answer:
    if (who := visitor()) is not None:
        return redirect(next_address(home_of(who)), 303)
    form = EmailForm(data={"email": request.args.get("email")})
    return render_template("pages/sign_in.html", form=form, then=next_address(""))


@pages.post(access.SIGN_IN)
@opens(ANYONE)
def send_code() -> Answer:
    form, status = EmailForm(), 200
    if form.validate_on_submit():
        token = browser.get(BROWSER) or new_token()
        refused = signing_in.ask_for_code(
            session(),
            services().keyring,
            email=form.email.data,
            browser_token=token,
            address=request.remote_addr or "",
            at=clock.now(),
        )
        if refused is None:
            browser.update({BROWSER: token, EMAIL: form.email.data, THEN: next_address("")})
            return redirect(url_for("signing_in.code"), 303)
        logs.note("sign-in-refused", reason=str(refused))
        form.refuse("email", WAIT)
        status = 429
    return render_template("pages/sign_in.html", form=form, then=next_address("")), status


@pages.get(f"{access.SIGN_IN}/code")
@opens(ANYONE)
def code() -> Answer:
    return _code_page(CodeForm())


@pages.post(f"{access.SIGN_IN}/code")
@opens(ANYONE)
def enter_code() -> Answer:
    form = CodeForm()
    return _enter(form) if form.validate_on_submit() else _code_page(form)


@pages.post(f"{access.SIGN_IN}/authenticator")
@opens(ANYONE)
def enter_authenticator_code() -> Answer:
    form = AuthenticatorForm()
    return _enter(form) if form.validate_on_submit() else _code_page(form)


@pages.post(f"{access.SIGN_IN}/employer")
@opens(ANYONE)
def choose_employer() -> Answer:
    # Which employers there are is known only once the code has been looked at again.
    return _enter(EmployerForm())


@pages.post(access.SIGN_OUT)
@opens(ANYONE)
def sign_out() -> Answer:
    if token := access.session_token():
        signing_in.end_session(session(), token, clock.now())
    response = redirect(url_for("start.start"), 303)
    access.forget(response)
    flash("You have signed out.", "success")
    return response


def home_of(who: Actor) -> str:
    """Where somebody begins: the first place of their role."""
    places = places_for(who)
    return str(places[0]["href"]) if places else url_for("start.start")


def _enter(form: CodeForm | AuthenticatorForm | EmployerForm) -> Answer:
    """Tries what was typed so far; each step asks for the next thing that is needed, and spends the code at the end.

    A refusal is put at its field, not at the form, whose refusals give up what was written: the try must count.
    """
    if EMAIL not in browser:
        return redirect(access.SIGN_IN, 303)
    chosen = str(form.employer.data or "") if isinstance(form, EmployerForm) else ""
    answer = signing_in.enter_code(
        session(),
        services().keyring,
        email=browser[EMAIL],
        code=str(form.code.data or ""),
        browser_token=browser[BROWSER],
        address=request.remote_addr or "",
        at=clock.now(),
        authenticator_code=str(form.authenticator_code.data) if isinstance(form, AuthenticatorForm) else "",
        browser=describe_browser(request.user_agent.string),
        employer_id=int(chosen) if chosen.isdecimal() and len(chosen) < MOST_DIGITS else None,
    )
    if isinstance(answer, SignedIn):
        if (before := access.session_token()) is not None:
            signing_in.end_session(session(), before, clock.now())
        response = redirect(browser.get(THEN) or home_of(answer.actor), 303)
        access.remember(response, answer.token)
        note_browser(
            session(),
            services().keyring,
            browser_token=access.know_browser(response),
            described=describe_browser(request.user_agent.string),
            by=answer.actor,
            at=clock.now(),
        )
        return response
    if isinstance(answer, Refusal) and answer is not Refusal.AUTHENTICATOR_NEEDED:
        logs.note("sign-in-refused", reason=str(answer))
    if isinstance(answer, Choose):
        choosing = EmployerForm(formdata=None, data={"code": form.code.data})
        choosing.employer.choices = [(str(employer_id), name) for employer_id, name in answer.employers]
        if isinstance(form, EmployerForm):
            choosing.employer.refuse("Select the employer you are acting for")
        return _code_page(choosing)
    if answer is Refusal.AUTHENTICATOR_NEEDED:
        return _code_page(AuthenticatorForm(formdata=None, data={"code": form.code.data}))
    if answer is Refusal.WRONG_AUTHENTICATOR:
        form.authenticator_code.refuse(SENTENCES[answer])
        return _code_page(form)
    asking = form if isinstance(form, CodeForm) else CodeForm(formdata=None)
    asking.code.refuse(SENTENCES[answer])
    return _code_page(asking, 429 if answer is Refusal.TOO_MANY else 200)


def _code_page(form: Form, status: int = 200) -> Answer:
    if EMAIL not in browser:
        return redirect(access.SIGN_IN, 303)
    shown = demonstration.find_codes_of(browser[EMAIL]) if services().settings.demonstration else None
    return render_template(TEMPLATES[type(form)], form=form, email=browser[EMAIL], shown=shown), status


TEMPLATES: dict[type[Form], str] = {
    CodeForm: "pages/sign_in_code.html",
    AuthenticatorForm: "pages/sign_in_authenticator.html",
    EmployerForm: "pages/sign_in_employer.html",
}
