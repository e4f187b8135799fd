"""Signing in and out: an email address, the code that was sent there, and for the back office a second factor."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import Response as Data
from flask import session as browser
from wtforms import HiddenField

from claims import clock
from claims.lifecycle import Actor
from claims.services import sessions, signing_in
from claims.services.challenging import Answered, Purpose
from claims.services.emailing_codes import Refusal
from claims.services.sessions import note_browser
from claims.services.signing_in import Choose, SignedIn
from claims.store.passkeys import second_factors_at
from claims.web import access, emailed_codes, logs
from claims.web.access import ANYONE, next_address, opens, visitor
from claims.web.answers import Answer
from claims.web.browsers import describe_browser
from claims.web.emailed_codes import WAIT
from claims.web.forms.choosing import RadiosField
from claims.web.forms.fields import CodeField, EmailField, RecoveryCodeField, SecondFactorField
from claims.web.forms.form import Form
from claims.web.navigation import places_for
from claims.web.pages.public import demonstration
from claims.web.passkeys import NONE_GIVEN, NOT_TAKEN, PasskeyForm, answered, for_script, problems_with, relying_party
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("signing_in", __name__)

BROWSER, EMAIL, THEN = "sign_in_browser", "sign_in_email", "sign_in_then"
"""What the browser's own cookie remembers between the steps: its secret, the address typed, where to go on to."""

MOST_DIGITS = 19
"""Of an id."""

SENTENCES: dict[Refusal, str] = {
    Refusal.TOO_MANY: WAIT,
    Refusal.WRONG_CODE: (
        "The code is wrong or too old. Check the newest message, or ask for another code in this browser."
    ),
    Refusal.WRONG_AUTHENTICATOR: (
        "The authenticator code is wrong or was used already. Wait for your app to show the next one."
    ),
    Refusal.WRONG_PASSKEY: NOT_TAKEN,
    Refusal.NOBODY_TO_ACT_FOR: (
        "Your account is part of no employer’s team. Ask the senior responsible officer to invite you, "
        "or register your organisation."
    ),
}
WRONG_RECOVERY_CODE = "The recovery code is wrong or was used already."


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


class RecoveryForm(Form):
    """For whoever has passkeys and no app."""

    code = HiddenField()
    authenticator_code = RecoveryCodeField(
        "Recovery code", called="your recovery code", hint="10 letters and digits, with or without the dash."
    )


ProvingForm = AuthenticatorForm | RecoveryForm


class SignInPasskeyForm(PasskeyForm):
    code = HiddenField()


class EmployerForm(Form):
    code = HiddenField()
    employer = RadiosField("Which employer are you acting for?", called="the employer you are acting for")


@pages.get(access.SIGN_IN)
@opens(ANYONE)
def ask() -> Answer:
    if (who := visitor()) is not None:
        return redirect(next_address(home_of(who)), 303)
    form = EmailForm(data={"email": request.args.get("email")})
    return render_template("public/sign_in.html", form=form, then=next_address(""))


@pages.post(access.SIGN_IN)
@opens(ANYONE)
def send_code() -> Answer:
    form, status = EmailForm(), 200
    if form.validate_on_submit():
        if emailed_codes.send_code(form, BROWSER):
            browser.update({EMAIL: form.email.data, THEN: next_address("")})
            return redirect(url_for("signing_in.code"), 303)
        status = 429
    return render_template("public/sign_in.html", form=form, then=next_address("")), status


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
    has = second_factors_at(session(), browser.get(EMAIL, ""))
    form = RecoveryForm() if has.passkeys and not has.app else AuthenticatorForm()
    form.validate_on_submit()
    return _enter(form)


@pages.post(f"{access.SIGN_IN}/passkey/challenge")
@opens(ANYONE)
def challenge() -> Data:
    form, party = SignInPasskeyForm(), relying_party()
    if party is None or EMAIL not in browser:
        return for_script(None)
    asked = signing_in.ask_for_passkey(
        session(),
        services().keyring,
        party,
        email=browser[EMAIL],
        code=str(form.code.data or ""),
        browser_token=browser[BROWSER],
        address=request.remote_addr or "",
        at=clock.now(),
    )
    return for_script(None if isinstance(asked, Refusal) else asked)


