"""Whoever lost everything they prove with starts over, and nothing of what they had works any more."""

import pytest
from sqlalchemy import select

from claims.lifecycle import NotAllowed
from claims.models import Event, Message, Person, SignedInSession
from claims.services.recording import verify
from claims.services.seeding import SYSTEM
from claims.services.starting_over import StartedOver, start_over
from claims.store.passkeys import second_factors_of
from tests.db.test_confirming import set_up, start
from tests.db.test_passkeys import added
from tests.keys import KEYRING
from tests.stage import AT, Stage


def go(stage: Stage, email: str) -> StartedOver:
    with stage.database.write() as session:
        return start_over(session, KEYRING, email=email, by=SYSTEM, at=AT)


def email_of(stage: Stage, person_id: int) -> str:
    with stage.database.read() as session:
        return session.get_one(Person, person_id).email


def test_an_employers_person_keeps_nothing_is_signed_out_and_told(stage: Stage) -> None:
    token = start(stage)
    set_up(stage, token)
    sro = stage.house.sro.person_id
    found = go(stage, f" {email_of(stage, sro).upper()} ")
    assert found.authenticator_secret is None
    with stage.database.read() as session:
        assert not second_factors_of(session, sro)
        assert all(each.ended_at for each in session.scalars(select(SignedInSession)) if each.person_id == sro)
        assert "start-over" in session.scalars(select(Event.act)).all()
        subjects = session.scalars(select(Message.subject).where(Message.person_id == sro)).all()
        assert "Set up your second proof again" in subjects
        assert verify(session)[1] == []


def test_passkeys_and_recovery_codes_go_too_and_those_of_others_stay(stage: Stage) -> None:
    added(stage)
    added(stage, stage.meadow.sro)
    go(stage, email_of(stage, stage.house.sro.person_id))
    with stage.database.read() as session:
        gone = second_factors_of(session, stage.house.sro.person_id)
        kept = second_factors_of(session, stage.meadow.sro.person_id)
        assert (gone.passkeys, kept.passkeys) == (0, 1)


def test_the_back_office_is_given_a_new_secret(stage: Stage) -> None:
    person = stage.office.administrator.person_id
    with stage.database.read() as session:
        before = session.get_one(Person, person).authenticator_secret
    secret = go(stage, email_of(stage, person)).authenticator_secret
    with stage.database.read() as session:
        kept = session.get_one(Person, person).authenticator_secret
        assert kept is not None
        assert kept != before
        assert KEYRING.decrypt(kept, "person.authenticator_secret") == secret


def test_nobody_and_a_closed_account_do_not_start_over(stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="Nobody has"):
        go(stage, "nobody@example.org")
    with stage.database.write() as session:
        session.get_one(Person, stage.house.sro.person_id).closed_at = AT
    with pytest.raises(NotAllowed, match="is closed"):
        go(stage, email_of(stage, stage.house.sro.person_id))
