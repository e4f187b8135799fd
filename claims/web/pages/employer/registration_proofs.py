"""The two proofs of address of a registration: added, looked at, taken away."""

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from claims import clock
from claims.files.checks import Refused
from claims.lifecycle import NotAllowed, Role
from claims.services import registering
from claims.services.evidencing import keep_file
from claims.services.registering import PROOFS_NEEDED
from claims.store.registrations import proof_of
from claims.web.access import actor, opens
from claims.web.answers import Answer, done, refused
from claims.web.forms.choosing import Choice
from claims.web.forms.registering import PROOF_WORDS, ProofForm
from claims.web.kept_files import give_to_save
from claims.web.pages.employer.evidence import accepted_files
from claims.web.pages.employer.own import EMPLOYER, employer_id
from claims.web.pages.employer.registration_steps import address_of, elsewhere, own_dossier, step_page
from claims.web.transactions import session
from claims.web.wiring import services

pages = Blueprint("registration_proofs", __name__, url_prefix="/registration/proofs")


@pages.get("")
@opens(Role.SRO)
def proofs() -> Answer:
    return _proofs_page(ProofForm())


@pages.post("")
@opens(Role.SRO)
def upload() -> Answer:
    form = _offering(ProofForm())
    if form.validate_on_submit() and (file := form.file.file) is not None:
        try:
            # Before the transaction begins, so that no lock waits for the parser.
            kept = keep_file(services().store, services().scanner, file.filename or "", file.read(), clock.today())
            registering.add_proof(session(), employer_id(), form.kind.data, kept, by=actor(), at=clock.now())
        except Refused as no:
            form.refuse("file", no.reason)
        except NotAllowed as no:
            form.refuse("file", str(no))
        else:
            return done(f"{PROOF_WORDS[form.kind.data]} added.", url_for(".proofs"))
    return _proofs_page(form)


def _offering(form: ProofForm) -> ProofForm:
    form.kind.choices = [Choice(slug, words) for slug, words in PROOF_WORDS.items()]
    form.file.hint = accepted_files()
    return form


def _proofs_page(form: ProofForm) -> Answer:
    dossier = own_dossier()
    if (instead := elsewhere(dossier, "proofs")) is not None:
        return instead
    return step_page(
        "proofs",
        _offering(form),
        there=dossier.proofs,
        words=PROOF_WORDS,
        needed=PROOFS_NEEDED,
        onward=address_of("check"),
    )


@pages.get("/<int:proof_id>")
@opens(*EMPLOYER)
def download(proof_id: int) -> Response:
    file = proof_of(session(), employer_id(), proof_id)
    return give_to_save(file)


@pages.post("/<int:proof_id>/removal")
@opens(Role.SRO)
def remove(proof_id: int) -> Answer:
    file = proof_of(session(), employer_id(), proof_id)
    try:
        registering.remove_proof(session(), file, actor(), clock.now())
    except NotAllowed as no:
        return refused(no, url_for("registration.overview"))
    return done(f"{PROOF_WORDS[file.kind]} removed.", url_for(".proofs"))
