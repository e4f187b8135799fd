"""Passkeys with real signatures: added, used, taken away; and every answer that is not what was asked for."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from claims.lifecycle import Actor, NotAllowed
from claims.models import Event, Message, Passkey, PasskeyChallenge, Person, RecoveryCode
from claims.services import confirming, equipping, proving, sessions, signing_in, staffing, throttling
from claims.services.challenging import (
    CHALLENGE_LASTS,
    Answered,
    Purpose,
    RelyingParty,
    clear_challenges,
    relying_party,
)
from claims.services.emailing_codes import Refusal
from claims.services.recognising import LONGEST_ANSWER
from claims.services.recording import verify
from claims.services.signing_in import SignedIn
from claims.store.passkeys import passkeys_of, second_factors_of
from tests.db.test_confirming import HERE, confirm, is_confirmed, set_up, start
from tests.db.test_signing_in import ASHA, ask, authenticator, emailed_code, enter
from tests.device import PRESENT, Device
from tests.keys import KEYRING
from tests.stage import AT, Stage

PARTY = RelyingParty("localhost", "Claims", "http://localhost")
SECOND = timedelta(seconds=1)


def answered(purpose: Purpose, browser: str, answer: str) -> Answered:
    return Answered(PARTY, purpose, browser, answer)


def asked_to_add(stage: Stage, token: str, by: Actor | None = None, at=AT) -> str:
    with stage.database.write() as session:
        return equipping.ask_to_add(session, KEYRING, PARTY, token=token, by=by or stage.house.sro, at=at)


def add(stage: Stage, token: str, answer: str, by: Actor | None = None, at=AT):
    with stage.database.write() as session:
        made = answered(Purpose.ADD, token, answer)
        by = by or stage.house.sro
        return equipping.add_passkey(session, KEYRING, name="My telephone", given=made, address=HERE, by=by, at=at)


def added(stage: Stage, by: Actor | None = None, device: Device | None = None) -> Device:
    """Somebody's new passkey, added in a session that ends up confirmed."""
    device, by = device or Device(), by or stage.house.sro
    with stage.database.write() as session:
        token = sessions.start_session(session, by, AT, confirmed=True)
    assert isinstance(add(stage, token, device.make(asked_to_add(stage, token, by)), by), tuple)
    return device


def asked_to_confirm(stage: Stage, token: str, at=AT) -> str:
    with stage.database.write() as session:
        return confirming.ask_to_confirm(session, KEYRING, PARTY, token=token, by=stage.house.sro, at=at)


def confirm_with(stage: Stage, token: str, answer: str, at=AT, purpose: Purpose = Purpose.CONFIRM) -> Refusal | None:
    with stage.database.write() as session:
        given_ = answered(purpose, token, answer)
        by = stage.house.sro
        return confirming.confirm(session, KEYRING, passkey=given_, token=token, address=HERE, by=by, at=at)


def reasons(stage: Stage) -> list[str]:
    """Why passkeys were refused, as the chain of events says, which must hold."""
    with stage.database.read() as session:
        assert verify(session)[1] == []
        events = session.scalars(select(Event).where(Event.act == "refuse-passkey").order_by(Event.number))
        return [each.details["because"] for each in events]


def test_the_first_passkey_confirms_the_session_and_brings_recovery_codes(stage: Stage) -> None:
    token, device = start(stage), Device()
    options = asked_to_add(stage, token)
    assert json.loads(options)["authenticatorSelection"]["userVerification"] == "required"
    codes = add(stage, token, device.make(options))
    assert len(set(codes)) == proving.RECOVERY_CODES
    assert is_confirmed(stage, token)
    with stage.database.read() as session:
        (kept,) = passkeys_of(session, stage.house.sro.person_id)
        assert (kept.name, kept.transports, kept.used_at) == ("My telephone", ["hybrid", "internal"], None)
        assert session.scalars(select(Message.subject)).all() == ["A passkey was added"]
        assert session.scalars(select(func.count()).select_from(PasskeyChallenge)).one() == 0
    other = start(stage)
    assert confirm(stage, other, codes[0]) is None


