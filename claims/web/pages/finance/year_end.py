"""Finance: how a scheme year stands, its year-end workbooks, closing it and opening it again."""

from flask import Blueprint, abort, redirect, render_template, request, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.rules.scheme import SchemeYear
from claims.services.closing import close, draw_up_year_end, look_ahead, note_download, reopen, year_called
from claims.store.closing import is_closed, year_end_called, year_ends_of
from claims.store.reference import from_files
from claims.store.year_end import lines_in_all, runs_of_year
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.downloads import as_download
from claims.web.forms.closing import CloseForm, ReopenForm
from claims.web.pages.finance.ready import LOOKING, years
from claims.web.transactions import session

pages = Blueprint("year_end", __name__, url_prefix="/payments/year-end")


@pages.get("")
@opens(*LOOKING)
def year_end() -> Answer:
    today = clock.today()
    asked = year_called(request.args.get("year", ""))
    year = asked or from_files().year_to_go_by(today)
    made = year_ends_of(session(), year.name)
    closing = next((each for each in made if each[0].closes and each[0].reopened_at is None), None)
    return render_template(
        "finance/year_end.html",
        year=year.name,
        years=years(),
        outlook=look_ahead(session(), year, today),
        paid=lines_in_all(session(), year.name),
        runs=len(runs_of_year(session(), year.name)),
        made=made,
        closing=closing,
        may_change=actor().role is Role.FINANCE,
        me=actor().person_id,
    )


@pages.post("/<year>/workbooks")
@opens(Role.FINANCE)
def draw_up(year: str) -> Answer:
    found = _year(year)
    try:
        made = draw_up_year_end(session(), found, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, _here(found))
    return done(f"Version {made.version} of the year-end workbook is kept below.", _here(found))


@pages.post("/<year>/workbooks/<int:version>")
@opens(*LOOKING)
def workbook(year: str, version: int) -> Answer:
    found = _year(year)
    stored = year_end_called(session(), found.name, version)
    if stored is None:
        abort(404)
    note_download(session(), stored, actor(), clock.now())
    name = f"year-end-{found.name}-version-{version}.xlsx"
    return as_download(stored.content, name)


@pages.route("/<year>/closing", methods=["GET", "POST"])
@opens(Role.FINANCE)
def close_year(year: str) -> Answer:
    found, form = _year(year), CloseForm()
    if is_closed(session(), found.name):
        return redirect(_here(found), 303)
    outlook = look_ahead(session(), found, clock.today())
    if outlook.problems:
        return refused(outlook.problems[0], _here(found))
    if form.validate_on_submit():
        try:
            close(session(), found, actor(), clock.now())
        except NotAllowed as no:
            return refused(no, _here(found))
        return done(f"Scheme year {found.name} is closed.", _here(found))
    return render_template(
        "finance/year_closing.html",
        form=form,
        year=found.name,
        outlook=outlook,
        paid=lines_in_all(session(), found.name),
        back=_here(found),
    )


@pages.route("/<year>/reopening", methods=["GET", "POST"])
@opens(Role.FINANCE)
def reopen_year(year: str) -> Answer:
    found, form = _year(year), ReopenForm()
    if form.validate_on_submit():
        try:
            reopen(session(), found, actor(), clock.now(), because=form.reason.data)
        except NotAllowed as no:
            return refused(no, _here(found))
        return done(f"Scheme year {found.name} is open again. Its workbooks stay as they were.", _here(found))
    if not is_closed(session(), found.name):
        return redirect(_here(found), 303)
    return render_template(
        "finance/ask.html",
        form=form,
        title=f"Open scheme year {found.name} again",
        about="",
        asked=[form.reason],
        button="Open it again",
        back=_here(found),
    )


def _year(name: str) -> SchemeYear:
    found = year_called(name)
    if found is None:
        abort(404)
    return found


def _here(year: SchemeYear) -> str:
    return url_for("year_end.year_end", year=year.name)
