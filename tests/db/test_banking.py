"""Bank details: given by the officer, verified or refused by a second person, never in the clear."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import BankAccount, Employer, Event, Membership, Message
from claims.services import banking
from claims.services.claiming import has_bank_details
from claims.services.sealing import decrypt_account
from claims.store.banking import current_account, describe_account, latest_account, waiting_accounts
from claims.store.ready import RunFilter, ready_claims
from tests.keys import KEYRING
from tests.stage import AT, Stage

NUMBERS = {"account_name": "Hartley House Care Ltd", "sort_code": "309430", "account_number": "00733445"}
MINUTE = timedelta(minutes=1)


def give(stage: Stage, by: Actor | None = None, at=AT, **changed: str) -> int:
    with stage.database.write() as session:
        return banking.give_account(session, KEYRING, **{**NUMBERS, **changed}, by=by or stage.house.sro, at=at).id


def verify(stage: Stage, account_id: int, by: Actor | None = None) -> None:
    with stage.database.write() as session:
        banking.verify_account(session, account_id, by or stage.office.lead, AT + MINUTE)


def refuse(stage: Stage, account_id: int, because: str = "The bank knows no such account.") -> None:
    with stage.database.write() as session:
        banking.refuse_account(session, account_id, stage.office.lead, AT + MINUTE, because=because)


def letters(stage: Stage, kind: str = banking.MESSAGE) -> list[Message]:
    with stage.database.read() as session:
        return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def held_because(stage: Stage) -> set[str]:
    with stage.database.read() as session:
        return {claim.held_because for claim in ready_claims(session, RunFilter("2025-26"))}


def test_a_change_is_told_to_the_officer_and_holds_payments_until_a_second_person_verified_it(stage: Stage) -> None:
    stage.approved("Zofia Kowalska")
    assert held_because(stage) == {""}
    account_id = give(stage)
    assert held_because(stage) == {"The bank details have not been verified."}
    told = letters(stage)
    assert [each.person_id for each in told] == [stage.house.sro.person_id]
    assert "****3445" in told[0].text
    with stage.database.read() as session:
        assert [(each.account_id, each.is_first, each.approved_claims) for each in waiting_accounts(session)] == [
            (account_id, False, 1)
        ]
    verify(stage, account_id)
    assert held_because(stage) == {""}
    assert len(letters(stage)) == 2
    with stage.database.read() as session:
        assert waiting_accounts(session) == []
        kept = current_account(session, stage.house.employer_id)
        assert (kept.id, kept.verified_by_id) == (account_id, stage.office.lead.person_id)
        assert decrypt_account(KEYRING, kept.account_number) == "00733445"
        assert decrypt_account(KEYRING, kept.sort_code) == "309430"


def test_the_numbers_stand_nowhere_in_the_clear(stage: Stage) -> None:
    verify(stage, give(stage))
    with stage.database.read() as session:
        rows = [*session.scalars(select(BankAccount)), *session.scalars(select(Message))]
        rows += list(session.scalars(select(Event)))
        written = " ".join(str(value) for row in rows for value in vars(row).values())
    assert "00733445" not in written
    assert "733445" not in written
    assert "309430" not in written


def test_only_the_officer_of_a_registered_employer_gives_them(stage: Stage) -> None:
    for nobody in (stage.house.submitter, stage.office.lead, stage.office.finance):
        with pytest.raises(NotAllowed, match="Only the senior responsible officer"):
            give(stage, nobody)
    with stage.database.write() as session:
        session.get_one(Employer, stage.house.employer_id).registration = "sent"
    with pytest.raises(NotAllowed, match="once your organisation is registered"):
        give(stage)


def test_the_same_account_given_again_changes_nothing(stage: Stage) -> None:
    account_id = give(stage)
    verify(stage, account_id)
    assert give(stage, at=AT + 2 * MINUTE) == account_id
    assert len(letters(stage)) == 2
    assert give(stage, at=AT + 2 * MINUTE, account_name="Hartley House") != account_id


def test_only_a_lead_assessor_who_does_not_belong_to_the_employer_verifies(stage: Stage) -> None:
    account_id = give(stage)
    for nobody in (stage.office.assessor, stage.office.finance, stage.office.administrator, stage.house.sro):
        with pytest.raises(NotAllowed, match="Only a lead assessor"):
            verify(stage, account_id, nobody)
    giver = Actor(Role.LEAD_ASSESSOR, "Grace Okafor", stage.house.sro.person_id)
    with pytest.raises(NotAllowed, match="You belong to this employer"):
        verify(stage, account_id, giver)
    with stage.database.write() as session:
        membership = Membership(
            employer_id=stage.house.employer_id,
            person_id=stage.office.lead.person_id,
            role=Role.SUBMITTER,
            joined_at=AT,
        )
        session.add(membership)
    with pytest.raises(NotAllowed, match="You belong to this employer"):
        verify(stage, account_id)
    with pytest.raises(NotAllowed, match="You belong to this employer"):
        refuse(stage, account_id)


def test_what_is_refused_is_told_with_the_reason_and_must_be_given_again(stage: Stage) -> None:
    account_id = give(stage)
    with pytest.raises(NotAllowed, match="Give a reason"):
        refuse(stage, account_id, "  ")
    refuse(stage, account_id)
    assert "The bank knows no such account." in letters(stage)[-1].text
    with stage.database.read() as session:
        assert not has_bank_details(session, stage.house.employer_id)
        assert latest_account(session, stage.house.employer_id).refused_because == "The bank knows no such account."
    with pytest.raises(NotAllowed, match="given other bank details since, or these were refused"):
        verify(stage, account_id)
    assert give(stage, at=AT + 2 * MINUTE) != account_id


def test_nothing_is_decided_twice_or_after_a_change(stage: Stage) -> None:
    first = give(stage)
    second = give(stage, at=AT + MINUTE, account_number="12345678")
    with pytest.raises(NotAllowed, match="given other bank details since"):
        verify(stage, first)
    verify(stage, second)
    with pytest.raises(NotAllowed, match="verified already"):
        verify(stage, second)
    with pytest.raises(NotAllowed, match="verified already"):
        refuse(stage, second)


def test_an_account_that_another_employer_gave_is_shown_to_the_lead(stage: Stage) -> None:
    give(stage)
    account_id = give(stage, stage.meadow.sro)
    with stage.database.read() as session:
        assert describe_account(session, account_id).also_given_by == ("Hartley House Care Ltd",)
