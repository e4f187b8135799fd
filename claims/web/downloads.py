"""Files that are made for whoever asks, given to be saved."""

from collections.abc import Iterable

from flask import Response

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What a file is, by the ending of its name."""


def as_download(content: str | bytes | Iterable[bytes], name: str) -> Response:
    """``content``, to be saved as ``name``: plain letters, digits and hyphens, with an ending that is in ``TYPES``.

    Pieces are sent as they are made.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=TYPES[name.rpartition(".")[2]], headers=headers)
