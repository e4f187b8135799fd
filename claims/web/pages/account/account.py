"""One's own account: the authenticator app, recovery codes, and the browsers in which one is signed in."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask import session as browser

from claims import clock
from claims.lifecycle import NotAllowed
from claims.models import Person
from claims.services.confirming import (
    Offer,
    is_confirmed,
    offer_authenticator,
    renew_recovery_codes,
    set_authenticator_up,
)
from claims.services.emailing_codes import Refusal
from claims.services.equipping import MOST_PASSKEYS, may_remove_one, remove_authenticator
from claims.services.proving import authenticator_code, recovery_codes_left
from claims.services.sealing import AUTHENTICATOR_SECRET
from claims.services.sessions import end_other_sessions, end_own_session, sessions_of
from claims.store.passkeys import passkeys_of, second_factors_of
from claims.web import logs
from claims.web.access import SIGNED_IN, actor, confirmed, next_address, opens, session_token
from claims.web.answers import Answer, done, refused
from claims.web.drawing import draw_code
from claims.web.forms.fields import CodeField
from claims.web.forms.form import Form
from claims.web.passkeys import relying_party
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("account", __name__, url_prefix="/account")

OFFER = "authenticator_offer"
"""What the browser's own cookie remembers, encrypted, until the app has shown that it has it too."""

SENTENCES: dict[Refusal, str] = {
    Refusal.TOO_MANY: "There were too many tries. Wait 15 minutes, then try again.",
    Refusal.WRONG_AUTHENTICATOR: "The code is wrong or was used already. Wait for your app to show the next one.",
}


class SetUpForm(Form):
    code = CodeField("Code that the app shows", called="the code that the app shows")


@pages.get("")
@opens(*SIGNED_IN)
def account() -> Answer:
    person = _person()
    has = second_factors_of(session(), person.id)
    return render_template(
        "account/account.html",
        person=person,
        has=has,
        offers_passkeys=relying_party() is not None,
        passkeys=passkeys_of(session(), person.id),
        may_add=has.passkeys < MOST_PASSKEYS,
        may_remove=may_remove_one(person, has),
        codes_left=recovery_codes_left(session(), person.id),
        sessions=sessions_of(session(), actor(), session_token(), clock.now()),
        form=Form(),
    )


@pages.get("/authenticator")
@opens(*SIGNED_IN)
def authenticator() -> Answer:
    if second_factors_of(session(), _person().id) and not is_confirmed(session(), session_token()):
        return redirect(url_for("confirmation.ask", next=request.full_path.rstrip("?")), 303)
    return _set_up_page(SetUpForm())


@pages.post("/authenticator")
@opens(*SIGNED_IN)
def set_up() -> Answer:
    form = SetUpForm()
    if not form.validate_on_submit():
        return _set_up_page(form)
    try:
        answer = set_authenticator_up(
            session(),
            services().keyring,
            sealed=str(browser.get(OFFER, "")),
            code=form.code.data,
            token=session_token() or "",
            address=request.remote_addr or "",
            by=actor(),
            at=clock.now(),
        )
    except NotAllowed as no:
        return refused(no, url_for("account.account"))
    if isinstance(answer, Refusal):
        return _refuse(form, answer)
    browser.pop(OFFER, None)
    return render_template(
        "account/recovery_codes.html",
        codes=answer,
        done="Your authenticator app is set up.",
        then=next_address("/account"),
    )


@pages.route("/authenticator/removal", methods=["GET", "POST"])
@opens(*SIGNED_IN)
@confirmed
def remove_app() -> Answer:
    form, here = Form(), url_for("account.account")
    if form.validate_on_submit():
        try:
            remove_authenticator(session(), token=session_token() or "", by=actor(), at=clock.now())
        except NotAllowed as no:
            return refused(no, here)
        return done("The authenticator app is removed from your account.", here)
    person = _person()
    has = second_factors_of(session(), person.id)
    if not has.app:
        return redirect(here, 303)
    return render_template(
        "account/authenticator_removal.html",
        form=form,
        has=has,
        codes_left=recovery_codes_left(session(), person.id),
        staff=person.staff_role is not None,
        back=here,
    )


@pages.post("/recovery-codes")
@opens(*SIGNED_IN)
@confirmed
def renew_codes() -> Answer:
    if not Form().validate_on_submit():
        return redirect(url_for("account.account"), 303)
    try:
        codes = renew_recovery_codes(
            session(), services().keyring, token=session_token() or "", by=actor(), at=clock.now()
        )
    except NotAllowed as no:
        return refused(no, url_for("account.account"))
    return render_template(
        "account/recovery_codes.html", codes=codes, done="The codes that you had no longer work.", then="/account"
    )


@pages.post("/sessions/<int:session_id>/end")
@opens(*SIGNED_IN)
def end(session_id: int) -> Answer:
    if not end_own_session(session(), session_id, actor(), clock.now()):
        abort(404)
    return done("You are signed out there.", url_for("account.account"))


@pages.post("/sessions/end")
@opens(*SIGNED_IN)
def end_others() -> Answer:
    ended = end_other_sessions(session(), session_token(), actor(), clock.now())
    return done(
        "You were signed in nowhere else." if not ended else "You are signed out everywhere else.",
        url_for("account.account"),
    )


@pages.post("/stay")
@opens(*SIGNED_IN)
def stay() -> Response:
    """Asking is using: that the session is in use was noted before this."""
    return Response(status=204, mimetype="text/plain")


def _person() -> Person:
    return session().get_one(Person, actor().person_id)


def _offer() -> Offer:
    person, kept = _person(), browser.get(OFFER)
    offer = offer_authenticator(services().keyring, person.id, person.email, kept)
    browser[OFFER] = offer.sealed
    return offer


def _set_up_page(form: SetUpForm, status: int = 200) -> Answer:
    offer = _offer()
    shown = ""
    if services().settings.demonstration:
        shown = authenticator_code(
            services().keyring, services().keyring.encrypt(offer.secret, AUTHENTICATOR_SECRET), clock.now()
        )
    answer = render_template(
        "account/authenticator.html",
        form=form,
        offer=offer,
        code=draw_code(offer.address),
        then=next_address(""),
        shown=shown,
        is_change=_person().authenticator_secret is not None,
        has=second_factors_of(session(), _person().id),
        offers_passkeys=relying_party() is not None,
        back=url_for("account.account"),
    )
    return answer, status


def _refuse(form: SetUpForm, refusal: Refusal) -> Answer:
    # At its field, not at the form, whose refusals give up what was written: the try must count.
    logs.note("confirmation-refused", reason=str(refusal))
    form.code.refuse(SENTENCES[refusal])
    return _set_up_page(form, 429 if refusal is Refusal.TOO_MANY else 200)
