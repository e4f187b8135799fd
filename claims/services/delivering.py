"""Deliver what is queued: lease a person's messages, send them as one letter, record it; never knowingly twice.

Source of the design and its measurements: docs/technology.md, "sending once".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from claims.db import Database
from claims.mail import Letter, Sender, TryLater, Undeliverable, Unsure
from claims.mail.digest import Closing, Item, as_html, as_text, subject_of
from claims.models import Message, Person
from claims.reminders.kinds import MOST_URGENT_FIRST
from claims.reminders.rhythm import is_quiet
from claims.secrets import Keyring
from claims.services.corresponding import mark_arriving, mark_refused, stop_address, wishes_of
from claims.services.mattering import still_matters

LEASE = timedelta(minutes=5)
"""Much longer than a sending takes; a process that died gives its letters back after it."""
GAPS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4))
"""Before the second, third, fourth and fifth try."""
MOST_TRIES = len(GAPS) + 1
ALONE = frozenset({"sign-in-code"})
"""Kinds that go in a letter of their own, because somebody waits for them."""

CHOOSE = "/notifications"
REFUSED = "The address was refused before. The person must give another, or sign in, which shows that letters arrive."

MOST_GIVEN = 2
"""A relay that cannot be asked is given a letter no more often than this when nobody knows what became of it."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every letter needs besides its words."""

    base_url: str
    """The public address of the service, without a closing slash."""
    keyring: Keyring
    """Signs the address that stops letters of a kind."""


