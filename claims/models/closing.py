"""The end of a scheme year: its workbook, version by version, and the one that closed it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table

CLOSED = text("closes AND reopened_at IS NULL")


class YearEnd(Table):
    """A year-end workbook as it was made, and whether it closed its year; none of a closed year's claims moves."""

    __tablename__ = "year_ends"
    __table_args__ = (
        UniqueConstraint("scheme_year", "version"),
        CheckConstraint("closes OR reopened_at IS NULL", name="reopened_after_closing"),
        CheckConstraint("(reopened_at IS NULL) = (reopened_by_id IS NULL)", name="reopened_by_somebody"),
        Index("ix_year_ends_closed", "scheme_year", unique=True, sqlite_where=CLOSED, postgresql_where=CLOSED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_year: Mapped[str]
    version: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    closes: Mapped[bool]
    reopened_at: Mapped[datetime | None]
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
