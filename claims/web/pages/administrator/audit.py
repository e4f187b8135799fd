"""Administrators and auditors: everything that was done, sought and downloaded; and whether the chain holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request, url_for

from claims import clock
from claims.lifecycle import WORDS, NotAllowed, Role, State
from claims.services.auditing import As, export_events, is_short_enough, last_walk, walk_chain
from claims.store.events import FoundEvent, kinds_of_events, page_of_events
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.downloads import as_download
from claims.web.forms.auditing import EventsForm
from claims.web.histories import words_of
from claims.web.transactions import session
from claims.web.wiring import services
from claims.web.wording import role

pages = Blueprint("audit", __name__, url_prefix="/audit")

LOOKING = (Role.ADMINISTRATOR, Role.AUDITOR)
FAULTS_SHOWN = 200
HASH = re.compile("[0-9a-f]{64}")
SUBJECTS = {"bank-account": "Bank account", "course-list": "Course list", "payment-run": "Payment run"}
"""What events are about, where capital letters and hyphens are not enough."""


@dataclass(frozen=True, slots=True)
class EventShown:
    """One event as the page shows it."""

    number: int
    at: datetime
    who: str
    role: str
    words: str
    about: str
    reference: str
    employer: str
    change: str
    details: list[tuple[str, str]]
    note: str


@pages.get("")
@opens(*LOOKING)
def events() -> Answer:
    form = _form(request.args)
    if form.validate():
        found, before = page_of_events(session(), form.wanted(), request.args.get("before", type=int))
    else:
        found, before = [], None
    walked = last_walk(session())
    return render_template(
        "administrator/audit.html",
        form=form,
        events=[_shown(event) for event in found],
        query=form.query(),
        newest="before" not in request.args,
        next_page=url_for(".events", **form.query(), before=before) if before else None,
        walked=walked,
        walked_by=walked.details if walked else None,
        may_walk=is_short_enough(session()),
    )


@pages.post("/download")
@opens(*LOOKING)
def download() -> Answer:
    form = _form(request.form)
    here = url_for(".events", **form.query())
    how = As.WORKBOOK if request.form.get("as") == As.WORKBOOK else As.CSV
    if not form.validate():
        return refused("Search for what you want first, then download it.", url_for(".events"))
    now = clock.now()
    try:
        content = export_events(services().database, form.wanted(), how, actor(), now)
    except NotAllowed as no:
        return refused(no, here)
    return as_download(content, f"events-{clock.london_date(now).isoformat()}.{how}")


@pages.post("/verification")
@opens(*LOOKING)
def verification() -> Answer:
    with services().database.read() as reading:
        short = is_short_enough(reading)
    if not short:
        return refused(
            "The chain is too long to verify while you wait. It is verified every night.", url_for(".events")
        )
    count, faults = walk_chain(services().database, actor(), clock.now())
    if not faults:
        return done(f"{count:,} events, and nothing was altered.", url_for(".events"))
    return render_template(
        "administrator/audit_faults.html",
        count=count,
        faults=faults[:FAULTS_SHOWN],
        total=len(faults),
        back=url_for(".events"),
    )


def _form(given: Mapping[str, str]) -> EventsForm:
    with services().database.read() as reading:
        kinds = kinds_of_events(reading)
    offered = []
    for kind in sorted({kind for kind, _ in kinds}, key=_subject):
        offered.append((kind, f"{_subject(kind)}: anything"))
        offered += [
            (f"{kind}:{act}", f"{_subject(kind)}: {words_of(kind, act).lower()}") for of, act in kinds if of == kind
        ]
    return EventsForm.read(given, offered)


def _subject(kind: str) -> str:
    return SUBJECTS.get(kind) or kind.replace("-", " ").capitalize()


def _shown(event: FoundEvent) -> EventShown:
    states = [
        WORDS[State(state)] if state in set(State) else state.replace("-", " ").capitalize()
        for state in (event.from_state, event.to_state)
        if state
    ]
    return EventShown(
        event.number,
        event.at,
        event.person or "The service",
        "" if event.role == Role.SYSTEM else role(event.role),
        words_of(event.kind, event.act),
        f"{_subject(event.kind)} {event.about_id}" if event.about_id else _subject(event.kind),
        event.reference,
        event.employer or "",
        " to ".join(states),
        [(name.replace("_", " "), _value(value)) for name, value in event.details.items() if name != "reference"],
        event.note,
    )


def _value(value: object) -> str:
    match value:
        case list():
            return ", ".join(map(_value, value)) or "none"
        case dict():
            return ", ".join(f"{name} {_value(each)}" for name, each in value.items()) or "none"
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case str() if HASH.fullmatch(value):
            return f"{value[:12]}…"  # enough to tell two apart; the downloads have it whole
    return str(value)
