"""Know that the scheduler runs, and how its jobs went."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from claims.models import Heartbeat, JobRun

SCHEDULER = "scheduler"
BEAT_EVERY = timedelta(seconds=5)
HELD_FOR = timedelta(seconds=20)
"""Longer than a few beats; a scheduler that was killed is followed by another within this and one beat."""
SILENT_AFTER = timedelta(minutes=2)
"""Without a sign of life for so long, nothing is being sent."""


def take_work(session: Session, holder: str, at: datetime) -> bool:
    """Take the work, or go on holding it: the scheduler is alive ``at``. ``False`` while another one has it."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Heartbeat).values(name=SCHEDULER, at=at, holder="").on_conflict_do_nothing())
    taken = session.execute(
        update(Heartbeat)
        .where(
            Heartbeat.name == SCHEDULER,
            or_(Heartbeat.holder.in_(("", holder)), Heartbeat.held_until.is_(None), Heartbeat.held_until <= at),
        )
        .values(at=at, holder=holder, held_until=at + HELD_FOR)
        .returning(Heartbeat.name)
    )
    return taken.first() is not None


def give_up_work(session: Session, holder: str) -> None:
    """Let another scheduler take the work at once."""
    session.execute(
        update(Heartbeat)
        .where(Heartbeat.name == SCHEDULER, Heartbeat.holder == holder)
        .values(holder="", held_until=None)
    )


def last_seen(session: Session) -> datetime | None:
    """When the scheduler last gave a sign of life."""
    return session.scalars(select(Heartbeat.at).where(Heartbeat.name == SCHEDULER)).first()


def is_alive(session: Session, at: datetime) -> bool:
    """Whether a scheduler gave a sign of life lately."""
    last = last_seen(session)
    return last is not None and at - last < SILENT_AFTER


def latest_runs(session: Session) -> dict[str, JobRun]:
    """How each job went last, by its name."""
    newest = select(func.max(JobRun.id)).group_by(JobRun.job)
    return {run.job: run for run in session.scalars(select(JobRun).where(JobRun.id.in_(newest)))}


def has_run_since(session: Session, job: str, since: datetime) -> bool:
    """Whether ``job`` was started at or after ``since`` and finished well."""
    done = select(JobRun.id).where(JobRun.job == job, JobRun.problem == "", JobRun.started_at >= since)
    return session.scalars(done.limit(1)).first() is not None


def note_run(
    session: Session, job: str, started_at: datetime, finished_at: datetime, *, done: int | None, problem: str
) -> None:
    """Write down how one run of ``job`` went: ``done`` things, or the ``problem`` that stopped it.

    A run that found nothing to do takes the place of an earlier one like it, so that a job of every few seconds leaves
    one row and not thousands.
    """
    latest = session.scalars(select(JobRun).where(JobRun.job == job).order_by(JobRun.id.desc()).limit(1)).first()
    if latest is not None and latest.done == done == 0:
        latest.started_at, latest.finished_at = started_at, finished_at
        return
    session.add(JobRun(job=job, started_at=started_at, finished_at=finished_at, done=done, problem=problem))
