"""Reports for finance, administrators and auditors: on screen with pictures, and as one workbook."""

from typing import NamedTuple

from flask import Blueprint, abort, render_template, request, url_for

from claims import clock
from claims.lifecycle import Role
from claims.rules.scheme import Fund
from claims.services.reporting import all_reports, export_reports
from claims.store.reference import from_files
from claims.store.spending import ReportFilter
from claims.web.access import actor, opens
from claims.web.answers import Answer
from claims.web.downloads import as_download
from claims.web.drawing import Bar, draw_bars
from claims.web.formats import money
from claims.web.forms.paying import FUNDS
from claims.web.transactions import session
from claims.web.wiring import services
from claims.workbooks.cells import Kind
from claims.workbooks.reports import MOST_BARS, Figure, Report

pages = Blueprint("reports", __name__, url_prefix="/reports")

READERS = (Role.FINANCE, Role.LEAD_ASSESSOR, Role.ADMINISTRATOR, Role.AUDITOR)
MOST_SHOWN = 100
"""Rows of a table on the page; the workbook has all."""


@pages.get("")
@opens(*READERS)
def reports() -> Answer:
    return _page(None)


@pages.get("/<slug>")
@opens(*READERS)
def report(slug: str) -> Answer:
    return _page(slug)


@pages.post("/workbook")
@opens(*READERS)
def workbook() -> Answer:
    wanted, now = _wanted(request.form.get("year", ""), request.form.get("fund", "")), clock.now()
    content = export_reports(services().database, wanted, actor(), now)
    name = f"reports-{wanted.scheme_year}-{clock.london_date(now).isoformat()}.xlsx"
    return as_download(content, name)


def _page(slug: str | None) -> Answer:
    wanted = _wanted(request.args.get("year", ""), request.args.get("fund", ""))
    found = all_reports(session(), wanted, clock.today())
    shown = next((each for each in found if each.slug == slug), None) if slug else found[0]
    if shown is None:
        abort(404)
    return render_template(
        "office/report.html",
        wanted=wanted,
        years=[year.name for year in from_files().years],
        funds=FUNDS,
        reports=found,
        report=shown,
        drawn=_draw(shown),
        said_by_kind=[(kind, shown.figures[place].words) for place, kind in shown.picture.drawn],
        most=MOST_SHOWN,
        most_bars=MOST_BARS,
        address=url_for("reports.report", slug=shown.slug),
    )


def _wanted(year: str, fund: str) -> ReportFilter:
    """Of the latest year that has begun, unless another is asked for."""
    years = [each.name for each in from_files().years]
    today = from_files().year_to_go_by(clock.today()).name
    return ReportFilter(year if year in years else today, fund if fund in set(Fund) else None)


class Drawn(NamedTuple):
    """One row of a report as its picture shows it."""

    name: str
    said: str
    """All of it in words."""
    bars: list[tuple[str, Bar]]
    """Each with what it alone says."""


def _draw(shown: Report) -> list[Drawn]:
    """The first rows, all on one scale."""
    picture, rows = shown.picture, shown.rows[:MOST_BARS]
    columns = [picture.drawn] if picture.stacked else [(each,) for each in picture.drawn]
    bars = iter(
        draw_bars([[(kind, max(0, _number(row[place]))) for place, kind in each] for row in rows for each in columns])
    )
    drawn = []
    for row in rows:
        said = [", ".join(_said(shown.figures[place], row[place]) for place, _ in each) for each in columns]
        drawn.append(Drawn(shown.name(row), ", ".join(said), [(words, next(bars)) for words in said]))
    return drawn


def _said(figure: Figure, value: object) -> str:
    number = _number(value)
    return f"{money(number) if figure.kind is Kind.MONEY else format(number, ',')} {figure.words.lower()}"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
