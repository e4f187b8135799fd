"""Find whose certificate a file is by its name: by the National Insurance number in it, or by the learner's name."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from claims.models import Claim
from claims.models.names import words_of
from claims.rules.learner import normal_national_insurance_number
from claims.secrets import Keyring
from claims.services.evidencing import KeptFile
from claims.services.sealing import hash_number

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


def without_number(kept: KeptFile) -> KeptFile:
    """The file under a name without the number: a name is shown and stored as it is."""
    return replace(kept, name=_NUMBER.sub("number", kept.name))


def _without_apostrophes(text: str) -> str:
    return text.translate({ord(mark): None for mark in "'’‘ʼ`"})
