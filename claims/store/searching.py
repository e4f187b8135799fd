"""What staff look for among everything: each kind found along an index, and no more of it than is shown.

A claim that was never submitted is the employer's own; neither it nor what only belongs to it is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from claims.lifecycle import State
from claims.models import Claim, Employer, Learner, Membership, NamePart, PaymentRun, Person, Purchase
from claims.models.employers import name_as_sought
from claims.models.names import words_of
from claims.rules.facts import Part
from claims.store.learners import LAST_CHARACTER, MOST_WORDS

MOST = 25
"""Of each kind."""


@dataclass(frozen=True, slots=True)
class LearnerFound:
    learner: Learner
    employer: Employer
    claims: Sequence[Claim]
    """Those that were submitted, the newest first."""


@dataclass(frozen=True, slots=True)
class PersonFound:
    person: Person
    employers: Sequence[Employer]
    """Those the person acts or acted for."""


def claims_referred_to(session: Session, base: str, part: Part | None) -> Sequence[Claim]:
    """The claim with this reference; without a part, all parts with its base."""
    wanted = _claims().where(Claim.base == base).order_by(Claim.part)
    return session.scalars(wanted if part is None else wanted.where(Claim.part == part)).all()


def claims_of_purchase(session: Session, purchase_id: int) -> Sequence[Claim]:
    return session.scalars(_claims().where(Claim.purchase_id == purchase_id).order_by(Claim.id).limit(MOST)).all()


def purchase_numbered(session: Session, purchase_id: int) -> Purchase | None:
    """The purchase, once a claim of it was submitted."""
    found = session.get(Purchase, purchase_id)
    return found if found is not None and found.fixed_at is not None else None


def run_referred_to(session: Session, reference: str) -> PaymentRun | None:
    return session.scalars(select(PaymentRun).where(PaymentRun.reference == reference)).one_or_none()


def employers_called(session: Session, sought: str) -> Sequence[Employer]:
    """The employer with this workplace ID, then those whose names begin so, by name."""
    found = list(session.scalars(select(Employer).where(Employer.workplace_id == sought.upper())))
    beginning = name_as_sought(sought)
    if beginning:
        named = (
            select(Employer)
            .where(Employer.name_sought >= beginning, Employer.name_sought < beginning + LAST_CHARACTER)
            .order_by(Employer.name_sought, Employer.id)
            .limit(MOST)
        )
        found += [each for each in session.scalars(named) if each not in found]
    return found[:MOST]


def people_at(session: Session, email: str) -> Sequence[PersonFound]:
    """Whoever has this address and acts or acted for an employer."""
    person = session.scalars(select(Person).where(Person.email == email.lower())).one_or_none()
    if person is None:
        return []
    employers = session.scalars(
        select(Employer)
        .join(Membership, Membership.employer_id == Employer.id)
        .where(Membership.person_id == person.id)
        .order_by(Employer.name, Employer.id)
        .limit(MOST)
    ).all()
    return [PersonFound(person, employers)] if employers else []


def learners_numbered(session: Session, number_hash: str) -> Sequence[LearnerFound]:
    """Those with this National Insurance number, of all employers."""
    wanted = _learners().where(Learner.number_hash == number_hash).order_by(Learner.id).limit(MOST)
    return _with_claims(session, session.scalars(wanted).all())


def learners_named(session: Session, sought: str) -> Sequence[LearnerFound]:
    """Those of whose name every word of ``sought`` begins a part, by the longest of these words."""
    words = sorted(words_of(sought)[:MOST_WORDS], key=len, reverse=True)
    if not words:
        return []
    wanted = (
        _learners()
        .join(NamePart, NamePart.learner_id == Learner.id)
        .where(_begins(NamePart.part, words[0]))
        .order_by(NamePart.part, NamePart.learner_id)
    )
    for word in words[1:]:
        part = aliased(NamePart)
        wanted = wanted.where(exists().where(part.learner_id == Learner.id, _begins(part.part, word)))
    # A learner stands there once for each word of the name that begins so: twice is rare, and more rarer.
    found = dict.fromkeys(session.scalars(wanted.limit(2 * MOST)))
    return _with_claims(session, list(found)[:MOST])


def _begins(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return (column >= word) & (column < word + LAST_CHARACTER)


def _claims() -> Select[Claim]:
    return (
        select(Claim)
        .where(Claim.state != State.DRAFT)
        .options(joinedload(Claim.learner), joinedload(Claim.purchase).joinedload(Purchase.employer))
    )


def _learners() -> Select[Learner]:
    submitted = exists().where(Claim.learner_id == Learner.id, Claim.state != State.DRAFT)
    return select(Learner).where(Learner.personal_data_removed_at.is_(None), submitted)


def _with_claims(session: Session, learners: Sequence[Learner]) -> Sequence[LearnerFound]:
    ids = [learner.id for learner in learners]
    claims: dict[int, list[Claim]] = {each: [] for each in ids}
    wanted = select(Claim).where(Claim.learner_id.in_(ids), Claim.state != State.DRAFT).order_by(Claim.id.desc())
    for claim in session.scalars(wanted):
        claims[claim.learner_id].append(claim)
    owners = select(Employer).where(Employer.id.in_({learner.employer_id for learner in learners}))
    employers = {employer.id: employer for employer in session.scalars(owners)}
    return [LearnerFound(each, employers[each.employer_id], claims[each.id]) for each in learners]
