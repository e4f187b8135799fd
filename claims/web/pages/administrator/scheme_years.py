"""Administrators: the parameters of each scheme year with their sources, and its funds opened and closed."""

from flask import Blueprint, abort, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.rules.scheme import Fund
from claims.services.funding import open_or_close
from claims.store.reference import from_files, funds_on
from claims.web.access import actor, opens
from claims.web.answers import Answer, done
from claims.web.forms.funding import FundForm
from claims.web.listed import FUNDS
from claims.web.transactions import session

pages = Blueprint("scheme_years", __name__, url_prefix="/scheme-years")


@pages.get("")
@opens(Role.ADMINISTRATOR, Role.AUDITOR)
def years() -> Answer:
    return render_template(
        "administrator/scheme_years.html",
        years=from_files().years[::-1],
        funds=funds_on(session(), clock.today()),
        names=FUNDS,
        may_change=actor().role is Role.ADMINISTRATOR,
    )


@pages.route("/<year>/<fund>", methods=["GET", "POST"])
@opens(Role.ADMINISTRATOR)
def fund(year: str, fund: str) -> Answer:
    if fund not in set(Fund) or year not in {each.name for each in from_files().years}:
        abort(404)
    form, back = FundForm(), url_for(".years")
    if form.validate_on_submit():
        try:
            open_or_close(
                session(),
                Fund(fund),
                year,
                is_open=form.stands.data == "open",
                from_on=form.from_on.data,
                message=form.message.data or "",
                by=actor(),
                at=clock.now(),
            )
        except NotAllowed as no:
            form.refuse("message", str(no))
        else:
            return done("Saved. People read it from that day.", back)
    return render_template(
        "administrator/fund.html", form=form, year=year, fund=fund, name=FUNDS[Fund(fund)], back=back
    )
