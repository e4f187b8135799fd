"""Open draft claims, and keep up to date what is worked out of them."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from claims.clock import london_date
from claims.lifecycle import Actor, NotAllowed, State
from claims.models import Claim, Learner, Purchase
from claims.references import ALPHABET, RANDOM_CHARACTERS, base_from
from claims.rules.deadlines import last_day_to_claim
from claims.rules.facts import Part
from claims.rules.scheme import Fund, Reference
from claims.rules.wording import in_words
from claims.services.moving import refuse_closed
from claims.services.recording import record
from claims.store.claims import completion_of
from claims.store.facts import Decided, training_of, year_decided, year_of
from claims.store.reference import listed_on

CHANGEABLE = frozenset({State.DRAFT, State.NEEDS_ACTION})
"""States in which the employer may change what a claim says."""


class Stale(NotAllowed):
    """The page was made before somebody changed what it shows."""


def refuse_stale(claim: Claim, changes: int | None) -> None:
    """Raise ``Stale`` when the page showed an older count of changes than the claim has now; ``None`` is not asked."""
    if changes is not None and changes != claim.changes:
        raise Stale("Somebody changed this claim after you opened the page. Check it again below.")


def hold(session: Session, purchase: Purchase) -> None:
    """Lock the purchase to the end of the transaction, so that two tabs change it one after the other."""
    session.flush()
    session.refresh(purchase, with_for_update=True)


def part_of(purchase: Purchase) -> Part:
    """The part that new claims of the purchase get."""
    return Part.START if purchase.claimed_as == "split" else Part.FULL


def open_draft(
    session: Session,
    purchase: Purchase,
    learner: Learner,
    by: Actor,
    at: datetime,
    *,
    started_on: date | None = None,
    completed_on: date | None = None,
) -> Claim:
    """A draft for one learner of the purchase, who started with the others unless ``started_on`` says otherwise.

    Raises ``moving.YearClosed`` when it would lie in a scheme year that is closed: it could never be sent.
    """
    refuse_closed_for(session, purchase.course_code, paid_on=purchase.paid_on, completed_on=completed_on, at=at)
    claim = Claim(
        base=base_from([secrets.randbelow(len(ALPHABET)) for _ in range(RANDOM_CHARACTERS)]),
        part=part_of(purchase),
        state=State.DRAFT,
        employer_id=purchase.employer_id,
        purchase=purchase,
        learner=learner,
        course_code=purchase.course_code,
        fund=purchase.fund,
        started_on=started_on or purchase.started_on,
        completed_on=completed_on,
        entered_by_id=by.person_id,
        created_at=at,
    )
    return _opened(session, claim, by, at)


def refuse_closed_for(
    session: Session, course_code: str, *, paid_on: date | None, completed_on: date | None, at: datetime
) -> None:
    """Raise ``moving.YearClosed`` for training of a scheme year that is closed.

    Only a date that decides the year is asked: nothing is refused while it is not known.
    """
    reference = listed_on(session, london_date(at)).reference
    if (decided := year_decided(reference, course_code, paid_on, completed_on)) is not None:
        refuse_closed(session, decided.year.name, say_closed(decided))


def say_closed(decided: Decided) -> str:
    """That nothing more can be claimed for training of a closed year, as a sentence."""
    what = "completed" if decided.by_completion else "paid for"
    return (
        f"Scheme year {decided.year.name} is closed, so training that was {what} on {in_words(decided.on)} can no "
        "longer be claimed for."
    )


def open_completion(session: Session, start_claim: Claim, by: Actor, at: datetime) -> Claim:
    """The completion claim of an approved start claim, as a draft; the one there is, if there is one."""
    there = completion_of(session, start_claim)
    if there is not None:
        return there
    claim = Claim(
        base=start_claim.base,
        part=Part.COMPLETION,
        state=State.DRAFT,
        employer_id=start_claim.employer_id,
        purchase=start_claim.purchase,
        learner=start_claim.learner,
        start_claim=start_claim,
        course_code=start_claim.course_code,
        fund=start_claim.fund,
        started_on=start_claim.started_on,
        entered_by_id=start_claim.entered_by_id,
        created_at=at,
    )
    return _opened(session, claim, by, at)


def _opened(session: Session, claim: Claim, by: Actor, at: datetime) -> Claim:
    session.add(claim)
    session.flush()
    record(
        session,
        "open",
        ("claim", claim.id),
        by,
        at,
        employer_id=claim.employer_id,
        change=(None, State.DRAFT),
        details={"reference": claim.reference, "purchase": claim.purchase_id, "course": claim.course_code},
    )
    bring_up_to_date(session, [claim], at)
    return claim


def bring_up_to_date(session: Session, claims: Iterable[Claim], at: datetime) -> None:
    """Work out scheme year and last day to claim again, and count a change, after anything a claim says has changed."""
    today = london_date(at)
    reference = listed_on(session, today).reference
    for claim in claims:
        note_deadline(claim, reference, today)
        # Also when neither moved: an open page that shows the claim shows something else than what is so now.
        flag_modified(claim, "last_day_on")
    session.flush()


def note_deadline(claim: Claim, reference: Reference, today: date) -> None:
    year = year_of(claim, reference, today)
    training = training_of(claim)
    claim.scheme_year = year.name
    claim.last_day_on = last_day_to_claim(Part(claim.part), Fund(claim.fund), training, year)
