"""Finance: the claims register, filtered and downloaded as a workbook."""

from flask import Blueprint, Response, render_template

from claims import clock
from claims.lifecycle import Actor
from claims.services.exporting import export_register
from claims.store.register import RegisterFilter
from claims.web.access import actor, opens
from claims.web.answers import Answer
from claims.web.downloads import as_download
from claims.web.forms.paying import RegisterForm
from claims.web.pages.finance.ready import LOOKING, years
from claims.web.wiring import services

pages = Blueprint("finance_register", __name__, url_prefix="/payments/register")


@pages.route("", methods=["GET", "POST"])
@opens(*LOOKING)
def register() -> Answer:
    form = RegisterForm()
    form.year.choices = [(year, year) for year in years()]
    if not form.is_submitted():
        form.year.data = years()[-1]
    if form.validate_on_submit() and _in_order(form):
        wanted = RegisterFilter(
            scheme_year=form.year.data,
            fund=form.fund.data,
            state=form.state.data,
            employer=form.employer.data or "",
            submitted_from=form.submitted_from.data,
            submitted_to=form.submitted_to.data,
        )
        return _stream(wanted, actor())
    return render_template("finance/register.html", form=form)


def _stream(wanted: RegisterFilter, by: Actor) -> Response:
    """The workbook as it is made, in sessions of its own: this request's ends before the last byte is asked for."""
    now = clock.now()
    content = export_register(services().database, wanted, by, now)
    name = f"claims-register-{wanted.scheme_year}-{clock.london_date(now).isoformat()}.xlsx"
    return as_download(content, name)


def _in_order(form: RegisterForm) -> bool:
    first, last = form.submitted_from.data, form.submitted_to.data
    if first and last and last < first:
        form.refuse("submitted_to", "The last day must be on or after the first day")
        return False
    return True
