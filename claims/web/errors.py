"""What people see when something went wrong: what happened, what to do, and a reference. Never a trace."""

from dataclasses import dataclass
from typing import BinaryIO

from flask import Flask, Response, g, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from claims.store.claims import NotFound
from claims.web.access import CONFIRM, SIGN_IN, SignedOut, Unconfirmed, visitor
from claims.web.api import problems
from claims.web.forms.uploading import TOO_LARGE
from claims.web.security import sent_by_our_page

API = "/api/"
PIECE_BYTES = 64 * 1024
READ_OUT_BYTES = 64 * 1024 * 1024
"""Four photographs of a good camera."""
AFTER_SIGNING_IN = "after_signing_in"
"""Told by the page that kept what was typed while somebody signed in."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of failure as people read it."""

    heading: str
    advice: str


TROUBLES: dict[int, Trouble] = {
    400: Trouble(
        "We could not read what was sent",
        "Go back to the page before, check what you entered, and send it again.",
    ),
    403: Trouble(
        "You cannot open this page",
        "Your role does not include it. If you think it should, ask the person who manages your team.",
    ),
    404: Trouble(
        "Page not found",
        "If you typed the address, check that it is correct. If you pasted it, check that you copied all of it.",
    ),
    405: Trouble(
        "This page cannot be used like that",
        "Go back to the page before and use the buttons and links on it.",
    ),
    413: Trouble(
        "What you sent is too large",
        "Go back and send fewer or smaller files. A photograph can often be saved in a smaller size.",
    ),
    429: Trouble(
        "Too many tries",
        "Wait a few minutes, then try again. This protects accounts from being guessed.",
    ),
    500: Trouble(
        "Sorry, something went wrong",
        "Try again in a few minutes. What you saved before is safe; what was just sent has not been saved.",
    ),
}


def _answer(status: int, headers: list[tuple[str, str]] | None = None) -> Response:
    if request.path.startswith(API):
        response = problems.show_status(status)
    else:
        trouble = TROUBLES.get(status) or TROUBLES[500 if status >= 500 else 400]
        response = make_response(render_template("error.html", trouble=trouble, reference=g.get("request_id", "")))
        response.status_code = status
    for name, value in headers or []:
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _show_http_error(error: HTTPException) -> AnyResponse:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    return _answer(error.code or 500, error.get_headers(request.environ))


def _show_too_large(error: RequestEntityTooLarge) -> AnyResponse:
    """Back to the page with the files, which says so at its place; nothing of what was sent has been read."""
    if request.path.startswith(API) or request.mimetype != "multipart/form-data" or not sent_by_our_page():
        return _show_http_error(error)
    if visitor() is not None:
        _let_finish()
    return redirect(f"{request.path}?{TOO_LARGE}", 303)


def _let_finish() -> None:
    """Read what is still being sent, and keep none of it: a browser that is cut off shows no answer at all."""
    sent: BinaryIO = request.environ["wsgi.input"]
    for _ in range(READ_OUT_BYTES // PIECE_BYTES):
        if not sent.read(PIECE_BYTES):
            return


def _show_fault(_error: Exception) -> AnyResponse:
    # The database may be what failed: the page must not ask it who is there.
    g.setdefault("visitor", None)
    return _answer(500)


def _carry_on(heading: str, status: int, sign_in: str | None) -> Response:
    """A page that holds everything that was typed and sends it again at a click.

    Only when one of our own pages sent it: somebody else's page must not have its form sent with our token.
    """
    kept = list(request.form.items(multi=True)) if sent_by_our_page() else []
    page = render_template(
        "carry_on.html",
        heading=heading,
        kept=[(name, value) for name, value in kept if name not in ("csrf_token", AFTER_SIGNING_IN)],
        after_signing_in=AFTER_SIGNING_IN,
        files=bool(request.files),
        again=request.full_path.rstrip("?"),
        sign_in=sign_in,
        sign_in_words="Confirm that it is you" if sign_in == CONFIRM else "Sign in again",
        reference=g.get("request_id", ""),
    )
    response = make_response(page)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _show_expired_form(error: CSRFError) -> AnyResponse:
    if request.path.startswith(API):
        return _show_http_error(error)
    # Signing in makes new form tokens, so what was kept meanwhile arrives with an old one.
    signed_in_again = AFTER_SIGNING_IN in request.form and visitor() is not None
    return _carry_on("You are signed in again" if signed_in_again else "This page was open for a long time", 400, None)


def _show_signed_out(_error: SignedOut) -> AnyResponse:
    return _carry_on("You have been signed out", 401, SIGN_IN)


def _show_unconfirmed(_error: Unconfirmed) -> AnyResponse:
    return _carry_on("Confirm that it is you", 401, CONFIRM)


def _show_not_found(_error: NotFound) -> AnyResponse:
    return _answer(404)


def show_errors(app: Flask) -> None:
    app.register_error_handler(problems.Problem, problems.show)
    app.register_error_handler(NotFound, _show_not_found)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(RequestEntityTooLarge, _show_too_large)
    app.register_error_handler(InternalServerError, _show_fault)
    app.register_error_handler(CSRFError, _show_expired_form)
    app.register_error_handler(SignedOut, _show_signed_out)
    app.register_error_handler(Unconfirmed, _show_unconfirmed)
