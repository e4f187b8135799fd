"""What somebody can prove with that it is they: passkeys, and an authenticator app."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.models import Passkey, Person


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """Of one person. Recovery codes are none: they only stand in for one."""

    app: bool
    passkeys: int

    def __bool__(self) -> bool:
        return self.app or self.passkeys > 0

    @property
    def is_last(self) -> bool:
        """Whether it is one only."""
        return self.app + self.passkeys == 1


def second_factors_of(session: Session, person_id: int) -> SecondFactors:
    app = session.scalars(select(Person.authenticator_secret.is_not(None)).where(Person.id == person_id)).one()
    passkeys = select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)
    return SecondFactors(app, session.scalars(passkeys).one())


def second_factors_at(session: Session, email: str) -> SecondFactors:
    """Of the account of ``email``; none where there is no account."""
    person_id = session.scalars(select(Person.id).where(Person.email == email.strip().lower())).first()
    return second_factors_of(session, person_id) if person_id else SecondFactors(app=False, passkeys=0)


def passkeys_of(session: Session, person_id: int) -> Sequence[Passkey]:
    """Those of one person, the first added first."""
    return session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)).all()


def passkey_of(session: Session, person_id: int, passkey_id: int) -> Passkey | None:
    """One of a person's own; ``None`` for anybody else's."""
    found = session.get(Passkey, passkey_id)
    return found if found is not None and found.person_id == person_id else None
