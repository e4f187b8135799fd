"""For everybody who signs in: what was said to them, how often we write, and the address of their calendar."""

from flask import Blueprint, Response, abort, render_template, request, url_for

from claims import clock
from claims.exchange.calendars import render_calendar
from claims.lifecycle import ASSESSING_ROLES, EMPLOYER_ROLES, Actor, Role
from claims.mail.digest import SERVICE
from claims.reminders import kinds as reminders
from claims.reminders.kinds import NAMES, Kind
from claims.reminders.rhythm import Rhythm, may_be_stopped
from claims.services.corresponding import (
    calendar_address,
    choose_kinds,
    choose_rhythm,
    read_calendar_address,
    read_stop_address,
    renew_calendar,
    stop_kinds,
    wishes_of,
)
from claims.store.calendar import entries_for
from claims.store.notices import notices_of
from claims.web.access import ANYONE, SIGNED_IN, actor, opens
from claims.web.answers import Answer, done
from claims.web.forms.form import Form
from claims.web.forms.notifying import NotificationsForm
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("notifications", __name__)
stopping = Blueprint("stopping", __name__, url_prefix="/notifications/stop")
"""Sent by mail programs, which have no form token: the signed address is what allows it."""


def kinds_for(who: Actor) -> list[Kind]:
    """What ``who`` may be told of, most urgent first."""
    if who.role in EMPLOYER_ROLES:
        told = reminders.FOR_EMPLOYERS
    elif who.role in ASSESSING_ROLES:
        told = reminders.FOR_ASSESSORS
    else:
        told = {Role.FINANCE: reminders.FOR_FINANCE, Role.ADMINISTRATOR: reminders.FOR_ADMINISTRATORS}.get(
            who.role, frozenset()
        )
    return [kind for kind in Kind if kind in told]


@pages.get("/notifications")
@opens(*SIGNED_IN)
def notifications() -> Answer:
    who = actor()
    wishes = wishes_of(session(), _person_id())
    wanted = [str(kind) for kind in kinds_for(who) if kind not in wishes.stopped]
    return _page(NotificationsForm(data={"rhythm": str(wishes.rhythm), "kinds": wanted}))


@pages.post("/notifications")
@opens(*SIGNED_IN)
def choose() -> Answer:
    form = NotificationsForm()
    form.offer(_may_choose())
    if not form.validate_on_submit():
        return _page(form)
    choose_rhythm(session(), _person_id(), Rhythm(form.rhythm.data), clock.now())
    choose_kinds(session(), _person_id(), form.kinds.data, clock.now())
    return done("We will write to you as you chose.", url_for("notifications.notifications"))


def _page(form: NotificationsForm) -> Answer:
    form.offer(_may_choose())
    notices, before = notices_of(session(), _person_id(), _before())
    return render_template(
        "account/notifications.html",
        form=form,
        always=[NAMES[kind] for kind in kinds_for(actor()) if not may_be_stopped(kind)],
        notices=notices,
        before=before,
        is_first_page=_before() is None,
        wishes=wishes_of(session(), _person_id()),
        has_calendar=actor().role in EMPLOYER_ROLES,
    )


@pages.get("/notifications/calendar")
@opens(*EMPLOYER_ROLES)
def calendar() -> Answer:
    given = services()
    path = calendar_address(session(), given.keyring, _person_id())
    return render_template("account/calendar.html", address=f"{given.settings.base_url}{path}", form=Form())


@pages.post("/notifications/calendar")
@opens(*EMPLOYER_ROLES)
def renew() -> Answer:
    renew_calendar(session(), _person_id())
    return done("Your calendar has a new address. The old one no longer works.", url_for("notifications.calendar"))


@pages.get("/calendar/<signed>.ics")
@opens(ANYONE)
def feed(signed: str) -> Response:
    given = services()
    person = read_calendar_address(session(), given.keyring, signed)
    if person is None:
        abort(404)
    return Response(calendar_of(person.id), content_type="text/calendar; charset=utf-8")


def calendar_of(person_id: int) -> bytes:
    """A person's calendar as it is today."""
    base_url = services().settings.base_url
    host = base_url.partition("://")[2].partition("/")[0].partition(":")[0]
    entries = entries_for(session(), person_id, clock.today(), base_url, host)
    return render_calendar(SERVICE, entries, clock.now())


@stopping.get("/<stopped>/<signed>")
@opens(ANYONE)
def ask_to_stop(stopped: str, signed: str) -> Answer:
    # A mail scanner opens every link: only a button, or a mail program's own POST, stops anything.
    _, kinds = _read_stop(stopped, signed)
    return render_template("account/stop.html", names=[NAMES[kind] for kind in kinds], form=Form())


@stopping.post("/<stopped>/<signed>")
@opens(ANYONE)
def stop(stopped: str, signed: str) -> Answer:
    person_id, kinds = _read_stop(stopped, signed)
    stop_kinds(session(), person_id, kinds, clock.now())
    return render_template("account/stopped.html", names=[NAMES[kind] for kind in kinds])


def _read_stop(stopped: str, signed: str) -> tuple[int, list[Kind]]:
    read = read_stop_address(services().keyring, stopped, signed)
    if read is None:
        abort(404)
    person_id, kinds = read
    return person_id, [Kind(kind) for kind in kinds]


def _may_choose() -> list[Kind]:
    return [kind for kind in kinds_for(actor()) if may_be_stopped(kind)]


def _person_id() -> int:
    found = actor().person_id
    if found is None:
        abort(404)
    return found


def _before() -> int | None:
    return request.args.get("before", type=int)
