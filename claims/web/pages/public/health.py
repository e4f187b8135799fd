"""Whether the process is up, the database reachable and current, and the scheduler alive, for those who watch."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from claims import clock
from claims.services.upgrading import latest_revision, revision_of
from claims.services.watching import is_alive
from claims.web import logs
from claims.web.access import ANYONE, opens
from claims.web.wiring import services

pages = Blueprint("health", __name__, url_prefix="/health")


@pages.get("/live")
@opens(ANYONE)
def live() -> Response:
    return jsonify(status="up")


@pages.get("/ready")
@opens(ANYONE)
def ready() -> tuple[Response, int]:
    try:
        stands_at = revision_of(services().database)
    except SQLAlchemyError as error:
        logs.note("database-unreachable", level=logs.ERROR, error=error)
        return jsonify(status="the database cannot be reached"), 503
    if stands_at != latest_revision():
        return jsonify(status="the database is not at the latest migration"), 503
    with services().database.read() as reading:
        if not is_alive(reading, clock.now()):
            return jsonify(status="the scheduler gives no sign of life; start `claims jobs`"), 503
    return jsonify(status="ready"), 200
