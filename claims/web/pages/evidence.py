"""Evidence for staff, shown beside a claim: opened only through this door, and able to do nothing in a browser."""

from io import BytesIO

from flask import Blueprint, abort, request, send_file
from werkzeug.wrappers import Response

from claims.lifecycle import Role
from claims.models import Evidence, Purchase
from claims.web.access import opens
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("evidence", __name__, url_prefix="/assessment/evidence")

LOOKED_AT_ONLY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox"
"""What evidence may do in a browser: be looked at, inside a page of ours."""


@pages.get("/<int:evidence_id>")
@opens(Role.ASSESSOR, Role.LEAD_ASSESSOR, Role.FINANCE, Role.AUDITOR)
def show(evidence_id: int) -> Response:
    file = session().get(Evidence, evidence_id)
    if file is None or file.removed_at is not None:
        abort(404)
    if session().get_one(Purchase, file.purchase_id).fixed_at is None:
        abort(404)
    response = send_file(
        BytesIO(services().store.get(file.sha256)),
        mimetype=file.media_type,
        as_attachment="download" in request.args,
        download_name=file.name,
    )
    response.headers["Content-Security-Policy"] = LOOKED_AT_ONLY
    return response
