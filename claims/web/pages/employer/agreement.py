"""The grant agreement of each scheme year: to read, to sign, to print and to keep."""

from flask import Blueprint, Response, abort, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.models import Agreement, Person
from claims.models.employers import MAY_SUBMIT
from claims.reference.letter import Letter, as_plain_text, letter_from, write_letter
from claims.services.agreeing import sign_agreement, years_to_sign
from claims.services.confirming import is_confirmed
from claims.store.claims import employer_called
from claims.web.access import actor, confirmed, opens, session_token
from claims.web.answers import Answer, done, refused
from claims.web.downloads import as_download
from claims.web.formats import written_date
from claims.web.forms.settling import SigningForm
from claims.web.pages.employer.own import EMPLOYER, employer_id
from claims.web.transactions import session

pages = Blueprint("employer_agreement", __name__, url_prefix="/agreements")


@pages.get("")
@opens(*EMPLOYER)
def agreements() -> Answer:
    signed = {each.scheme_year: (each, _signed_by(each)) for each in _signed()}
    years = [year.name for year in years_to_sign(session(), clock.now())]
    return render_template(
        "employer/agreements.html",
        years=sorted({*years, *signed}, reverse=True),
        signed=signed,
    )


@pages.get("/<scheme_year>")
@opens(*EMPLOYER)
def agreement(scheme_year: str) -> Answer:
    return _page(scheme_year, SigningForm())


@pages.post("/<scheme_year>")
@opens(Role.SRO)
@confirmed
def sign(scheme_year: str) -> Answer:
    form, here = SigningForm(), url_for("employer_agreement.agreement", scheme_year=scheme_year)
    if not form.validate_on_submit():
        return _page(scheme_year, form)
    try:
        sign_agreement(session(), scheme_year, declared=True, by=actor(), at=clock.now())
    except NotAllowed as no:
        return refused(no, url_for("employer_agreement.agreements"))
    return done(f"You have signed the agreement {scheme_year}.", here)


@pages.get("/<scheme_year>/letter.txt")
@opens(*EMPLOYER)
def download(scheme_year: str) -> Response:
    letter, signed = _letter(scheme_year)
    if signed is not None:
        said = f"Signed by {_signed_by(signed)} on {written_date(signed.signed_on)}."
    else:
        said = "Not signed."
    text = as_plain_text(letter, employer_called(session(), employer_id()).name, said)
    return as_download(text, f"agreement-{letter.scheme_year}.txt")


def _page(scheme_year: str, form: SigningForm) -> Answer:
    letter, signed = _letter(scheme_year)
    employer = employer_called(session(), employer_id())
    return render_template(
        "employer/agreement.html",
        form=form,
        letter=letter,
        employer=employer,
        signed=signed,
        signed_by=_signed_by(signed) if signed else "",
        may_sign=actor().role is Role.SRO and employer.registration in MAY_SUBMIT,
        is_confirmed=is_confirmed(session(), session_token()),
        confirm=url_for(
            "confirmation.ask", next=url_for("employer_agreement.agreement", scheme_year=letter.scheme_year)
        ),
        is_registered=employer.registration in MAY_SUBMIT,
        is_officer=actor().role is Role.SRO,
    )


def _letter(scheme_year: str) -> tuple[Letter, Agreement | None]:
    """What was signed, or what is to be signed."""
    signed = next((each for each in _signed() if each.scheme_year == scheme_year), None)
    if signed is not None and signed.terms is not None:
        return letter_from(signed.terms), signed
    year = next((each for each in years_to_sign(session(), clock.now()) if each.name == scheme_year), None)
    if year is None:
        abort(404)
    return write_letter(year), signed


def _signed() -> list[Agreement]:
    return employer_called(session(), employer_id()).agreements


def _signed_by(agreement: Agreement) -> str:
    return session().get_one(Person, agreement.signed_by_id).name
