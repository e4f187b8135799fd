"""The eligible course list: prepare the next version, see what it does, publish it from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import CourseList, CourseListProposal, Membership, Person
from claims.reference import parse_courses, render_courses
from claims.reference.comparing import Difference, compare
from claims.reference.faults import Fault
from claims.reminders.course_lists import ChangedDraft, word_course_list_change
from claims.reminders.kinds import Kind
from claims.rules.scheme import CourseEntry
from claims.rules.wording import in_words
from claims.services.previewing import Effects, foresee
from claims.services.queueing import Words, queue
from claims.services.recording import record, take_turn
from claims.services.taking_up import hold_drafts_from, take_up, take_up_due
from claims.store.course_lists import (
    add_list,
    entries_of,
    latest_version,
    version_called,
)
from claims.store.reference import listed_on

MUCH = 5
"""Taking away more than one in so many entries asks for their number to be typed."""
LETTER_DRAFTS = 20
"""How many drafts a message names; the others are counted."""


class OutOfDate(NotAllowed):
    """Another version was published since the page was made, or since the list was taken out."""


class TakesMuchAway(NotAllowed):
    """So many entries would go that their number must be typed."""


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
    _refuse_past(from_on, at)
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
    _refuse_closed(session, proposal)
    _refuse_past(from_on, at)
    proposal.from_on = from_on
    details = {"from": from_on.isoformat()}
    record(session, "change-day", ("course-list-proposal", proposal.id), by, at, details=details)


def set_aside(session: Session, proposal: CourseListProposal, by: Actor, at: datetime) -> None:
    """Decide not to publish a proposal. It is kept. Raises ``NotAllowed``."""
    _refuse_closed(session, proposal)
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


def publish(
    session: Session,
    proposal: CourseListProposal,
    *,
    seen: int,
    overtaken_is_meant: bool = False,
    removals_typed: int | None = None,
    by: Actor,
    at: datetime,
) -> CourseList:
    """Publish the proposal as the next version, from its day on.

    ``seen`` is the latest version when the preview was made; ``overtaken_is_meant`` says that a list made from an older
    version is meant all the same; ``removals_typed`` is how many entries the person says will go. Open drafts are
    judged by the new list from its first day; submitted claims keep their version. Employers with drafts that come
    out otherwise are told. Raises ``NotAllowed``: as ``AlreadyPublished``, ``OutOfDate``, ``TakesMuchAway`` or plainly.
    """
    if by.role is not Role.ADMINISTRATOR:
        raise NotAllowed("Only an administrator can publish a course list.")
    take_up_due(session, at)
    hold_drafts_from(session, proposed_entries(proposal), proposal.from_on, at)
    # Claims are submitted before or after this, never during: each is judged by one version.
    take_turn(session)
    session.refresh(proposal)
    _refuse_closed(session, proposal)
    _refuse_past(proposal.from_on, at)
    found = preview(session, proposal, london_date(at))
    _refuse_unseen(proposal, found, seen, overtaken_is_meant=overtaken_is_meant, removals_typed=removals_typed)
    before = listed_on(session, proposal.from_on).reference
    published = add_list(
        session, found.entries, version=found.latest + 1, from_on=proposal.from_on, published_by=by.name, at=at
    )
    proposal.published_as_id = published.id
    record(session, "publish", ("course-list", published.id), by, at, details=_details(published, found))
    _tell(session, published, found.effects, at)
    if published.from_on <= london_date(at):
        take_up(session, published, found.effects, before, at)
    return published


def publish_at_once(
    session: Session,
    entries: Sequence[CourseEntry],
    *,
    what: str,
    from_on: date,
    made_from: int | None = None,
    notices: Sequence[Fault] = (),
    overtaken_is_meant: bool = False,
    removals_typed: int | None = None,
    by: Actor,
    at: datetime,
) -> CourseList:
    """Propose and publish in one transaction, for whoever compares beforehand. Raises ``NotAllowed`` as both do."""
    hold_drafts_from(session, entries, from_on, at)
    proposal = propose(session, entries, what=what, from_on=from_on, made_from=made_from, notices=notices, by=by, at=at)
    return publish(
        session,
        proposal,
        seen=latest_version(session),
        overtaken_is_meant=overtaken_is_meant,
        removals_typed=removals_typed,
        by=by,
        at=at,
    )


def _refuse_past(from_on: date, at: datetime) -> None:
    if from_on < london_date(at):
        raise NotAllowed("A course list cannot hold from a day that has passed. Choose today or a later day.")


def _refuse_closed(session: Session, proposal: CourseListProposal) -> None:
    if proposal.published_as_id is not None:
        raise AlreadyPublished(session.get_one(CourseList, proposal.published_as_id).version)
    if proposal.set_aside_at is not None:
        raise NotAllowed("This list was set aside. Prepare it again if it is to be published.")


def _refuse_unseen(
    proposal: CourseListProposal, found: Preview, seen: int, *, overtaken_is_meant: bool, removals_typed: int | None
) -> None:
    if found.difference.is_empty:
        raise NotAllowed(
            f"This list is the same as version {found.compared_with}, which holds on {in_words(proposal.from_on)}."
        )
    if seen != found.latest:
        raise OutOfDate(
            f"Version {found.latest} was published after this page was made. Check below what would change now."
        )
    if found.overtaken and not overtaken_is_meant:
        raise OutOfDate(
            f"This list was made from version {proposal.made_from}, and version {found.latest} has been published "
            "since. Confirm that it is to be published all the same, or make it again from the latest version."
        )
    removed = len(found.difference.removed)
    if found.takes_much_away and removals_typed != removed:
        raise TakesMuchAway(
            f"This takes {removed:,} entries away, more than a fifth of the list. Enter that number to confirm."
        )


def _details(published: CourseList, found: Preview) -> dict[str, object]:
    return {
        "version": published.version,
        "from": published.from_on.isoformat(),
        "compared_with": found.compared_with,
        "added": len(found.difference.added),
        "removed": len(found.difference.removed),
        "changed": len(found.difference.changed),
        "unchanged": found.difference.unchanged,
        "drafts": len(found.effects.drafts),
    }


def _tell(session: Session, published: CourseList, effects: Effects, at: datetime) -> None:
    """One message for each person of an employer who is told about its drafts."""
    by_employer: dict[int, list[ChangedDraft]] = {}
    entered_by: dict[int, set[int]] = {}
    for effect in effects.drafts:
        drafts = by_employer.setdefault(effect.employer_id, [])
        drafts.append(
            ChangedDraft(
                effect.reference,
                effect.initials,
                effect.title,
                effect.before.payable_pence,
                effect.after.payable_pence,
                could_be_claimed=effect.before.outcome != "ineligible",
                can_be_claimed=effect.after.outcome != "ineligible",
            )
        )
        entered_by.setdefault(effect.employer_id, set()).add(effect.entered_by_id)
    present = session.execute(
        select(Membership.employer_id, Membership.person_id, Membership.role)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.left_at.is_(None), Person.closed_at.is_(None))
        .order_by(Membership.employer_id, Membership.person_id)
    ).all()
    for employer_id, person_id, role in present:
        if employer_id in by_employer and (role == Role.SRO or person_id in entered_by[employer_id]):
            worded = word_course_list_change(by_employer[employer_id], published.from_on, LETTER_DRAFTS)
            queue(
                session,
                Kind.COURSE_LIST_CHANGED,
                person_id=person_id,
                about=f"course-list:{published.version}:employer:{employer_id}",
                due_on=london_date(at),
                words=Words(*worded),
                at=at,
            )
