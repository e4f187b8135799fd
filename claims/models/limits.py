"""How much of the API each network address has used."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table


class ApiWindow(Table):
    """One stretch of time in which one network address asked for assessments."""

    __tablename__ = "api_windows"
    __table_args__ = (CheckConstraint("claims > 0", name="claims_positive"),)

    network_hash: Mapped[str] = mapped_column(primary_key=True)
    """A keyed hash, so that nobody can read from it who asked."""
    begins_at: Mapped[datetime] = mapped_column(primary_key=True)
    claims: Mapped[int]
    """Asked about so far; a call counts as at least one."""
