"""How a person is written to: how often, which kinds they stopped, whether letters arrive, their calendar's number."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table
from claims.models.kinds import one_of

RHYTHMS = ("at-once", "daily", "weekly")


class Correspondence(Table):
    """What a person chose, and what became of letters to them. Without a row: at once, and letters arrive."""

    __tablename__ = "correspondence"
    __table_args__ = (
        one_of("rhythm", RHYTHMS),
        CheckConstraint("calendar_number >= 1", name="calendar_number_positive"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    rhythm: Mapped[str]
    calendar_number: Mapped[int]
    """The secret address of the calendar is made from it: the next number makes the old address stop working."""
    refused_at: Mapped[datetime | None]
    """When their email address was refused or a letter bounced; ``None`` once a letter arrives again."""


class StoppedKind(Table):
    """A person wants no email about one kind of thing; it is still shown to them in the service."""

    __tablename__ = "stopped_kinds"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    stopped_at: Mapped[datetime]