def test_a_passkey_confirms_another_session_and_notes_its_use(stage: Stage) -> None:
    device, token, later = added(stage), start(stage), AT + timedelta(minutes=3)
    options = asked_to_confirm(stage, token, later)
    assert [each["id"] for each in json.loads(options)["allowCredentials"]] == [json.loads(device.sign(options))["id"]]
    assert confirm_with(stage, token, device.sign(options), later) is None
    assert is_confirmed(stage, token)
    with stage.database.read() as session:
        assert passkeys_of(session, stage.house.sro.person_id)[0].used_at == later
    assert reasons(stage) == []


def test_a_second_passkey_needs_a_confirmed_session_and_brings_no_codes(stage: Stage) -> None:
    first, token = added(stage), start(stage)
    with pytest.raises(NotAllowed, match="Confirm with"):
        asked_to_add(stage, token)
    with pytest.raises(NotAllowed, match="Confirm with"):
        set_up(stage, token)
    assert confirm_with(stage, token, first.sign(asked_to_confirm(stage, token))) is None
    assert add(stage, token, Device().make(asked_to_add(stage, token))) == ()
    with stage.database.read() as session:
        assert second_factors_of(session, stage.house.sro.person_id).passkeys == 2


def test_nobody_has_more_than_ten(stage: Stage) -> None:
    for _ in range(equipping.MOST_PASSKEYS):
        added(stage)
    with pytest.raises(NotAllowed, match="10 passkeys"):
        added(stage)


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://localhost"},
        {"origin": "http://localhost:81"},
        {"origin": "http://evil.example"},
        {"party": "evil.example"},
        {"challenge": "AAAA"},
        {"type": "webauthn.create"},
        {"flags": PRESENT},
        {"flags": 0},
    ],
    ids=str,
)
def test_what_was_signed_for_another_place_or_question_is_refused(stage: Stage, lie: dict[str, object]) -> None:
    device, token = added(stage), start(stage)
    assert confirm_with(stage, token, device.sign(asked_to_confirm(stage, token), **lie)) is Refusal.WRONG_PASSKEY
    assert not is_confirmed(stage, token)
    assert reasons(stage) == ["not-verified"]


@pytest.mark.parametrize(
    "lie",
    [{"origin": "http://evil.example"}, {"challenge": "AAAA"}, {"type": "webauthn.get"}, {"flags": PRESENT}],
    ids=str,
)
def test_no_passkey_is_added_that_was_made_for_another_place_or_question(stage: Stage, lie: dict[str, object]) -> None:
    token = start(stage)
    assert add(stage, token, Device().make(asked_to_add(stage, token), **lie)) is Refusal.WRONG_PASSKEY
    assert not is_confirmed(stage, token)
    with stage.database.read() as session:
        assert passkeys_of(session, stage.house.sro.person_id) == []
        assert session.scalars(select(Event.act).order_by(Event.number.desc())).first() == "refuse-new-passkey"


def test_an_answer_works_once(stage: Stage) -> None:
    device, token = added(stage), start(stage)
    answer = device.sign(asked_to_confirm(stage, token))
    assert confirm_with(stage, token, answer) is None
    assert confirm_with(stage, token, answer) is Refusal.WRONG_PASSKEY
    assert reasons(stage) == ["not-asked"]


def test_a_wrong_answer_spends_the_question_too(stage: Stage) -> None:
    device, token = added(stage), start(stage)
    options = asked_to_confirm(stage, token)
    assert confirm_with(stage, token, "{}") is Refusal.WRONG_PASSKEY
    assert confirm_with(stage, token, device.sign(options)) is Refusal.WRONG_PASSKEY
    assert reasons(stage) == ["unknown", "not-asked"]


def test_only_the_last_question_is_open(stage: Stage) -> None:
    device, token = added(stage), start(stage)
    first, second = asked_to_confirm(stage, token), asked_to_confirm(stage, token)
    with stage.database.read() as session:
        assert session.scalars(select(func.count()).select_from(PasskeyChallenge)).one() == 1
    assert confirm_with(stage, token, device.sign(first)) is Refusal.WRONG_PASSKEY
    assert confirm_with(stage, token, device.sign(second)) is Refusal.WRONG_PASSKEY
    assert reasons(stage) == ["not-verified", "not-asked"]


