"""Put many people on a purchase at once: say first, of each, what that would do, then do it for all or for nobody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from claims.lifecycle import Actor, State
from claims.models import Claim, Learner, Purchase
from claims.rules import engine
from claims.rules.findings import Finding, Says
from claims.secrets import Keyring
from claims.services.drafting import part_of
from claims.services.employing import LearnerDetails, description_of, details_of, keep_learner
from claims.services.enrolling import enrol_all, learners_on
from claims.services.listing_learners import Foreseen, foresee_learners
from claims.services.sealing import hash_number
from claims.store.bulk import learners_numbered
from claims.store.claims import drafts_beside
from claims.store.facts import facts_of
from claims.store.imagined import AroundNumbers
from claims.store.reference import listed_on
from claims.store.sight import whole_sight

PERSONAL = "learner-"
"""Rules with this beginning, and the one about duplicates, say something about the person."""


@dataclass(frozen=True, slots=True)
class Known:
    """Whom an employer has among its learners, of some numbers in their normal form."""

    details: Mapping[str, LearnerDetails]
    unseen: frozenset[str] = frozenset()
    """Numbers of those who work in a service that the person who asks does not see."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What adding one person to a purchase would do."""

    foreseen: Foreseen
    present: bool
    """They are on the purchase already."""
    findings: Sequence[Finding] = ()
    """What speaks against a claim for them, or is to be checked; nothing for those who are there."""
    drafts: Sequence[Claim] = ()
    """Drafts for them and this course on other purchases: only one of them can be sent."""


@dataclass(frozen=True, slots=True)
class Enlisted:
    """What came of it, in people."""

    added: int
    present: int
    """Were on the purchase already."""


def about_the_person(finding: Finding) -> bool:
    return finding.rule.startswith(PERSONAL) or finding.rule == "not-claimed-before"


@whole_sight()
def find_known(session: Session, keyring: Keyring, employer_id: int, numbers: Iterable[str], by: Actor) -> Known:
    """The employer's learners with these numbers, as far as ``by`` sees them."""
    found = learners_numbered(session, employer_id, {hash_number(keyring, number) for number in numbers})
    details, unseen = {}, set()
    for learner in found.values():
        told = details_of(keyring, learner)
        if by.sees(learner.service_id):
            details[told.number] = told
        else:
            unseen.add(told.number)
    return Known(details, frozenset(unseen))


@whole_sight()
def foresee_enlisting(
    session: Session,
    keyring: Keyring,
    purchase: Purchase,
    everybody: Sequence[LearnerDetails],
    *,
    by: Actor,
    today: date,
) -> list[Prospect]:
    """What ``enlist`` would do, in the order given. Numbers are in their normal form. Only reads."""
    foreseen = foresee_learners(session, keyring, purchase.employer_id, everybody, by)
    present = learners_on(session, purchase)
    known = [each.learner.id for each in foreseen if each.learner]
    drafts = drafts_beside(session, purchase, part_of(purchase), known)
    hashes = [hash_number(keyring, details.number) for details in everybody]
    around = AroundNumbers(session, set(hashes))
    reference = listed_on(session, today).reference
    prospects = []
    for each, hashed in zip(foreseen, hashes, strict=True):
        id_ = each.learner.id if each.learner else None
        if id_ in present:
            prospects.append(Prospect(each, present=True))
            continue
        claim = _imagine(purchase, each.details, hashed)
        facts = facts_of(session, claim, each.details.number, reference, today, around=around)
        said = engine.assess(facts, reference, today).findings_that(Says.FAIL, Says.CHECK)
        findings = tuple(finding for finding in said if about_the_person(finding))
        prospects.append(Prospect(each, False, findings, tuple(drafts.get(id_ or 0, ()))))
    return prospects


def enlist(
    session: Session,
    keyring: Keyring,
    purchase: Purchase,
    everybody: Sequence[LearnerDetails],
    *,
    by: Actor,
    at: datetime,
) -> Enlisted:
    """Keep what is told of everybody, and open a draft for each who is not on the purchase yet.

    All or nothing: raises ``NotAllowed`` as ``keep_learner`` and ``enrol_all`` do, and leaves it to the caller to undo
    what was written before.
    """
    learners = [keep_learner(session, keyring, purchase.employer_id, details, by=by, at=at)[0] for details in everybody]
    added = len(enrol_all(session, purchase, learners, by, at))
    return Enlisted(added, len(learners) - added)


def _imagine(purchase: Purchase, details: LearnerDetails, hashed: str) -> Claim:
    """The claim as it would be, in no session."""
    told: dict[str, Any] = description_of(details)
    return Claim(
        part=part_of(purchase),
        state=State.DRAFT,
        employer_id=purchase.employer_id,
        purchase=purchase,
        learner=Learner(employer_id=purchase.employer_id, number_hash=hashed, **told),
        course_code=purchase.course_code,
        fund=purchase.fund,
        started_on=purchase.started_on,
    )