@dataclass(frozen=True, slots=True)
class Leased:
    """One letter in our hands until the lease runs out."""

    letter: str
    message_ids: tuple[int, ...]
    until: datetime
    tries: int
    """How many sendings began, with this one. How an earlier one ended may not be known."""
    given: int
    """How often it was given to a relay of which nobody knows whether it took it."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a delivery run did, in letters."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0


def deliver(
    database: Database, sender: Sender, letterhead: Letterhead, now: Callable[[], datetime], limit: int = 100
) -> Delivered:
    """Send what is due, at most ``limit`` letters; what fails is tried again later, growing apart, five times in all.

    Nothing is locked while a letter is sent, so any number of these may run.
    """
    outcomes = []
    for _ in range(limit):
        with database.write() as session:
            leased = lease_letter(session, now())
        if leased is None:
            break
        ended = _send(database, sender, leased, letterhead, now())
        # The sooner it is written down, the less often a process dies knowing alone what became of a letter.
        with database.write_hurriedly() as session:
            outcomes.append(_record(session, leased, ended, now()))
    return Delivered(outcomes.count("sent"), outcomes.count("queued"), outcomes.count("failed"))


def lease_letter(session: Session, at: datetime) -> Leased | None:
    """Take one person's due messages, or a letter that was not finished, for ``LEASE``; ``None`` when nothing is due.

    A letter that was begun is taken again as it was; messages that came since go in the next one.
    """
    due = or_(
        and_(Message.state == "queued", Message.not_before <= at),
        and_(Message.state == "leased", Message.leased_until <= at),
    )
    if is_quiet(at):
        due = and_(due, Message.kind.in_(ALONE))
    next_due = select(Message).where(due).order_by(Message.due_on, Message.id).limit(1)
    while (first := session.scalars(next_due).first()) is not None:
        # Whoever leases for this person waits here, so that one moment's messages are never shared between letters.
        session.scalars(select(Person.id).where(Person.id == first.person_id).with_for_update()).one()
        # What was read before the lock may be another's by now.
        session.refresh(first)
        found = session.scalars(
            select(Message)
            .where(due, _together_with(first))
            .order_by(Message.id)
            .execution_options(populate_existing=True)
        ).all()
        messages = [message for message in found if _keeps_its_reason(session, message, at)]
        if messages:
            return _lease(messages, at)
        session.flush()
    return None


def _together_with(first: Message) -> ColumnElement[bool]:
    """The messages that go in one letter with ``first``."""
    if first.letter is not None:
        return Message.letter == first.letter
    if first.kind in ALONE:
        return Message.id == first.id
    return and_(Message.person_id == first.person_id, Message.letter.is_(None), Message.kind.not_in(ALONE))


def _lease(messages: Sequence[Message], at: datetime) -> Leased:
    first = messages[0]
    letter = first.letter or min(messages, key=_urgency).reference
    for message in messages:
        message.letter, message.state, message.leased_until = letter, "leased", at + LEASE
        message.tries += 1
    return Leased(letter, tuple(message.id for message in messages), at + LEASE, first.tries, first.given)


def _keeps_its_reason(session: Session, message: Message, at: datetime) -> bool:
    """Drops a reminder whose reason has gone since it was queued, unless a letter may already have carried it."""
    if message.letter is not None or still_matters(session, message, at):
        return True
    message.state, message.leased_until = "dropped", None
    return False


@dataclass(frozen=True, slots=True)
class Ended:
    """How one sending ended."""

    problem: str = ""
    """Blank when the letter went."""
    for_good: bool = False
    address_refused: bool = False
    is_unsure: bool = False
    """Nobody knows whether the letter went."""


def _send(database: Database, sender: Sender, leased: Leased, letterhead: Letterhead, at: datetime) -> Ended:
    """Send a letter unless it went before."""
    if leased.tries > 1:
        try:
            went = sender.already_sent(leased.letter)
        except Exception as fault:  # noqa: BLE001  whatever it raises, the sender is asked again later
            return Ended(str(fault) or type(fault).__name__)
        if went:
            return Ended()
        if went is None and leased.given >= MOST_GIVEN:
            return Ended("It may have gone up to two times, so it is not sent again.", for_good=True)
    with database.read() as session:
        letter = _compose(session, leased, letterhead, at)
    if letter is None:
        return Ended(REFUSED, for_good=True)
    given = False

    def giving() -> None:
        nonlocal given
        with database.write_hurriedly() as session:
            _count_as_given(session, leased)
        given = True

    try:
        sender.send(letter, giving)
    except Undeliverable as refusal:
        return Ended(str(refusal), for_good=True, address_refused=refusal.address_refused)
    except Unsure as silence:
        return Ended(str(silence), is_unsure=True)
    except TryLater as fault:
        return Ended(str(fault))
    except Exception as fault:  # noqa: BLE001  whatever a sender raises, the letter is tried again or given up
        return Ended(str(fault) or type(fault).__name__, is_unsure=given)
    return Ended()


def _count_as_given(session: Session, leased: Leased) -> None:
    """Write down that a relay is about to get the letter: from here on, nobody knows, until we are told."""
    held = session.scalars(
        select(Message).where(Message.letter == leased.letter, Message.leased_until == leased.until).with_for_update()
    ).all()
    if not held:
        raise TryLater("The lease ran out before the letter went.")
    for message in held:
        message.given = leased.given + 1


def _record(session: Session, leased: Leased, ended: Ended, at: datetime) -> str:
    """Write down how the letter ended: ``sent``, ``queued`` again, or ``failed``."""
    problem = ended.problem
    messages = session.scalars(
        select(Message)
        .where(Message.letter == leased.letter, Message.state.in_(("leased", "queued")))
        .with_for_update()
    ).all()
    outcome = "sent"
    if problem:
        outcome = "failed" if ended.for_good or leased.tries >= MOST_TRIES else "queued"
    for message in messages:
        if outcome == "sent":
            message.state, message.sent_at, message.problem = "sent", at, ""
        elif message.leased_until != leased.until:
            # The lease ran out, and somebody else has the letter now: how it ends is theirs to say.
            continue
        else:
            message.state = outcome
            message.problem = problem
            message.given = leased.given + ended.is_unsure
            message.not_before = at if outcome == "failed" else at + GAPS[leased.tries - 1]
        message.leased_until = None
    if messages and outcome == "sent":
        mark_arriving(session, messages[0].person_id)
    elif messages and ended.address_refused:
        mark_refused(session, messages[0].person_id, at)
    return outcome


def _compose(session: Session, leased: Leased, letterhead: Letterhead, at: datetime) -> Letter | None:
    """The letter; ``None`` when it need not be tried, because the person's address was refused before."""
    messages = sorted(session.scalars(select(Message).where(Message.id.in_(leased.message_ids))).all(), key=_urgency)
    person = session.get_one(Person, messages[0].person_id)
    # A code for signing in is tried all the same: that it arrives is how we learn that letters do again.
    if messages[0].kind not in ALONE and wishes_of(session, person.id).refused_at is not None:
        return None
    items = [
        Item(message.subject, message.text, f"{letterhead.base_url}{message.link}" if message.link else "")
        for message in messages
    ]
    stop_path = stop_address(letterhead.keyring, person.id, {message.kind for message in messages})
    stop = f"{letterhead.base_url}{stop_path}" if stop_path else ""
    choose = "" if messages[0].kind in ALONE else f"{letterhead.base_url}{CHOOSE}"
    closing = Closing(choose, stop)
    # RFC 8058: a mail program offers to stop such letters, and does it by one POST, without signing in.
    headers = (("List-Unsubscribe", f"<{stop}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return Letter(
        reference=leased.letter,
        to_address=person.email,
        to_name=person.name,
        subject=subject_of(items),
        text=as_text(items, closing),
        html=as_html(items, closing),
        sent_at=at,
        headers=headers if stop else (),
    )


def _urgency(message: Message) -> tuple[int, object, int]:
    kinds = [str(kind) for kind in MOST_URGENT_FIRST]
    rank = kinds.index(message.kind) if message.kind in kinds else len(kinds)
    return rank, message.due_on, message.id
