"""Find whose certificate a file is: by the National Insurance number in its name, the learner's name, or by hand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from sqlalchemy.orm import Session

from claims.models import Claim, Purchase
from claims.models.names import words_of
from claims.rules.learner import normal_national_insurance_number
from claims.secrets import Keyring
from claims.services.drafting import hold
from claims.services.evidencing import KeptFile
from claims.services.sealing import hash_number
from claims.store.assessment import certificates_by_claim

_NUMBER = re.compile(r"(?<![A-Za-z])[A-Za-z]{2}(?:[\s._-]?\d){6}[\s._-]?[A-Da-d](?![A-Za-z])")


def whose(keyring: Keyring, name: str, claims: Sequence[Claim]) -> Claim | None:
    """The claim whose learner the file's name tells; ``None`` when it tells nobody, or more than one."""
    hashes = {
        hash_number(keyring, number)
        for found in _NUMBER.findall(name)
        if (number := normal_national_insurance_number(re.sub(r"[\W_]", "", found)))
    }
    if hashes:
        numbered = [claim for claim in claims if claim.learner.number_hash in hashes]
        return numbered[0] if len(numbered) == 1 else None
    words = set(words_of(re.sub(r"[\W_\d]+", " ", _without_apostrophes(PurePath(name).stem))))
    named = [claim for claim in claims if set(words_of(claim.learner.name)) <= words]
    return named[0] if len(named) == 1 else None


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a file cannot go to the claim that was chosen for it."""

    sentence: str
    there: bool
    """The learner has a certificate already; otherwise another file was chosen for them as well."""


def what_hinders(
    session: Session, purchase: Purchase, chosen: Sequence[tuple[KeptFile, Claim | None]]
) -> list[Hindrance | None]:
    """What hinders each file from going to the claim chosen for it; nothing does where none is, or where it is already.

    Placed by hand, a file takes the place of no other: a claim takes one, while it has none. Nobody else adds any until
    the transaction ends.
    """
    hold(session, purchase)
    there = certificates_by_claim(session, [claim for _, claim in chosen if claim is not None])
    first: dict[int, int] = {}
    found: list[Hindrance | None] = []
    for number, (kept, claim) in enumerate(chosen, start=1):
        hindrance = None
        others = [file for file in there[claim.id] if file.sha256 != kept.sha256] if claim is not None else []
        if claim is not None and others:
            name = without_number_in(others[0].name)
            hindrance = Hindrance(
                f"{claim.learner.name} has a certificate already, {name}. Replace that one, or leave this file out",
                there=True,
            )
        elif claim is not None and first.setdefault(claim.id, number) != number:
            sentence = (
                f"You chose {claim.learner.name} for file {first[claim.id]} too. Choose one file for each learner"
            )
            hindrance = Hindrance(sentence, there=False)
        found.append(hindrance)
    return found


def without_number(kept: KeptFile) -> KeptFile:
    """The file under a name without the number: a name is shown and stored as it is."""
    return replace(kept, name=without_number_in(kept.name))


def without_number_in(name: str) -> str:
    return _NUMBER.sub("number", name)


def _without_apostrophes(text: str) -> str:
    return text.translate({ord(mark): None for mark in "'’‘ʼ`"})
