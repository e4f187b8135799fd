"""Finance: payment runs, from release to the bank's result, and their workbooks."""

from flask import Blueprint, abort, redirect, render_template, url_for

from claims import clock
from claims.exchange.bank_files import read_result
from claims.files.checks import displayed_name
from claims.incoming.faults import Fault, Faulty
from claims.lifecycle import NotAllowed, Role
from claims.models import PaymentRun, Person
from claims.services.exporting import Payment, payments_in
from claims.services.instructing import payment_file
from claims.services.itemising import line_from
from claims.services.paying import PaymentKey, cancel, note_download, record_result, release
from claims.store.employers import at_risk_among
from claims.store.history import history_of
from claims.store.payments import run_called, runs, workbooks_of
from claims.store.recoveries import returns_of
from claims.store.remittances import not_paid_in
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.downloads import as_download
from claims.web.forms.form import Form
from claims.web.forms.paying import CancelForm, ResultFileForm, make_result_form
from claims.web.histories import tell
from claims.web.pages.finance.ready import LOOKING
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("finance_runs", __name__, url_prefix="/payments/runs")

MOST_FAULTS_SHOWN = 200


@pages.get("")
@opens(*LOOKING)
def all_runs() -> Answer:
    return render_template("finance/runs.html", runs=runs(session()))


@pages.get("/<reference>")
@opens(*LOOKING)
def run(reference: str) -> Answer:
    found, who = _run_called(reference), actor()
    return render_template(
        "finance/run.html",
        run=found,
        payments=payments_in(session(), services().keyring, found),
        lines=[(line, line_from(line.shown)) for line in found.lines],
        not_paid=not_paid_in(session(), found),
        names={line.employer_id: line_from(line.shown).employer for line in found.lines},
        workbooks=workbooks_of(session(), found),
        drawn_up_by=session().get_one(Person, found.drawn_up_by_id).name,
        released_by=_name(found.released_by_id),
        events=tell("payment-run", history_of(session(), "payment-run", found.id), to_staff=True),
        at_risk=at_risk_among(session(), {line.employer_id for line in found.lines}),
        returns=returns_of(session(), found.id),
        me=who.person_id,
        may_pay=who.role is Role.FINANCE,
        drew_it_up=who.person_id == found.drawn_up_by_id,
    )


@pages.post("/<reference>/release")
@opens(Role.FINANCE)
def release_run(reference: str) -> Answer:
    found = _run_called(reference)
    here = url_for("finance_runs.run", reference=found.reference)
    if found.state == "released" and found.released_by_id == actor().person_id:
        return redirect(here, 303)
    try:
        taken_out = release(session(), services().keyring, found, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, here)
    if taken_out:
        return done(
            "Not released. Bank details have changed, or the employer was suspended, since the run was drawn up, so "
            f"{', '.join(taken_out)} was taken out. Look at the run again, then release it.",
            here,
        )
    return done("The run is released.", here)


@pages.route("/<reference>/cancellation", methods=["GET", "POST"])
@opens(Role.FINANCE)
def cancel_run(reference: str) -> Answer:
    found, form = _run_called(reference), CancelForm()
    here = url_for("finance_runs.run", reference=found.reference)
    if form.validate_on_submit():
        try:
            cancel(session(), found, actor(), clock.now(), because=form.reason.data)
        except NotAllowed as no:
            return refused(no, here)
        return done("The run is cancelled. Its claims are ready to pay again.", here)
    if found.state != "drawn-up":
        return redirect(here, 303)
    return render_template("finance/cancel.html", form=form, run=found, back=here)


@pages.route("/<reference>/result", methods=["GET", "POST"])
@opens(Role.FINANCE)
def result(reference: str) -> Answer:
    found = _run_called(reference)
    here = url_for("finance_runs.run", reference=found.reference)
    if found.state != "released":
        return redirect(here, 303)
    payments = [each for each in payments_in(session(), services().keyring, found) if each.row.net_pence]
    form = make_result_form(payments)
    if form.validate_on_submit() and _record(found, form, _failures_told(form, payments)):
        return done("The bank’s result is recorded, and the employers are told.", here)
    return render_template("finance/result.html", form=form, run=found, payments=payments, back=here)


@pages.route("/<reference>/result/file", methods=["GET", "POST"])
@opens(Role.FINANCE)
def result_file(reference: str) -> Answer:
    found, form = _run_called(reference), ResultFileForm()
    here = url_for("finance_runs.run", reference=found.reference)
    if found.state != "released":
        return redirect(here, 303)
    faults: tuple[Fault, ...] = ()
    file = form.file.file
    if form.validate_on_submit() and file is not None:
        payments = {
            each.row.payment_reference: each
            for each in payments_in(session(), services().keyring, found)
            if each.row.net_pence
        }
        name = displayed_name(file.filename or "")
        try:
            said = read_result(name, file.read(), {key: each.row.net_pence for key, each in payments.items()})
        except Faulty as faulty:
            faults = faulty.faults
            form.refuse("file", _say_faults(faults, name))
        else:
            failures = {
                PaymentKey(payments[key].employer_id, payments[key].fund): reason
                for key, reason in said.items()
                if reason
            }
            if _record(found, form, failures):
                return done("The bank’s result is recorded, and the employers are told.", here)
    back = url_for("finance_runs.result", reference=found.reference)
    return render_template(
        "finance/result_file.html", form=form, run=found, faults=faults, most=MOST_FAULTS_SHOWN, back=back
    )


def _say_faults(faults: tuple[Fault, ...], name: str) -> str:
    if len(faults) == 1:
        return str(faults[0])
    return f"{name} has {len(faults):,} problems. They are listed on this page; nothing was recorded"


@pages.post("/<reference>/payment-file")
@opens(Role.FINANCE)
def bank_file(reference: str) -> Answer:
    found = _run_called(reference)
    try:
        content = payment_file(session(), services().keyring, found, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("finance_runs.run", reference=found.reference))
    return as_download(content, f"{found.reference}-payments.csv")


@pages.post("/<reference>/workbooks/<int:version>")
@opens(*LOOKING)
def workbook(reference: str, version: int) -> Answer:
    found = _run_called(reference)
    stored = next((each for each in workbooks_of(session(), found) if each.version == version), None)
    if stored is None:
        abort(404)
    note_download(session(), found, stored, actor(), clock.now())
    name = f"{found.reference}.xlsx" if version == 1 else f"{found.reference}-version-{version}.xlsx"
    return as_download(stored.content, name)


def _failures_told(form: Form, payments: list[Payment]) -> dict[PaymentKey, str]:
    return {
        PaymentKey(payment.employer_id, payment.fund): form[f"reason_{number}"].data
        for number, payment in enumerate(payments)
        if form[f"result_{number}"].data == "failed"
    }


def _record(found: PaymentRun, form: Form, failures: dict[PaymentKey, str]) -> bool:
    try:
        record_result(session(), found, failures, actor(), clock.now(), paid_on=form["paid_on"].data)
    except NotAllowed as no:
        form.refuse("paid_on", str(no))
        return False
    return True


def _run_called(reference: str) -> PaymentRun:
    found = run_called(session(), reference)
    if found is None:
        abort(404)
    return found


def _name(person_id: int | None) -> str:
    return session().get_one(Person, person_id).name if person_id is not None else ""
