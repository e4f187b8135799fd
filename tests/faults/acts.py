"""What the server is killed in the middle of: the forms, and all that must have happened before they are sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from claims.demo import cast
from claims.lifecycle import Actor, State
from claims.models import Claim, Purchase
from claims.services.holding import take
from tests.keys import KEYRING
from tests.stage import AT, Stage, check_all

TOGETHER = 3
"""Claims that one form moves, so that moving only some of them would show."""
COST_PENCE = 10_000
FIRST_NUMBER = 1_000
"""The learners of these runs are numbered from here on; the cast's come before."""


@dataclass(frozen=True, slots=True)
class Task:
    """One form to be sent, and the claims that it moves."""

    who: Actor
    page: str
    """Where the form is."""
    filled: Mapping[str, list[str]]
    """What the person fills in; the rest of the form is sent as it stands."""
    leads_to: str
    """Where somebody who succeeds is led, as a pattern: that is the confirmation."""
    claims: tuple[int, ...]
    before: State
    after: State


def submit(stage: Stage, number: int) -> Task:
    """The submitter submits a purchase with its claims, all of them ready."""
    stage, learners = _with_newcomers(stage, number)
    with stage.database.write() as session:
        purchase_id = stage.drafted(session, learners, cost_pence=COST_PENCE).id
    return Task(
        who=stage.house.submitter,
        page=f"/purchases/{purchase_id}/check",
        filled={"declaration": ["yes"]},
        leads_to=f"/purchases/{purchase_id}/confirmation",
        claims=_claims_in(stage, purchase_id),
        before=State.DRAFT,
        after=State.SUBMITTED,
    )


def approve(stage: Stage, number: int) -> Task:
    """The assessor confirms that every claim of a purchase is approved."""
    stage, learners = _with_newcomers(stage, number)
    purchase_id = stage.submitted(*learners, cost_pence=COST_PENCE)
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        take(session, purchase, stage.office.assessor, AT)
        check_all(session, purchase, stage.office.assessor, AT, cost_pence=COST_PENCE)
    return Task(
        who=stage.office.assessor,
        page=f"/assessment/purchases/{purchase_id}/outcome",
        filled={},
        leads_to="/assessment",
        claims=_claims_in(stage, purchase_id),
        before=State.SUBMITTED,
        after=State.APPROVED,
    )


def draw_up(stage: Stage, number: int) -> Task:
    """Finance draws up a run of everything that is ready to pay."""
    stage, learners = _with_newcomers(stage, number)
    purchase_id = stage.approved(*learners, cost_pence=COST_PENCE)
    return Task(
        who=stage.office.finance,
        page=f"/payments/preview?year={cast.SCHEME_YEAR}",
        filled={},
        leads_to="/payments/runs/RUN-.*",
        claims=_claims_in(stage, purchase_id, State.APPROVED),
        before=State.APPROVED,
        after=State.IN_PAYMENT,
    )


ACTS = (submit, approve, draw_up)


def _with_newcomers(stage: Stage, number: int) -> tuple[Stage, tuple[str, ...]]:
    """The stage with ``TOGETHER`` learners nobody has claimed for, and their names."""
    with stage.database.write() as session:
        ids = {}
        for count in range(FIRST_NUMBER + number * TOGETHER, FIRST_NUMBER + (number + 1) * TOGETHER):
            name = ("Learner", f"No. {count}")
            unreal = cast.unreal_number(count)
            ids[" ".join(name)] = cast.learner(session, KEYRING, stage.house.employer_id, name, number=unreal, at=AT).id
    return replace(stage, house=replace(stage.house, learners=ids)), tuple(ids)


def _claims_in(stage: Stage, purchase_id: int, state: State | None = None) -> tuple[int, ...]:
    with stage.database.read() as session:
        claims = session.scalars(select(Claim).where(Claim.purchase_id == purchase_id).order_by(Claim.id))
        return tuple(claim.id for claim in claims if state in (None, claim.state))
