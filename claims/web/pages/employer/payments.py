"""What an employer was paid: every payment with its claims and its remittance, and what to do about failed ones."""

from flask import Blueprint, Response, render_template, request

from claims import clock
from claims.rules.scheme import Fund
from claims.services.expecting import payment_in_time_from, payments_expected
from claims.services.remitting import FUNDS, remittance_csv, remittance_workbook
from claims.store.claims import NotFound, employer_called
from claims.store.money import money_of
from claims.store.recoveries import owed_by
from claims.store.remittances import Remittance, received_by, remittance_of
from claims.web.access import actor, opens
from claims.web.answers import Answer
from claims.web.downloads import as_download
from claims.web.forms.filtering import read_id
from claims.web.listed import course_of
from claims.web.pages.employer.own import EMPLOYER, employer_id
from claims.web.transactions import session

pages = Blueprint("employer_payments", __name__, url_prefix="/remittances")


@pages.get("")
@opens(*EMPLOYER)
def payments() -> Answer:
    before = read_id(request.args, "before")
    received, earlier = received_by(session(), employer_id(), before)
    money = [] if before else money_of(session(), employer_id(), payment_in_time_from(clock.today()))
    return render_template(
        "employer/payments.html",
        received=received,
        earlier=earlier,
        owed=[] if before else owed_by(session(), employer_id()),
        to_come=[(row, payments_expected(row)) for row in money if row.approved_pence],
        funds=FUNDS,
    )


@pages.get("/<run>/<fund>")
@opens(*EMPLOYER)
def remittance(run: str, fund: str) -> Answer:
    return render_template(
        "employer/remittance.html",
        paid=_own(run, fund),
        employer=employer_called(session(), employer_id()),
        funds=FUNDS,
        course_of=course_of,
    )


@pages.get("/<run>/<fund>.xlsx")
@opens(*EMPLOYER)
def as_workbook(run: str, fund: str) -> Response:
    paid, employer = _own(run, fund), employer_called(session(), employer_id())
    return _as_download(remittance_workbook(session(), paid, employer, actor(), clock.now()), paid, "xlsx")


@pages.get("/<run>/<fund>.csv")
@opens(*EMPLOYER)
def as_csv(run: str, fund: str) -> Response:
    paid = _own(run, fund)
    return _as_download(remittance_csv(session(), paid, clock.now()), paid, "csv")


def _own(run: str, fund: str) -> Remittance:
    if fund not in set(Fund):
        raise NotFound("no such fund")
    return remittance_of(session(), employer_id(), run, fund)


def _as_download(content: bytes, paid: Remittance, ending: str) -> Response:
    return as_download(content, f"remittance-{paid.run.lower()}-{paid.fund}.{ending}")
