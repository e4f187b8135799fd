"""Evidence: payment evidence on the purchase, a certificate on each claim; view, replace, remove."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from claims import clock
from claims.files.checks import Refused
from claims.lifecycle import NotAllowed
from claims.models import Claim
from claims.rules.facts import Part
from claims.services.drafting import CHANGEABLE
from claims.services.evidencing import (
    KeptFile,
    add_certificate,
    add_payment_evidence,
    keep_file,
    limits_on,
    may_add_payment_evidence,
    may_remove,
    most_payment_files,
    remove_evidence,
)
from claims.store import claims as store
from claims.store.claims import certificates_of, payment_evidence_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.formats import count, file_size
from claims.web.forms.form import Form
from claims.web.forms.uploading import FileField, FilesField
from claims.web.kept_files import give_to_save
from claims.web.pages.employer.own import EMPLOYER, employer_id, own_claim, own_purchase, progress_of
from claims.web.pages.employer.purchase_steps import back_from, elsewhere
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("employer_evidence", __name__)


class PaymentEvidenceForm(Form):
    files = FilesField("Add payment evidence", called="a file", most_files=4)


class CertificateForm(Form):
    file = FileField("Choose the certificate", called="the certificate")


@pages.get("/purchases/<int:purchase_id>/evidence")
@opens(*EMPLOYER)
def evidence(purchase_id: int) -> Answer:
    return _evidence_page(purchase_id, _payment_form())


@pages.post("/purchases/<int:purchase_id>/evidence")
@opens(*EMPLOYER)
def add_files(purchase_id: int) -> Answer:
    form = _payment_form()
    require_own_purchase(purchase_id)
    goes_on = request.form.get("then") == "check"
    onward = url_for("employer_submission.check", purchase_id=purchase_id)
    if goes_on and not form.files.data:
        return redirect(onward, 303)
    if form.validate_on_submit():
        kept, reasons = keep_good(form.files.data)
        purchase = own_purchase(purchase_id)
        try:
            for file in kept:
                add_payment_evidence(session(), purchase, file, actor(), clock.now())
        except NotAllowed as no:
            for reason in [*reasons, str(no), *_none_added(form.files.data)]:
                form.refuse("files", reason)
        else:
            if not reasons:
                here = url_for("employer_evidence.evidence", purchase_id=purchase_id)
                return done(f"{count(len(kept), 'file')} added.", onward if goes_on else here)
            for reason in reasons:
                form.files.refuse(reason)
            if kept:
                # Good files stay: a browser would have them chosen all over again.
                form.files.refuse(f"The rest has been added: {', '.join(file.name for file in kept)}")
    return _evidence_page(purchase_id, form)


def _payment_form() -> PaymentEvidenceForm:
    form = PaymentEvidenceForm()
    form.files.most_files = most_payment_files(clock.today())
    form.files.hint = (
        f"{accepted_files()} You can choose up to {form.files.most_files} files at once. "
        "Continue uploads what you have chosen."
    )
    return form


def accepted_files() -> str:
    """What may be uploaded, as a hint says it."""
    limits = limits_on(clock.today())
    endings = ", ".join(ending.upper() for ending in limits.extensions)
    return f"{endings}, at most {file_size(limits.size_bytes)} each, not protected by a password."


def require_own_purchase(purchase_id: int) -> None:
    """Before a file is opened: in a transaction that is over at once, so that no lock waits for the parser."""
    with services().database.read() as reading:
        store.purchase_of(reading, employer_id(), purchase_id)


def keep_good(files: list[FileStorage]) -> tuple[list[KeptFile], list[str]]:
    """Of ``files``, those that pass the checks, stored; and why the others do not."""
    kept, reasons = [], []
    for file in files:
        try:
            kept.append(
                keep_file(services().store, services().scanner, file.filename or "", file.read(), clock.today())
            )
        except Refused as no:
            reasons.append(no.reason)
    return kept, reasons


def _none_added(files: list[FileStorage]) -> list[str]:
    if len(files) == 1:
        return []
    return [f"None of the {len(files)} files has been added: choose the others again too"]


def _evidence_page(purchase_id: int, form: PaymentEvidenceForm) -> Answer:
    purchase = own_purchase(purchase_id)
    progress = progress_of(purchase)
    if (instead := elsewhere(progress, "evidence")) is not None:
        return instead
    may_add = may_add_payment_evidence(session(), purchase)
    if form.is_submitted() and not may_add:
        return refused(
            "This purchase takes no payment evidence now.",
            url_for("employer_evidence.evidence", purchase_id=purchase_id),
        )
    files = payment_evidence_of(session(), purchase)
    completing = [claim for claim in progress.claims if claim.part != Part.START and claim.state in CHANGEABLE]
    return render_template(
        "employer/evidence.html",
        form=form,
        purchase=purchase,
        progress=progress,
        files=[(file, may_remove(session(), file)) for file in files],
        may_add=may_add,
        certificates=[(claim, certificates_of(session(), claim)) for claim in completing],
        back=back_from(progress, "evidence"),
    )


@pages.get("/claims/<int:claim_id>/certificate")
@opens(*EMPLOYER)
def certificate(claim_id: int) -> Answer:
    return _certificate_page(own_claim(claim_id), _certificate_form())


@pages.post("/claims/<int:claim_id>/certificate")
@opens(*EMPLOYER)
def add_file(claim_id: int) -> Answer:
    form = _certificate_form()
    with services().database.read() as reading:
        store.claim_of(reading, employer_id(), claim_id)
    if form.validate_on_submit() and (kept := _keep_one(form)):
        claim = own_claim(claim_id)
        try:
            add_certificate(session(), claim, kept, actor(), clock.now())
        except NotAllowed as no:
            form.refuse("file", str(no))
        else:
            return done(f"The certificate of {claim.learner.name} has been added.", _home_of(claim))
    return _certificate_page(own_claim(claim_id), form)


def _certificate_form() -> CertificateForm:
    form = CertificateForm()
    form.file.hint = accepted_files()
    return form


def _keep_one(form: CertificateForm) -> KeptFile | None:
    """The file, checked and stored; ``None`` when it is refused, and then why stands at the field."""
    kept, reasons = keep_good(form.file.data)
    for reason in reasons:
        form.refuse("file", reason)
    return kept[0] if kept else None


def _certificate_page(claim: Claim, form: CertificateForm) -> Answer:
    if claim.part == Part.START or claim.state not in CHANGEABLE:
        return refused("This claim takes no certificate now.", url_for("employer_claim.claim", claim_id=claim.id))
    return render_template(
        "employer/certificate.html",
        form=form,
        claim=claim,
        there=certificates_of(session(), claim),
        back=_home_of(claim),
    )


def _home_of(claim: Claim) -> str:
    """Where a certificate is shown: with the claim once it was sent, with the purchase before."""
    if claim.state == "needs-action":
        return url_for("employer_claim.claim", claim_id=claim.id)
    return url_for("employer_evidence.evidence", purchase_id=claim.purchase_id)


@pages.get("/evidence/<int:evidence_id>")
@opens(*EMPLOYER)
def download(evidence_id: int) -> Response:
    file = store.evidence_of(session(), employer_id(), evidence_id)
    return give_to_save(file)


@pages.post("/evidence/<int:evidence_id>/removal")
@opens(*EMPLOYER)
def remove(evidence_id: int) -> Answer:
    file = store.evidence_of(session(), employer_id(), evidence_id)
    here = url_for("employer_evidence.evidence", purchase_id=file.purchase_id)
    if file.claim_id is not None:
        here = _home_of(own_claim(file.claim_id))
    try:
        remove_evidence(session(), file, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, here)
    return done(f"{file.name} has been removed.", here)
