"""One database session per request: reading for GET, writing for POST, kept only when the view succeeded."""

from contextlib import AbstractContextManager, suppress

from flask import Flask, Response, g, request
from sqlalchemy.orm import Session

from claims.web.wiring import services

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class _GivenUp(Exception):
    """Raised inside a writing transaction whose request failed, so that it rolls back."""


def session() -> Session:
    """This request's session. Opened when first asked for, so that parsing an upload holds no lock.

    Read-only for GET. For POST everything is committed as one, before the answer leaves, when the view answers below
    400 and nothing called ``give_up`` (as ``Form.refuse`` does); else nothing is.
    """
    if "transaction" not in g:
        database = services().database
        transaction = database.read() if request.method in READING_METHODS else database.write()
        g.session = transaction.__enter__()
        g.transaction = transaction
    opened: Session = g.session
    return opened


def give_up() -> None:
    """Nothing that this request wrote is kept, whatever it answers: for a page that shows a refusal."""
    g.given_up = True


def _close(error: BaseException | None) -> None:
    transaction: AbstractContextManager[Session] | None = g.pop("transaction", None)
    g.pop("session", None)
    if transaction is None:
        return
    if error is None:
        transaction.__exit__(None, None, None)
        return
    with suppress(_GivenUp):
        transaction.__exit__(type(error), error, error.__traceback__)


def _settle(response: Response) -> Response:
    # Before the answer leaves: a commit that fails must become an error page, not a success that never was.
    if request.method not in READING_METHODS:
        failed = response.status_code >= 400 or g.get("given_up", False)
        _close(_GivenUp() if failed else None)
    return response


def _leave(_error: BaseException | None) -> None:
    _close(_GivenUp())


def keep_transactions(app: Flask) -> None:
    app.after_request(_settle)
    app.teardown_request(_leave)
