"""What gunicorn is asked to do besides what ``claims serve`` asks: say when it takes up a request."""

import sys
from typing import Any


def pre_request(_worker: Any, request: Any) -> None:
    """For ``Server.has_begun``."""
    sys.stderr.write(f"{request.method} {request.path}\n")
