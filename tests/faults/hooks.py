"""What gunicorn is asked to do besides what ``claims serve`` asks: say when it takes up a request; start sooner."""

import sys
from typing import Any

preload_app = True
"""The application is built once, not in each worker: a run starts the service hundreds of times."""


def pre_request(_worker: Any, request: Any) -> None:
    """For ``Server.has_begun``."""
    sys.stderr.write(f"{request.method} {request.path}\n")
