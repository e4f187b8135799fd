"""What an employer settles once: where its organisation stands, with links to each thing."""

from flask import Blueprint, render_template

from claims import clock
from claims.models.employers import MAY_SUBMIT
from claims.services.agreeing import years_to_sign
from claims.store.banking import latest_account
from claims.store.claims import employer_called
from claims.store.registrations import dossier_of
from claims.web.access import opens
from claims.web.answers import Answer
from claims.web.pages.employer import EMPLOYER, employer_id
from claims.web.transactions import session

pages = Blueprint("employer_organisation", __name__, url_prefix="/organisation")


@pages.get("")
@opens(*EMPLOYER)
def organisation() -> Answer:
    employer = employer_called(session(), employer_id())
    signed = {agreement.scheme_year for agreement in employer.agreements}
    return render_template(
        "employer/organisation.html",
        employer=employer,
        may_submit=MAY_SUBMIT,
        registration_told=dossier_of(session(), employer_id()) is not None,
        years=[(year.name, year.name in signed) for year in years_to_sign(session(), clock.now())],
        account=latest_account(session(), employer_id()),
    )