@pytest.mark.parametrize(("late", "refusal"), [(-SECOND, None), (0 * SECOND, Refusal.WRONG_PASSKEY)])
def test_an_answer_is_taken_for_five_minutes(stage: Stage, late: timedelta, refusal: Refusal | None) -> None:
    device, token = added(stage), start(stage)
    options, at = asked_to_confirm(stage, token), AT + CHALLENGE_LASTS + late
    assert confirm_with(stage, token, device.sign(options), at) is refusal


def test_what_one_browser_was_asked_another_does_not_answer(stage: Stage) -> None:
    device, here, there = added(stage), start(stage), start(stage)
    options = asked_to_confirm(stage, here)
    asked_to_confirm(stage, there)
    assert confirm_with(stage, there, device.sign(options)) is Refusal.WRONG_PASSKEY
    assert confirm_with(stage, here, device.sign(options)) is None


def test_an_answer_to_one_purpose_is_none_to_another(stage: Stage) -> None:
    device, token = added(stage), start(stage)
    options = asked_to_confirm(stage, token)
    assert confirm_with(stage, token, device.sign(options), purpose=Purpose.SIGN_IN) is Refusal.WRONG_PASSKEY
    assert reasons(stage) == ["not-asked"]


def test_somebody_elses_passkey_is_none_of_ours(stage: Stage) -> None:
    added(stage)
    theirs, token = added(stage, stage.house.submitter), start(stage)
    assert confirm_with(stage, token, theirs.sign(asked_to_confirm(stage, token))) is Refusal.WRONG_PASSKEY
    assert reasons(stage) == ["unknown"]
    forged = Device(id=theirs.id)
    assert confirm_with(stage, token, forged.sign(asked_to_confirm(stage, token))) is Refusal.WRONG_PASSKEY


def test_another_key_under_our_name_is_refused(stage: Stage) -> None:
    device, token = added(stage), start(stage)
    forged = Device(id=device.id)
    assert confirm_with(stage, token, forged.sign(asked_to_confirm(stage, token))) is Refusal.WRONG_PASSKEY
    assert reasons(stage) == ["not-verified"]


def test_the_same_passkey_is_not_added_twice_nor_by_somebody_else(stage: Stage) -> None:
    device = added(stage)
    token = start(stage, stage.house.submitter)
    again = device.make(asked_to_add(stage, token, stage.house.submitter))
    assert add(stage, token, again, stage.house.submitter) is Refusal.WRONG_PASSKEY


def test_a_count_that_goes_back_or_stands_still_is_refused_recorded_and_told(stage: Stage) -> None:
    device, token = added(stage, device=Device(count=5)), start(stage)
    assert confirm_with(stage, token, device.sign(asked_to_confirm(stage, token))) is None
    for count in (4, 5):
        # A copy that was made when the count stood there: it signs with one more.
        device.count = count
        other = start(stage)
        assert confirm_with(stage, other, device.sign(asked_to_confirm(stage, other))) is Refusal.WRONG_PASSKEY
        assert not is_confirmed(stage, other)
    device.count = 0
    assert confirm_with(stage, token, device.sign(asked_to_confirm(stage, token))) is Refusal.WRONG_PASSKEY
    assert reasons(stage) == ["count-went-back"] * 3
    with stage.database.read() as session:
        assert passkeys_of(session, stage.house.sro.person_id)[0].sign_count == 6
        told = session.scalars(select(Message.subject).where(Message.subject.contains("refused"))).all()
    assert told == ["A passkey of your account was refused"] * 3


def test_tries_are_counted_with_those_of_codes(stage: Stage) -> None:
    device, token = added(stage), start(stage)
    for _ in range(throttling.TRIES_PER_ACCOUNT - 1):
        assert confirm_with(stage, token, "{}") is Refusal.WRONG_PASSKEY
    assert confirm(stage, token, "000000") is Refusal.WRONG_AUTHENTICATOR
    assert confirm_with(stage, token, device.sign(asked_to_confirm(stage, token))) is Refusal.TOO_MANY


