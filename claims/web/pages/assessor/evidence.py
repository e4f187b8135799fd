"""Evidence for staff, shown beside a claim: opened only through this door, and able to do nothing in a browser."""

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from claims.lifecycle import Role
from claims.models import Evidence, Purchase
from claims.web.access import opens
from claims.web.kept_files import give_to_look_at
from claims.web.transactions import session

pages = Blueprint("evidence", __name__, url_prefix="/assessment/evidence")


@pages.get("/<int:evidence_id>")
@opens(Role.ASSESSOR, Role.LEAD_ASSESSOR, Role.FINANCE, Role.AUDITOR)
def show(evidence_id: int) -> Response:
    file = session().get(Evidence, evidence_id)
    if file is None or file.removed_at is not None:
        abort(404)
    if session().get_one(Purchase, file.purchase_id).fixed_at is None:
        abort(404)
    return give_to_look_at(file)
