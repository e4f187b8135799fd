"""What is ready to pay and what is held: as a list, as pages, and added up by the database, always the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import CursorResult, and_, func, select, update
from sqlalchemy.orm import Session

from claims.models import BankAccount, Claim, Commitment, Employer, SampledApproval
from claims.rules.scheme import Fund
from claims.store.ready import RunFilter, ready_claims, ready_page
from claims.store.ready_sums import ready_sums
from claims.store.reference import from_files
from tests.stage import AT, Stage

NIAMH, DANIEL = "Niamh O’Brien", "Daniel Mensah"
YEAR = RunFilter("2025-26")
NEXT_DAY = AT + timedelta(days=1)


def test_what_is_ready_is_added_up_by_the_database_as_it_is_listed(stage: Stage) -> None:
    stage.approved(NIAMH, DANIEL)
    stage.approved("Zofia Kowalska", at=NEXT_DAY)
    with stage.database.read() as session:
        claims = ready_claims(session, YEAR)
        (added_up,) = ready_sums(session, YEAR, largest=50)
        (group,) = added_up.largest
        assert (group.employer, added_up.held_because, added_up.groups) == ("Hartley House Care Ltd", "", 1)
        for each in (group, added_up):
            assert (each.claims, each.pence) == (3, sum(each.amount_pence for each in claims))
            assert each.first_approved_at == AT
        page = ready_page(session, YEAR, 1, held=False)
        assert {each.claim_id for each in page.claims} == {each.claim_id for each in claims}
        assert not page.more
        earlier = replace(YEAR, approved_to=AT.date())
        assert [each.claims for each in ready_sums(session, earlier, largest=50)] == [2]
        assert len(ready_claims(session, earlier)) == 2
        assert ready_claims(session, replace(YEAR, approved_to=AT.date() - timedelta(days=1))) == []
    with stage.database.write() as session:
        session.execute(update(Employer).where(Employer.id == stage.house.employer_id).values(suspended=True))
    with stage.database.read() as session:
        (held,) = ready_sums(session, YEAR, largest=50)
        assert (held.held_because, held.claims) == ("The employer is suspended.", 3)
        assert len(ready_page(session, YEAR, 1, held=True).claims) == 3


def suspend_it(session: Session, stage: Stage) -> None:
    session.execute(update(Employer).where(Employer.id == stage.house.employer_id).values(suspended=True))


def take_its_account(session: Session, stage: Stage) -> None:
    mine = BankAccount.employer_id == stage.house.employer_id
    session.execute(update(BankAccount).where(mine).values(replaced_at=AT))


def forget_that_it_was_verified(session: Session, stage: Stage) -> None:
    mine = BankAccount.employer_id == stage.house.employer_id
    session.execute(update(BankAccount).where(mine).values(verified_at=None))


def promise_a_penny_too_much(session: Session, stage: Stage) -> None:
    (cap,) = (year.cap_pence(Fund.MAIN) for year in from_files().years if year.name == "2025-26")
    assert cap is not None
    mine = and_(Commitment.employer_id == stage.house.employer_id, Commitment.fund == "main")
    session.execute(update(Commitment).where(mine).values(committed_pence=cap + 1, cap_pence=cap + 1))


def promise_the_whole_cap(session: Session, stage: Stage) -> None:
    promise_a_penny_too_much(session, stage)
    mine = and_(Commitment.employer_id == stage.house.employer_id, Commitment.fund == "main")
    session.execute(update(Commitment).where(mine).values(committed_pence=Commitment.committed_pence - 1))


def ask_a_lead_about_the_first(session: Session, _stage: Stage) -> None:
    first = select(func.min(Claim.id)).where(Claim.state == "approved").scalar_subquery()
    unanswered = {"answer": None, "answered_at": None, "answered_by_id": None}
    asked = session.execute(update(SampledApproval).where(SampledApproval.claim_id == first).values(unanswered))
    assert cast("CursorResult[Any]", asked).rowcount == 1


@pytest.mark.parametrize(
    ("happens", "held"),
    [
        (lambda *_: None, 0),
        (suspend_it, 3),
        (take_its_account, 3),
        (forget_that_it_was_verified, 3),
        (promise_a_penny_too_much, 1),
        (promise_the_whole_cap, 0),
        (ask_a_lead_about_the_first, 1),
    ],
)
def test_the_pages_of_what_is_ready_and_of_what_is_held_share_out_the_list(
    stage: Stage, happens: Callable[[Session, Stage], None], held: int
) -> None:
    stage.approved(NIAMH)
    two = stage.approved(DANIEL, "Zofia Kowalska")
    with stage.database.write() as session:
        session.execute(update(Claim).where(Claim.purchase_id == two).values(fund="ommt"))
        happens(session, stage)
    with stage.database.read() as session:
        listed = {each.claim_id: each.held_because for each in ready_claims(session, YEAR)}
        assert len(listed) == 3
        of_held = {each.claim_id: each.held_because for each in ready_page(session, YEAR, 1, held=True).claims}
        of_ready = {each.claim_id: each.held_because for each in ready_page(session, YEAR, 1, held=False).claims}
        assert of_held == {claim: why for claim, why in listed.items() if why}
        assert of_ready == {claim: why for claim, why in listed.items() if not why}
        assert len(of_held) == held


def test_only_the_largest_payments_are_given_out_and_all_are_added_up(stage: Stage) -> None:
    stage.approved(NIAMH)
    two = stage.approved(DANIEL, "Zofia Kowalska")
    with stage.database.write() as session:
        session.execute(update(Claim).where(Claim.purchase_id == two).values(fund="ommt"))
    with stage.database.read() as session:
        (added_up,) = ready_sums(session, YEAR, largest=1)
        assert [each.fund for each in added_up.largest] == ["ommt"]
        assert (added_up.groups, added_up.claims) == (2, 3)
        assert added_up.pence == sum(each.amount_pence for each in ready_claims(session, YEAR))
        assert [each.largest for each in ready_sums(session, YEAR, largest=0)] == [()]