@pages.post(f"{access.SIGN_IN}/passkey")
@opens(ANYONE)
def use_passkey() -> Answer:
    return _enter(SignInPasskeyForm())


@pages.post(f"{access.SIGN_IN}/employer")
@opens(ANYONE)
def choose_employer() -> Answer:
    # Which employers there are is known only once the code has been looked at again.
    return _enter(EmployerForm())


@pages.post(access.SIGN_OUT)
@opens(ANYONE)
def sign_out() -> Answer:
    if token := access.session_token():
        sessions.end_session(session(), token, clock.now())
    response = redirect(url_for("start.start"), 303)
    access.forget(response)
    flash("You have signed out.", "success")
    return response


def home_of(who: Actor) -> str:
    """Where somebody begins: the first place of their role."""
    places = places_for(who)
    return str(places[0]["href"]) if places else url_for("start.start")


def _enter(form: CodeForm | ProvingForm | SignInPasskeyForm | EmployerForm) -> Answer:
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
        authenticator_code=_well_written_code(form),
        passkey=_given_passkey(form),
        browser=describe_browser(request.user_agent.string),
        employer_id=int(chosen) if chosen.isdecimal() and len(chosen) < MOST_DIGITS else None,
    )
    if isinstance(answer, SignedIn):
        response = redirect(browser.get(THEN) or home_of(answer.actor), 303)
        emailed_codes.enter(response, answer.token)
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
    if answer in (Refusal.AUTHENTICATOR_NEEDED, Refusal.WRONG_AUTHENTICATOR, Refusal.WRONG_PASSKEY):
        return _second_page(form, answer)
    asking = form if isinstance(form, CodeForm) else CodeForm(formdata=None)
    asking.code.refuse(SENTENCES[answer])
    return _code_page(asking, 429 if answer is Refusal.TOO_MANY else 200)


def _well_written_code(form: Form) -> str:
    """What the app shows or a recovery code; blank where what was typed is neither, and the form says so."""
    return str(form.authenticator_code.data or "") if isinstance(form, ProvingForm) and not form.problems() else ""


def _given_passkey(form: Form) -> Answered | None:
    party = relying_party()
    if party is None or not isinstance(form, SignInPasskeyForm) or not form.given:
        return None
    return answered(party, Purpose.SIGN_IN, browser[BROWSER], form)


def _second_page(form: Form, refusal: Refusal) -> Answer:
    """Asks for the second factor. Only reached with the right emailed code: it says what the account has."""
    has, problem = second_factors_at(session(), browser[EMAIL]), ""
    offers_passkeys = relying_party() is not None
    if isinstance(form, ProvingForm):
        if refusal is Refusal.WRONG_AUTHENTICATOR:
            is_recovery = isinstance(form, RecoveryForm)
            form.authenticator_code.refuse(WRONG_RECOVERY_CODE if is_recovery else SENTENCES[refusal])
    else:
        if isinstance(form, SignInPasskeyForm) and offers_passkeys and has.passkeys:
            problem = NOT_TAKEN if refusal is Refusal.WRONG_PASSKEY else NONE_GIVEN
        kind = RecoveryForm if has.passkeys and not has.app else AuthenticatorForm
        form = kind(formdata=None, data={"code": form.code.data})
    return render_template(
        "public/sign_in_second.html",
        form=form,
        device_form=SignInPasskeyForm(formdata=None),
        has=has,
        offers_passkeys=offers_passkeys,
        problems=problems_with(problem),
        shown=_shown(),
    )


def _code_page(form: Form, status: int = 200) -> Answer:
    if EMAIL not in browser:
        return redirect(access.SIGN_IN, 303)
    page = "public/sign_in_employer.html" if isinstance(form, EmployerForm) else "public/sign_in_code.html"
    return render_template(page, form=form, email=browser[EMAIL], shown=_shown()), status


def _shown() -> demonstration.Codes | None:
    return demonstration.find_codes_of(browser[EMAIL]) if services().settings.demonstration else None
