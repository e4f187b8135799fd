"""The queue: since when a purchase waits is right after every act, and pages follow one another along it."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.decisions import Answer
from claims.lifecycle import MOVES, Act, Actor, Role, State
from claims.models import Claim, Commitment, Purchase, Slot
from claims.services import sampling
from claims.services.answering import withdraw
from claims.services.checking import save_completion_check, save_payment_check
from claims.services.holding import take
from claims.services.moving import move
from claims.services.reopening import undo
from claims.services.upgrading import downgrade, upgrade
from claims.store.claims import claims_in
from claims.store.queue import Flag, QueueFilter, free_purchases, page_of_queue
from tests.stage import AT, Stage, check_all, confirm_shown

NIAMH, DANIEL, ZOFIA, IMRAN, CHLOE = (
    "Niamh O’Brien",
    "Daniel Mensah",
    "Zofia Kowalska",
    "Imran Siddiqui",
    "Chloe Bennett",
)
ACTS_OF_A_LIFE = 60
MINUTE = timedelta(minutes=1)


def kept(session: Session) -> dict[int, tuple[Any, int]]:
    """What the purchases say of themselves."""
    rows = session.execute(select(Purchase.id, Purchase.waiting_since, Purchase.waiting_claims).order_by(Purchase.id))
    return {id_: (since, claims) for id_, since, claims in rows if claims}


def counted(session: Session) -> dict[int, tuple[Any, int]]:
    """The same, slowly, from all claims there are."""
    rows = session.execute(
        select(Claim.purchase_id, func.min(Claim.submitted_at), func.count())
        .where(Claim.state == State.SUBMITTED)
        .group_by(Claim.purchase_id)
        .order_by(Claim.purchase_id)
    )
    return {id_: (since, claims) for id_, since, claims in rows}


@pytest.mark.parametrize("seed", range(3))
def test_since_when_a_purchase_waits_is_right_after_every_act(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)
    seen = set()
    with stage.database.write() as session:
        for learners in ((NIAMH, DANIEL), (ZOFIA, IMRAN, CHLOE)):
            stage.drafted(session, learners)
    for step in range(ACTS_OF_A_LIFE):
        at = AT + step * MINUTE
        with stage.database.write() as session:
            claims = session.scalars(select(Claim).where(Claim.part == "start").order_by(Claim.id)).all()
            possible = [(claim, act) for claim in claims for act in acts_of(State(claim.state))]
            if not possible:
                break
            claim, act = chance.choice(possible)
            do(session, stage, claim, act, at)
            # What the session holds of the purchase is what the table says.
            assert (claim.purchase.waiting_since, claim.purchase.waiting_claims) == counted(session).get(
                claim.purchase_id, (None, 0)
            ), act
            seen.add(act)
        with stage.database.read() as session:
            assert kept(session) == counted(session), act
            assert list(free_purchases(session, stage.office.lead, at, 9)) == [
                purchase_id for purchase_id, _ in sorted(kept(session).items(), key=lambda each: (each[1][0], each[0]))
            ]
    assert seen >= {Act.SUBMIT, Act.REQUEST_ACTION, Act.APPROVE, Act.UNDO}


def acts_of(state: State) -> list[Act]:
    """Those of assessing; a life that goes on is more use than one that ends."""
    return [act for origin, act in MOVES if origin == state and act not in {Act.DISCARD, Act.SCHEDULE, Act.WITHDRAW}]


def do(session: Session, stage: Stage, claim: Claim, act: Act, at: datetime) -> None:
    who = MOVES[State(claim.state), act].who
    by: Actor = stage.house.submitter if Role.SUBMITTER in who else stage.office.lead
    if act in {Act.SUBMIT, Act.RESUBMIT}:
        claim.first_submitted_at = claim.first_submitted_at or at
        claim.submitted_at = at
    if act is Act.APPROVE:
        claim.reimbursable_pence = claim.entitlement_pence = claim.payable_pence = 1
    move(session, claim, act, by, at, because="So it is")


def test_a_withdrawn_claim_does_not_wait(stage: Stage) -> None:
    purchase_id = stage.submitted(NIAMH, DANIEL)
    with stage.database.write() as session:
        purchase = session.get_one(Purchase, purchase_id)
        for left in (1, 0):
            claim = next(each for each in claims_in(session, purchase) if each.state == State.SUBMITTED)
            withdraw(session, claim, "Sent by mistake", by=stage.house.submitter, at=AT + MINUTE)
            assert purchase.waiting_claims == left
        assert purchase.waiting_since is None
        assert not session.scalars(select(Slot)).all()
    with stage.database.read() as session:
        assert not page_of_queue(session, stage.office.lead, AT).rows


def test_pages_follow_one_another_and_every_purchase_is_on_one(stage: Stage) -> None:
    # Two that came in at one instant are told apart by their ids.
    purchases = [stage.submitted(name) for name in (NIAMH, DANIEL, ZOFIA)]
    first = stage.submitted(IMRAN, at=AT - MINUTE)
    shown, after = [], None
    with stage.database.read() as session:
        while True:
            page = page_of_queue(session, stage.office.lead, AT, after=after, limit=2)
            shown.append([row.purchase_id for row in page.rows])
            after = page.after
            if after is None:
                break
        assert shown == [[first, purchases[0]], purchases[1:]]


@pytest.mark.parametrize(("committed", "near"), [(319_999_99, False), (320_000_00, True)])
def test_an_employer_is_near_its_cap_from_four_fifths_on(quick_stage: Stage, committed: int, near: bool) -> None:
    quick_stage.submitted(NIAMH)
    with quick_stage.database.write() as session:
        session.add(
            Commitment(
                employer_id=quick_stage.house.employer_id,
                fund="main",
                scheme_year="2025-26",
                cap_pence=400_000_00,
                committed_pence=committed,
            )
        )
    with quick_stage.database.read() as session:
        (row,) = page_of_queue(session, quick_stage.office.lead, AT).rows
        assert row.near_cap is near
        flagged = page_of_queue(session, quick_stage.office.lead, AT, QueueFilter(flag=Flag.NEAR_CAP)).rows
        assert bool(flagged) is near


def sampled_among_waiting(session: Session, viewer: Actor) -> list[int]:
    """Ids of the purchases with the flag, which the filter finds as well."""
    flagged = [row.purchase_id for row in page_of_queue(session, viewer, AT).rows if row.sample]
    found = page_of_queue(session, viewer, AT, QueueFilter(flag=Flag.SAMPLE)).rows
    assert [row.purchase_id for row in found] == flagged
    return flagged


def test_what_is_certain_to_go_to_the_quality_sample_is_flagged(
    quick_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "DRAWN_IN_A_HUNDRED", 0)
    lead, ben = quick_stage.office.lead, quick_stage.office.other_assessor
    first, second = quick_stage.submitted(NIAMH), quick_stage.submitted(DANIEL, ZOFIA)
    with quick_stage.database.write() as session:
        # Either would be the employer's first approval.
        assert sampled_among_waiting(session, lead) == [first, second]
        purchase = session.get_one(Purchase, first)
        take(session, purchase, ben, AT)
        check_all(session, purchase, ben, AT)
        (claim,) = confirm_shown(session, purchase, ben, AT, sampled=True)
        assert sampled_among_waiting(session, lead) == []
        undo(session, claim, lead, AT, because="Look again")
    quick_stage.approved(IMRAN)
    with quick_stage.database.read() as session:
        # An approval of one was undone; the other would not be the first any more.
        assert sampled_among_waiting(session, lead) == [first]


def test_a_purchase_is_flagged_while_another_of_its_claims_is_in_the_sample(
    quick_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "DRAWN_IN_A_HUNDRED", 100)
    lead, asha = quick_stage.office.lead, quick_stage.office.assessor
    quick_stage.approved(NIAMH)
    beside = quick_stage.submitted(DANIEL, ZOFIA)
    quick_stage.submitted(IMRAN)
    with quick_stage.database.write() as session:
        assert sampled_among_waiting(session, lead) == []
        purchase = session.get_one(Purchase, beside)
        take(session, purchase, asha, AT)
        save_payment_check(session, purchase, asha, AT, answer=Answer.YES, cost_pence=160_000, paid_in_full=True)
        save_completion_check(session, claims_in(session, purchase)[0], asha, AT, answer=Answer.YES)
        confirm_shown(session, purchase, asha, AT, sampled=True)
        assert sampled_among_waiting(session, lead) == [beside]


def test_the_migration_fills_in_what_waits_already(stage: Stage) -> None:
    stage.submitted(NIAMH, DANIEL)
    stage.submitted(ZOFIA, at=AT - MINUTE)
    with stage.database.read() as session:
        before = kept(session)
    downgrade(stage.database, "0018")
    upgrade(stage.database)
    with stage.database.read() as session:
        assert kept(session) == before == counted(session)
        assert len(before) == 2
