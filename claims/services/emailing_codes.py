"""Codes emailed to those who sign in or register: asked for, entered, cleared away."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims.clock import LONDON, london_date
from claims.models import (
    Correspondence,
    Event,
    Membership,
    Message,
    Person,
    SignInAttempt,
    SignInCode,
    StoppedKind,
)
from claims.secrets import Keyring, new_code
from claims.services.challenging import clear_challenges
from claims.services.queueing import Words, queue
from claims.services.throttling import Counted, count_try, counted_under, too_many_tries

CODE_LASTS = timedelta(minutes=15)


class Refusal(StrEnum):
    """Why somebody is not signed in."""

    TOO_MANY = "too-many"
    """Tries from this account or address; wait."""
    WRONG_CODE = "wrong-code"
    """Not the code, or too late, used already, or asked for in another browser: which one is not said."""
    AUTHENTICATOR_NEEDED = "authenticator-needed"
    """The code is right and unspent; this account needs an authenticator code or a passkey as well."""
    WRONG_AUTHENTICATOR = "wrong-authenticator"
    WRONG_PASSKEY = "wrong-passkey"
    NOBODY_TO_ACT_FOR = "nobody-to-act-for"
    """The account is in order, but belongs to no employer any more."""


def ask_for_code(
    session: Session,
    keyring: Keyring,
    *,
    email: str,
    browser_token: str,
    address: str,
    at: datetime,
    registering: bool = False,
) -> Refusal | None:
    """Email a code to ``email`` if it has an account; the answer is the same if it has none.

    ``browser_token`` is a secret of the browser that asks, ``address`` its network address. When ``registering``, an
    address without an account gets one, which can do nothing until the code has been entered and an employer begun.
    Only ``Refusal.TOO_MANY`` is ever returned.
    """
    email = email.strip().lower()
    counted = counted_under(keyring, "ask", email, address)
    person = _lock_person(session, email)
    if too_many_tries(session, counted, at):
        return Refusal.TOO_MANY
    count_try(session, counted, at)
    if person is None and registering:
        person = _open_account(session, email, at)
    if person is None:
        return None
    code = new_code()
    sent = SignInCode(
        person_id=person.id,
        code_hash=_hash_code(keyring, code),
        browser_hash=_hash_browser(keyring, browser_token),
        asked_at=at,
        expires_at=at + CODE_LASTS,
    )
    session.add(sent)
    session.flush()
    purpose = "register an employer" if registering else "sign in"
    words = Words(
        subject=f"{code} is your code to {purpose}",
        text=(
            f"Your code to {purpose} is {code}\n\n"
            f"It works once, until {sent.expires_at.astimezone(LONDON):%H:%M}, and only in the browser in which you "
            "asked for it.\n\nIf you did not ask for it, somebody may have mistyped their address. "
            "You need not do anything: without the code nobody can sign in."
        ),
        link="/register/code" if registering else "/sign-in/code",
    )
    about = f"sign-in-code:{sent.id}"
    queue(session, "sign-in-code", person_id=person.id, about=about, due_on=london_date(at), words=words, at=at)
    return None


@dataclass(frozen=True, slots=True)
class Recognised:
    """Somebody who has entered the code that was emailed to them."""

    person: Person
    sent: SignInCode
    """Not spent."""
    counted: Counted
    """Under what another wrong answer counts as a try."""


def recognise(
    session: Session, keyring: Keyring, email: str, *, code: str, browser_token: str, address: str, at: datetime
) -> Recognised | Refusal:
    """Who was sent ``code``. A wrong one counts as a try, under the account and the network ``address``."""
    email = email.strip().lower()
    counted = counted_under(keyring, "enter", email, address)
    person = _lock_person(session, email)
    if too_many_tries(session, counted, at):
        return Refusal.TOO_MANY
    sent = _live_code(session, keyring, person, code=code, browser_token=browser_token, at=at)
    if person is None or sent is None:
        count_try(session, counted, at)
        return Refusal.WRONG_CODE
    return Recognised(person, sent, counted)


def confirm_address(
    session: Session, keyring: Keyring, *, email: str, code: str, browser_token: str, address: str, at: datetime
) -> Person | Refusal:
    """Spend the code that was emailed to somebody who registers: the address is theirs. Signs nobody in.

    A wrong code counts as a try, so the caller must commit whatever the answer is.
    """
    found = recognise(session, keyring, email, code=code, browser_token=browser_token, address=address, at=at)
    if isinstance(found, Refusal):
        return found
    found.sent.used_at = at
    return found.person


def clear_tries(session: Session, at: datetime) -> int:
    """Delete tries that no longer count, codes that no longer work, and accounts whose address nobody confirmed, once
    they are a day old, and what browsers were asked to sign and did not; says how many.
    """
    day_ago = at - timedelta(days=1)
    tries = session.execute(delete(SignInAttempt).where(SignInAttempt.at < day_ago))
    codes = session.execute(delete(SignInCode).where(SignInCode.expires_at < day_ago))
    found = int(tries.rowcount + codes.rowcount)  # type: ignore[attr-defined]
    return found + clear_challenges(session, at) + _clear_unconfirmed(session, day_ago)


def _clear_unconfirmed(session: Session, day_ago: datetime) -> int:
    """Accounts that a registration opened and that never began an employer: they have no name and did nothing."""
    unconfirmed = (
        select(Person.id)
        .where(Person.name == "", Person.staff_role.is_(None), Person.created_at < day_ago)
        .where(~exists().where(Membership.person_id == Person.id), ~exists().where(Event.by_id == Person.id))
    )
    ids = session.scalars(unconfirmed).all()
    for table in (Message, SignInCode, Correspondence, StoppedKind):
        session.execute(delete(table).where(table.person_id.in_(ids)))
    session.execute(delete(Person).where(Person.id.in_(ids)))
    return len(ids)


def _lock_person(session: Session, email: str) -> Person | None:
    # Locked, so that two tries at once are counted one after the other.
    return session.scalars(
        select(Person).where(Person.email == email, Person.closed_at.is_(None)).with_for_update()
    ).one_or_none()


def _open_account(session: Session, email: str, at: datetime) -> Person | None:
    """A new account without a name; ``None`` for an address whose account was closed."""
    try:
        with session.begin_nested():
            session.add(Person(email=email, name="", created_at=at))
    except IntegrityError:
        pass  # closed, or opened by another in this very moment
    return _lock_person(session, email)


def _live_code(
    session: Session, keyring: Keyring, person: Person | None, *, code: str, browser_token: str, at: datetime
) -> SignInCode | None:
    if person is None:
        return None
    typed = "".join(character for character in code if character.isdigit())
    return session.scalars(
        select(SignInCode)
        .where(
            SignInCode.person_id == person.id,
            SignInCode.code_hash == _hash_code(keyring, typed),
            SignInCode.browser_hash == _hash_browser(keyring, browser_token),
            SignInCode.used_at.is_(None),
            SignInCode.expires_at > at,
        )
        .limit(1)
    ).first()


def _hash_code(keyring: Keyring, code: str) -> str:
    return keyring.keyed_hash(code, "sign-in.code")


def _hash_browser(keyring: Keyring, browser_token: str) -> str:
    return keyring.keyed_hash(browser_token, "sign-in.browser")
