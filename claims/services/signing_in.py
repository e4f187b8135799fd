"""Sign people in by an emailed code, the back office with a second factor too."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, Role
from claims.models import Membership
from claims.secrets import Keyring
from claims.services.challenging import Answered, Purpose, RelyingParty, ask_for_own_passkey
from claims.services.emailing_codes import Refusal, recognise
from claims.services.proving import shows_second_factor
from claims.services.recognising import shows_passkey
from claims.services.recording import record
from claims.services.sessions import start_session
from claims.services.throttling import count_try


@dataclass(frozen=True, slots=True)
class Choose:
    """The codes are right and unspent; the person acts for several employers and must say which."""

    employers: tuple[tuple[int, str], ...]
    """Id and name, by name."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    """For the cookie; the database keeps only its hash."""
    actor: Actor


def enter_code(
    session: Session,
    keyring: Keyring,
    *,
    email: str,
    code: str,
    browser_token: str,
    address: str,
    at: datetime,
    authenticator_code: str = "",
    passkey: Answered | None = None,
    employer_id: int | None = None,
    browser: str = "",
) -> SignedIn | Choose | Refusal:
    """Sign in with the code that was emailed; the back office needs ``authenticator_code`` or ``passkey`` as well.

    A recovery code stands for the authenticator's. ``browser`` describes the browser to its owner.

    The code is spent only when the answer is ``SignedIn``. A wrong code, authenticator code or passkey counts as a try,
    so the caller must commit whatever the answer is.
    """
    found = recognise(session, keyring, email, code=code, browser_token=browser_token, address=address, at=at)
    if isinstance(found, Refusal):
        return found
    person, counted = found.person, found.counted
    if person.staff_role is not None:
        actor = Actor(Role(person.staff_role), person.name, person.id)
        if passkey is not None and not shows_passkey(session, keyring, person, passkey, by=actor, at=at):
            count_try(session, counted, at)
            return Refusal.WRONG_PASSKEY
        if passkey is None and not authenticator_code.strip():
            return Refusal.AUTHENTICATOR_NEEDED
        if passkey is None and not shows_second_factor(session, keyring, person, authenticator_code, at):
            count_try(session, counted, at)
            return Refusal.WRONG_AUTHENTICATOR
    else:
        memberships = _memberships_of(session, person.id)
        if not memberships:
            return Refusal.NOBODY_TO_ACT_FOR
        chosen = [one for one in memberships if len(memberships) == 1 or one.employer_id == employer_id]
        if not chosen:
            return Choose(tuple((one.employer_id, one.employer.name) for one in memberships))
        actor = Actor(Role(chosen[0].role), person.name, person.id, chosen[0].employer_id)
    found.sent.used_at = at
    record(session, "sign-in", ("person", person.id), actor, at)
    # The back office has shown its second factor by now.
    token = start_session(session, actor, at, confirmed=person.staff_role is not None, browser=browser)
    return SignedIn(token, actor)


def ask_for_passkey(
    session: Session,
    keyring: Keyring,
    party: RelyingParty,
    *,
    email: str,
    code: str,
    browser_token: str,
    address: str,
    at: datetime,
) -> str | Refusal:
    """What the browser of somebody of the back office must be given to use a passkey, once the emailed code is right.

    The code is not spent. A wrong one counts as a try, so the caller must commit whatever the answer is.
    """
    found = recognise(session, keyring, email, code=code, browser_token=browser_token, address=address, at=at)
    if isinstance(found, Refusal):
        return found
    person = found.person
    if person.staff_role is None:
        count_try(session, found.counted, at)
        return Refusal.WRONG_CODE
    return ask_for_own_passkey(session, keyring, party, person, purpose=Purpose.SIGN_IN, browser=browser_token, at=at)


def _memberships_of(session: Session, person_id: int) -> list[Membership]:
    present = select(Membership).where(Membership.person_id == person_id, Membership.left_at.is_(None))
    return sorted(session.scalars(present), key=lambda one: one.employer.name)
