"""One's own passkeys: add one, and take one away."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from claims import clock
from claims.lifecycle import NotAllowed
from claims.models import Passkey, Person
from claims.services.challenging import Purpose, RelyingParty
from claims.services.confirming import is_confirmed
from claims.services.emailing_codes import Refusal
from claims.services.equipping import MOST_PASSKEYS, add_passkey, ask_to_add, remove_passkey
from claims.services.proving import recovery_codes_left
from claims.store.passkeys import passkey_of, second_factors_of
from claims.web import logs
from claims.web.access import SIGNED_IN, actor, confirmed, next_address, opens, session_token
from claims.web.answers import Answer, done, refused
from claims.web.browsers import describe_browser
from claims.web.forms.fields import TextField
from claims.web.forms.form import Form
from claims.web.passkeys import PasskeyForm, answered, for_script, problems_with, relying_party
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("passkeys", __name__, url_prefix="/account/passkeys")

SENTENCES: dict[Refusal, str] = {
    Refusal.TOO_MANY: "There were too many tries. Wait 15 minutes, then try again.",
    Refusal.WRONG_PASSKEY: "The passkey that your browser made could not be checked, and was not added. Try again.",
}
GONE = "This passkey was removed already."
NONE_MADE = "Your browser made no passkey. Try again, or set up an authenticator app instead."


class NewPasskeyForm(PasskeyForm):
    name = TextField(
        "Name for this passkey",
        most=60,
        called="a name for this passkey",
        hint="So that you know it again, such as “My telephone” or “Blue security key”.",
    )


@pages.get("/new")
@opens(*SIGNED_IN)
def new() -> Answer:
    _party()
    has = second_factors_of(session(), actor().person_id or 0)
    if has and not is_confirmed(session(), session_token()):
        return redirect(url_for("confirmation.ask", next=request.full_path.rstrip("?")), 303)
    if has.passkeys >= MOST_PASSKEYS:
        return redirect(url_for("account.account"), 303)
    return _page(NewPasskeyForm(data={"name": describe_browser(request.user_agent.string)}))


@pages.post("/challenge")
@opens(*SIGNED_IN)
def challenge() -> Response:
    if not NewPasskeyForm().validate_on_submit():
        return for_script(None)
    try:
        token = session_token() or ""
        asked = ask_to_add(session(), services().keyring, _party(), token=token, by=actor(), at=clock.now())
    except NotAllowed:
        return for_script(None)
    return for_script(asked)


@pages.post("")
@opens(*SIGNED_IN)
def add() -> Answer:
    form, party = NewPasskeyForm(), _party()
    if not form.validate_on_submit():
        return _page(form)
    if not form.given:
        return _page(form, problem=NONE_MADE)
    try:
        answer = add_passkey(
            session(),
            services().keyring,
            name=form.name.data,
            given=answered(party, Purpose.ADD, session_token() or "", form),
            address=request.remote_addr or "",
            by=actor(),
            at=clock.now(),
        )
    except NotAllowed as no:
        return refused(no, url_for("account.account"))
    if isinstance(answer, Refusal):
        logs.note("passkey-refused", reason=str(answer))
        return _page(form, problem=SENTENCES[answer], status=429 if answer is Refusal.TOO_MANY else 200)
    then = next_address(url_for("account.account"))
    if not answer:
        return done(f"The passkey “{form.name.data}” is added.", then)
    return render_template(
        "account/recovery_codes.html", codes=answer, done=f"The passkey “{form.name.data}” is added.", then=then
    )


@pages.route("/<int:passkey_id>/removal", methods=["GET", "POST"])
@opens(*SIGNED_IN)
@confirmed
def remove(passkey_id: int) -> Answer:
    form, here = Form(), url_for("account.account")
    person_id = actor().person_id or 0
    found = passkey_of(session(), person_id, passkey_id)
    if found is None and request.method == "POST" and session().get(Passkey, passkey_id) is None:
        # Its owner clicked twice, or in two tabs. Somebody else's is not there.
        return refused(GONE, here)
    if found is None:
        abort(404)
    name = found.name
    if form.validate_on_submit():
        try:
            remove_passkey(session(), passkey_id, token=session_token() or "", by=actor(), at=clock.now())
        except NotAllowed as no:
            return refused(no, here)
        return done(f"The passkey “{name}” is removed.", here)
    return render_template(
        "account/passkey_removal.html",
        form=form,
        passkey=found,
        has=second_factors_of(session(), person_id),
        codes_left=recovery_codes_left(session(), person_id),
        staff=session().get_one(Person, person_id).staff_role is not None,
        back=here,
    )


def _party() -> RelyingParty:
    party = relying_party()
    if party is None:
        abort(404)
    return party


def _page(form: NewPasskeyForm, *, problem: str = "", status: int = 200) -> Answer:
    answer = render_template(
        "account/passkey_new.html",
        form=form,
        problems=problems_with(problem),
        then=next_address(""),
        has=second_factors_of(session(), actor().person_id or 0),
        back=url_for("account.account"),
    )
    return answer, status
