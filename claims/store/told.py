"""Who is told what: the people of each employer and of the back office, read once."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Role
from claims.models import Membership, Person
from claims.reminders.facts import People


class Told:
    """Ids of people who are there, each list in order."""

    def __init__(self, members: Iterable[tuple[int, int, str]], staff: Iterable[tuple[int, str]]) -> None:
        self._officers: dict[int, People] = defaultdict(tuple)
        self._present: set[tuple[int, int]] = set()
        for employer_id, person_id, role in members:
            self._present.add((employer_id, person_id))
            if role == Role.SRO:
                self._officers[employer_id] = (person_id,)
        self._staff: dict[str, list[int]] = defaultdict(list)
        for person_id, role in staff:
            self._staff[role].append(person_id)
        # The same for many claims.
        self._found: dict[tuple[int, int], People] = {}

    def officers(self, employer_id: int) -> People:
        """The employer's senior responsible officer; nobody while there is none."""
        return self._officers.get(employer_id, ())

    def about_claim(self, employer_id: int, entered_by_id: int) -> People:
        """The senior responsible officer, and who entered the claim if still with the employer."""
        key = (employer_id, entered_by_id)
        if key not in self._found:
            self._found[key] = self.about_claims(employer_id, {entered_by_id})
        return self._found[key]

    def about_claims(self, employer_id: int, entered_by: set[int]) -> People:
        """As ``about_claim``, for several."""
        there = {person_id for person_id in entered_by if (employer_id, person_id) in self._present}
        return tuple(sorted({*self.officers(employer_id), *there}))

    def submitter(self, employer_id: int, entered_by_id: int) -> People:
        """Who entered the claim; the senior responsible officer when that person has left."""
        if (employer_id, entered_by_id) in self._present:
            return (entered_by_id,)
        return self.officers(employer_id)

    def staff(self, *roles: Role) -> People:
        """Everybody in the back office with one of ``roles``."""
        return tuple(sorted(person_id for role in roles for person_id in self._staff[role]))


def who_is_told(session: Session) -> Told:
    """Everybody who is there now."""
    members = session.execute(
        select(Membership.employer_id, Membership.person_id, Membership.role)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.left_at.is_(None), Person.closed_at.is_(None))
    )
    staff = session.execute(
        select(Person.id, Person.staff_role).where(Person.staff_role.is_not(None), Person.closed_at.is_(None))
    )
    return Told(
        [(employer_id, person_id, role) for employer_id, person_id, role in members],
        [(person_id, role) for person_id, role in staff if role],
    )
