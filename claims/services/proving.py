"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes in its place."""

import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from claims.models import Person, RecoveryCode
from claims.references import ALPHABET
from claims.secrets import Keyring, are_equal
from claims.services.sealing import AUTHENTICATOR_SECRET

STEP_SECONDS = 30
CLOCKS_DIFFER_BY_STEPS = 1
"""How many steps an authenticator's clock may be before or behind ours."""
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
"""Of 24 characters: about 46 random bits, which nobody guesses at five tries in 15 minutes."""


def authenticator_code(keyring: Keyring, encrypted_secret: str, at: datetime, last_used_step: int | None = None) -> str:
    """What the person's authenticator app shows at ``at``, for the demonstration to show.

    With ``last_used_step``: the first code that would still be taken, as if one had waited for it.
    """
    totp = pyotp.TOTP(keyring.decrypt(encrypted_secret, AUTHENTICATOR_SECRET), interval=STEP_SECONDS)
    unused = _step(at) if last_used_step is None else max(_step(at), last_used_step + 1)
    return totp.generate_otp(unused)


def shows_second_factor(session: Session, keyring: Keyring, person: Person, typed: str, at: datetime) -> bool:
    """Whether ``typed`` is the code of the person's authenticator, or a recovery code; either is used up by it.

    The caller has locked the person, so that no code is used twice at once.
    """
    if person.authenticator_secret is not None:
        secret = keyring.decrypt(person.authenticator_secret, AUTHENTICATOR_SECRET)
        step = unused_step(secret, person.authenticator_step, typed, at)
        if step is not None:
            person.authenticator_step = step
            return True
    code = "".join(character for character in typed.upper() if character.isalnum())
    if len(code) != RECOVERY_LENGTH:
        return False
    kept = session.scalars(
        select(RecoveryCode).where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == _hash_recovery_code(keyring, code),
            RecoveryCode.used_at.is_(None),
        )
    ).first()
    if kept is None:
        return False
    kept.used_at = at
    return True


def unused_step(secret: str, last_used_step: int | None, typed: str, at: datetime) -> int | None:
    """The time step whose code ``typed`` is, if it is near ``at`` and neither it nor a later one was used."""
    digits = "".join(character for character in typed if character.isdigit())
    if len(digits) != len(typed.replace(" ", "").replace("-", "")):
        return None
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    last_used = -1 if last_used_step is None else last_used_step
    for step in range(_step(at) - CLOCKS_DIFFER_BY_STEPS, _step(at) + CLOCKS_DIFFER_BY_STEPS + 1):
        if step > last_used and are_equal(digits, totp.generate_otp(step)):
            return step
    return None


def make_recovery_codes(session: Session, keyring: Keyring, person: Person, at: datetime) -> tuple[str, ...]:
    """Ten new codes like ``7KD4X-Q2M9R``, to be shown once; those made before no longer work."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(person_id=person.id, code_hash=_hash_recovery_code(keyring, code), made_at=at) for code in codes
    )
    session.flush()
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def recovery_codes_left(session: Session, person_id: int) -> int:
    return session.scalars(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    ).one()


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def _hash_recovery_code(keyring: Keyring, code: str) -> str:
    return keyring.keyed_hash(code, "recovery.code")
