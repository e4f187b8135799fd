"""Look for whatever a member of staff typed into one box: a reference, a number, an address, a name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from claims.models import Claim, Employer, PaymentRun, Purchase
from claims.references import read
from claims.secrets import Keyring
from claims.services.sealing import hash_number
from claims.store.searching import (
    LearnerFound,
    PersonFound,
    claims_of_purchase,
    claims_referred_to,
    employers_called,
    learners_named,
    learners_numbered,
    people_at,
    purchase_numbered,
    run_referred_to,
)

_PURCHASE_NUMBER = re.compile(r"(?:purchase )?#?([0-9]{1,18})", re.IGNORECASE | re.ASCII)
_LIKE_A_NUMBER = re.compile(r"\b[A-Z]{2}(?:[ -]*[0-9]){6}[ -]*[A-Z]?\b", re.IGNORECASE | re.ASCII)
_RUN = re.compile(r"RUN-[0-9]{4}-[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """By kind, at most ``store.searching.MOST`` of each."""

    claims: Sequence[Claim] = ()
    """With the reference that was typed, or of the purchase."""
    purchase: Purchase | None = None
    run: PaymentRun | None = None
    employers: Sequence[Employer] = ()
    people: Sequence[PersonFound] = ()
    learners: Sequence[LearnerFound] = ()


def looks_like_a_number(sought: str) -> bool:
    """Whether a National Insurance number stands in ``sought``, well formed or not, so that it must stay secret."""
    return bool(_LIKE_A_NUMBER.search(sought)) and read(sought) is None


def find(session: Session, sought: str) -> Found:
    """What ``sought`` may mean. A National Insurance number means nothing here: ``find_by_number`` is for that."""
    sought = " ".join(sought.split())
    if not sought or looks_like_a_number(sought):
        return Found()
    if "@" in sought:
        return Found(people=people_at(session, sought))
    if _RUN.fullmatch(sought.upper()):
        return Found(run=run_referred_to(session, sought.upper()))
    claims: Sequence[Claim] = ()
    purchase = None
    if reference := read(sought):
        claims = claims_referred_to(session, *reference)
    if numbered := _PURCHASE_NUMBER.fullmatch(sought):
        purchase = purchase_numbered(session, int(numbered[1]))
        claims = [*claims, *(claims_of_purchase(session, purchase.id) if purchase else ())]
    return Found(
        claims=claims,
        purchase=purchase,
        employers=employers_called(session, sought),
        learners=learners_named(session, sought),
    )


def find_by_number(session: Session, keyring: Keyring, number: str) -> Found:
    """The learners, of all employers, with a well-formed National Insurance number."""
    return Found(learners=learners_numbered(session, hash_number(keyring, number)))
