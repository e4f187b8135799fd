"""Confirm in the middle of a session that it is really you: with a passkey, an app's code or a recovery code."""

from flask import Blueprint, Response, redirect, render_template, request, url_for

from claims import clock
from claims.models import Person
from claims.services.challenging import Purpose
from claims.services.confirming import ask_to_confirm, confirm, is_confirmed
from claims.services.emailing_codes import Refusal
from claims.services.proving import authenticator_code
from claims.store.passkeys import SecondFactors, second_factors_of
from claims.web import logs
from claims.web.access import CONFIRM, SIGNED_IN, actor, next_address, opens, session_token
from claims.web.answers import Answer
from claims.web.forms.fields import RecoveryCodeField, SecondFactorField
from claims.web.forms.form import Form
from claims.web.passkeys import NONE_GIVEN, NOT_TAKEN, PasskeyForm, answered, for_script, problems_with, relying_party
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("confirmation", __name__, url_prefix=CONFIRM)

SENTENCES: dict[Refusal, str] = {
    Refusal.TOO_MANY: "There were too many tries. Wait 15 minutes, then try again.",
    Refusal.WRONG_AUTHENTICATOR: "The code is wrong or was used already. Wait for your app to show the next one.",
    Refusal.WRONG_PASSKEY: NOT_TAKEN,
}
WRONG_RECOVERY_CODE = "The recovery code is wrong or was used already."


class ConfirmForm(Form):
    code = SecondFactorField(
        "Code from your authenticator app",
        called="the code your authenticator app shows",
        hint="Or one of your recovery codes.",
    )


class RecoveryForm(Form):
    """For whoever has passkeys and no app."""

    code = RecoveryCodeField(
        "Recovery code", called="your recovery code", hint="10 letters and digits, with or without the dash."
    )


@pages.get("")
@opens(*SIGNED_IN)
def ask() -> Answer:
    then = next_address(url_for("account.account"))
    has = _has()
    if not has:
        return redirect(url_for("account.authenticator", next=then), 303)
    if is_confirmed(session(), session_token()):
        return redirect(then, 303)
    return _page(_form_for(has))


@pages.post("")
@opens(*SIGNED_IN)
def by_code() -> Answer:
    form = _form_for(_has())
    if not form.validate_on_submit():
        return _page(form)
    refusal = confirm(
        session(),
        services().keyring,
        typed=form.code.data,
        token=session_token() or "",
        address=request.remote_addr or "",
        by=actor(),
        at=clock.now(),
    )
    if refusal is None:
        return _confirmed()
    # At its field, not at the form, whose refusals give up what was written: the try must count.
    is_recovery = refusal is Refusal.WRONG_AUTHENTICATOR and isinstance(form, RecoveryForm)
    form.code.refuse(WRONG_RECOVERY_CODE if is_recovery else SENTENCES[refusal])
    return _page(form, refusal=refusal)


@pages.post("/passkey/challenge")
@opens(*SIGNED_IN)
def challenge() -> Response:
    party = relying_party()
    if party is None or not _has().passkeys:
        return for_script(None)
    token = session_token() or ""
    return for_script(ask_to_confirm(session(), services().keyring, party, token=token, by=actor(), at=clock.now()))


@pages.post("/passkey")
@opens(*SIGNED_IN)
def by_passkey() -> Answer:
    form, party, token = PasskeyForm(), relying_party(), session_token() or ""
    if party is None or not _has().passkeys:
        return redirect(url_for(".ask", next=next_address("") or None), 303)
    if not form.given:
        return _page(_form_for(_has()), problem=NONE_GIVEN)
    refusal = confirm(
        session(),
        services().keyring,
        passkey=answered(party, Purpose.CONFIRM, token, form),
        token=token,
        address=request.remote_addr or "",
        by=actor(),
        at=clock.now(),
    )
    if refusal is None:
        return _confirmed()
    return _page(_form_for(_has()), problem=SENTENCES[refusal], refusal=refusal)


def _confirmed() -> Answer:
    return redirect(next_address(url_for("account.account")), 303)


def _has() -> SecondFactors:
    return second_factors_of(session(), actor().person_id or 0)


def _form_for(has: SecondFactors) -> ConfirmForm | RecoveryForm:
    return RecoveryForm() if has.passkeys and not has.app else ConfirmForm()


def _page(form: ConfirmForm | RecoveryForm, *, problem: str = "", refusal: Refusal | None = None) -> Answer:
    if refusal is not None:
        logs.note("confirmation-refused", reason=str(refusal))
    answer = render_template(
        "account/confirmation.html",
        form=form,
        device_form=PasskeyForm(),
        has=_has(),
        offers_passkeys=relying_party() is not None,
        problems=problems_with(problem),
        then=next_address(""),
        shown=_shown(),
    )
    return answer, 429 if refusal is Refusal.TOO_MANY else 200


def _shown() -> str:
    """What the app shows, in the demonstration."""
    person = session().get_one(Person, actor().person_id)
    if not services().settings.demonstration or person.authenticator_secret is None:
        return ""
    return authenticator_code(services().keyring, person.authenticator_secret, clock.now(), person.authenticator_step)
