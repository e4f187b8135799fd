"""Certificates of many learners at once: matched by number or name in the file name, the others placed by hand."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request, url_for
from itsdangerous import BadData, SignatureExpired

from claims import clock
from claims.lifecycle import NotAllowed
from claims.models import Claim, Purchase
from claims.rules.facts import Part
from claims.services.drafting import CHANGEABLE
from claims.services.evidencing import AddedAlready, KeptFile, add_certificate
from claims.services.placing import what_hinders, whose, without_number
from claims.store.assessment import certificates_by_claim
from claims.store.claims import NotFound, claims_in
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.formats import count
from claims.web.forms.form import Form
from claims.web.forms.uploading import FilesField
from claims.web.kept_files import give_to_save
from claims.web.pages.employer import waiting_files
from claims.web.pages.employer.evidence import accepted_files, keep_good, require_own_purchase
from claims.web.pages.employer.own import EMPLOYER, own_purchase
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("employer_certificates", __name__, url_prefix="/purchases/<int:purchase_id>/certificates")

MOST_FILES = 40
TOO_LATE = "The files that were to be placed by hand have waited for too long. Choose them again"
GONE = "This claim takes no certificate now. Choose somebody else, or leave this file out"
NOBODY = "Choose whose certificate it is, for at least one file"


class CertificatesForm(Form):
    files = FilesField("Choose the certificates", called="the certificates", most_files=MOST_FILES)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A file whose learner its name does not tell, and what was chosen for it."""

    file: KeptFile
    sealed: str
    """What stands for it in the form."""
    address: str
    """Where it can be opened."""
    chosen: Claim | None = None
    refusal: str = ""
    """Why it cannot go there."""
    in_the_way: bool = False
    """The learner has a certificate, which has to be replaced where it stands."""


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
    waiting = _waiting(purchase_id)
    late = [TOO_LATE] if waiting is None else []
    if not form.validate_on_submit():
        for reason in late:
            form.files.refuse(reason)
        return _page(purchase_id, form, unplaced=waiting or ())
    kept, reasons = keep_good(form.files.data)
    claims = _completing(purchase_id)
    placed: list[tuple[str, Claim]] = []
    unplaced: list[Unplaced] = waiting or []
    taken: set[int] = set()
    for file in kept:
        claim = whose(services().keyring, file.name, claims)
        named = without_number(file)
        if claim is None or claim.id in taken or not _added(claim, named):
            unplaced.append(_unplaced(purchase_id, len(unplaced) + 1, waiting_files.seal(purchase_id, named), named))
            continue
        taken.add(claim.id)
        placed.append((named.name, claim))
    return _page(purchase_id, _form_again([*reasons, *late], placed, unplaced), placed, unplaced)


def _added(claim: Claim, file: KeptFile) -> bool:
    """Whether the file is the certificate of the claim now; not when the claim was sent meanwhile."""
    try:
        # The very file may be there already: then it is where it belongs.
        with suppress(AddedAlready):
            add_certificate(session(), claim, file, actor(), clock.now())
    except NotAllowed:
        return False
    return True


def _form_again(
    reasons: Sequence[str] = (), placed: Sequence[tuple[str, Claim]] = (), unplaced: Sequence[Unplaced] = ()
) -> CertificatesForm:
    """A fresh form that says at the field why some files were refused and that the others need not come again."""
    form = CertificatesForm(formdata=None)
    form.files.hint = _hint()
    for reason in reasons:
        form.files.refuse(reason)
    if reasons and placed:
        form.files.refuse(f"These have been added: {', '.join(name for name, _ in placed)}")
    if reasons and unplaced:
        form.files.refuse(f"These are to be placed below: {', '.join(each.file.name for each in unplaced)}")
    return form


def _hint() -> str:
    return f"{accepted_files()} Up to {MOST_FILES} files at once."


def _waiting(purchase_id: int) -> list[Unplaced] | None:
    """The files that the page which was sent asked about; ``None`` when they waited for too long, or are no such."""
    found: list[Unplaced] = []
    try:
        for number, sealed in enumerate(request.form.getlist("file"), start=1):
            found.append(_unplaced(purchase_id, number, sealed, waiting_files.unseal(purchase_id, sealed)))
    except (BadData, waiting_files.Elsewhere):
        return None
    return found


def _unplaced(purchase_id: int, number: int, sealed: str, file: KeptFile) -> Unplaced:
    return Unplaced(file, sealed, waiting_files.address_of(purchase_id, number, file))


@pages.post("/placing")
@opens(*EMPLOYER)
def place(purchase_id: int) -> Answer:
    """Adds every file to the claim that was chosen for it; or none, and says at each file what is in the way."""
    purchase = own_purchase(purchase_id)
    here = url_for("employer_certificates.certificates", purchase_id=purchase_id)
    waiting = _waiting(purchase_id)
    if waiting is None:
        return refused("The files waited for too long. Choose them again.", here)
    claims = {str(claim.id): claim for claim in _completing(purchase_id)}
    asked = [
        replace(each, chosen=claims.get(claim_id), refusal=GONE if claim_id and claim_id not in claims else "")
        for each, claim_id in zip(waiting, request.form.getlist("claim"), strict=False)
    ]
    asked = _judged(purchase, asked)
    if any(each.refusal for each in asked):
        return _page(purchase_id, _form_again(), unplaced=asked)
    try:
        for each in asked:
            if each.chosen is not None:
                # The form may have been sent twice.
                with suppress(AddedAlready):
                    add_certificate(session(), each.chosen, each.file, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, here)
    placed = sum(each.chosen is not None for each in asked)
    left_out = f" {count(len(waiting) - placed, 'file')} left out." if placed < len(waiting) else ""
    return done(
        f"{count(placed, 'certificate')} added.{left_out}",
        url_for("employer_evidence.evidence", purchase_id=purchase_id),
    )


def _judged(purchase: Purchase, asked: list[Unplaced]) -> list[Unplaced]:
    """The files with what is in the way of what was chosen for them."""
    if not any(each.chosen or each.refusal for each in asked):
        return [replace(each, refusal=NOBODY if place == 0 else "") for place, each in enumerate(asked)]
    hindrances = what_hinders(session(), purchase, [(each.file, each.chosen) for each in asked])
    return [
        replace(each, refusal=found.sentence, in_the_way=found.there) if found else each
        for each, found in zip(asked, hindrances, strict=True)
    ]


@pages.get("/unplaced/<sealed>")
@opens(*EMPLOYER)
def open_unplaced(purchase_id: int, sealed: str) -> Answer:
    own_purchase(purchase_id)
    try:
        return give_to_save(waiting_files.unseal_nameless(purchase_id, sealed))
    except SignatureExpired:
        here = url_for("employer_certificates.certificates", purchase_id=purchase_id)
        return refused("The file waited for too long. Choose it again.", here)
    except (BadData, waiting_files.Elsewhere):
        raise NotFound("no such file waits for this purchase") from None


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
    there = certificates_by_claim(session(), claims)
    return render_template(
        "employer/certificates.html",
        form=form,
        purchase_id=purchase_id,
        claims=claims,
        placed=placed,
        unplaced=unplaced,
        problems=[
            {"text": each.refusal, "href": f"#claim-{number}"}
            for number, each in enumerate(unplaced, start=1)
            if each.refusal
        ],
        with_certificate={claim_id for claim_id, files in there.items() if files},
        back=back,
    )
