"""Answers as programs read them: JSON that may be kept for a while, and read by pages of other sites."""

import json
from datetime import timedelta

from flask import Flask, Response, request
from werkzeug.wrappers import Response as AnyResponse

PREFIX = "/api/v1"
KEPT_FOR = timedelta(minutes=5)
"""How long a course list or other reference data may be used without asking again."""
PREFLIGHT_KEPT_FOR = timedelta(days=1)

_READABLE = "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
_POLICY = "default-src 'none'; frame-ancestors 'none'"


def render(value: object) -> Response:
    """``value`` as JSON, its fields in the order given."""
    return Response(json.dumps(value, separators=(",", ":")), mimetype="application/json")


def render_to_keep(value: object) -> AnyResponse:
    """``value`` as JSON that anybody may keep; 304 without it for a caller who has it already."""
    response = render(value)
    response.cache_control.public = True
    response.cache_control.max_age = int(KEPT_FOR.total_seconds())
    response.add_etag()
    return response.make_conditional(request)


def _share(response: Response) -> Response:
    if not request.path.startswith(PREFIX):
        return response
    headers = response.headers
    # Nobody is signed in here and no cookie is read, so an answer tells a page nothing that its server could not ask.
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _READABLE
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["Content-Security-Policy"] = _POLICY
    headers.setdefault("Cache-Control", "no-store")
    if request.method == "OPTIONS" and "Allow" in headers:
        headers["Access-Control-Allow-Methods"] = headers["Allow"]
        headers["Access-Control-Allow-Headers"] = "Content-Type"
        headers["Access-Control-Max-Age"] = str(int(PREFLIGHT_KEPT_FOR.total_seconds()))
    return response


def share_with_other_sites(app: Flask) -> None:
    """Lets pages of other sites call the API: reads, and assessments, which keep nothing."""
    app.after_request(_share)
