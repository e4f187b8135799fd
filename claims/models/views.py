"""Saved views: a list as somebody wants to see it again."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table


class SavedView(Table):
    """One person's filter of their employer's claims, under a name of their own."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("person_id", "employer_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    name: Mapped[str]
    query: Mapped[str]
    """The filter as the end of an address, never a whole address."""
    saved_at: Mapped[datetime]
