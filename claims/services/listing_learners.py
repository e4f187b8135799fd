"""Add many learners to an employer: say first who is new and what would change, then keep all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor
from claims.models import Learner
from claims.secrets import Keyring
from claims.services.employing import LearnerDetails, description_of, keep_learner, with_what_is_kept
from claims.services.sealing import hash_number
from claims.store.sight import whole_sight

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What keeping one person's details would do."""

    details: LearnerDetails
    """With what is known of them where nothing was told."""
    learner: Learner | None
    """The one there is with the same number; none: somebody new."""
    changes: tuple[tuple[str, object, object], ...] = ()
    """Name of each field that would change, before and after."""
    unseen: bool = False
    """They work in a service that the person who asks does not see: nothing of them is told, or changed."""


@whole_sight()
def foresee_learners(
    session: Session, keyring: Keyring, employer_id: int, everybody: Sequence[LearnerDetails], by: Actor
) -> list[Foreseen]:
    """What ``keep_learners`` would do, in the order given. Numbers are in their normal form. Only reads."""
    hashes = [hash_number(keyring, details.number) for details in everybody]
    there: dict[str, Learner] = {}
    for first in range(0, len(hashes), AT_A_TIME):
        some = hashes[first : first + AT_A_TIME]
        found = session.scalars(
            select(Learner).where(Learner.employer_id == employer_id, Learner.number_hash.in_(some))
        )
        there |= {learner.number_hash: learner for learner in found}
    return [_foresee(details, there.get(hashed), by) for details, hashed in zip(everybody, hashes, strict=True)]


def _foresee(details: LearnerDetails, learner: Learner | None, by: Actor) -> Foreseen:
    if learner is None:
        return Foreseen(details, None)
    if not by.sees(learner.service_id):
        return Foreseen(details, None, unseen=True)
    kept = with_what_is_kept(details, learner)
    after = description_of(kept)
    changes = [
        (name, getattr(learner, name), value) for name, value in after.items() if getattr(learner, name) != value
    ]
    return Foreseen(kept, learner, tuple(changes))


def keep_learners(
    session: Session,
    keyring: Keyring,
    employer_id: int,
    everybody: Sequence[LearnerDetails],
    *,
    by: Actor,
    at: datetime,
) -> tuple[int, int]:
    """Keep all of them in the caller's transaction; says how many were new, and how many changed.

    Raises ``NotAllowed`` as ``keep_learner`` does.
    """
    changing = {
        each.details.number: bool(each.changes)
        for each in foresee_learners(session, keyring, employer_id, everybody, by)
    }
    new = changed = 0
    for details in everybody:
        _, is_new = keep_learner(session, keyring, employer_id, details, by=by, at=at)
        new += is_new
        changed += not is_new and changing[details.number]
    return new, changed
