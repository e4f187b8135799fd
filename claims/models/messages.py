"""The outbox: every message to a person, written in the transaction that caused it, sent once."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table
from claims.models.kinds import one_of


class Message(Table):
    """One message. Its key (kind, person, about, due day) is unique: planning twice queues once."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("kind", "person_id", "about", "due_on"),
        one_of("state", ("queued", "leased", "sent", "failed", "dropped", "stopped")),
        CheckConstraint("(state = 'leased') = (leased_until IS NOT NULL)", name="leased_until_when"),
        Index("ix_messages_state", "state", "due_on", "id"),
        Index("ix_messages_person_id", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    about: Mapped[str]
    """What it is about: ``claim:12``, ``purchase:3``, with a count where the same thing happens again."""
    due_on: Mapped[date]
    reference: Mapped[str] = mapped_column(unique=True)
    """Its own name among all messages; the first of a letter gives the letter its name."""
    letter: Mapped[str | None] = mapped_column(index=True)
    """The letter that carries it, with a person's other messages of that moment; never changed once given.

    By this the sender is asked whether it already went.
    """
    subject: Mapped[str]
    text: Mapped[str]
    link: Mapped[str]
    """The path of the thing it is about."""
    state: Mapped[str]
    """``dropped``: its reason had gone before it went. ``stopped``: shown in the service; its reader wants no email."""
    last_day_on: Mapped[date | None]
    """The deadline that it is about, if it is about one: near it, a letter is not held back."""
    tries: Mapped[int] = mapped_column(default=0)
    given: Mapped[int] = mapped_column(default=0)
    """How often it was given to a relay of which nobody knows whether it took it."""
    not_before: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str]


class JobRun(Table):
    """One run of a scheduled job: when, how it went, how much it did."""

    __tablename__ = "job_runs"
    __table_args__ = (Index("ix_job_runs_job", "job", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    done: Mapped[int | None]
    problem: Mapped[str]


class Heartbeat(Table):
    """When the scheduler was last seen, and which of several does the work until when."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    holder: Mapped[str] = mapped_column(default="")
    """A random name that each scheduler gives itself; blank when none has the work."""
    held_until: Mapped[datetime | None]
    """Another may take the work over from then on."""
