"""Files that are kept, given out again: to be saved, or to be looked at inside a page of ours."""

from io import BytesIO

from flask import Response, request, send_file

from claims.models import Evidence, RegistrationProof
from claims.services.evidencing import KeptFile
from claims.web.wiring import services

INERT = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""What a file may do in a browser that opens it all the same: nothing."""
LOOKED_AT_ONLY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox"
"""What a file may do in a browser when it is looked at: be shown, inside a page of ours."""


def give_to_save(file: Evidence | RegistrationProof | KeptFile) -> Response:
    """The file, to be saved under its name."""
    return _give(file, INERT, to_save=True)


def give_to_look_at(file: Evidence | RegistrationProof) -> Response:
    """The file, to be looked at; to be saved where the address asks for a ``download``."""
    return _give(file, LOOKED_AT_ONLY, to_save="download" in request.args)


def _give(file: Evidence | RegistrationProof | KeptFile, policy: str, *, to_save: bool) -> Response:
    response = send_file(
        BytesIO(services().store.get(file.sha256)),
        mimetype=file.media_type,
        as_attachment=to_save,
        download_name=file.name,
    )
    response.headers["Content-Security-Policy"] = policy
    return response
