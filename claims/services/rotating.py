"""Change keys: encrypt every number anew under the first key; hash every number anew under another hash key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from claims.db import Database
from claims.lifecycle import Actor, NotAllowed
from claims.models import BankAccount, BulkUpload, Claim, Invitation, Learner, Person, RecoveryCode, Slot
from claims.secrets import Keyring
from claims.services.confirming import tell
from claims.services.queueing import Words
from claims.services.recording import record, take_turn
from claims.services.sealing import (
    AUTHENTICATOR_SECRET,
    BANK_ACCOUNT,
    BULK_UPLOAD,
    NATIONAL_INSURANCE_NUMBER,
    decrypt_account,
    decrypt_number,
    hash_account,
    hash_number,
)

AT_A_TIME = 500
"""Rows in one transaction: others wait no longer than it takes."""
KEYS = ("keys", 0)

ENCRYPTED: tuple[tuple[type[Any], InstrumentedAttribute[Any], str], ...] = (
    (Learner, Learner.number, NATIONAL_INSURANCE_NUMBER),
    (BankAccount, BankAccount.sort_code, BANK_ACCOUNT),
    (BankAccount, BankAccount.account_number, BANK_ACCOUNT),
    (Person, Person.authenticator_secret, AUTHENTICATOR_SECRET),
    (BulkUpload, BulkUpload.file, BULK_UPLOAD),
    (BulkUpload, BulkUpload.findings, BULK_UPLOAD),
)
"""Every encrypted column, and what its values are about. A test finds any that is missing."""


@dataclass(frozen=True, slots=True)
class Rotated:
    seen: int
    changed: int


@dataclass(frozen=True, slots=True)
class Losing:
    """What works no more under another hash key, because nothing but its hash is kept, or it is made from one."""

    people_with_codes: int
    """Who have recovery codes left."""
    invitations: int
    """That can still be accepted."""


def rotate_encryption(
    database: Database, keyring: Keyring, by: Actor, at: datetime, watch: Callable[[int], None] = lambda _: None
) -> Rotated:
    """Encrypt every value that is not under the first key anew. The service may run meanwhile.

    Stopped half way, it goes on where it was when run again. Raises ``Undecipherable`` when a key that is still needed
    is not among those given; what was done before stays.
    """
    seen = changed = 0
    for table, column, about in ENCRYPTED:
        for ids in _batches(database, table):
            with database.write() as session:
                rows = session.execute(select(table.id, column).where(table.id.in_(ids)).with_for_update()).all()
                for key, stored in rows:
                    if not stored:
                        continue
                    seen += 1
                    if not keyring.is_current(stored):
                        anew = keyring.encrypt(keyring.decrypt(stored, about), about)
                        session.execute(update(_rows_of(table)).where(table.id == key).values({column.key: anew}))
                        changed += 1
            watch(seen)
    with database.write() as session:
        record(session, "rotate-encryption", KEYS, by, at, details={"key": keyring.current_id, "changed": changed})
    return Rotated(seen, changed)


def prepare_hashes(
    database: Database, keyring: Keyring, following: Keyring, watch: Callable[[int], None] = lambda _: None
) -> int:
    """Write a second hash beside every hash, under the key of ``following``. The service may run meanwhile.

    What it changes until ``swap_hashes`` loses its second hash again, and gets it then. Returns how many were written.
    """
    written = 0
    for table in (Learner, BankAccount):
        for ids in _batches(database, table):
            with database.write() as session:
                written += _write_second(session, keyring, following, table, table.id.in_(ids))
            watch(written)
    return written


def foresee_swap(session: Session, at: datetime) -> Losing:
    """What ``swap_hashes`` takes from people, to be said before. Only reads."""
    waiting = select(func.count()).select_from(Invitation)
    waiting = waiting.where(Invitation.ended_at.is_(None), Invitation.expires_at > at)
    return Losing(len(_with_codes(session)), session.scalars(waiting).one())


def swap_hashes(database: Database, keyring: Keyring, following: Keyring, by: Actor, at: datetime) -> int:
    """Put the second hashes in place of the first, all in one transaction. Returns how many.

    Recovery codes, which would work no more, are deleted, and who had some left are told. The service must not run, and
    start again with the new key. Raises ``NotAllowed`` when the second hashes were written under another key than that
    of ``following``.
    """
    with database.write() as session:
        take_turn(session)
        for table in (Learner, BankAccount):
            _write_second(session, keyring, following, table, _second(table).is_(None))
        _refuse_other_key(session, keyring, following)
        swapped = 0
        for table, column in ((Learner, Learner.number_hash), (BankAccount, BankAccount.account_hash)):
            # In one statement: two learners never have one hash in between.
            done = session.execute(
                update(_rows_of(table))
                .where(_second(table).is_not(None))
                .values({column.key: _second(table), _second(table).key: None})
            )
            swapped += int(done.rowcount)  # type: ignore[attr-defined]
        number_hash = select(Learner.number_hash).join(Claim, Claim.learner_id == Learner.id)
        session.execute(
            update(_rows_of(Slot)).values(number_hash=number_hash.where(Claim.id == Slot.claim_id).scalar_subquery())
        )
        without_codes = _delete_codes(session, at)
        details = {"changed": swapped, "people_without_recovery_codes": without_codes}
        record(session, "rotate-hashes", KEYS, by, at, details=details)
    return swapped


def _delete_codes(session: Session, at: datetime) -> int:
    """Nobody is to believe that they have codes to fall back on. Says how many people had some left."""
    people = _with_codes(session)
    session.execute(delete(RecoveryCode))
    text = (
        "A key of the service was changed, and the recovery codes of your account no longer work. Your passkeys and "
        "your authenticator app do.\n\nSign in and make new recovery codes on the page of your account."
    )
    for person in people:
        words = Words("Make new recovery codes", text, "/account")
        tell(session, person, f"recovery-codes-void:{at:%Y%m%dT%H%M%S}", words, at)
    return len(people)


def _with_codes(session: Session) -> list[Person]:
    unused = select(RecoveryCode.person_id).where(RecoveryCode.used_at.is_(None))
    return list(session.scalars(select(Person).where(Person.id.in_(unused), Person.closed_at.is_(None))))


def _rows_of(table: type[Any]) -> Any:
    """The table itself: statements on it pass by objects, for which nothing changed that anybody is told of."""
    return table.__table__


def _second(table: type[Any]) -> InstrumentedAttribute[Any]:
    return Learner.next_number_hash if table is Learner else BankAccount.next_account_hash


def _write_second(session: Session, keyring: Keyring, following: Keyring, table: type[Any], which: Any) -> int:
    """Second hashes for some rows. A removed number has none: its hash is random and stays."""
    written = 0
    if table is Learner:
        rows = session.execute(
            select(Learner.id, Learner.number).where(which, Learner.number != "").with_for_update()
        ).all()
        hashes = {key: hash_number(following, decrypt_number(keyring, number)) for key, number in rows}
    else:
        found = session.execute(
            select(BankAccount.id, BankAccount.sort_code, BankAccount.account_number)
            .where(which, BankAccount.account_hash.is_not(None), BankAccount.account_number != "")
            .with_for_update()
        ).all()
        hashes = {
            key: hash_account(following, decrypt_account(keyring, sort_code), decrypt_account(keyring, number))
            for key, sort_code, number in found
        }
    for key, hashed in hashes.items():
        session.execute(update(_rows_of(table)).where(table.id == key).values({_second(table).key: hashed}))
        written += 1
    return written


def _refuse_other_key(session: Session, keyring: Keyring, following: Keyring) -> None:
    one = session.execute(
        select(Learner.number, Learner.next_number_hash).where(Learner.next_number_hash.is_not(None)).limit(1)
    ).first()
    if one is not None and hash_number(following, decrypt_number(keyring, one[0])) != one[1]:
        raise NotAllowed("The second hashes were written under another key. Prepare them again with this one.")


def _batches(database: Database, table: type[Any]) -> Iterator[list[int]]:
    last = 0
    while True:
        with database.read() as session:
            ids = list(session.scalars(select(table.id).where(table.id > last).order_by(table.id).limit(AT_A_TIME)))
        if not ids:
            return
        yield ids
        last = ids[-1]


def count_under_other_keys(session: Session, keyring: Keyring) -> int:
    """How many values are not under the first key."""
    prefix = f"{keyring.current_id}:"
    return sum(
        session.scalars(
            select(func.count()).select_from(table).where(column != "", ~column.startswith(prefix, autoescape=True))
        ).one()
        for table, column, _ in ENCRYPTED
    )
