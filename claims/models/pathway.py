"""What administrators say of the care workforce pathway, beside the reference files. Nothing is changed or deleted."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table
from claims.models.kinds import one_of


def _mark() -> str:
    """Made at random: a row that takes the number of one that was rolled back is not taken for it."""
    return secrets.token_hex(8)


class LinkEdit(Table):
    """A course, or a group of courses, and a role category: linked, not linked, or as the reference file has it again.

    The latest row of a subject and category stands.
    """

    __tablename__ = "link_edits"
    __table_args__ = (
        one_of("act", ("link", "unlink", "withdraw")),
        one_of("rank", ("", "primary", "secondary")),
        one_of("basis", ("", "published", "inferred")),
        one_of("confidence", ("", "high", "medium", "low")),
        CheckConstraint("act <> 'link' OR (rank <> '' AND basis <> '')", name="link_says_what"),
        Index("ix_link_edits_subject", "subject", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    """A course's code, or a group's name."""
    whole_group: Mapped[bool]
    role_category: Mapped[str]
    act: Mapped[str]
    rank: Mapped[str]
    basis: Mapped[str]
    evidence: Mapped[str]
    confidence: Mapped[str]
    source: Mapped[str]
    files_said: Mapped[Mapping[str, str]] = mapped_column(JSON)
    """What the reference file said of each course it concerns, so that a later file that says otherwise is noticed."""
    mark: Mapped[str] = mapped_column(default=_mark)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class RoleCategoryChange(Table):
    """A role category that was added, or is described or dated otherwise than in the file; the latest stands."""

    __tablename__ = "role_category_changes"
    __table_args__ = (
        one_of("kind", ("direct care", "management")),
        CheckConstraint("from_on IS NULL OR to_on IS NULL OR from_on <= to_on", name="dates_in_order"),
        CheckConstraint("position > 0", name="position_positive"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    summary: Mapped[str]
    position: Mapped[int]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    source: Mapped[str]
    mark: Mapped[str] = mapped_column(default=_mark)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
