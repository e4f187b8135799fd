"""Signing in: codes that work once, soon, and only where they were asked for; sessions that end in time."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from claims.db import Database
from claims.demo import cast
from claims.lifecycle import Role
from claims.models import Event, Membership, Message, Person, SignedInSession, SignInAttempt, SignInCode
from claims.services import emailing_codes, proving, sessions, signing_in, throttling
from claims.services.emailing_codes import Refusal
from claims.services.recording import verify
from claims.services.signing_in import Choose, SignedIn
from tests.keys import KEYRING

AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
BEFORE = AT - timedelta(days=200)
GRACE = "grace.okafor@example.com"
ASHA = "asha.rahman@example.org"
SECOND = timedelta(seconds=1)


@pytest.fixture
def peopled(database: Database) -> Database:
    with database.write() as session:
        cast.hartley_house(session, KEYRING, BEFORE)
        cast.meadow_view(session, KEYRING, BEFORE)
    return database


def ask(
    database: Database, email: str = GRACE, *, browser: str = "browser", address: str = "192.0.2.1", at: datetime = AT
) -> Refusal | None:
    with database.write() as session:
        return emailing_codes.ask_for_code(session, KEYRING, email=email, browser_token=browser, address=address, at=at)


def emailed_code(database: Database) -> str:
    with database.read() as session:
        text = session.scalars(select(Message.text).order_by(Message.id.desc()).limit(1)).one()
    return re.search(r"\b\d{6}\b", text).group()


def enter(
    database: Database,
    code: str,
    email: str = GRACE,
    *,
    browser: str = "browser",
    address: str = "192.0.2.1",
    at: datetime = AT,
    authenticator: str = "",
    employer_id: int | None = None,
) -> SignedIn | Choose | Refusal:
    with database.write() as session:
        return signing_in.enter_code(
            session,
            KEYRING,
            email=email,
            code=code,
            browser_token=browser,
            address=address,
            at=at,
            authenticator_code=authenticator,
            employer_id=employer_id,
        )


def signed_in(database: Database, at: datetime = AT) -> str:
    ask(database, at=at)
    answer = enter(database, emailed_code(database), at=at)
    assert isinstance(answer, SignedIn)
    return answer.token


def actor(database: Database, token: str, at: datetime):
    with database.read() as session:
        return sessions.actor_of(session, token, at)


def authenticator(database: Database, at: datetime, email: str = ASHA) -> str:
    with database.read() as session:
        secret = session.scalars(select(Person.authenticator_secret).where(Person.email == email)).one()
    return proving.authenticator_code(KEYRING, secret, at)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_emailed_code_signs_in_for_the_employer(peopled: Database) -> None:
    ask(peopled)
    answer = enter(peopled, emailed_code(peopled))
    assert isinstance(answer, SignedIn)
    assert (answer.actor.role, answer.actor.name) == (Role.SRO, "Grace Okafor")
    assert actor(peopled, answer.token, AT) == answer.actor
    with peopled.read() as session:
        assert verify(session)[1] == []
        assert session.scalars(select(Event.act).order_by(Event.number.desc()).limit(1)).one() == "sign-in"


def test_spaces_in_a_code_and_capitals_in_an_address_do_not_matter(peopled: Database) -> None:
    ask(peopled, " Grace.Okafor@Example.com ")
    code = emailed_code(peopled)
    assert isinstance(enter(peopled, f" {code[:3]} {code[3:]} ", "GRACE.OKAFOR@EXAMPLE.COM"), SignedIn)


def test_nothing_says_whether_there_is_an_account(peopled: Database) -> None:
    answers = [ask(peopled, email) for email in (GRACE, "nobody@example.com")]
    assert answers == [None, None]
    assert enter(peopled, other_than(emailed_code(peopled))) is Refusal.WRONG_CODE
    assert enter(peopled, "123456", "nobody@example.com") is Refusal.WRONG_CODE
    with peopled.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_an_unknown_address_meets_the_same_limit_as_a_known_one(peopled: Database) -> None:
    for email in (GRACE, "nobody@example.com"):
        answers = [ask(peopled, email) for _ in range(throttling.TRIES_PER_ACCOUNT + 1)]
        assert answers == [None] * throttling.TRIES_PER_ACCOUNT + [Refusal.TOO_MANY]


def test_a_code_works_once(peopled: Database) -> None:
    ask(peopled)
    code = emailed_code(peopled)
    assert isinstance(enter(peopled, code), SignedIn)
    assert enter(peopled, code) is Refusal.WRONG_CODE


def test_a_code_works_to_the_last_second_of_its_15_minutes(peopled: Database) -> None:
    ask(peopled)
    assert isinstance(enter(peopled, emailed_code(peopled), at=AT + timedelta(minutes=15) - SECOND), SignedIn)


def test_a_code_is_too_old_after_15_minutes(peopled: Database) -> None:
    ask(peopled)
    assert enter(peopled, emailed_code(peopled), at=AT + timedelta(minutes=15)) is Refusal.WRONG_CODE


def test_a_code_works_only_in_the_browser_that_asked(peopled: Database) -> None:
    ask(peopled, browser="one")
    assert enter(peopled, emailed_code(peopled), browser="another") is Refusal.WRONG_CODE
    assert isinstance(enter(peopled, emailed_code(peopled), browser="one"), SignedIn)


def test_a_code_works_only_for_the_account_it_was_sent_to(peopled: Database) -> None:
    ask(peopled)
    assert enter(peopled, emailed_code(peopled), "tom.bell@example.com") is Refusal.WRONG_CODE


def test_after_four_wrong_codes_the_right_one_still_works(peopled: Database) -> None:
    ask(peopled)
    code = emailed_code(peopled)
    for _ in range(throttling.TRIES_PER_ACCOUNT - 1):
        assert enter(peopled, other_than(code)) is Refusal.WRONG_CODE
    assert isinstance(enter(peopled, code), SignedIn)


def test_after_five_wrong_codes_even_the_right_one_is_refused_from_anywhere(peopled: Database) -> None:
    ask(peopled)
    code = emailed_code(peopled)
    for number in range(throttling.TRIES_PER_ACCOUNT):
        assert enter(peopled, other_than(code), address=f"192.0.2.{number}") is Refusal.WRONG_CODE
    assert enter(peopled, code, address="192.0.2.99") is Refusal.TOO_MANY


def test_tries_count_for_15_minutes(peopled: Database) -> None:
    for _ in range(throttling.TRIES_PER_ACCOUNT):
        assert ask(peopled) is None
    assert ask(peopled, at=AT + timedelta(minutes=15) - SECOND) is Refusal.TOO_MANY
    assert ask(peopled, at=AT + timedelta(minutes=15)) is None


def test_tries_that_are_refused_do_not_lengthen_the_wait(peopled: Database) -> None:
    for _ in range(throttling.TRIES_PER_ACCOUNT):
        ask(peopled)
    for minute in range(15):
        assert ask(peopled, at=AT + timedelta(minutes=minute)) is Refusal.TOO_MANY
    assert ask(peopled, at=AT + timedelta(minutes=15)) is None


def test_one_address_may_not_try_for_account_after_account(peopled: Database) -> None:
    for number in range(throttling.TRIES_PER_ADDRESS):
        assert ask(peopled, f"person{number}@example.com") is None
    assert ask(peopled) is Refusal.TOO_MANY
    assert ask(peopled, address="192.0.2.2") is None


def test_wrong_codes_from_one_address_are_limited_across_accounts(peopled: Database) -> None:
    for number in range(throttling.TRIES_PER_ADDRESS):
        assert enter(peopled, "123456", f"person{number}@example.com") is Refusal.WRONG_CODE
    assert enter(peopled, "123456") is Refusal.TOO_MANY


def test_what_is_counted_holds_no_address_in_plain(peopled: Database) -> None:
    ask(peopled)
    with peopled.read() as session:
        kept = session.scalars(select(SignInAttempt.about_hash)).all()
        code = session.scalars(select(SignInCode)).one()
    assert len(kept) == 2
    assert not any("grace" in one or "192.0.2" in one for one in kept)
    assert emailed_code(peopled) not in code.code_hash
    assert code.browser_hash != "browser"


def test_the_back_office_needs_an_authenticator_code_too(peopled: Database) -> None:
    ask(peopled, ASHA)
    code = emailed_code(peopled)
    assert enter(peopled, code, ASHA) is Refusal.AUTHENTICATOR_NEEDED
    answer = enter(peopled, code, ASHA, authenticator=authenticator(peopled, AT))
    assert isinstance(answer, SignedIn)
    assert (answer.actor.role, answer.actor.employer_id) == (Role.ASSESSOR, None)


def test_a_wrong_emailed_code_does_not_say_that_an_authenticator_is_needed(peopled: Database) -> None:
    ask(peopled, ASHA)
    wrong = other_than(emailed_code(peopled))
    assert enter(peopled, wrong, ASHA, authenticator=authenticator(peopled, AT)) is Refusal.WRONG_CODE


def test_a_wrong_authenticator_code_counts_as_a_try(peopled: Database) -> None:
    ask(peopled, ASHA)
    code, right = emailed_code(peopled), authenticator(peopled, AT)
    for _ in range(throttling.TRIES_PER_ACCOUNT):
        assert enter(peopled, code, ASHA, authenticator=other_than(right)) is Refusal.WRONG_AUTHENTICATOR
    assert enter(peopled, code, ASHA, authenticator=right) is Refusal.TOO_MANY


def test_an_authenticator_code_works_once(peopled: Database) -> None:
    right = authenticator(peopled, AT)
    ask(peopled, ASHA)
    assert isinstance(enter(peopled, emailed_code(peopled), ASHA, authenticator=right), SignedIn)
    ask(peopled, ASHA)
    assert enter(peopled, emailed_code(peopled), ASHA, authenticator=right) is Refusal.WRONG_AUTHENTICATOR


def test_an_earlier_authenticator_code_does_not_work_after_a_later_one(peopled: Database) -> None:
    ask(peopled, ASHA)
    enter(peopled, emailed_code(peopled), ASHA, authenticator=authenticator(peopled, AT))
    ask(peopled, ASHA)
    earlier = authenticator(peopled, AT - timedelta(seconds=30))
    assert enter(peopled, emailed_code(peopled), ASHA, authenticator=earlier) is Refusal.WRONG_AUTHENTICATOR


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_an_authenticator_may_be_one_step_before_or_behind(peopled: Database, steps: int, accepted: bool) -> None:
    ask(peopled, ASHA)
    shown = authenticator(peopled, AT + timedelta(seconds=30 * steps))
    answer = enter(peopled, emailed_code(peopled), ASHA, authenticator=shown)
    assert isinstance(answer, SignedIn) is accepted


def test_authenticator_codes_are_those_of_rfc_6238() -> None:
    # The RFC's SHA-1 secret and times; its values cut to six digits, as apps show them.
    secret = KEYRING.encrypt("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "person.authenticator_secret")
    shown = [
        proving.authenticator_code(KEYRING, secret, datetime.fromtimestamp(at, UTC))
        for at in (59, 1111111109, 1111111111, 1234567890, 2000000000)
    ]
    assert shown == ["287082", "081804", "050471", "005924", "279037"]


def test_somebody_with_two_employers_chooses(peopled: Database) -> None:
    with peopled.write() as session:
        grace = session.scalars(select(Person.id).where(Person.email == GRACE)).one()
        meadow = session.scalars(
            select(Membership.employer_id).join(Person).where(Person.email == "karl.jensen@example.com")
        ).one()
        session.add(Membership(employer_id=meadow, person_id=grace, role=Role.SUBMITTER, joined_at=BEFORE))
    ask(peopled)
    code = emailed_code(peopled)
    offered = enter(peopled, code)
    assert isinstance(offered, Choose)
    assert [name for _, name in offered.employers] == ["Hartley House Care Ltd", "Meadow View Homecare"]
    assert isinstance(enter(peopled, code, employer_id=999), Choose)
    answer = enter(peopled, code, employer_id=meadow)
    assert isinstance(answer, SignedIn)
    assert (answer.actor.employer_id, answer.actor.role) == (meadow, Role.SUBMITTER)


def test_somebody_who_left_their_only_employer_cannot_sign_in(peopled: Database) -> None:
    ask(peopled)
    _leave(peopled, AT)
    assert enter(peopled, emailed_code(peopled)) is Refusal.NOBODY_TO_ACT_FOR


def test_a_closed_account_gets_no_code(peopled: Database) -> None:
    _close(peopled)
    assert ask(peopled) is None
    with peopled.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_session_ends_after_30_idle_minutes(peopled: Database) -> None:
    token = signed_in(peopled)
    assert actor(peopled, token, AT + timedelta(minutes=30) - SECOND) is not None
    assert actor(peopled, token, AT + timedelta(minutes=30)) is None


def test_using_a_session_keeps_it(peopled: Database) -> None:
    token = signed_in(peopled)
    _see(peopled, token, AT + timedelta(minutes=29))
    assert actor(peopled, token, AT + timedelta(minutes=59) - SECOND) is not None
    assert actor(peopled, token, AT + timedelta(minutes=59)) is None


def test_a_session_that_timed_out_stays_so(peopled: Database) -> None:
    token = signed_in(peopled)
    _see(peopled, token, AT + timedelta(minutes=30))
    assert actor(peopled, token, AT + timedelta(minutes=31)) is None


def test_a_late_note_does_not_take_a_session_back_in_time(peopled: Database) -> None:
    token = signed_in(peopled)
    _see(peopled, token, AT + timedelta(minutes=20))
    _see(peopled, token, AT + timedelta(minutes=10))
    assert actor(peopled, token, AT + timedelta(minutes=45)) is not None


def test_a_session_ends_after_12_hours_however_busy(peopled: Database) -> None:
    token = signed_in(peopled)
    for quarter in range(1, 48):
        _see(peopled, token, AT + timedelta(minutes=15 * quarter))
    assert actor(peopled, token, AT + timedelta(hours=12) - SECOND) is not None
    assert actor(peopled, token, AT + timedelta(hours=12)) is None


def test_signing_out_ends_the_session_and_no_other(peopled: Database) -> None:
    token, other = signed_in(peopled), signed_in(peopled)
    with peopled.write() as session:
        sessions.end_session(session, token, AT)
    assert actor(peopled, token, AT) is None
    assert actor(peopled, other, AT) is not None
    _see(peopled, token, AT + timedelta(minutes=1))
    assert actor(peopled, token, AT + timedelta(minutes=1)) is None


def test_signing_out_twice_or_with_a_made_up_token_does_nothing(peopled: Database) -> None:
    token = signed_in(peopled)
    for one in (token, token, "made-up"):
        with peopled.write() as session:
            sessions.end_session(session, one, AT)
    with peopled.read() as session:
        assert session.scalar(select(func.count()).where(Event.act == "sign-out")) == 1


def test_leaving_an_employer_ends_what_a_session_may_do(peopled: Database) -> None:
    token = signed_in(peopled)
    _leave(peopled, AT)
    assert actor(peopled, token, AT) is None


def test_closing_an_account_ends_what_a_session_may_do(peopled: Database) -> None:
    token = signed_in(peopled)
    _close(peopled)
    assert actor(peopled, token, AT) is None


def test_the_database_does_not_hold_the_token(peopled: Database) -> None:
    token = signed_in(peopled)
    assert actor(peopled, "made-up", AT) is None
    with peopled.read() as session:
        assert session.scalars(select(SignedInSession.token_hash)).one() != token


def test_tries_and_codes_are_cleared_once_they_are_a_day_old(peopled: Database) -> None:
    ask(peopled)
    with peopled.write() as session:
        assert emailing_codes.clear_tries(session, AT + timedelta(days=1)) == 0
    with peopled.write() as session:
        assert emailing_codes.clear_tries(session, AT + timedelta(days=1, minutes=15, seconds=1)) == 3


def _see(database: Database, token: str, at: datetime) -> None:
    with database.write() as session:
        sessions.note_seen(session, token, at)


def _leave(database: Database, at: datetime) -> None:
    with database.write() as session:
        session.scalars(select(Membership).join(Person).where(Person.email == GRACE)).one().left_at = at


def _close(database: Database) -> None:
    with database.write() as session:
        session.scalars(select(Person).where(Person.email == GRACE)).one().closed_at = AT


def test_an_account_that_nobody_confirmed_is_deleted_after_a_day(peopled: Database) -> None:
    with peopled.write() as session:
        emailing_codes.ask_for_code(
            session, KEYRING, email="new@example.com", browser_token="b", address="a", at=AT, registering=True
        )
    with peopled.write() as session:
        emailing_codes.clear_tries(session, AT + timedelta(days=1))
        assert session.scalar(select(func.count()).where(Person.name == "")) == 1
        emailing_codes.clear_tries(session, AT + timedelta(days=1, seconds=1))
        assert session.scalar(select(func.count()).where(Person.name == "")) == 0
        assert session.scalar(select(func.count()).where(Message.kind == "sign-in-code")) == 0
        assert session.scalar(select(func.count()).where(Person.name == "Grace Okafor")) == 1
