"""Start a purchase, tell about it step by step, and give it up again."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypedDict, cast

from sqlalchemy import delete
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Act, Actor, NotAllowed, State
from claims.models import Claim, Evidence, Purchase
from claims.rules.facts import Part
from claims.rules.scheme import CourseEntry, FundingModel
from claims.services.drafting import CHANGEABLE, bring_up_to_date, hold, part_of, refuse_closed_for
from claims.services.moving import move
from claims.services.once import spend_token
from claims.services.recording import record
from claims.store.claims import claims_in, is_payment_questioned
from claims.store.facts import cost_shared
from claims.store.reference import listed_on
from claims.store.sight import whole_sight


class Details(TypedDict, total=False):
    """What may be told about a purchase; what is left out stays as it is."""

    course_code: str
    provider: str | None
    invoice_reference: str | None
    by_plan: bool | None
    paid_on: date | None
    second_payment_on: date | None
    cost_pence: int | None
    people_covered: int | None
    other_funding_pence: int | None
    apprenticeship: bool | None
    claimed_as: str | None
    started_on: date | None
    planned_end_on: date | None


ALWAYS = frozenset({"started_on", "planned_end_on"})
"""May be told at any time: a start date reaches drafts only."""
PAYMENT = frozenset(
    {
        "provider",
        "invoice_reference",
        "by_plan",
        "paid_on",
        "second_payment_on",
        "cost_pence",
        "people_covered",
        "other_funding_pence",
    }
)
"""Fixed by the first submission, except while an assessor asks about the payment."""


def start_purchase(session: Session, employer_id: int, course_code: str, by: Actor, at: datetime) -> Purchase:
    """A purchase of a course that is on the list today. Raises ``NotAllowed`` for any other code."""
    entry = _entry(session, course_code, at)
    purchase = Purchase(
        employer_id=employer_id,
        course_code=course_code,
        fund=entry.fund,
        claimed_as=_only_way(entry),
        apprenticeship=None,
        entered_by_id=by.person_id,
        created_at=at,
    )
    session.add(purchase)
    session.flush()
    record(session, "start", ("purchase", purchase.id), by, at, details={"course": course_code})
    return purchase


COPIED: tuple[str, ...] = (
    "provider",
    "by_plan",
    "cost_pence",
    "people_covered",
    "other_funding_pence",
    "apprenticeship",
    "claimed_as",
)
"""What the next purchase of the same course has in common with this one. Dates, invoice and learners are its own."""


def copy_purchase(
    session: Session, purchase: Purchase, by: Actor, at: datetime, *, token: str, leads_to: Callable[[int], str]
) -> Purchase:
    """Another purchase of the same course from the same provider, as far as they are alike; without learners.

    The form's ``token`` makes this happen once; ``leads_to`` gives the address of the new one from its id. Raises
    ``once.AlreadySent``, and ``NotAllowed`` when the course is on no list any more.
    """
    copy = start_purchase(session, purchase.employer_id, purchase.course_code, by, at)
    spend_token(session, token, leads_to(copy.id), by, at)
    told = {name: getattr(purchase, name) for name in COPIED}
    if (told["people_covered"] or 1) > 1 and (shared := cost_shared(purchase)) is not None:
        # A total is of one invoice; what it came to for each is what the next one begins with.
        told |= {
            "cost_pence": shared.cost_pence,
            "people_covered": 1,
            "other_funding_pence": shared.other_funding_pence,
        }
    if copy.claimed_as is not None:
        del told["claimed_as"]
    change_purchase(session, copy, cast("Details", told), by, at)
    return copy


@whole_sight()
def change_purchase(session: Session, purchase: Purchase, details: Details, by: Actor, at: datetime) -> bool:
    """Tell more about a purchase, or something else; its open claims follow. Returns whether anything changed.

    Raises ``NotAllowed`` for what the first submission has fixed, and before it ``moving.YearClosed`` for a payment
    date in a scheme year that is closed.
    """
    hold(session, purchase)
    told = {name: value for name, value in details.items() if getattr(purchase, name) != value}
    if not told:
        return False
    refused = [name for name in told if name not in may_change(session, purchase)]
    if refused:
        raise NotAllowed(
            "The first claim of this purchase has been submitted, so its course, cost, payment dates and "
            "payment evidence can no longer be changed."
        )
    if "paid_on" in told and purchase.fixed_at is None:
        # Once something was sent, only an answer to an assessor corrects the date, and claims that are under way go on.
        code = cast("str", told.get("course_code", purchase.course_code))
        refuse_closed_for(session, code, paid_on=cast("date | None", told["paid_on"]), completed_on=None, at=at)
    claims = [claim for claim in claims_in(session, purchase) if claim.state in CHANGEABLE]
    drafts = [claim for claim in claims if claim.state == State.DRAFT]
    if "started_on" in told:
        for claim in drafts:
            if claim.started_on in (purchase.started_on, None):
                claim.started_on = cast("date | None", told["started_on"])
    for name, value in told.items():
        setattr(purchase, name, value)
    if "course_code" in told:
        _follow_course(session, purchase, drafts, at)
    if "claimed_as" in told or "course_code" in told:
        for claim in drafts:
            if claim.part != Part.COMPLETION:
                claim.part = part_of(purchase)
    session.flush()
    bring_up_to_date(session, claims, at)
    record(session, "change", ("purchase", purchase.id), by, at, details=_worded(told))
    return True


@whole_sight()
def may_change(session: Session, purchase: Purchase) -> frozenset[str]:
    """The names in ``Details`` that may be told now."""
    if purchase.fixed_at is None:
        return frozenset(Details.__annotations__)
    if is_payment_questioned(session, purchase):
        return ALWAYS | PAYMENT
    return ALWAYS | {"second_payment_on"} if _awaits_second_payment(session, purchase) else ALWAYS


def _awaits_second_payment(session: Session, purchase: Purchase) -> bool:
    """The rest of a payment plan is told when it has been paid, before the completion is claimed."""
    claims = claims_in(session, purchase)
    return bool(purchase.by_plan) and all(claim.state == State.DRAFT or claim.part == Part.START for claim in claims)


@whole_sight()
def discard_purchase(session: Session, purchase: Purchase, by: Actor, at: datetime) -> None:
    """Give up a purchase of which nothing was submitted, with its drafts. Their events stay.

    Raises ``NotAllowed`` once something was submitted.
    """
    hold(session, purchase)
    if purchase.fixed_at is not None:
        raise NotAllowed("Claims of this purchase have been submitted, so it cannot be discarded.")
    claims = claims_in(session, purchase)
    session.execute(delete(Evidence).where(Evidence.purchase_id == purchase.id))
    for claim in claims:
        move(session, claim, Act.DISCARD, by, at)
    record(session, "discard", ("purchase", purchase.id), by, at, details={"course": purchase.course_code})
    session.delete(purchase)
    session.flush()


def _entry(session: Session, course_code: str, at: datetime) -> CourseEntry:
    entries = listed_on(session, london_date(at)).reference.courses.get(course_code)
    if not entries:
        raise NotAllowed("This course is not on the eligible list.")
    return entries[-1]


def _only_way(entry: CourseEntry) -> str | None:
    """All on completion, where 60/40 is not offered."""
    return None if entry.funding_model is FundingModel.SPLIT else "full"


def _follow_course(session: Session, purchase: Purchase, drafts: list[Claim], at: datetime) -> None:
    entry = _entry(session, purchase.course_code, at)
    purchase.fund = entry.fund
    purchase.claimed_as = _only_way(entry)
    if entry.is_internal_ommt:
        for name in PAYMENT:
            setattr(purchase, name, None)
    for claim in drafts:
        claim.course_code, claim.fund = purchase.course_code, purchase.fund


def _worded(told: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them. A provider may be a person, so names stay out of the chain."""
    kept = {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}
    return kept | {name: "changed" for name in ("provider", "invoice_reference") if name in kept}
