"""What signing in and registering have in common: a code asked for by email, and the session that it leads to."""

from flask import request
from flask import session as browser
from werkzeug.wrappers import Response

from claims import clock
from claims.secrets import new_token
from claims.services import emailing_codes
from claims.services.sessions import end_session
from claims.web import access, logs
from claims.web.forms.form import Form
from claims.web.transactions import session
from claims.web.wiring import services

WAIT = "There were too many tries. Wait 15 minutes, then ask for a new code."


def send_code(form: Form, secret: str, *, registering: bool = False) -> bool:
    """Email a code to the address in ``form``, good only in this browser, whose cookie keeps its secret as ``secret``.

    ``False`` after too many tries: ``form`` says so.
    """
    token = browser.get(secret) or new_token()
    refused = emailing_codes.ask_for_code(
        session(),
        services().keyring,
        email=form["email"].data,
        browser_token=token,
        address=request.remote_addr or "",
        at=clock.now(),
        registering=registering,
    )
    if refused is None:
        browser[secret] = token
        return True
    logs.note("sign-in-refused", reason=str(refused))
    form.refuse("email", WAIT)
    return False


def enter(response: Response, token: str) -> None:
    """Sign this browser in with ``token``, in place of whoever was signed in."""
    if (before := access.session_token()) is not None:
        end_session(session(), before, clock.now())
    access.remember(response, token)
