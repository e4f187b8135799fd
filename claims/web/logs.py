"""Structured logs: one JSON object a line, with a request id and without personal data."""

import json
import logging
import sys
import traceback
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from claims import clock

ERROR = logging.ERROR
OURS = logging.getLogger("claims")
LOGGER = logging.getLogger("claims.web")


class JsonLines(logging.Formatter):
    """Says what happened where. The text of an exception is left out: it may quote what a person typed."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # Our own words name nobody; what others' libraries say may quote anything.
            "event": record.getMessage() if record.name.partition(".")[0] == OURS.name else "message",
        }
        if has_request_context():
            said["request_id"] = g.get("request_id")
        said.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            said["error"] = type(error).__name__
            said["where"] = [
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ]
        return json.dumps(said)


class ToStandardError(logging.Handler):
    """Writes to what standard error is now, not to what it was when the application was built."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(self.format(record) + "\n")


def note(event: str, *, level: int = logging.INFO, error: BaseException | None = None, **facts: Any) -> None:
    """Logs ``event`` with ``facts``. Never pass names, numbers of people, addresses or anything typed."""
    LOGGER.log(level, event, extra={"facts": facts}, exc_info=error)


def _note_request(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    took = clock.now() - g.started_at
    note(
        "request",
        method=request.method,
        # The pattern, not the address: an address may carry what somebody searched for.
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        took_ms=round(took.total_seconds() * 1000),
    )
    return response


def keep_logs(app: Flask) -> None:
    """Sends this package's log to standard error as JSON, and notes every request."""
    write_to_standard_error(OURS)
    app.after_request(_note_request)


def write_to_standard_error(logger: logging.Logger) -> None:
    """Sends what ``logger`` and those below it are told to standard error, as JSON lines."""
    if not logger.handlers:
        handler = ToStandardError()
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
