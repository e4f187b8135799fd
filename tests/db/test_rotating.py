"""Keys are changed under everything, on both databases, and stopped half way it goes on."""

import base64
import re
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from claims import clock
from claims.cli import main
from claims.db import Table
from claims.lifecycle import NotAllowed
from claims.models import BankAccount, Claim, Learner, Message, Person, RecoveryCode, Slot
from claims.secrets import Keyring, Undecipherable
from claims.services import rotating
from claims.services.bulk_uploading import keep_upload
from claims.services.bulk_working import work_on_uploads
from claims.services.employing import LearnerDetails, change_learner
from claims.services.inviting import invite
from claims.services.proving import make_recovery_codes
from claims.services.recording import verify
from claims.services.sealing import AUTHENTICATOR_SECRET, decrypt_account, decrypt_number, hash_number
from claims.services.seeding import SYSTEM
from tests.bulk import ROW, as_csv
from tests.keys import ENCRYPTION_KEYS, HASH_KEY, KEYRING
from tests.stage import AT, Stage

NEW_KEY = base64.b64encode(b"n" * 32).decode()
NEW_HASH_KEY = base64.b64encode(b"q" * 32).decode()
BOTH = Keyring(f"new:{NEW_KEY},{ENCRYPTION_KEYS}", HASH_KEY)
ONLY_NEW = Keyring(f"new:{NEW_KEY}", HASH_KEY)
FOLLOWING = Keyring(ENCRYPTION_KEYS, NEW_HASH_KEY)
SEALED = re.compile(r"[A-Za-z0-9_-]{1,20}:[A-Za-z0-9+/]{36,}={0,2}")


def test_every_encrypted_column_there_is_is_known(stage: Stage) -> None:
    with stage.database.write() as session:
        keep_upload(session, KEYRING, stage.house.employer_id, "a.csv", as_csv(ROW), by=stage.house.submitter, at=AT)
    work_on_uploads(stage.database, KEYRING, lambda: AT, 60)
    found = set()
    with stage.database.read() as session:
        for table in Table.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                found |= {f"{table.name}.{name}" for name, value in row.items() if SEALED.fullmatch(str(value))}
    assert found == {f"{column.table.name}.{column.key}" for _, column, _ in rotating.ENCRYPTED}


def test_everything_is_encrypted_anew_and_the_old_key_is_needed_no_more(stage: Stage) -> None:
    with stage.database.read() as session:
        numbers = {each.id: decrypt_number(KEYRING, each.number) for each in session.scalars(select(Learner))}
        hashes = {each.id: each.number_hash for each in session.scalars(select(Learner))}
    done = rotating.rotate_encryption(stage.database, BOTH, SYSTEM, AT)
    assert done.seen == done.changed > 20
    with stage.database.read() as session:
        assert {each.id: decrypt_number(ONLY_NEW, each.number) for each in session.scalars(select(Learner))} == numbers
        assert {each.id: each.number_hash for each in session.scalars(select(Learner))} == hashes
        for account in session.scalars(select(BankAccount)):
            assert decrypt_account(ONLY_NEW, account.sort_code) == "000000"
        for person in session.scalars(select(Person).where(Person.staff_role.is_not(None))):
            assert len(ONLY_NEW.decrypt(person.authenticator_secret or "", AUTHENTICATOR_SECRET)) == 32
        assert rotating.count_under_other_keys(session, ONLY_NEW) == 0
        assert verify(session)[1] == []
    assert rotating.rotate_encryption(stage.database, BOTH, SYSTEM, AT).changed == 0


def test_without_the_old_key_nothing_is_lost_and_stopped_half_way_it_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "AT_A_TIME", 5)
    with pytest.raises(Undecipherable):
        rotating.rotate_encryption(stage.database, ONLY_NEW, SYSTEM, AT)

    def stop(seen: int) -> None:
        if seen >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotating.rotate_encryption(stage.database, BOTH, SYSTEM, AT, watch=stop)
    with stage.database.read() as session:
        left = rotating.count_under_other_keys(session, BOTH)
        assert [decrypt_number(BOTH, each.number) for each in session.scalars(select(Learner))]
    assert rotating.rotate_encryption(stage.database, BOTH, SYSTEM, AT).changed == left > 0


def hashes_are(stage: Stage, keyring: Keyring) -> bool:
    with stage.database.read() as session:
        learners = session.scalars(select(Learner).where(Learner.number != "")).all()
        for slot, claim in session.execute(select(Slot, Claim).join(Claim, Claim.id == Slot.claim_id)):
            assert slot.number_hash == claim.learner.number_hash
        return all(each.number_hash == hash_number(keyring, decrypt_number(KEYRING, each.number)) for each in learners)


def test_hashes_are_written_twice_and_then_swapped(stage: Stage) -> None:
    stage.submitted("Niamh O’Brien")
    assert rotating.prepare_hashes(stage.database, KEYRING, FOLLOWING) >= 12
    assert hashes_are(stage, KEYRING)
    assert rotating.swap_hashes(stage.database, KEYRING, FOLLOWING, SYSTEM, AT) >= 12
    assert hashes_are(stage, FOLLOWING)
    with stage.database.read() as session:
        assert verify(session)[1] == []
        assert not session.scalars(select(Learner.id).where(Learner.next_number_hash.is_not(None))).all()


