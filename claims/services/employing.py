"""An employer's learners: add somebody, change what is said about them, say that they left, forget them."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims.exchange.parsing import are_spelt_alike
from claims.lifecycle import Actor, NotAllowed, State
from claims.models import CareService, Learner
from claims.rules.facts import Engagement
from claims.rules.learner import normal_national_insurance_number
from claims.secrets import Keyring
from claims.services.drafting import CHANGEABLE, Stale, bring_up_to_date
from claims.services.recording import record
from claims.services.sealing import decrypt_number, encrypt_number, hash_number
from claims.store.claims import claims_for
from claims.store.sight import whole_sight


@dataclass(frozen=True, slots=True)
class LearnerDetails:
    """A member of staff as an employer describes them."""

    first_name: str
    last_name: str
    number: str
    """The National Insurance number, in any spacing and case."""
    job_role: str
    engagement: Engagement
    works_in_england: bool
    post_requires_registration: bool
    employed_from: date
    left_on: date | None = None
    """The last day employed."""
    service_id: int | None = None
    """Where they work."""
    role_category: str | None = None
    """The one chosen in place of the one that the job role suggests."""
    in_role_from: date | None = None


DESCRIBED = (
    "first_name",
    "last_name",
    "job_role",
    "engagement",
    "works_in_england",
    "post_requires_registration",
    "employed_from",
    "left_on",
    "service_id",
    "role_category",
    "in_role_from",
)
"""What is kept of a learner besides the number: the details, and the columns, of these names."""


def keep_learner(
    session: Session, keyring: Keyring, employer_id: int, details: LearnerDetails, *, by: Actor, at: datetime
) -> tuple[Learner, bool]:
    """The employer's learner with this number: a new one, or the one there is with ``details`` taken over.

    What ``details`` say nothing of stays as it is. Returns the learner and whether they are new. Raises ``NotAllowed``
    for a malformed number, and for a learner of a service that ``by`` does not see.
    """
    number = _normal(details.number)
    hashed = hash_number(keyring, number)
    there = learner_numbered(session, employer_id, hashed)
    if there is None:
        _refuse_unseen(session, employer_id, details.service_id, by)
        learner = Learner(
            employer_id=employer_id, number=encrypt_number(keyring, number), number_hash=hashed, created_at=at
        )
        _describe(learner, details)
        try:
            with session.begin_nested():
                session.add(learner)
                session.flush()
        except IntegrityError:
            # Another tab added the same person a moment ago.
            there = learner_numbered(session, employer_id, hashed)
            if there is None:
                raise
        else:
            record(session, "add", ("learner", learner.id), by, at, employer_id=employer_id)
            return learner, True
    change_learner(session, keyring, there, with_what_is_kept(details, there), by=by, at=at)
    return there, False


def with_what_is_kept(details: LearnerDetails, learner: Learner) -> LearnerDetails:
    """``details``, and what is known of the learner where they say nothing.

    Somebody who adds a person does not say that they have not left; only the learner's own page takes that back. A
    name with another kind of apostrophe is the same name.
    """
    untold = ("left_on", "service_id", "role_category", "in_role_from")
    kept = {name: getattr(details, name) or getattr(learner, name) for name in untold}
    for name in ("first_name", "last_name"):
        before = getattr(learner, name)
        kept[name] = before if are_spelt_alike(before, getattr(details, name)) else getattr(details, name)
    return replace(details, **kept)


def seen_hash(learner: Learner) -> str:
    """SHA-256 of what a page about the learner shows, sent back so that nothing is changed that was not seen."""
    return hashlib.sha256(repr((_description(learner), learner.number_hash)).encode()).hexdigest()


def change_learner(
    session: Session,
    keyring: Keyring,
    learner: Learner,
    details: LearnerDetails,
    *,
    by: Actor,
    at: datetime,
    seen: str | None = None,
) -> bool:
    """Take over ``details``; the learner's open claims follow. Returns whether anything changed.

    Raises ``NotAllowed`` for a number that belongs to another learner, or is changed after a claim was submitted, and
    where ``by`` does not see the service; and ``Stale`` when the learner is not any more what ``seen`` is the
    ``seen_hash`` of, if it is given, unless ``details`` are what is kept already.
    """
    session.flush()
    session.refresh(learner, with_for_update=True)
    if not by.sees(learner.service_id):
        raise NotAllowed("This person is among your organisation’s learners, in a service that you do not see.")
    _refuse_unseen(session, learner.employer_id, details.service_id, by)
    if learner.personal_data_removed_at is not None:
        raise NotAllowed("The personal data of this learner was removed, because its time was over.")
    number = _normal(details.number)
    hashed = hash_number(keyring, number)
    before = _description(learner)
    if hashed == learner.number_hash and before == description_of(details):
        return False
    if seen is not None and seen != seen_hash(learner):
        raise Stale("Somebody changed these details after you opened the page. Check them again below")
    if hashed != learner.number_hash:
        _refuse_new_number(session, learner, hashed)
        learner.number, learner.number_hash = encrypt_number(keyring, number), hashed
    _describe(learner, details)
    session.flush()
    changed = [name for name, value in _description(learner).items() if before[name] != value]
    bring_up_to_date(session, [claim for claim in claims_for(session, learner) if claim.state in CHANGEABLE], at)
    record(session, "change", ("learner", learner.id), by, at, details={"changed": changed or ["number"]})
    return True


def mark_left(
    session: Session, keyring: Keyring, learner: Learner, last_day: date | None, *, by: Actor, at: datetime
) -> bool:
    """Say that the learner left after ``last_day``, or for ``None`` that they did not. Returns whether that is new.

    Raises ``NotAllowed`` for a day before they began.
    """
    if last_day is not None and last_day < learner.employed_from:
        raise NotAllowed("The last day employed must be on or after the day they started working for you.")
    details = replace(details_of(keyring, learner), left_on=last_day)
    return change_learner(session, keyring, learner, details, by=by, at=at)


def remove_learner(session: Session, learner: Learner, *, by: Actor, at: datetime) -> None:
    """Forget somebody for whom nothing was ever claimed. The event stays.

    Raises ``NotAllowed`` where there is a claim, in whatever state: then they can be marked as left.
    """
    session.refresh(learner, with_for_update=True)
    if claims_for(session, learner):
        raise NotAllowed("There are claims for this learner, so they cannot be removed. Mark them as left instead.")
    record(session, "remove", ("learner", learner.id), by, at, employer_id=learner.employer_id)
    session.delete(learner)
    session.flush()


def details_of(keyring: Keyring, learner: Learner) -> LearnerDetails:
    """What is known of a learner, to be changed in part and given to ``change_learner``."""
    told: dict[str, Any] = _description(learner)
    return LearnerDetails(
        number=decrypt_number(keyring, learner.number), **(told | {"engagement": Engagement(learner.engagement)})
    )


def number_may_change(session: Session, learner: Learner) -> bool:
    """The number belongs to what was submitted, so it is fixed with the first claim beyond draft."""
    return all(claim.state == State.DRAFT for claim in claims_for(session, learner))


def _refuse_new_number(session: Session, learner: Learner, hashed: str) -> None:
    if not number_may_change(session, learner):
        raise NotAllowed(
            "A claim for this learner has been submitted with this National Insurance number. "
            "Withdraw the claim and claim anew with the right number."
        )
    if learner_numbered(session, learner.employer_id, hashed) is not None:
        raise NotAllowed("Another of your learners has this National Insurance number.")


def _refuse_unseen(session: Session, employer_id: int, service_id: int | None, by: Actor) -> None:
    if not by.sees(service_id):
        raise NotAllowed("Say in which of your services they work.")
    if service_id is not None:
        service = session.get(CareService, service_id)
        if service is None or service.employer_id != employer_id:
            raise NotAllowed("This is not a service of your organisation.")


@whole_sight()
def learner_numbered(session: Session, employer_id: int, hashed: str) -> Learner | None:
    """The employer's learner with this number, also one whom the person who asks does not see."""
    return session.scalars(
        select(Learner).where(Learner.employer_id == employer_id, Learner.number_hash == hashed)
    ).first()


def _normal(number: str) -> str:
    found = normal_national_insurance_number(number)
    if found is None:
        raise NotAllowed("This is not a National Insurance number. It has 2 letters, 6 numbers and a letter A to D.")
    return found


def _describe(learner: Learner, details: LearnerDetails) -> None:
    for name, value in description_of(details).items():
        setattr(learner, name, value)


def description_of(details: LearnerDetails) -> dict[str, object]:
    """What is kept of a learner besides the number, by the name of its column."""
    return {name: getattr(details, name) for name in DESCRIBED}


def _description(learner: Learner) -> dict[str, object]:
    return {name: getattr(learner, name) for name in DESCRIBED}
