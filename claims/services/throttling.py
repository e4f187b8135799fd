"""Count tries at codes per account and per network address, in the database, so that every process sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.models import SignInAttempt
from claims.secrets import Keyring

COUNTED_FOR = timedelta(minutes=15)
"""How long a try counts."""
TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 30
"""An office shares one network address."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a try is counted under, as keyed hashes."""

    account: str
    address: str


def counted_under(keyring: Keyring, what: str, email: str, address: str) -> Counted:
    about = "sign-in.try"
    return Counted(
        keyring.keyed_hash(f"{what} account {email}", about), keyring.keyed_hash(f"{what} address {address}", about)
    )


def count_try(session: Session, counted: Counted, at: datetime) -> None:
    session.add_all(SignInAttempt(about_hash=about, at=at) for about in (counted.account, counted.address))
    session.flush()


def too_many_tries(session: Session, counted: Counted, at: datetime) -> bool:
    limits = {counted.account: TRIES_PER_ACCOUNT, counted.address: TRIES_PER_ADDRESS}
    tries = session.execute(
        select(SignInAttempt.about_hash, func.count())
        .where(SignInAttempt.about_hash.in_(limits), SignInAttempt.at > at - COUNTED_FOR)
        .group_by(SignInAttempt.about_hash)
    )
    return any(count >= limits[about] for about, count in tries)
