"""Register an employer: begin with a workplace ID, tell what is asked bit by bit, prove the address, send."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Employer, Membership, Person, Registration, RegistrationProof
from claims.references import ALPHABET, RANDOM_CHARACTERS, base_from, written
from claims.reminders.kinds import Kind
from claims.reminders.wording import word_registration_sent
from claims.services.evidencing import KeptFile
from claims.services.expecting import decision_expected_after
from claims.services.once import spend_token
from claims.services.queueing import Words, queue
from claims.services.recording import record
from claims.store.claims import NotFound
from claims.store.registrations import Dossier, dossier_of, proofs_of

OPEN = frozenset({"started", "refused"})
"""States of a registration in which the employer may change it and send it."""
PROOFS_NEEDED = 2
TAKEN = (
    "An employer is registered, or is just being registered, with this workplace ID. If it is yours, ask its senior "
    "responsible officer to invite you. Check the ID otherwise"
)


class Taken(NotAllowed):
    """Another employer has this workplace ID."""


class Told(TypedDict, total=False):
    """What may be told, each bit at its own time. Those of the employer itself stand in its own row."""

    name: str
    workplace_id: str
    address_line_1: str
    address_line_2: str | None
    town: str
    postcode: str
    services: list[str]
    care_staff: int
    workforce_data_updated_on: date
    cqc_location: str | None
    companies_house_number: str | None
    vat_number: str | None
    officer_name: str
    officer_job_title: str


ADDRESS = ("address_line_1", "address_line_2", "town", "postcode")
NUMBERS = ("cqc_location", "companies_house_number", "vat_number")


def begin(session: Session, person: Person, *, own_name: str, name: str, workplace_id: str, at: datetime) -> Actor:
    """A new employer, its registration started, with ``person`` as its senior responsible officer.

    ``person`` has shown that their address is theirs. Raises ``Taken`` for a workplace ID that another employer has,
    in whatever state, and ``NotAllowed`` for the back office.
    """
    if person.staff_role is not None:
        raise NotAllowed("This email address belongs to the back office. Register with another one.")
    employer = Employer(
        workplace_id=workplace_id, name=name, address="", registration="started", suspended=False, created_at=at
    )
    _claim_workplace_id(session, employer, workplace_id)
    if not person.name:
        person.name = own_name
    session.add(Registration(employer_id=employer.id, times_sent=0, reasons=""))
    session.add(Membership(employer_id=employer.id, person_id=person.id, role=Role.SRO, joined_at=at))
    session.flush()
    by = Actor(Role.SRO, person.name, person.id, employer.id)
    record(session, "start-registration", ("employer", employer.id), by, at, change=(None, "started"))
    return by


def tell(session: Session, employer_id: int, told: Told, by: Actor, at: datetime) -> None:
    """Keep what was told. Raises ``NotAllowed`` while an assessor decides or after, and ``Taken``."""
    dossier = _open_dossier(session, employer_id, by)
    employer, registration = dossier.employer, dossier.registration
    given: dict[str, Any] = dict(told)
    before = {name: getattr(registration, name) for name in given if hasattr(registration, name)}
    if (workplace_id := given.pop("workplace_id", employer.workplace_id)) != employer.workplace_id:
        _claim_workplace_id(session, employer, workplace_id)
    if "officer_name" in given:
        session.get_one(Person, by.person_id).name = given.pop("officer_name")
    if "name" in given:
        employer.name = given.pop("name")
    if "workforce_data_updated_on" in given:
        employer.workforce_data_updated_on = given.pop("workforce_data_updated_on")
    for name, value in given.items():
        setattr(registration, name, value)
    _carry_to_employer(dossier, given, at)
    changed = sorted({name for name in given if before.get(name) != given[name]} | (told.keys() - given.keys()))
    record(session, "change-registration", ("employer", employer_id), by, at, details={"told": changed})
    session.flush()


def _carry_to_employer(dossier: Dossier, given: Mapping[str, Any], at: datetime) -> None:
    """What the rules and the workbooks read of an employer follows from what was told."""
    employer, registration = dossier.employer, dossier.registration
    if set(ADDRESS) & given.keys():
        employer.address = ", ".join(line for name in ADDRESS if (line := getattr(registration, name)))
    if "services" in given:
        employer.provides_adult_social_care = bool(registration.services)
    if "care_staff" in given:
        employer.employs_care_staff_in_england = bool(registration.care_staff)
    if set(NUMBERS) & given.keys():
        registration.numbers_told_at = at
        employer.registered_with_cqc = registration.cqc_location is not None


def add_proof(session: Session, employer_id: int, kind: str, kept: KeptFile, *, by: Actor, at: datetime) -> None:
    """A proof of address. Raises ``NotAllowed`` for a second of the same kind or content, or a third."""
    _open_dossier(session, employer_id, by)
    there = proofs_of(session, employer_id)
    if any(proof.sha256 == kept.sha256 for proof in there):
        raise NotAllowed(f"{kept.name} has been added already. The second proof must be a different document")
    if any(proof.kind == kind for proof in there):
        raise NotAllowed("There is a proof of this kind already. The second must be a different kind of document")
    if len(there) >= PROOFS_NEEDED:
        raise NotAllowed("There are two proofs already. Remove one first")
    proof = RegistrationProof(
        employer_id=employer_id,
        kind=kind,
        name=kept.name,
        media_type=kept.media_type,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        added_at=at,
        added_by_id=by.person_id,
    )
    session.add(proof)
    session.flush()
    _record_proof(session, "add-proof", proof, by, at)


def remove_proof(session: Session, proof: RegistrationProof, by: Actor, at: datetime) -> None:
    """Take a proof away. Raises ``NotAllowed`` once the registration was sent."""
    _open_dossier(session, proof.employer_id, by)
    if proof.removed_at is None:
        proof.removed_at = at
        session.flush()
        _record_proof(session, "remove-proof", proof, by, at)


def unanswered(dossier: Dossier) -> list[str]:
    """The parts of a registration that are not answered yet, in the order in which they are asked."""
    employer, registration = dossier.employer, dossier.registration
    answered = {
        "organisation": bool(employer.name),
        "address": registration.postcode is not None,
        "services": registration.services is not None,
        "care-staff": registration.care_staff is not None and employer.workforce_data_updated_on is not None,
        "numbers": registration.numbers_told_at is not None,
        "responsible-officer": registration.officer_job_title is not None,
        "proofs": len(dossier.proofs) == PROOFS_NEEDED,
    }
    return [part for part, is_answered in answered.items() if not is_answered]


def send(
    session: Session, employer_id: int, *, declared: bool, token: str, leads_to: str, by: Actor, at: datetime
) -> Registration:
    """Send the registration to the assessors, for the first time or again.

    Raises ``AlreadySent`` for a form that did it, and ``NotAllowed`` for what is unanswered or undeclared.
    """
    spend_token(session, token, leads_to, by, at)
    dossier = _open_dossier(session, employer_id, by)
    if not declared:
        raise NotAllowed("Make the declaration first.")
    if unanswered(dossier):
        raise NotAllowed("Some questions of the registration are not answered yet.")
    employer, registration = dossier.employer, dossier.registration
    before, employer.registration = employer.registration, "sent"
    if registration.reference is None:
        # As for a claim, but never mistaken for one: a claim's reference ends with the letter of its part.
        registration.reference = written(
            base_from([secrets.randbelow(len(ALPHABET)) for _ in range(RANDOM_CHARACTERS)])
        )
    registration.times_sent += 1
    registration.sent_at, registration.sent_by_id = at, by.person_id
    record(
        session,
        "send-registration",
        ("employer", employer_id),
        by,
        at,
        change=(before, "sent"),
        details={"reference": registration.reference, "proofs": [proof.sha256 for proof in dossier.proofs]},
    )
    worded = word_registration_sent(employer.name, registration.reference, decision_expected_after(london_date(at)))
    queue(
        session,
        Kind.REGISTRATION,
        person_id=by.person_id or 0,
        about=f"employer:{employer_id}:sent:{registration.times_sent}",
        due_on=london_date(at),
        words=Words(*worded),
        at=at,
    )
    session.flush()
    return registration


def _open_dossier(session: Session, employer_id: int, by: Actor) -> Dossier:
    """The dossier, its employer locked. Raises ``NotAllowed`` when it cannot be changed now, or not by this person."""
    if by.role is not Role.SRO or by.employer_id != employer_id:
        raise NotAllowed("Only the senior responsible officer can do this.")
    session.scalars(
        select(Employer).where(Employer.id == employer_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    dossier = dossier_of(session, employer_id)
    if dossier is None:
        raise NotFound("this employer has no registration")
    if dossier.employer.registration not in OPEN:
        raise NotAllowed("The registration has been sent, so it can no longer be changed.")
    return dossier


def _claim_workplace_id(session: Session, employer: Employer, workplace_id: str) -> None:
    # The unique constraint decides, so that of two who register at once one is told.
    try:
        with session.begin_nested():
            employer.workplace_id = workplace_id
            session.add(employer)
            session.flush()
    except IntegrityError:
        raise Taken(TAKEN) from None


def _record_proof(session: Session, act: str, proof: RegistrationProof, by: Actor, at: datetime) -> None:
    # A file's name may hold a person's: the chain keeps what identifies the file and says nothing about anybody.
    details = {"kind": proof.kind, "sha256": proof.sha256, "size_bytes": proof.size_bytes}
    record(session, act, ("employer", proof.employer_id), by, at, details=details)
