"""Style, script and pictures: served under an address that holds a hash of them, and so kept for a year."""

import hashlib
from pathlib import Path

from flask import Blueprint, Response, current_app, send_from_directory

from claims.web.access import ANYONE, opens

FOLDER = Path(__file__).parent / "static"
YEAR_SECONDS = 31_536_000

blueprint = Blueprint("assets", __name__)


class NotFetched(Exception):
    """The style sheet that ``python -m tools.assets`` fetches is not there."""


def digest_of(folder: Path) -> str:
    """Changes when any file does. One for all, so that files may refer to each other by relative address."""
    hashed = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        hashed.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return hashed.hexdigest()[:12]


def prepare(digest_name: str = "ASSETS_DIGEST") -> dict[str, str]:
    """What the application remembers about its assets. Raises ``NotFetched``."""
    if not (FOLDER / "govuk" / "govuk-frontend.min.css").is_file():
        raise NotFetched("The style sheet is missing: run `python -m tools.assets`.")
    return {digest_name: digest_of(FOLDER)}


def asset(name: str) -> str:
    """The address of a file under ``static``, for templates."""
    return f"/assets/{current_app.config['ASSETS_DIGEST']}/{name}"


@blueprint.get("/assets/<digest>/<path:name>")
@opens(ANYONE)
def serve(digest: str, name: str) -> Response:
    response = send_from_directory(FOLDER, name)
    # An old page may still ask by an old address: it gets today's file, but must not keep it.
    current = digest == current_app.config["ASSETS_DIGEST"]
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if current else "no-cache"
    return response
