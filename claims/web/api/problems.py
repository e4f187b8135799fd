"""Errors as programs read them: ``application/problem+json`` (RFC 9457), each kind explained on the page ``/api``."""

from dataclasses import dataclass

from flask import Response, g

from claims.web.api.answers import render
from claims.web.wiring import services

MEDIA_TYPE = "application/problem+json"
PAGE = "/api"
"""The page that explains every kind."""
MOST_ERRORS = 100
"""Field errors in one answer; the rest are only counted."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of failure."""

    status: int
    slug: str
    title: str
    advice: str
    """What to do about it; told where nothing more particular is known."""


UNREADABLE = Kind(
    400,
    "unreadable",
    "What was sent could not be read",
    "Send one JSON object, or a list of them, as UTF-8 text.",
)
NOT_FOUND = Kind(404, "not-found", "There is nothing at this address", "Compare the address with the description.")
WRONG_METHOD = Kind(
    405, "wrong-method", "This address is not called like that", "The Allow header says which methods there are."
)
TOO_LARGE = Kind(413, "too-large", "What was sent is too large", "Send fewer claims at a time.")
NOT_JSON = Kind(
    415, "not-json", "What was sent is not said to be JSON", "Send it with the header Content-Type: application/json."
)
MALFORMED = Kind(
    422,
    "malformed",
    "Something that was sent is not well formed",
    "Put right everything that “errors” names, then send it again.",
)
TOO_MANY = Kind(
    429, "too-many", "Too many claims in this minute", "Wait for as many seconds as the Retry-After header says."
)
FAULT = Kind(500, "fault", "Something went wrong here", "Try again in a few minutes, and tell us the reference.")
NOT_READY = Kind(503, "not-ready", "The service is not ready", "Try again in a few minutes.")

KINDS = (UNREADABLE, NOT_FOUND, WRONG_METHOD, TOO_LARGE, NOT_JSON, MALFORMED, TOO_MANY, FAULT, NOT_READY)
_BY_STATUS = {kind.status: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing that is wrong with one field."""

    index: int | None
    """Which record of a list, from 0; ``None`` when no list was sent."""
    field: str
    """Its dotted name, such as ``learner.engagement``; blank for the record, or what was sent, as a whole."""
    message: str


class Problem(Exception):
    """A call that cannot be answered as asked."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        errors: tuple[FieldProblem, ...] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(kind.title)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.retry_after_seconds = retry_after_seconds


def show(problem: Problem) -> Response:
    """``problem`` as an answer."""
    response = _render(problem.kind, problem.kind.status, problem.detail, problem.errors)
    if problem.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    return response


def show_status(status: int) -> Response:
    """The answer for a failure of which only its HTTP status is known."""
    return _render(_BY_STATUS.get(status) or (FAULT if status >= 500 else UNREADABLE), status)


def _render(kind: Kind, status: int, detail: str = "", errors: tuple[FieldProblem, ...] = ()) -> Response:
    said: dict[str, object] = {
        "type": f"{services().settings.base_url}{PAGE}#{kind.slug}",
        "title": kind.title,
        "status": status,
        "detail": detail or kind.advice,
        "reference": g.get("request_id", ""),
    }
    if errors:
        said["errors"] = [
            {"index": each.index, "field": each.field, "message": each.message} for each in errors[:MOST_ERRORS]
        ]
        said["errors_left_out"] = max(0, len(errors) - MOST_ERRORS)
    response = render(said)
    response.content_type = MEDIA_TYPE
    response.status_code = status
    return response
