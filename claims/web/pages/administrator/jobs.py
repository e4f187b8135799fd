"""Administrators: scheduled jobs and how they went, what goes out, and the reminders of the next 14 days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from flask import Blueprint, render_template, request

from claims import clock
from claims.jobs import JOBS
from claims.models import JobRun
from claims.reminders.kinds import NAMES, Kind
from claims.services.reminding import Coming, preview_reminders
from claims.services.sessions import MESSAGE as NEW_BROWSER
from claims.services.watching import is_alive, last_seen, latest_runs
from claims.store.notices import count_by_state, deliveries
from claims.store.outgoing import CODE, names_of
from claims.web.access import opens
from claims.web.answers import Answer
from claims.web.pages.administrator.course_lists import LOOKING
from claims.web.transactions import session

pages = Blueprint("jobs", __name__, url_prefix="/jobs")

DAYS_AHEAD = 14
NAMED = 5
"""People named for one kind on one day; the others are counted."""
STATES = {
    "queued": "Waiting for its time",
    "leased": "Being sent",
    "sent": "Sent",
    "failed": "Failed",
    "dropped": "Not needed any more",
    "stopped": "Shown in the service only",
}
COLOURS = {"queued": "blue", "leased": "blue", "sent": "green", "failed": "red", "dropped": "grey", "stopped": "grey"}


@dataclass(frozen=True, slots=True)
class JobShown:
    """A job and how it went last."""

    name: str
    words: str
    latest: JobRun | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class ComingShown:
    """What will be said on one day about one kind of thing."""

    name: str
    reminders: int
    people: int
    examples: list[tuple[str, str]]
    """Names and subjects of the first few."""


@pages.get("")
@opens(*LOOKING)
def jobs() -> Answer:
    runs, now = latest_runs(session()), clock.now()
    return render_template(
        "administrator/jobs.html",
        jobs=[
            JobShown(
                job.name.replace("-", " ").capitalize(),
                job.words,
                latest := runs.get(job.name),
                latest.started_at + job.every if latest else None,
            )
            for job in JOBS
        ],
        is_alive=is_alive(session(), now),
        last_seen=last_seen(session()),
        counts=count_by_state(session()),
        states=STATES,
        colours=COLOURS,
    )


@pages.get("/reminders")
@opens(*LOOKING)
def coming() -> Answer:
    today = clock.today()
    planned = list(preview_reminders(session(), today, DAYS_AHEAD))
    names = names_of(session(), {each.key.person_id for each in planned})
    return render_template(
        "administrator/reminders.html",
        days=[(day, _shown(some, names)) for day, some in groupby(planned, key=lambda each: each.day)],
        first=today,
        last=today + timedelta(days=DAYS_AHEAD - 1),
    )


@pages.get("/messages")
@opens(*LOOKING)
def messages() -> Answer:
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    found, before = deliveries(session(), (state,) if state else (), request.args.get("before", type=int))
    return render_template(
        "administrator/messages.html",
        messages=found,
        before=before,
        wanted=state,
        states=STATES,
        colours=COLOURS,
        kinds={**NAMES, CODE: "A code to sign in", NEW_BROWSER: "Somebody signed in with a new browser"},
    )


def _shown(planned: Iterable[Coming], names: dict[int, str]) -> list[ComingShown]:
    by_kind: dict[Kind, list[Coming]] = {}
    for each in planned:
        by_kind.setdefault(each.key.kind, []).append(each)
    return [
        ComingShown(
            NAMES[kind],
            len(some),
            len({each.key.person_id for each in some}),
            [(names[each.key.person_id], each.words.subject) for each in some[:NAMED]],
        )
        for kind, some in sorted(by_kind.items(), key=lambda item: list(Kind).index(item[0]))
    ]
