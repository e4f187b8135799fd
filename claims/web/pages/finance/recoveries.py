"""Money that comes back: recoveries proposed and approved, what employers owe, payments that were returned."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, url_for

from claims import clock
from claims.lifecycle import NotAllowed, Role, State
from claims.models import Claim, Employer, PaymentReturn
from claims.services.holding import belongs_to
from claims.services.paying import PaymentKey
from claims.services.recovering import approve_recovery, propose_recovery, record_repayment, refuse_recovery
from claims.services.returning import confirm_return, propose_return, refuse_return
from claims.store.payments import run_called
from claims.store.recoveries import (
    Described,
    balances,
    completions_of_recovered,
    debtors,
    paid_against_a_rejected_check,
    recovered_pence,
    recoveries,
    set_offs_of,
)
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.form import Form
from claims.web.forms.paying import FUNDS
from claims.web.forms.question import Question
from claims.web.forms.recovering import RecoveryForm, RefuseRecoveryForm, RepaymentForm, ReturnForm
from claims.web.transactions import session

pages = Blueprint("recoveries", __name__, url_prefix="/payments")

LOOKING = (Role.FINANCE, Role.LEAD_ASSESSOR, Role.AUDITOR)


@pages.get("/recoveries")
@opens(*LOOKING)
def all_recoveries() -> Answer:
    return render_template(
        "finance/recoveries.html",
        proposed=recoveries(session(), state="proposed"),
        decided=[each for each in recoveries(session()) if each.recovery.state != "proposed"],
        completions=completions_of_recovered(session()),
        reversed_payments=paid_against_a_rejected_check(session()),
        debtors=debtors(session()),
    )


@pages.get("/recoveries/<int:recovery_id>")
@opens(*LOOKING)
def recovery(recovery_id: int) -> Answer:
    found, who = _recovery_called(recovery_id), actor()
    belongs = who.role is Role.LEAD_ASSESSOR and belongs_to(session(), who.person_id, found.employer.id)
    return render_template("finance/recovery.html", found=found, role=who.role, belongs=belongs)


@pages.post("/recoveries/<int:recovery_id>/approval")
@opens(Role.LEAD_ASSESSOR)
def approve(recovery_id: int) -> Answer:
    found, here = _recovery_called(recovery_id), _address(recovery_id)
    return _act(
        lambda: approve_recovery(session(), found.recovery, actor(), clock.now()),
        "The recovery is approved, and the employer is told.",
        here,
    )


@pages.route("/recoveries/<int:recovery_id>/refusal", methods=["GET", "POST"])
@opens(Role.LEAD_ASSESSOR)
def refuse(recovery_id: int) -> Answer:
    found, form, here = _recovery_called(recovery_id), RefuseRecoveryForm(), _address(recovery_id)
    if form.validate_on_submit():
        return _act(
            lambda: refuse_recovery(session(), found.recovery, actor(), clock.now(), because=form.reason.data),
            "The recovery is refused. The claim stays paid.",
            here,
        )
    return _ask(form, form.reason, "Refuse this recovery", found.claim.reference, button="Refuse", back=here)


@pages.route("/recoveries/<int:recovery_id>/repayment", methods=["GET", "POST"])
@opens(Role.FINANCE)
def repayment(recovery_id: int) -> Answer:
    found, form, here = _recovery_called(recovery_id), RepaymentForm(), _address(recovery_id)
    if form.validate_on_submit():
        try:
            record_repayment(session(), found.recovery, actor(), clock.now(), repaid_on=form.repaid_on.data)
        except NotAllowed as no:
            form.refuse("repaid_on", str(no))
        else:
            return done("The invoice is paid.", here)
    return _ask(form, form.repaid_on, "The invoice was paid", found.claim.reference, button="Record", back=here)


@pages.route("/claims/<int:claim_id>/recovery", methods=["GET", "POST"])
@opens(Role.FINANCE)
def propose(claim_id: int) -> Answer:
    claim, form = session().get(Claim, claim_id), RecoveryForm()
    if claim is None or claim.state == State.DRAFT:
        abort(404)
    here = url_for("assessor_claims.claim", claim_id=claim_id)
    if form.validate_on_submit():
        pence = form.amount.data if form.share.data == "part" else None
        try:
            proposed = propose_recovery(
                session(), claim, actor(), clock.now(), pence=pence, way=form.way.data, because=form.reason.data
            )
        except NotAllowed as no:
            form.refuse("amount" if pence else "share", str(no))
        else:
            return done("The recovery is proposed. A lead assessor must approve it.", _address(proposed.id))
    left = (claim.payable_pence or 0) - recovered_pence(session(), claim.id)
    return render_template("finance/recovery_new.html", form=form, claim=claim, left=left, back=here)


@pages.get("/ledger/<int:employer_id>")
@opens(*LOOKING)
def ledger(employer_id: int) -> Answer:
    employer = session().get(Employer, employer_id)
    if employer is None:
        abort(404)
    return render_template(
        "finance/ledger.html",
        employer=employer,
        balances=balances(session(), employer_id),
        recoveries=recoveries(session(), employer_id=employer_id),
        set_offs=set_offs_of(session(), employer_id),
    )


@pages.route("/runs/<reference>/returns/<int:employer_id>/<fund>", methods=["GET", "POST"])
@opens(Role.FINANCE)
def say_returned(reference: str, employer_id: int, fund: str) -> Answer:
    run, employer, form = run_called(session(), reference), session().get(Employer, employer_id), ReturnForm()
    if run is None or employer is None or fund not in dict(FUNDS):
        abort(404)
    here = url_for("finance_runs.run", reference=run.reference)
    if form.validate_on_submit():
        key = PaymentKey(employer_id, fund)
        return _act(
            lambda: propose_return(session(), run, key, actor(), clock.now(), because=form.reason.data),
            "A second person from finance must confirm that it came back.",
            here,
        )
    if run.state != "settled":
        return redirect(here, 303)
    title, about = f"The payment to {employer.name} came back", f"Run {run.reference}, {dict(FUNDS)[fund]}"
    return _ask(form, form.reason, title, about, button="Say that it came back", back=here)


@pages.post("/returns/<int:return_id>/confirmation")
@opens(Role.FINANCE)
def confirm_returned(return_id: int) -> Answer:
    found, here = _return_called(return_id)
    return _act(
        lambda: confirm_return(session(), found, actor(), clock.now()),
        "The payment came back. Its claims are approved again, and the employer is told.",
        here,
    )


@pages.post("/returns/<int:return_id>/refusal")
@opens(Role.FINANCE)
def refuse_returned(return_id: int) -> Answer:
    found, here = _return_called(return_id)
    return _act(lambda: refuse_return(session(), found, actor(), clock.now()), "The payment stays paid.", here)


def _return_called(return_id: int) -> tuple[PaymentReturn, str]:
    found = session().get(PaymentReturn, return_id)
    if found is None:
        abort(404)
    return found, url_for("finance_runs.run", reference=found.run.reference)


def _recovery_called(recovery_id: int) -> Described:
    found = recoveries(session(), recovery_id=recovery_id)
    if not found:
        abort(404)
    return found[0]


def _address(recovery_id: int) -> str:
    return url_for("recoveries.recovery", recovery_id=recovery_id)


def _act(act: Callable[[], object], sentence: str, address: str) -> Answer:
    """Does ``act`` and says so with ``sentence``, or says why it is refused: either way on the page at ``address``."""
    try:
        act()
    except NotAllowed as no:
        return refused(no, address)
    return done(sentence, address)


def _ask(form: Form, question: Question, title: str, about: str, *, button: str, back: str) -> Answer:
    """The page with one question, to be answered before anything is done."""
    return render_template(
        "finance/ask.html", form=form, asked=[question], title=title, about=about, button=button, back=back
    )
