"""Publish a prepared course list as the next version, from its day on, and tell the employers it touches."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.incoming.faults import Fault
from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import CourseList, CourseListProposal, Membership, Person
from claims.reminders.course_lists import ChangedDraft, word_course_list_change
from claims.reminders.kinds import Kind
from claims.rules.scheme import CourseEntry
from claims.rules.wording import in_words
from claims.services.listing import Preview, preview, propose, proposed_entries, refuse_closed, refuse_past
from claims.services.previewing import Effects
from claims.services.queueing import Words, queue
from claims.services.recording import record, take_turn
from claims.services.taking_up import hold_drafts_from, take_up, take_up_due
from claims.store.course_lists import add_list, latest_version
from claims.store.reference import listed_on

LETTER_DRAFTS = 20
"""How many drafts a message names; the others are counted."""


class OutOfDate(NotAllowed):
    """Another version was published since the page was made, or since the list was taken out."""


class TakesMuchAway(NotAllowed):
    """So many entries would go that their number must be typed."""


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
    refuse_closed(session, proposal)
    refuse_past(proposal.from_on, at)
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
