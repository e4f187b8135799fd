"""Where an employer is paid: how the bank details stand, and giving others."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.models import BankAccount
from claims.models.employers import MAY_SUBMIT
from claims.secrets import mask_account_number
from claims.services.banking import give_account
from claims.services.sealing import decrypt_account
from claims.store.banking import latest_account
from claims.store.claims import employer_called
from claims.web.access import actor, confirmed, first, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.settling import BankDetailsForm
from claims.web.pages.employer.own import EMPLOYER, employer_id
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("employer_bank", __name__, url_prefix="/bank-details")


@pages.get("")
@opens(*EMPLOYER)
def details() -> Answer:
    account = latest_account(session(), employer_id())
    return render_template(
        "employer/bank_details.html",
        employer=employer_called(session(), employer_id()),
        may_submit=MAY_SUBMIT,
        account=account,
        masked=masked(account) if account else None,
        may_change=actor().role is Role.SRO,
    )


def _wait_for_registration() -> Response | None:
    registered = employer_called(session(), employer_id()).registration in MAY_SUBMIT
    return None if registered else redirect(url_for("employer_bank.details"), 303)


@pages.get("/change")
@opens(Role.SRO)
@confirmed
@first(_wait_for_registration)
def change() -> Answer:
    return _form_page(BankDetailsForm())


@pages.post("/change")
@opens(Role.SRO)
@confirmed
@first(_wait_for_registration)
def save() -> Answer:
    form, here = BankDetailsForm(), url_for("employer_bank.details")
    if not form.validate_on_submit():
        return _form_page(form)
    before = latest_account(session(), employer_id())
    try:
        given = give_account(
            session(),
            services().keyring,
            account_name=form.account_name.data,
            sort_code=form.sort_code.data,
            account_number=form.account_number.data,
            by=actor(),
            at=clock.now(),
        )
    except NotAllowed as no:
        return refused(no, here)
    if before is not None and given.id == before.id:
        return done("These are the bank details that we have already. Nothing was changed.", here)
    return done("Your bank details are saved. We will check them, and have written to you about it.", here)


def masked(account: BankAccount) -> tuple[str, str]:
    """Sort code and account number as they are shown once they are given."""
    keyring = services().keyring
    number = decrypt_account(keyring, account.account_number)
    return f"**-**-{decrypt_account(keyring, account.sort_code)[-2:]}", mask_account_number(number)


def _form_page(form: BankDetailsForm) -> Answer:
    account = latest_account(session(), employer_id())
    return render_template(
        "employer/bank_details_change.html",
        form=form,
        is_change=account is not None and account.replaced_at is None,
        back=url_for("employer_bank.details"),
    )
