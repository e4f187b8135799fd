"""Published versions of the eligible course list. Nothing in them is ever changed or deleted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table
from claims.models.kinds import one_of
from claims.rules.scheme import Fund, FundingModel


class CourseList(Table):
    """One version of the list; it holds from a day on, until the next one does."""

    __tablename__ = "course_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(unique=True)
    from_on: Mapped[date]
    published_at: Mapped[datetime]
    published_by: Mapped[str]
    sha256: Mapped[str]
    """Of the list as a file, so that the same list is recognised."""
    taken_up_at: Mapped[datetime | None]
    """When open drafts were judged by it, on the day from which it holds or after; ``None`` until then."""


class CourseListEntry(Table):
    """One row of one version: an amount for payments between two dates, both inclusive."""

    __tablename__ = "course_list_entries"
    __table_args__ = (
        UniqueConstraint("course_list_id", "code", "paid_from"),
        one_of("funding_model", FundingModel),
        one_of("fund", Fund),
        CheckConstraint("max_reimbursement_pence > 0", name="max_reimbursement_positive"),
        CheckConstraint("paid_from <= paid_to", name="dates_in_order"),
        CheckConstraint("minimum_age > 0", name="minimum_age_positive"),
        Index("ix_course_list_entries_list", "course_list_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_list_id: Mapped[int] = mapped_column(ForeignKey("course_lists.id"))
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    level: Mapped[str]
    size: Mapped[str]
    category: Mapped[str]
    awarding_organisation: Mapped[str]
    learning_hours: Mapped[int | None]
    funding_model: Mapped[str]
    fund: Mapped[str]
    delivery: Mapped[str]
    max_reimbursement_pence: Mapped[int]
    paid_from: Mapped[date]
    paid_to: Mapped[date]
    source: Mapped[str]
    note: Mapped[str]
    quality_assured: Mapped[bool | None]
    quality_assured_from: Mapped[date | None]
    minimum_age: Mapped[int | None]


class CourseListProposal(Table):
    """A list that was prepared, to be looked at and then published or set aside. Kept either way."""

    __tablename__ = "course_list_proposals"
    __table_args__ = (
        CheckConstraint("published_as_id IS NULL OR set_aside_at IS NULL", name="published_or_set_aside"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    """In words: where it came from or what it changes."""
    content: Mapped[str] = mapped_column(Text)
    """The whole list as CSV, arranged."""
    notices: Mapped[list[Any]] = mapped_column(JSON)
    """Row, column and sentence of what was noticed in the file."""
    made_from: Mapped[int]
    """The version that it was made from."""
    from_on: Mapped[date]
    """The day from which it is to hold."""
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    prepared_at: Mapped[datetime]
    published_as_id: Mapped[int | None] = mapped_column(ForeignKey("course_lists.id"))
    set_aside_at: Mapped[datetime | None]
