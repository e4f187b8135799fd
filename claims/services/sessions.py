"""Sessions of people who are signed in: begin, recognise, list and end them, notice a browser that is new."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claims.clock import LONDON, london_date
from claims.lifecycle import Actor, Role
from claims.models import Employer, KnownBrowser, Membership, Person, SignedInSession
from claims.secrets import Keyring, new_token
from claims.services.queueing import Words, queue
from claims.services.recording import record
from claims.store.care_services import services_seen_by

MESSAGE = "new-browser"
IDLE = timedelta(minutes=30)
AT_MOST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One browser in which somebody is signed in."""

    id: int
    browser: str
    """Such as ``Firefox on Windows``; blank where nobody knows."""
    started_at: datetime
    seen_at: datetime
    employer: str
    """Whom it acts for; blank for the back office."""
    is_this_one: bool


def start_session(session: Session, actor: Actor, at: datetime, *, confirmed: bool = False, browser: str = "") -> str:
    """A new session for somebody who has shown who they are; returns the token for the cookie.

    ``confirmed``: by a second factor too. ``browser`` is such as ``Firefox on Windows``.
    """
    token = new_token()
    session.add(
        SignedInSession(
            token_hash=hash_token(token),
            person_id=actor.person_id,
            employer_id=actor.employer_id,
            started_at=at,
            seen_at=at,
            confirmed_at=at if confirmed else None,
            browser=browser,
        )
    )
    session.flush()
    return token


def actor_of(session: Session, token: str, at: datetime) -> Actor | None:
    """Who is signed in with ``token``; ``None`` when the session has ended, timed out, or never was. Only reads.

    What the person may do is looked up each time: a role that was taken away is gone at once.
    """
    found = session.execute(
        select(SignedInSession, Person, Membership.role, Membership.id, Membership.limited)
        .join(Person, Person.id == SignedInSession.person_id)
        .outerjoin(
            Membership,
            (Membership.person_id == SignedInSession.person_id)
            & (Membership.employer_id == SignedInSession.employer_id)
            & Membership.left_at.is_(None),
        )
        .where(SignedInSession.token_hash == hash_token(token))
    ).one_or_none()
    if found is None or not _is_live(found[0], at) or found[1].closed_at is not None:
        return None
    kept, person, employer_role, membership_id, limited = found
    role = employer_role if kept.employer_id is not None else person.staff_role
    if not role:
        return None
    services = services_seen_by(session, membership_id) if limited and role == Role.SUBMITTER else None
    return Actor(Role(role), person.name, person.id, kept.employer_id, services)


def note_seen(session: Session, token: str, at: datetime) -> None:
    """Keep the session going for another 30 minutes. One that has timed out stays so."""
    session.execute(
        update(SignedInSession)
        .where(
            SignedInSession.token_hash == hash_token(token),
            SignedInSession.ended_at.is_(None),
            SignedInSession.seen_at > at - IDLE,
            SignedInSession.seen_at < at,
        )
        .values(seen_at=at)
    )


def end_session(session: Session, token: str, at: datetime) -> None:
    """Sign out. A session that is not there, or has ended, is left as it is."""
    actor = actor_of(session, token, at)
    if actor is None or actor.person_id is None:
        return
    session.execute(update(SignedInSession).where(SignedInSession.token_hash == hash_token(token)).values(ended_at=at))
    record(session, "sign-out", ("person", actor.person_id), actor, at)


def sessions_of(session: Session, by: Actor, token: str | None, at: datetime) -> Sequence[OwnSession]:
    """The sessions of ``by`` that have not ended, the one of ``token`` first, then the latest used."""
    this = hash_token(token) if token else ""
    rows = session.execute(
        select(SignedInSession, Employer.name)
        .outerjoin(Employer, Employer.id == SignedInSession.employer_id)
        .where(
            SignedInSession.person_id == by.person_id,
            SignedInSession.ended_at.is_(None),
            SignedInSession.seen_at > at - IDLE,
            SignedInSession.started_at > at - AT_MOST,
        )
        .order_by(SignedInSession.seen_at.desc(), SignedInSession.id.desc())
    )
    found = [
        OwnSession(kept.id, kept.browser, kept.started_at, kept.seen_at, employer or "", kept.token_hash == this)
        for kept, employer in rows
    ]
    return sorted(found, key=lambda each: not each.is_this_one)


def end_own_session(session: Session, session_id: int, by: Actor, at: datetime) -> bool:
    """Sign ``by`` out in one browser; says whether there was such a session of theirs."""
    kept = session.get(SignedInSession, session_id)
    if kept is None or kept.person_id != by.person_id:
        return False
    if kept.ended_at is None:
        kept.ended_at = at
        record(session, "end-session", ("person", kept.person_id), by, at, details={"session": kept.id})
    return True


def end_other_sessions(session: Session, token: str | None, by: Actor, at: datetime) -> int:
    """Sign ``by`` out everywhere but in the session of ``token``; says in how many."""
    others = [each for each in sessions_of(session, by, token, at) if not each.is_this_one]
    for each in others:
        end_own_session(session, each.id, by, at)
    return len(others)


def note_browser(
    session: Session, keyring: Keyring, *, browser_token: str, described: str, by: Actor, at: datetime
) -> None:
    """Remember the browser in which ``by`` has just signed in, and tell them by email when it is a new one.

    The first browser of an account is not told of: it is the one in which the account was taken into use.
    """
    if by.person_id is None:
        return
    browser_hash = keyring.keyed_hash(f"{by.person_id} {browser_token}", "known.browser")
    known = session.scalars(select(KnownBrowser).where(KnownBrowser.person_id == by.person_id)).all()
    for each in known:
        if each.browser_hash == browser_hash:
            each.seen_at = at
            return
    made = KnownBrowser(person_id=by.person_id, browser_hash=browser_hash, first_seen_at=at, seen_at=at)
    session.add(made)
    session.flush()
    if not known:
        return
    there = at.astimezone(LONDON)
    text = (
        f"On {there.day} {there:%B %Y} at {there:%H:%M} somebody signed in to your account in a browser that we had "
        f"not seen before{f': {described}' if described else ''}.\n\nIf it was you, you need not do anything. "
        "If not, sign in, end that session on the page of your account, and contact the scheme."
    )
    words = Words("Your account was used in a new browser", text, "/account")
    about = f"browser:{made.id}"
    queue(session, MESSAGE, person_id=by.person_id, about=about, due_on=london_date(at), words=words, at=at)


def _is_live(kept: SignedInSession, at: datetime) -> bool:
    return kept.ended_at is None and at < kept.seen_at + IDLE and at < kept.started_at + AT_MOST


def hash_token(token: str) -> str:
    """What the database keeps of a session's token."""
    # A token is 256 random bits: nothing to guess, so a plain hash is enough.
    return hashlib.sha256(token.encode()).hexdigest()
