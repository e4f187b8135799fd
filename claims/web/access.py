"""Who may open what. Every route says so with ``@opens``; nothing opens without it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask import session as browser
from werkzeug.wrappers import Response as AnyResponse

from claims import clock
from claims.lifecycle import Actor, Role
from claims.secrets import new_token
from claims.services.confirming import is_confirmed
from claims.store.sight import Sight, limit_sight
from claims.web.security import SIGNED_IN_HOURS, same_site
from claims.web.transactions import READING_METHODS, session
from claims.web.wiring import services

View = TypeVar("View", bound=Callable[..., Any])

ANYONE = "anyone"
SIGNED_IN = frozenset(role for role in Role if role is not Role.SYSTEM)

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
CONFIRM = "/account/confirmation"
"""Where the second factor is shown in the middle of a session."""
KNOWN_DAYS = 400
"""The most that browsers keep a cookie."""
NOTED_EVERY = timedelta(minutes=1)


class Undeclared(Exception):
    """A route does not say who may open it."""


class Unconfirmed(Exception):
    """Somebody sent a form that needs the second factor first."""


class SignedOut(Exception):
    """Somebody sent a form after their session had ended."""


def opens(*who: Role | str) -> Callable[[View], View]:
    """Declares who may open a view: ``ANYONE``, or the roles listed.

    Write it next to the route: ``@pages.get("/claims")`` then ``@opens(Role.SRO, Role.SUBMITTER)``.
    """
    if not who:
        raise Undeclared("Say who may open this.")

    def declare(view: View) -> View:
        cast("Any", view).opens_to = frozenset(who)
        return view

    return declare


def confirmed(view: View) -> View:
    """Declares that a view needs a session whose owner has shown the second factor. Write it below ``@opens``."""
    cast("Any", view).needs_second_factor = True
    return view


def first(check: Callable[[], AnyResponse | None]) -> Callable[[View], View]:
    """Declares what is looked at before the second factor is asked for: ``check`` returns where to go instead, if
    anywhere. Nobody sets up a second factor for a page that they cannot use yet. Write it below ``@confirmed``.
    """

    def declare(view: View) -> View:
        cast("Any", view).comes_first = check
        return view

    return declare


def opened_to(view: Callable[..., Any]) -> frozenset[Role | str]:
    """Who may open ``view``. Raises ``Undeclared``."""
    who: frozenset[Role | str] | None = getattr(view, "opens_to", None)
    if who is None:
        raise Undeclared(f"{view.__module__}.{view.__qualname__} does not say who may open it: add @opens(...).")
    return who


def check_declarations(app: Flask) -> None:
    """Raises ``Undeclared`` for the first route that does not say who may open it."""
    for rule in app.url_map.iter_rules():
        opened_to(app.view_functions[rule.endpoint])


def cookie_name() -> str:
    return "claims" if services().settings.demonstration else "__Host-claims"


def browser_cookie_name() -> str:
    return "browser" if services().settings.demonstration else "__Host-browser"


def visitor() -> Actor | None:
    """Who is asking, or ``None``. Looked up once a request."""
    if "visitor" not in g:
        g.visitor = _look_up_visitor()
        limit_sight(_sight_of(g.visitor))
    found: Actor | None = g.visitor
    return found


def _sight_of(who: Actor | None) -> Sight | None:
    if who is None or who.services is None or who.employer_id is None or who.person_id is None:
        return None
    return Sight(who.employer_id, who.services, who.person_id)


def actor() -> Actor:
    """Who is asking, on a page that only opens to people who are signed in."""
    found = visitor()
    if found is None:
        raise SignedOut
    return found


def _look_up_visitor() -> Actor | None:
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    given, now = services(), clock.now()
    if request.method in READING_METHODS:
        found = given.actor_of(session(), token, now)
    else:
        with given.database.read() as reading:
            found = given.actor_of(reading, token, now)
    noted = browser.get("seen", 0)
    if found is not None and now.timestamp() - noted >= NOTED_EVERY.total_seconds():
        with given.database.write() as writing:
            given.note_seen(writing, token, now)
        browser["seen"] = int(now.timestamp())
    return found


def sign_in_address(then: str) -> str:
    """The address of the sign-in page that leads on to ``then``."""
    return f"{SIGN_IN}?{urlencode({'next': then})}"


def next_address(otherwise: str = "/") -> str:
    """Where to go after signing in: the ``next`` that was asked for if it is on this site, else ``otherwise``."""
    return same_site(request.values.get("next")) or otherwise


def remember(response: Response | AnyResponse, token: str) -> None:
    """Signs this browser in with ``token``, under a fresh form cookie."""
    browser.clear()
    response.set_cookie(
        cookie_name(),
        token,
        max_age=SIGNED_IN_HOURS * 3600,
        secure=not services().settings.demonstration,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def know_browser(response: Response | AnyResponse) -> str:
    """The secret by which this browser is known again, made and kept for 400 days if it has none."""
    name = browser_cookie_name()
    token = request.cookies.get(name) or new_token()
    response.set_cookie(
        name,
        token,
        max_age=KNOWN_DAYS * 24 * 3600,
        secure=not services().settings.demonstration,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return token


def forget(response: Response | AnyResponse) -> None:
    """Signs this browser out."""
    browser.clear()
    response.delete_cookie(
        cookie_name(),
        secure=not services().settings.demonstration,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def session_token() -> str | None:
    """The token in this browser's cookie, for the sign-in pages."""
    return request.cookies.get(cookie_name())


def _guard() -> AnyResponse | None:
    if request.endpoint is None:
        return None
    who = opened_to(current_app.view_functions[request.endpoint])
    if ANYONE in who:
        return None
    found = visitor()
    if found is None:
        if request.method in READING_METHODS:
            return redirect(sign_in_address(request.full_path.rstrip("?")), code=303)
        raise SignedOut
    if found.role not in who:
        abort(403)
    view = current_app.view_functions[request.endpoint]
    check: Callable[[], AnyResponse | None] | None = getattr(view, "comes_first", None)
    instead = check() if check is not None else None
    return _confirm_first(view) if instead is None else instead


def _confirm_first(view: Callable[..., Any]) -> AnyResponse | None:
    if not getattr(view, "needs_second_factor", False) or is_confirmed(session(), session_token()):
        return None
    if request.method in READING_METHODS:
        return redirect(f"{CONFIRM}?{urlencode({'next': request.full_path.rstrip('?')})}", code=303)
    raise Unconfirmed


def _begin_unlimited() -> None:
    limit_sight(None)


def _end_unlimited(response: Response) -> Response:
    # Not before: the body of a download is read from the database while it is sent.
    response.call_on_close(_begin_unlimited)
    return response


def enforce(app: Flask) -> None:
    app.before_request(_begin_unlimited)
    app.before_request(_guard)
    app.after_request(_end_unlimited)
    app.jinja_env.globals.update(visitor=visitor)
