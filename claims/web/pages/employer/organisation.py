"""What an employer settles once: where its organisation stands, with links to each thing."""

from flask import Blueprint, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed
from claims.models.employers import MAY_SUBMIT
from claims.services.agreeing import years_to_sign
from claims.services.inviting import members_of
from claims.services.updating_workforce import say_what_is_outdated, tell_workforce_data
from claims.store.banking import latest_account
from claims.store.claims import employer_called
from claims.store.registrations import dossier_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, warned
from claims.web.forms.dates import DateField
from claims.web.forms.form import Form
from claims.web.listed import todays_reference
from claims.web.pages.employer.own import EMPLOYER, employer_id
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
        members=members_of(session(), employer_id()),
    )


class WorkforceDataForm(Form):
    updated_on = DateField(
        "When did you last update your workforce records?",
        called="the day of the update",
        hint="The day on which you last updated ASC-WDS, the Adult Social Care Workforce Data Set. "
        "For example, 27 4 2025.",
        earliest=None,
        latest=clock.today,
    )


@pages.route("/workforce-data", methods=["GET", "POST"])
@opens(*EMPLOYER)
def workforce_data() -> Answer:
    employer = employer_called(session(), employer_id())
    form = WorkforceDataForm()
    if form.validate_on_submit():
        try:
            tell_workforce_data(session(), employer, form.updated_on.data, by=actor(), at=clock.now())
        except NotAllowed as no:
            form.refuse("updated_on", str(no).rstrip("."))
        else:
            here, today = url_for("employer_organisation.organisation"), clock.today()
            outdated = say_what_is_outdated(employer, todays_reference().year_to_go_by(today), today)
            if outdated:
                return warned(f"The day of the update has been saved. {outdated}", here)
            return done("The day of the update has been saved. It counts for claims that you submit from now on.", here)
    back = url_for("employer_organisation.organisation")
    return render_template("employer/workforce_data.html", form=form, employer=employer, back=back)