@given(
    answer=st.recursive(
        st.none() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
    )
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_at_all_is_only_refused(quick_stage: Stage, answer: object) -> None:
    stage, token = quick_stage, start(quick_stage)
    at = AT + timedelta(days=1)
    asked_to_confirm(stage, token, at)
    try_it = confirm_with(stage, token, json.dumps(answer), at)
    assert try_it in (Refusal.WRONG_PASSKEY, Refusal.TOO_MANY)


@pytest.mark.parametrize("which", ["id", "rawId", "clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("value", ["", "*", "=", "é", "AA", "A" * LONGEST_ANSWER, 7, None, [], {"a": 1}], ids=repr)
def test_a_part_that_is_not_what_it_should_be_is_only_refused(quick_stage: Stage, which: str, value: object) -> None:
    stage = quick_stage
    device, token = added(stage), start(stage)
    answer = json.loads(device.sign(asked_to_confirm(stage, token)))
    (answer if which in answer else answer["response"])[which] = value
    assert confirm_with(stage, token, json.dumps(answer)) is Refusal.WRONG_PASSKEY


@pytest.mark.parametrize("answer", ["", "[" * 5_000, "{" * 5_000, "\x00", "nan", '{"id":' * 2_000])
def test_nothing_that_is_sent_breaks_anything(quick_stage: Stage, answer: str) -> None:
    token = start(quick_stage)
    asked_to_add(quick_stage, token)
    assert add(quick_stage, token, answer) is Refusal.WRONG_PASSKEY


def asked_to_sign_in(stage: Stage, code: str, email: str = ASHA, browser: str = "browser") -> str | Refusal:
    with stage.database.write() as session:
        return signing_in.ask_for_passkey(
            session, KEYRING, PARTY, email=email, code=code, browser_token=browser, address=HERE, at=AT
        )


def sign_in_with(stage: Stage, code: str, answer: str, browser: str = "browser"):
    with stage.database.write() as session:
        return signing_in.enter_code(
            session,
            KEYRING,
            email=ASHA,
            code=code,
            browser_token=browser,
            address=HERE,
            at=AT,
            passkey=answered(Purpose.SIGN_IN, browser, answer),
        )


def test_the_back_office_signs_in_with_the_emailed_code_and_a_passkey(stage: Stage) -> None:
    device = added(stage, stage.office.assessor)
    ask(stage.database, ASHA)
    code = emailed_code(stage.database)
    assert enter(stage.database, code, ASHA) is Refusal.AUTHENTICATOR_NEEDED
    answer = sign_in_with(stage, code, device.sign(asked_to_sign_in(stage, code)))
    assert isinstance(answer, SignedIn)
    assert is_confirmed(stage, answer.token)


def test_a_passkey_does_not_stand_for_the_emailed_code(stage: Stage) -> None:
    device = added(stage, stage.office.assessor)
    ask(stage.database, ASHA)
    code = emailed_code(stage.database)
    options = asked_to_sign_in(stage, code)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert asked_to_sign_in(stage, wrong) is Refusal.WRONG_CODE
    assert sign_in_with(stage, wrong, device.sign(options)) is Refusal.WRONG_CODE
    assert asked_to_sign_in(stage, code, browser="another") is Refusal.WRONG_CODE
    assert isinstance(sign_in_with(stage, code, device.sign(options)), SignedIn)


def test_asking_for_a_passkey_is_no_way_to_guess_emailed_codes_or_accounts(stage: Stage) -> None:
    answers = [asked_to_sign_in(stage, "000000", email) for email in (ASHA, "nobody@example.com")]
    assert answers == [Refusal.WRONG_CODE] * 2
    for _ in range(throttling.TRIES_PER_ACCOUNT - 1):
        asked_to_sign_in(stage, "000000")
    assert asked_to_sign_in(stage, "000000") is Refusal.TOO_MANY


def test_a_wrong_passkey_at_sign_in_counts_as_a_try_and_leaves_the_code(stage: Stage) -> None:
    device = added(stage, stage.office.assessor)
    ask(stage.database, ASHA)
    code = emailed_code(stage.database)
    forged = Device(id=device.id)
    for _ in range(throttling.TRIES_PER_ACCOUNT - 1):
        assert sign_in_with(stage, code, forged.sign(asked_to_sign_in(stage, code))) is Refusal.WRONG_PASSKEY
    assert isinstance(enter(stage.database, code, ASHA, authenticator=authenticator(stage.database, AT)), SignedIn)
    assert reasons(stage) == ["not-verified"] * (throttling.TRIES_PER_ACCOUNT - 1)


def remove(
    stage: Stage, by: Actor, *, confirmed: bool = True, app: bool = False, passkey_id: int | None = None
) -> None:
    with stage.database.write() as session:
        token = sessions.start_session(session, by, AT, confirmed=confirmed)
        if app:
            return equipping.remove_authenticator(session, token=token, by=by, at=AT)
        found = passkey_id or passkeys_of(session, by.person_id)[0].id
        return equipping.remove_passkey(session, found, token=token, by=by, at=AT)


def test_a_passkey_that_was_removed_no_longer_works_and_codes_go_with_the_last(stage: Stage) -> None:
    device, by = added(stage), stage.house.sro
    with pytest.raises(NotAllowed, match="Confirm with"):
        remove(stage, by, confirmed=False)
    remove(stage, by)
    token = start(stage)
    assert confirm_with(stage, token, device.sign(asked_to_confirm(stage, token))) is Refusal.WRONG_PASSKEY
    with stage.database.read() as session:
        assert not second_factors_of(session, by.person_id)
        assert session.scalars(select(RecoveryCode)).all() == []
        acts = session.scalars(select(Event.act).where(Event.about_kind == "person").order_by(Event.number)).all()
    assert acts[-3:] == ["add-passkey", "remove-passkey", "refuse-passkey"]


def test_codes_stay_while_there_is_something_they_stand_in_for(stage: Stage) -> None:
    set_up(stage, start(stage))
    added(stage)
    remove(stage, stage.house.sro)
    with stage.database.read() as session:
        assert proving.recovery_codes_left(session, stage.house.sro.person_id) == proving.RECOVERY_CODES
        assert second_factors_of(session, stage.house.sro.person_id).app


def test_nobody_removes_somebody_elses(stage: Stage) -> None:
    added(stage)
    added(stage, stage.house.submitter)
    with stage.database.read() as session:
        theirs = passkeys_of(session, stage.house.sro.person_id)[0].id
    with pytest.raises(NotAllowed, match="removed already"):
        remove(stage, stage.house.submitter, passkey_id=theirs)


def test_the_back_office_keeps_one_second_factor_always(stage: Stage) -> None:
    asha = stage.office.assessor
    with pytest.raises(NotAllowed, match="You need one second proof"):
        remove(stage, asha, app=True)
    added(stage, asha)
    remove(stage, asha, app=True)
    with pytest.raises(NotAllowed, match="You need one second proof"):
        remove(stage, asha)
    added(stage, asha)
    remove(stage, asha)
    with stage.database.read() as session:
        person = session.get_one(Person, asha.person_id)
        assert (person.authenticator_secret, person.authenticator_step) == (None, None)
        assert second_factors_of(session, asha.person_id).passkeys == 1


def test_an_administrators_reset_takes_passkeys_away_too(stage: Stage) -> None:
    added(stage, stage.office.assessor)
    with stage.database.write() as session:
        asha = session.get_one(Person, stage.office.assessor.person_id)
        staffing.reset_authenticator(session, KEYRING, asha, stage.office.administrator, AT)
        assert session.scalars(select(Passkey)).all() == []


def test_questions_nobody_answered_are_cleared_away(stage: Stage) -> None:
    asked_to_add(stage, start(stage))
    with stage.database.write() as session:
        assert clear_challenges(session, AT + CHALLENGE_LASTS - SECOND) == 0
        assert clear_challenges(session, AT + CHALLENGE_LASTS) == 1


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://claims.example.org", ("claims.example.org", "https://claims.example.org")),
        ("https://Claims.Example.org:8443", ("claims.example.org", "https://claims.example.org:8443")),
        ("https://claims.example.org:443", ("claims.example.org", "https://claims.example.org")),
        ("https://bücher.example", ("xn--bcher-kva.example", "https://xn--bcher-kva.example")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.1", None),
        ("https://[::1]:8000", None),
        ("http://claims.example.org", None),
        ("https://", None),
    ],
)
def test_passkeys_are_kept_for_the_public_name_of_the_service(base_url: str, expected: tuple[str, str] | None) -> None:
    party = relying_party(base_url, "Claims")
    assert (party and (party.id, party.origin)) == expected
