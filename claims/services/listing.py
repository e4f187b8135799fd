"""The eligible course list: prepare the next version, and see what it would do before it is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.incoming.faults import Fault
from claims.lifecycle import Actor, NotAllowed
from claims.models import CourseList, CourseListProposal
from claims.reference import parse_courses, render_courses
from claims.reference.comparing import Difference, compare
from claims.rules.scheme import CourseEntry
from claims.services.previewing import Effects, foresee
from claims.services.recording import record
from claims.store.course_lists import entries_of, latest_version, version_called
from claims.store.reference import listed_on

MUCH = 5
"""Taking away more than one in so many entries asks for their number to be typed."""


class AlreadyPublished(NotAllowed):
    """The proposal was published before, as version ``version``."""

    def __init__(self, version: int) -> None:
        super().__init__(f"This list was published as version {version} already.")
        self.version = version


@dataclass(frozen=True, slots=True)
class Preview:
    """What a proposed list would change, and for whom, if it held on its first day."""

    entries: tuple[CourseEntry, ...]
    difference: Difference
    """From the list that would otherwise hold on that day."""
    compared_with: int
    """That list's version."""
    latest: int
    """The version published last, whenever it holds: what whoever publishes must have seen."""
    overtaken: bool
    """Whether the proposal was made from an older version than the latest."""
    effects: Effects

    @property
    def takes_much_away(self) -> bool:
        before = len(self.difference.removed) + len(self.difference.changed) + self.difference.unchanged
        return len(self.difference.removed) * MUCH > before


def propose(
    session: Session,
    entries: Sequence[CourseEntry],
    *,
    what: str,
    from_on: date,
    made_from: int | None = None,
    notices: Sequence[Fault] = (),
    by: Actor,
    at: datetime,
) -> CourseListProposal:
    """Keep a list to be looked at; nothing holds until it is published.

    ``made_from`` is the version it was made from; the latest unless given. Raises ``NotAllowed`` for a day that has
    passed.
    """
    refuse_past(from_on, at)
    proposal = CourseListProposal(
        what=what,
        content=render_courses(entries),
        notices=[[notice.row, notice.column, notice.problem] for notice in notices],
        made_from=latest_version(session) if made_from is None else made_from,
        from_on=from_on,
        prepared_by_id=by.person_id,
        prepared_at=at,
    )
    session.add(proposal)
    session.flush()
    details = {"what": what, "from": from_on.isoformat(), "entries": len(entries)}
    record(session, "prepare", ("course-list-proposal", proposal.id), by, at, details=details)
    return proposal


def propose_again(session: Session, number: int, *, from_on: date, by: Actor, at: datetime) -> CourseListProposal:
    """Propose an earlier version again: the way back."""
    entries = entries_of(session, version_called(session, number).id)
    return propose(session, entries, what=f"Version {number} again", from_on=from_on, by=by, at=at)


def change_day(session: Session, proposal: CourseListProposal, from_on: date, by: Actor, at: datetime) -> None:
    """Let the list hold from another day, if published. Raises ``NotAllowed``."""
    refuse_closed(session, proposal)
    refuse_past(from_on, at)
    proposal.from_on = from_on
    details = {"from": from_on.isoformat()}
    record(session, "change-day", ("course-list-proposal", proposal.id), by, at, details=details)


def set_aside(session: Session, proposal: CourseListProposal, by: Actor, at: datetime) -> None:
    """Decide not to publish a proposal. It is kept. Raises ``NotAllowed``."""
    refuse_closed(session, proposal)
    proposal.set_aside_at = at
    record(session, "set-aside", ("course-list-proposal", proposal.id), by, at)


def preview(session: Session, proposal: CourseListProposal, today: date) -> Preview:
    """What publishing the proposal would do. A day that has passed counts as today."""
    made_from = proposal.made_from
    return preview_list(session, proposed_entries(proposal), max(proposal.from_on, today), made_from)


def preview_list(session: Session, entries: Sequence[CourseEntry], on: date, made_from: int | None = None) -> Preview:
    """What publishing ``entries`` from ``on`` would do."""
    listed = listed_on(session, on)
    difference = compare(entries_of(session, listed.course_list_id), entries)
    latest = latest_version(session)
    return Preview(
        entries=tuple(entries),
        difference=difference,
        compared_with=listed.version,
        latest=latest,
        overtaken=made_from is not None and made_from < latest,
        effects=foresee(session, entries, difference, on),
    )


def proposed_entries(proposal: CourseListProposal) -> tuple[CourseEntry, ...]:
    """The list that is proposed, arranged."""
    return tuple(parse_courses(proposal.content))


def refuse_past(from_on: date, at: datetime) -> None:
    """Raises ``NotAllowed`` for a first day before today."""
    if from_on < london_date(at):
        raise NotAllowed("A course list cannot hold from a day that has passed. Choose today or a later day.")


def refuse_closed(session: Session, proposal: CourseListProposal) -> None:
    """Raises ``AlreadyPublished``, or ``NotAllowed`` for a proposal that was set aside."""
    if proposal.published_as_id is not None:
        raise AlreadyPublished(session.get_one(CourseList, proposal.published_as_id).version)
    if proposal.set_aside_at is not None:
        raise NotAllowed("This list was set aside. Prepare it again if it is to be published.")
