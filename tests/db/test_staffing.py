"""Accounts of the back office: roles, closing, authenticators, sessions; and always an administrator."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import Event, Person, Purchase, SignedInSession
from claims.services.holding import take
from claims.services.seeding import SYSTEM
from claims.services.sessions import actor_of, start_session
from claims.services.staffing import (
    change_role,
    close_account,
    end_sessions,
    reopen_account,
    reset_authenticator,
)
from tests.keys import KEYRING
from tests.stage import AT, Stage


def person(session: Session, who: Actor) -> Person:
    return session.get_one(Person, who.person_id)


def test_a_new_role_ends_sessions_and_is_an_event(stage: Stage) -> None:
    with stage.database.write() as session:
        token = start_session(session, stage.office.assessor, AT)
        asha = person(session, stage.office.assessor)
        assert change_role(session, asha, Role.LEAD_ASSESSOR, stage.office.administrator, AT)
        assert not change_role(session, asha, Role.LEAD_ASSESSOR, stage.office.administrator, AT)
        assert asha.staff_role == Role.LEAD_ASSESSOR
        assert actor_of(session, token, AT) is None
        event = session.scalars(select(Event).where(Event.act == "change-role")).one()
        assert event.details == {"from": "assessor", "to": "lead-assessor"}
        assert (event.about_id, event.by_id) == (asha.id, stage.office.administrator.person_id)


def test_nobody_changes_their_own_role_account_or_authenticator(stage: Stage) -> None:
    helen = stage.office.administrator
    with stage.database.write() as session:
        herself = person(session, helen)
        with pytest.raises(NotAllowed, match="your own role"):
            change_role(session, herself, Role.AUDITOR, helen, AT)
        with pytest.raises(NotAllowed, match="your own account"):
            close_account(session, herself, helen, AT)
        with pytest.raises(NotAllowed, match="your own authenticator"):
            reset_authenticator(session, KEYRING, herself, helen, AT)


def test_at_least_one_administrator_remains(stage: Stage) -> None:
    helen = stage.office.administrator
    with stage.database.write() as session:
        for act in (
            lambda: change_role(session, person(session, helen), Role.AUDITOR, SYSTEM, AT),
            lambda: close_account(session, person(session, helen), SYSTEM, AT),
        ):
            with pytest.raises(NotAllowed, match="at least one administrator"):
                act()
        change_role(session, person(session, stage.office.auditor), Role.ADMINISTRATOR, helen, AT)
    marcus = Actor(Role.ADMINISTRATOR, "Marcus Lindqvist", stage.office.auditor.person_id)
    with stage.database.write() as session:
        close_account(session, person(session, helen), marcus, AT)
    # What Helen sent at the same moment comes second, and finds that Marcus is the last.
    with stage.database.write() as session, pytest.raises(NotAllowed, match="at least one administrator"):
        close_account(session, person(session, stage.office.auditor), helen, AT)


def test_a_closed_account_signs_in_no_more_and_gives_back_what_it_held(stage: Stage) -> None:
    purchase_id = stage.submitted("Niamh O’Brien")
    with stage.database.write() as session:
        take(session, session.get_one(Purchase, purchase_id), stage.office.assessor, AT)
        token = start_session(session, stage.office.assessor, AT)
        asha = person(session, stage.office.assessor)
        before = asha.authenticator_secret
        close_account(session, asha, stage.office.administrator, AT)
        session.expire_all()
        assert actor_of(session, token, AT) is None
        assert session.get_one(Purchase, purchase_id).holder_id is None
        with pytest.raises(NotAllowed, match="closed"):
            change_role(session, asha, Role.AUDITOR, stage.office.administrator, AT)
        made = reopen_account(session, KEYRING, asha, stage.office.administrator, AT)
        assert made.authenticator_secret
        assert (asha.closed_at, asha.staff_role) == (None, "assessor")
        assert asha.authenticator_secret != before
        with pytest.raises(NotAllowed, match="cannot be opened again"):
            reopen_account(session, KEYRING, asha, stage.office.administrator, AT)


def test_an_authenticator_that_was_reset_has_another_secret_and_no_session(stage: Stage) -> None:
    with stage.database.write() as session:
        asha = person(session, stage.office.assessor)
        asha.authenticator_step, before = 7, asha.authenticator_secret
        token = start_session(session, stage.office.assessor, AT)
        made = reset_authenticator(session, KEYRING, asha, stage.office.administrator, AT)
        assert asha.authenticator_secret not in (None, before, made.authenticator_secret)
        assert asha.authenticator_step is None
        assert actor_of(session, token, AT) is None


def test_sessions_of_employers_people_are_ended_too_but_their_accounts_are_not_ours(stage: Stage) -> None:
    with stage.database.write() as session:
        start_session(session, stage.house.sro, AT)
        start_session(session, stage.house.sro, AT + timedelta(minutes=1))
        grace = person(session, stage.house.sro)
        assert end_sessions(session, grace, stage.office.administrator, AT) == 2
        assert not session.scalars(select(SignedInSession).where(SignedInSession.ended_at.is_(None))).all()
        with pytest.raises(NotAllowed, match="not an account of the back office"):
            close_account(session, grace, stage.office.administrator, AT)
