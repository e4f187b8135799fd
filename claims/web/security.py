"""Headers, nonces, cookies and form tokens: what the browser is told to allow."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from werkzeug.sansio.utils import host_is_trusted

from claims import clock
from claims.config import Settings
from claims.models.kinds import LARGEST_ID

MEGABYTE = 1024 * 1024
UPLOAD_LIMIT_BYTES = 24 * MEGABYTE
"""A whole request. What one file may weigh is decided where files are checked."""
SIGNED_IN_HOURS = 12
ANSWERED_UNDER_ANY_NAME = "/health/"
THIS_MACHINE = ("localhost", "127.0.0.1")
"""Names under which nobody else's browser can be led here."""

csrf = CSRFProtect()

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Id(IntegerConverter):
    """``<int:claim_id>`` in a route: a number that the database can be asked for."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{"max": LARGEST_ID, **named})


def nonce() -> str:
    """This answer's nonce, for ``<script nonce>``."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _begin() -> None:
    g.started_at = clock.now()
    # Short enough to read out over the telephone.
    g.request_id = secrets.token_hex(5).upper()


def _refuse_other_names() -> None:
    """Nothing that an answer says may come from a name of this service that a stranger made up."""
    own_name = current_app.config["OWN_NAME"]
    if own_name is None or request.path.startswith(ANSWERED_UNDER_ANY_NAME):
        return
    if not host_is_trusted(request.host, [own_name, *THIS_MACHINE]):
        abort(400)


def _refuse_nul() -> None:
    """No keyboard types a NUL, and not every database can be asked for one."""
    # What programs send is read where it is understood, and only once.
    if request.blueprint in current_app.config["WITHOUT_FORMS"]:
        return
    if any("\0" in text for text in (request.path, *request.args.values(), *request.form.values())):
        abort(400)


def _add_headers(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    # A view that serves evidence in a frame has said something stricter or different already.
    response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=nonce()))
    # Flask says "no-cache" of every file it sends, which would let a browser keep evidence and workbooks.
    if response.headers.get("Cache-Control", "no-cache") == "no-cache":
        response.headers["Cache-Control"] = "no-store" if g.get("visitor") else "private, no-cache"
    return response


def configure(app: Flask, settings: Settings) -> None:
    """Sets keys, cookies, limits, our name and our proxies. Only the demonstration may do without TLS."""
    safe = not settings.demonstration
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-form" if safe else "form",
        SESSION_COOKIE_SECURE=safe,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=UPLOAD_LIMIT_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        MAX_FORM_PARTS=5_000,
        WTF_CSRF_TIME_LIMIT=SIGNED_IN_HOURS * 3600,
        # The demonstration is opened under whatever name its machine has.
        OWN_NAME=urlsplit(settings.base_url).hostname if safe else None,
    )
    app.url_map.converters["int"] = Id
    if settings.proxies:
        # A stranger can write these headers too: only what our own proxies added, at the end, is believed.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]


def protect(app: Flask, *, without_forms: tuple[Blueprint, ...] = ()) -> None:
    """Numbers requests, refuses what nobody sends in good faith, sets headers, and asks every POST for a form token.

    Programs, which are served by ``without_forms``, have none.
    """
    app.config["WITHOUT_FORMS"] = frozenset(blueprint.name for blueprint in without_forms)
    app.before_request(_begin)
    app.before_request(_refuse_other_names)
    csrf.init_app(app)
    for blueprint in without_forms:
        csrf.exempt(blueprint)
    app.before_request(_refuse_nul)
    app.after_request(_add_headers)
    app.jinja_env.globals["nonce"] = nonce


def same_site(address: str | None) -> str | None:
    """``address`` when it is a path on this site, else ``None``: where it is safe to send somebody next."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    if any(ord(character) < 33 or character == "\\" for character in address):
        return None
    return address


def sent_by_our_page() -> bool:
    """Whether the browser says that one of our own pages sent this request."""
    where = request.headers.get("Sec-Fetch-Site")
    if where is not None:
        return where == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")
