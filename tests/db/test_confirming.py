"""The second factor in the middle of a session: set up, shown once a session, replaced by recovery codes."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from claims.lifecycle import Actor, NotAllowed
from claims.models import Message, Person, RecoveryCode
from claims.services import confirming, proving, sessions, throttling
from claims.services.emailing_codes import Refusal
from tests.keys import KEYRING
from tests.stage import AT, Stage

STEP = timedelta(seconds=proving.STEP_SECONDS)
HERE = "192.0.2.1"


def start(stage: Stage, who: Actor | None = None, at=AT, browser: str = "") -> str:
    with stage.database.write() as session:
        return sessions.start_session(session, who or stage.house.sro, at, browser=browser)


def set_up(stage: Stage, token: str, *, code: str | None = None, at=AT, sealed: str | None = None):
    by = stage.house.sro
    offer = confirming.offer_authenticator(KEYRING, by.person_id, "grace.okafor@example.com", sealed)
    code = code or pyotp.TOTP(offer.secret).at(at)
    with stage.database.write() as session:
        return confirming.set_authenticator_up(
            session, KEYRING, sealed=offer.sealed, code=code, token=token, address=HERE, by=by, at=at
        )


def shown(stage: Stage, at) -> str:
    with stage.database.read() as session:
        secret = session.get_one(Person, stage.house.sro.person_id).authenticator_secret
    return proving.authenticator_code(KEYRING, secret, at)


def confirm(stage: Stage, token: str, typed: str, at=AT, address: str = HERE) -> Refusal | None:
    with stage.database.write() as session:
        by = stage.house.sro
        return confirming.confirm(session, KEYRING, typed=typed, token=token, address=address, by=by, at=at)


def is_confirmed(stage: Stage, token: str) -> bool:
    with stage.database.read() as session:
        return confirming.is_confirmed(session, token)


def test_setting_up_confirms_this_session_and_no_other(stage: Stage) -> None:
    token, other = start(stage), start(stage)
    codes = set_up(stage, token)
    assert len(set(codes)) == proving.RECOVERY_CODES
    assert is_confirmed(stage, token)
    assert not is_confirmed(stage, other)
    assert confirm(stage, other, shown(stage, AT + STEP), AT + STEP) is None
    assert is_confirmed(stage, other)
    with stage.database.read() as session:
        kinds = session.scalars(select(Message.kind)).all()
    assert kinds == [confirming.MESSAGE]


def test_a_wrong_code_sets_nothing_up(stage: Stage) -> None:
    token = start(stage)
    assert set_up(stage, token, code="000000") is Refusal.WRONG_AUTHENTICATOR
    assert not is_confirmed(stage, token)
    with stage.database.read() as session:
        assert session.get_one(Person, stage.house.sro.person_id).authenticator_secret is None


def test_what_was_offered_to_somebody_else_is_not_taken(stage: Stage) -> None:
    theirs = confirming.offer_authenticator(KEYRING, stage.house.submitter.person_id, "tom.bell@example.com")
    own = confirming.offer_authenticator(KEYRING, stage.house.sro.person_id, "x@example.com", theirs.sealed)
    assert own.secret != theirs.secret
    again = confirming.offer_authenticator(KEYRING, stage.house.sro.person_id, "x@example.com", own.sealed)
    assert again.secret == own.secret


def test_a_code_works_once_and_an_authenticator_is_replaced_only_by_its_owner(stage: Stage) -> None:
    set_up(stage, start(stage))
    other = start(stage)
    with pytest.raises(NotAllowed, match="Confirm with the authenticator or passkey that you have"):
        set_up(stage, other)
    code = shown(stage, AT + STEP)
    assert confirm(stage, other, code, AT + STEP) is None
    assert confirm(stage, start(stage), code, AT + STEP) is Refusal.WRONG_AUTHENTICATOR
    assert len(set_up(stage, other, at=AT + 2 * STEP)) == proving.RECOVERY_CODES


def test_a_recovery_code_stands_for_the_app_once_in_any_spelling(stage: Stage) -> None:
    codes = set_up(stage, start(stage))
    first, second = start(stage), start(stage)
    assert confirm(stage, first, codes[3].lower().replace("-", " ")) is None
    assert is_confirmed(stage, first)
    assert confirm(stage, second, codes[3]) is Refusal.WRONG_AUTHENTICATOR
    with stage.database.read() as session:
        assert proving.recovery_codes_left(session, stage.house.sro.person_id) == 9
        kept = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not {code.replace("-", "") for code in codes} & set(kept)


def test_new_recovery_codes_take_the_place_of_the_old(stage: Stage) -> None:
    token = start(stage)
    old = set_up(stage, token)
    by = stage.house.sro
    with stage.database.write() as session:
        new = confirming.renew_recovery_codes(session, KEYRING, token=token, by=by, at=AT)
    assert not set(old) & set(new)
    other = start(stage)
    assert confirm(stage, other, old[0]) is Refusal.WRONG_AUTHENTICATOR
    with pytest.raises(NotAllowed), stage.database.write() as session:
        confirming.renew_recovery_codes(session, KEYRING, token=other, by=by, at=AT)
    assert confirm(stage, other, new[0]) is None


def test_tries_are_limited_whatever_the_address(stage: Stage) -> None:
    codes = set_up(stage, start(stage))
    token = start(stage)
    for number in range(throttling.TRIES_PER_ACCOUNT):
        assert confirm(stage, token, "000000", address=f"198.51.100.{number}") is Refusal.WRONG_AUTHENTICATOR
    assert confirm(stage, token, codes[0]) is Refusal.TOO_MANY
    later = AT + throttling.COUNTED_FOR + timedelta(seconds=1)
    assert confirm(stage, token, codes[0], later) is None


def test_somebodys_sessions_are_listed_and_ended(stage: Stage) -> None:
    old = start(stage, at=AT - sessions.IDLE)
    here, there = start(stage, browser="Firefox on Windows"), start(stage, browser="Safari on iPhone")
    theirs = start(stage, stage.house.submitter)
    by = stage.house.sro
    with stage.database.write() as session:
        found = sessions.sessions_of(session, by, here, AT)
        assert [(each.browser, each.is_this_one) for each in found] == [
            ("Firefox on Windows", True),
            ("Safari on iPhone", False),
        ]
        assert sessions.end_own_session(session, found[1].id, by, AT)
        assert not sessions.end_own_session(session, found[1].id, stage.house.submitter, AT)
    with stage.database.read() as session:
        alive = [sessions.actor_of(session, token, AT) is not None for token in (old, here, there, theirs)]
    assert alive == [False, True, False, True]
    start(stage)
    with stage.database.write() as session:
        assert sessions.end_other_sessions(session, here, by, AT) == 1
        assert [each.is_this_one for each in sessions.sessions_of(session, by, here, AT)] == [True]


def test_a_new_browser_is_told_of_by_email_and_a_known_one_is_not(stage: Stage) -> None:
    def sign_in(browser_token: str) -> int:
        with stage.database.write() as session:
            sessions.note_browser(
                session, KEYRING, browser_token=browser_token, described="Firefox", by=stage.house.sro, at=AT
            )
            return len(session.scalars(select(Message).where(Message.kind == sessions.MESSAGE)).all())

    assert sign_in("first") == 0
    assert sign_in("first") == 0
    assert sign_in("second") == 1
    assert sign_in("second") == 1
