"""What stands around claims as they would be, which are in no session yet: for previews."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from claims.models import Claim
from claims.models.claims import SLOTS
from claims.rules.facts import Overlapping, Part
from claims.store.bulk import slots_held
from claims.store.facts import Surroundings
from claims.store.sight import whole_sight


class AroundNumbers(Surroundings):
    """Live claims, with any employer, for the hashes of some numbers: looked up for all of them together."""

    def __init__(self, session: Session, hashes: Iterable[str]) -> None:
        super().__init__(session)
        with whole_sight():
            self._held = slots_held(session, hashes)

    def overlapping(self, claim: Claim) -> Overlapping:
        needed = SLOTS[Part(claim.part)]
        found = [
            (employer_id, reference)
            for slot, employer_id, reference in self._held.get((claim.learner.number_hash, claim.course_code), ())
            if slot in needed
        ]
        own = dict.fromkeys(reference for employer_id, reference in found if employer_id == claim.employer_id)
        return Overlapping(tuple(own), any(employer_id != claim.employer_id for employer_id, _ in found))
