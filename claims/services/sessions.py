"""A person's own sessions and browsers: list them, end them, notice a browser that is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import LONDON, london_date
from claims.lifecycle import Actor
from claims.models import Employer, KnownBrowser, SignedInSession
from claims.secrets import Keyring
from claims.services.queueing import Words, queue
from claims.services.recording import record
from claims.services.signing_in import AT_MOST, IDLE, hash_token

MESSAGE = "new-browser"


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
