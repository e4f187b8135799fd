"""Certificates of many learners at once: matched by number or name in the file name, the others placed by hand."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from flask import Blueprint, current_app, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from claims import clock
from claims.lifecycle import NotAllowed
from claims.models import Claim
from claims.rules.facts import Part
from claims.services.drafting import CHANGEABLE
from claims.services.evidencing import KeptFile, add_certificate
from claims.services.placing import whose, without_number
from claims.store.claims import claims_in
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.formats import count
from claims.web.forms.form import Form
from claims.web.forms.uploading import FilesField
from claims.web.pages.employer.evidence import accepted_files, keep_good, require_own_purchase
from claims.web.pages.employer.own import EMPLOYER, employer_id, own_claim, own_purchase
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("employer_certificates", __name__, url_prefix="/purchases/<int:purchase_id>/certificates")

MOST_FILES = 40
KEPT_SECONDS = 3600


class CertificatesForm(Form):
    files = FilesField("Choose the certificates", called="the certificates", most_files=MOST_FILES)


class Unplaced(NamedTuple):
    """A file whose learner its name does not tell, and what stands for it in the form."""

    name: str
    sealed: str


def _seal() -> URLSafeTimedSerializer:
    """Signed, so that nobody can name a file of somebody else's."""
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="unplaced certificate")


def _form() -> CertificatesForm:
    form = CertificatesForm()
    form.files.hint = _hint()
    return form


def _completing(purchase_id: int) -> list[Claim]:
    claims = claims_in(session(), own_purchase(purchase_id))
    return [claim for claim in claims if claim.part != Part.START and claim.state in CHANGEABLE]


@pages.get("")
@opens(*EMPLOYER)
def certificates(purchase_id: int) -> Answer:
    return _page(purchase_id, _form())


@pages.post("")
@opens(*EMPLOYER)
def add(purchase_id: int) -> Answer:
    form = _form()
    require_own_purchase(purchase_id)
    if not form.validate_on_submit():
        return _page(purchase_id, form)
    kept, reasons = keep_good(form.files.data)
    claims = _completing(purchase_id)
    placed: list[tuple[str, Claim]] = []
    unplaced: list[Unplaced] = []
    taken: set[int] = set()
    for file in kept:
        claim = whose(services().keyring, file.name, claims)
        named = without_number(file)
        if claim is None or claim.id in taken:
            unplaced.append(_unplaced(purchase_id, named))
            continue
        # The very file may be there already: then it is where it belongs.
        with suppress(NotAllowed):
            add_certificate(session(), claim, named, actor(), clock.now())
        taken.add(claim.id)
        placed.append((named.name, claim))
    return _page(purchase_id, _form_again(reasons, placed, unplaced), placed, unplaced)


def _form_again(
    reasons: Sequence[str], placed: Sequence[tuple[str, Claim]], unplaced: Sequence[Unplaced]
) -> CertificatesForm:
    """A fresh form that says at the field why some files were refused and that the others need not come again."""
    form = CertificatesForm(formdata=None)
    form.files.hint = _hint()
    for reason in reasons:
        form.files.refuse(reason)
    if reasons and placed:
        form.files.refuse(f"These have been added: {', '.join(name for name, _ in placed)}")
    if reasons and unplaced:
        form.files.refuse(f"These are to be placed below: {', '.join(file.name for file in unplaced)}")
    return form


def _hint() -> str:
    return f"{accepted_files()} Up to {MOST_FILES} files at once."


def _unplaced(purchase_id: int, file: KeptFile) -> Unplaced:
    told = [employer_id(), purchase_id, file.name, file.media_type, file.size_bytes, file.sha256]
    return Unplaced(file.name, _seal().dumps(told))


@pages.post("/placing")
@opens(*EMPLOYER)
def place(purchase_id: int) -> Answer:
    own_purchase(purchase_id)
    here = url_for("employer_certificates.certificates", purchase_id=purchase_id)
    sealed, chosen = request.form.getlist("file"), request.form.getlist("claim")
    placed = 0
    try:
        for file, claim_id in zip(sealed, chosen, strict=False):
            if not claim_id.isascii() or not claim_id.isdigit():
                continue
            told_employer, told_purchase, name, media_type, size_bytes, sha256 = _seal().loads(file, KEPT_SECONDS)
            claim = own_claim(int(claim_id[:18]))
            if (told_employer, told_purchase) != (employer_id(), purchase_id) or claim.purchase_id != purchase_id:
                return refused("These files belong to another purchase. Choose them again.", here)
            kept = KeptFile(name, media_type, size_bytes, sha256)
            add_certificate(session(), claim, kept, actor(), clock.now())
            placed += 1
    except BadData:
        return refused("The files waited for too long. Choose them again.", here)
    except NotAllowed as no:
        return refused(no, here)
    if not placed:
        return refused("Choose whose certificate it is, for at least one file.", here)
    return done(
        f"{count(placed, 'certificate')} added.", url_for("employer_evidence.evidence", purchase_id=purchase_id)
    )


def _page(
    purchase_id: int,
    form: CertificatesForm,
    placed: Sequence[tuple[str, Claim]] = (),
    unplaced: Sequence[Unplaced] = (),
) -> Answer:
    back = url_for("employer_evidence.evidence", purchase_id=purchase_id)
    claims = _completing(purchase_id)
    if not claims:
        return refused("No claim of this purchase takes a certificate now.", back)
    return render_template(
        "employer/certificates.html",
        form=form,
        purchase_id=purchase_id,
        claims=claims,
        placed=placed,
        unplaced=unplaced,
        back=back,
    )
