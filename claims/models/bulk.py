"""Workbooks of claims that employers upload: kept while they are checked, looked at and turned into drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table
from claims.models.kinds import not_negative, one_of

UPLOAD_STATES = ("checking", "faulty", "checked", "creating", "created", "set-aside", "failed")


class BulkUpload(Table):
    """One file of claims. Nothing in it is a draft before somebody says so."""

    __tablename__ = "bulk_uploads"
    __table_args__ = (
        one_of("state", UPLOAD_STATES),
        not_negative("rows"),
        not_negative("done"),
        Index("ix_bulk_uploads_employer_id", "employer_id", "id"),
        Index("ix_bulk_uploads_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    uploaded_at: Mapped[datetime]
    name: Mapped[str]
    """The file's name as the person had it; for showing only."""
    sha256: Mapped[str]
    """Of the file, so that the same one is recognised."""
    state: Mapped[str]
    rows: Mapped[int]
    """How many are to be checked or made; 0 until the file has been read."""
    done: Mapped[int]
    """How many of them have been."""
    tries: Mapped[int]
    """How often the work was begun since it last went on; a file that always stops it is given up."""
    file: Mapped[str | None] = mapped_column(Text)
    """Encrypted; ``None`` once it is not needed any more."""
    findings: Mapped[str | None] = mapped_column(Text)
    """Encrypted: what was found in the file and what would be made of it; ``None`` as for ``file``."""
    leave_out: Mapped[bool]
    """Whether people for whom nothing can be claimed get no draft."""
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    confirmed_role: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    made: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Purchases by their place in the file, counts of what was done, and the rows that were left out, with why."""
    finished_at: Mapped[datetime | None]
