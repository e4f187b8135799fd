"""Lead assessors: bank details that wait for a second person, to verify or to refuse."""

from flask import Blueprint, abort, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role
from claims.services.banking import refuse_account, verify_account
from claims.services.holding import belongs_to
from claims.services.sealing import decrypt_account
from claims.store.banking import Described, describe_account, waiting_accounts
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.form import Form
from claims.web.forms.settling import RefusalForm
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("bank_accounts", __name__, url_prefix="/bank-accounts")


@pages.get("")
@opens(Role.LEAD_ASSESSOR)
def waiting() -> Answer:
    return render_template("assessor/bank_accounts.html", waiting=waiting_accounts(session()))


@pages.get("/<int:account_id>")
@opens(Role.LEAD_ASSESSOR)
def account(account_id: int) -> Answer:
    found = _found(account_id)
    is_open = found.account.verified_at is None and found.account.replaced_at is None
    keyring = services().keyring
    numbers = (
        decrypt_account(keyring, found.account.sort_code),
        decrypt_account(keyring, found.account.account_number),
    )
    return render_template(
        "assessor/bank_account.html",
        found=found,
        # Whoever compares them with what the bank says needs them whole; afterwards nobody does.
        sort_code="-".join((numbers[0][:2], numbers[0][2:4], numbers[0][4:]))
        if is_open
        else f"**-**-{numbers[0][-2:]}",
        account_number=numbers[1] if is_open else f"****{numbers[1][-4:]}",
        is_open=is_open,
        belongs=belongs_to(session(), actor().person_id, found.employer.id),
        form=Form(),
    )


@pages.post("/<int:account_id>/verification")
@opens(Role.LEAD_ASSESSOR)
def verify(account_id: int) -> Answer:
    found = _found(account_id)
    try:
        verify_account(session(), account_id, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("bank_accounts.account", account_id=account_id))
    return done(f"The bank details of {found.employer.name} are verified.", url_for("bank_accounts.waiting"))


@pages.route("/<int:account_id>/refusal", methods=["GET", "POST"])
@opens(Role.LEAD_ASSESSOR)
def refuse(account_id: int) -> Answer:
    found, form = _found(account_id), RefusalForm()
    here = url_for("bank_accounts.account", account_id=account_id)
    if form.validate_on_submit():
        try:
            refuse_account(session(), account_id, actor(), clock.now(), because=form.reason.data)
        except NotAllowed as no:
            return refused(no, here)
        return done(f"The bank details of {found.employer.name} are refused.", url_for("bank_accounts.waiting"))
    return render_template("assessor/bank_account_refusal.html", form=form, found=found, back=here)


def _found(account_id: int) -> Described:
    found = describe_account(session(), account_id)
    if found is None:
        abort(404)
    return found