def test_what_changes_between_the_two_is_hashed_under_the_new_key_too(stage: Stage) -> None:
    rotating.prepare_hashes(stage.database, KEYRING, FOLLOWING)
    with stage.database.write() as session:
        learner = session.get_one(Learner, stage.house.learners["Daniel Mensah"])
        details = LearnerDetails(
            **{name: getattr(learner, name) for name in LearnerDetails.__dataclass_fields__ if name != "number"},
            number="AB123456C",
        )
        change_learner(session, KEYRING, learner, details, by=stage.house.sro, at=AT)
    rotating.swap_hashes(stage.database, KEYRING, FOLLOWING, SYSTEM, AT)
    assert hashes_are(stage, FOLLOWING)


def test_a_removed_number_keeps_its_random_hash(stage: Stage) -> None:
    with stage.database.write() as session:
        session.execute(update(Learner).where(Learner.last_name == "Mensah").values(number="", number_hash="random"))
    rotating.prepare_hashes(stage.database, KEYRING, FOLLOWING)
    rotating.swap_hashes(stage.database, KEYRING, FOLLOWING, SYSTEM, AT)
    with stage.database.read() as session:
        assert session.scalars(select(Learner.number_hash).where(Learner.last_name == "Mensah")).one() == "random"


def test_hashes_prepared_under_another_key_are_not_swapped(stage: Stage) -> None:
    rotating.prepare_hashes(stage.database, KEYRING, Keyring(ENCRYPTION_KEYS, base64.b64encode(b"x" * 32).decode()))
    with pytest.raises(NotAllowed, match="another key"):
        rotating.swap_hashes(stage.database, KEYRING, FOLLOWING, SYSTEM, AT)
    assert hashes_are(stage, KEYRING)


def test_what_no_longer_works_is_said_before_and_recovery_codes_are_not_left_to_be_believed_in(
    environment: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, sro = environment, environment.house.sro
    with stage.database.write() as session:
        person = session.get_one(Person, sro.person_id)
        make_recovery_codes(session, KEYRING, person, AT)
        gone = session.get_one(Person, stage.house.submitter.person_id)
        make_recovery_codes(session, KEYRING, gone, AT)
        session.execute(update(RecoveryCode).where(RecoveryCode.person_id == gone.id).values(used_at=AT))
        invite(session, KEYRING, email="new@example.org", name="New", declared=True, by=sro, at=clock.now())
    monkeypatch.setenv("CLAIMS_NEXT_HASH_KEY", NEW_HASH_KEY)
    for command in (["prepare-hashes"], ["swap-hashes", "--yes"]):
        said = CliRunner().invoke(main, ["keys", *command]).output
        assert "Recovery codes. People who have some left: 1. They are told by email" in said
        assert "Invitations that were not accepted yet: 1." in said
        assert "Passkeys, authenticator apps and sessions go on working." in said
    with stage.database.read() as session:
        assert session.scalars(select(RecoveryCode.id)).all() == []
        told = session.scalars(select(Message).where(Message.subject == "Make new recovery codes")).all()
        assert [each.person_id for each in told] == [sro.person_id]
        assert verify(session)[1] == []


@pytest.fixture
def environment(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Stage:
    for name, value in {
        "DATABASE_URL": stage.database.engine.url.render_as_string(hide_password=False),
        "SECRET_KEY": "s",
        "ENCRYPTION_KEYS": f"new:{NEW_KEY},{ENCRYPTION_KEYS}",
        "HASH_KEY": HASH_KEY,
        "EVIDENCE_URL": str(tmp_path / "evidence"),
        "MAIL_URL": f"folder:{tmp_path / 'mail'}",
        "MAIL_FROM": "claims@example.org",
        "BASE_URL": "http://localhost",
    }.items():
        monkeypatch.setenv(f"CLAIMS_{name}", value)
    return stage


def test_the_commands_do_it_and_say_what_comes_next(environment: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner().invoke
    result = run(main, ["keys", "rotate-encryption"])
    assert result.exit_code == 0, result.output
    assert "all are under the key new." in result.output
    refused = run(main, ["keys", "prepare-hashes"])
    assert (refused.exit_code, "Set CLAIMS_NEXT_HASH_KEY" in refused.output) == (2, True)
    monkeypatch.setenv("CLAIMS_NEXT_HASH_KEY", HASH_KEY)
    assert "nothing to change" in run(main, ["keys", "swap-hashes"]).output
    monkeypatch.setenv("CLAIMS_NEXT_HASH_KEY", NEW_HASH_KEY)
    assert "Stop the service" in run(main, ["keys", "prepare-hashes"]).output
    refused = run(main, ["keys", "swap-hashes"], input="n\n")
    assert (refused.exit_code, "Nothing was swapped." in refused.output) == (2, True)
    assert run(main, ["keys", "swap-hashes"]).exit_code != 0  # nobody there to answer
    with environment.database.read() as session:
        assert session.scalars(select(Learner.id).where(Learner.next_number_hash.is_not(None))).all() != []
    swapped = run(main, ["keys", "swap-hashes"], input="y\n")
    assert swapped.exit_code == 0, swapped.output
    with environment.database.read() as session:
        learner = session.get_one(Learner, environment.house.learners["Daniel Mensah"])
        assert learner.number_hash == hash_number(FOLLOWING, decrypt_number(ONLY_NEW, learner.number))
    for output in (result.output, swapped.output):
        assert NEW_KEY not in output
        assert NEW_HASH_KEY not in output
