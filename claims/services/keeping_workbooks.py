"""Keep workbooks as they were made, version by version: those of a payment run, those of a scheme year."""

import hashlib
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from claims.models import RunWorkbook, YearEnd

Kept = TypeVar("Kept", RunWorkbook, YearEnd)


def keep_version(session: Session, workbook: Kept, content: bytes, *, after: Kept | None, at: datetime) -> Kept:
    """Keep ``content``, made at ``at``, with its SHA-256: the version that follows ``after``, or the first."""
    workbook.version = after.version + 1 if after else 1
    workbook.sha256 = hashlib.sha256(content).hexdigest()
    workbook.content = content
    workbook.made_at = at
    session.add(workbook)
    session.flush()
    return workbook
