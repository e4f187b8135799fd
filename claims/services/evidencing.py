"""Evidence: check and keep a file, put it with its purchase or claim, take it away again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.files.checks import Limits, check_evidence
from claims.files.scanning import Scanner
from claims.files.storage import EvidenceStore
from claims.lifecycle import Actor, NotAllowed
from claims.models import Claim, Evidence, Purchase
from claims.rules.facts import Part
from claims.rules.scheme import SchemeYear
from claims.services.drafting import CHANGEABLE, bring_up_to_date, hold
from claims.services.purchasing import may_change
from claims.services.recording import record
from claims.store.claims import certificates_of, claims_in, is_payment_questioned, payment_evidence_of
from claims.store.reference import from_files
from claims.store.sight import whole_sight

FIXED = (
    "Claims of this purchase have been submitted, so its payment evidence can no longer be changed. "
    "It can be when an assessor asks about it."
)


class TooManyFiles(NotAllowed):
    """There is no room for another file."""


class AddedAlready(NotAllowed):
    """The very file is there."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was checked and stored, and belongs to nothing yet."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str


def keep_file(store: EvidenceStore, scanner: Scanner, name: str, content: bytes, today: date) -> KeptFile:
    """Check, scan and store one file, outside any transaction. Raises ``files.checks.Refused`` with the reason."""
    accepted = check_evidence(name, content, limits_on(today))
    scanner.scan(accepted.name, content)
    return KeptFile(accepted.name, accepted.media_type, accepted.size_bytes, store.put(content))


def limits_on(today: date) -> Limits:
    """What evidence may be in the scheme year of ``today``."""
    year = _year_on(today)
    extensions = year.parameters["evidence_extensions"].value
    if not isinstance(extensions, tuple):
        raise TypeError("evidence_extensions is not a list")
    return Limits(extensions=extensions, size_bytes=year.number("evidence_file_bytes_max"))


def most_payment_files(today: date) -> int:
    return _year_on(today).number("payment_evidence_files_max")


def add_payment_evidence(session: Session, purchase: Purchase, kept: KeptFile, by: Actor, at: datetime) -> Evidence:
    """Raises ``TooManyFiles``, ``AddedAlready``, and ``NotAllowed`` once payment evidence is fixed."""
    hold(session, purchase)
    if not may_add_payment_evidence(session, purchase):
        raise NotAllowed(FIXED)
    there = payment_evidence_of(session, purchase)
    _refuse_twice(kept, there)
    most = most_payment_files(london_date(at))
    if sum(may_remove(session, file) for file in there) >= most:
        raise TooManyFiles(f"There can be at most {most} files of payment evidence. Remove one first.")
    return _added(session, kept, purchase, None, by=by, at=at)


def add_certificate(session: Session, claim: Claim, kept: KeptFile, by: Actor, at: datetime) -> Evidence:
    """The learner's certificate, in place of the one there is.

    Raises ``AddedAlready`` for that very file, and ``NotAllowed`` while the claim is being decided.
    """
    hold(session, claim.purchase)
    session.refresh(claim)
    if claim.part == Part.START:
        raise NotAllowed("The start part needs no certificate. It is asked for with the completion part.")
    if claim.state not in CHANGEABLE:
        raise NotAllowed("This claim has been submitted, so its certificate can no longer be changed.")
    there = certificates_of(session, claim)
    _refuse_twice(kept, there)
    for file in there:
        _removed(session, file, by, at)
    return _added(session, kept, claim.purchase, claim, by=by, at=at)


def remove_evidence(session: Session, evidence: Evidence, by: Actor, at: datetime) -> None:
    """Take a file away from its purchase or claim. Raises ``NotAllowed`` once it is fixed."""
    purchase = session.get_one(Purchase, evidence.purchase_id)
    hold(session, purchase)
    session.refresh(evidence)
    if evidence.removed_at is not None:
        return
    if not may_remove(session, evidence):
        raise NotAllowed(FIXED)
    _removed(session, evidence, by, at)
    bring_up_to_date(session, _open_claims(session, evidence), at)


def may_add_payment_evidence(session: Session, purchase: Purchase) -> bool:
    """Until the first submission, while an assessor asks, and for the second payment of a plan."""
    return purchase.fixed_at is None or "second_payment_on" in may_change(session, purchase)


def may_remove(session: Session, evidence: Evidence) -> bool:
    """Whether the file is not yet part of anything that was submitted, or was asked about."""
    if evidence.claim_id is not None:
        return session.get_one(Claim, evidence.claim_id).state in CHANGEABLE
    purchase = session.get_one(Purchase, evidence.purchase_id)
    if purchase.fixed_at is None or is_payment_questioned(session, purchase):
        return True
    return evidence.added_at > purchase.fixed_at and may_add_payment_evidence(session, purchase)


def _refuse_twice(kept: KeptFile, there: Sequence[Evidence]) -> None:
    if any(file.sha256 == kept.sha256 for file in there):
        raise AddedAlready(f"{kept.name} has been added already.")


def _added(
    session: Session, kept: KeptFile, purchase: Purchase, claim: Claim | None, *, by: Actor, at: datetime
) -> Evidence:
    evidence = Evidence(
        employer_id=purchase.employer_id,
        purchase_id=purchase.id,
        claim_id=claim.id if claim else None,
        kind="certificate" if claim else "payment",
        name=kept.name,
        media_type=kept.media_type,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        added_at=at,
        added_by_id=by.person_id,
    )
    session.add(evidence)
    session.flush()
    bring_up_to_date(session, _open_claims(session, evidence), at)
    _record(session, "add-evidence", evidence, by, at)
    return evidence


def _removed(session: Session, evidence: Evidence, by: Actor, at: datetime) -> None:
    evidence.removed_at = at
    session.flush()
    _record(session, "remove-evidence", evidence, by, at)


def _record(session: Session, act: str, evidence: Evidence, by: Actor, at: datetime) -> None:
    about = ("claim", evidence.claim_id) if evidence.claim_id is not None else ("purchase", evidence.purchase_id)
    # A file's name may hold a person's: the chain keeps what identifies the file and says nothing about anybody.
    details = {"kind": evidence.kind, "sha256": evidence.sha256, "size_bytes": evidence.size_bytes}
    record(session, act, about, by, at, employer_id=evidence.employer_id, details=details)


@whole_sight()
def _open_claims(session: Session, evidence: Evidence) -> list[Claim]:
    if evidence.claim_id is not None:
        return [session.get_one(Claim, evidence.claim_id)]
    purchase = session.get_one(Purchase, evidence.purchase_id)
    return [claim for claim in claims_in(session, purchase) if claim.state in CHANGEABLE]


def _year_on(today: date) -> SchemeYear:
    return from_files().year_to_go_by(today)
