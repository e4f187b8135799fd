"""Take a published course list up: open drafts follow it from its first day on."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from claims.clock import london_date
from claims.lifecycle import State
from claims.models import Claim, CourseList, Purchase
from claims.reference.comparing import Difference, compare
from claims.rules.scheme import CourseEntry, Fund, Reference
from claims.services.drafting import note_deadline
from claims.services.previewing import Effects, foresee, fund_under
from claims.services.recording import record, take_turn
from claims.services.seeding import SYSTEM
from claims.store.course_lists import entries_of, entries_on
from claims.store.reference import as_listed, listed_on

AT_A_TIME = 500


def take_up_due(session: Session, at: datetime) -> int:
    """Judge open drafts by the lists that hold by now and were published beforehand. Returns how many lists."""
    today = london_date(at)
    due = session.scalars(
        select(CourseList)
        .where(CourseList.taken_up_at.is_(None), CourseList.from_on <= today)
        .order_by(CourseList.from_on, CourseList.version)
    ).all()
    if not due:
        return 0
    last = session.scalars(
        select(CourseList)
        .where(CourseList.taken_up_at.is_not(None))
        .order_by(CourseList.from_on.desc(), CourseList.version.desc())
        .limit(1)
    ).one()
    hold_drafts(session, compare(entries_of(session, last.id), entries_on(session, today)))
    take_turn(session)
    for course_list in due:
        session.refresh(course_list)
        if course_list.taken_up_at is not None:
            continue
        if listed_on(session, today).course_list_id == course_list.id:
            _take_up_after(session, last, course_list, at)
        else:
            # Another took its days before drafts were judged by it.
            course_list.taken_up_at = at
    session.flush()
    return len(due)


def hold_drafts_from(session: Session, entries: Sequence[CourseEntry], from_on: date, at: datetime) -> None:
    """As below, for a list that is taken up as it is published."""
    if from_on <= london_date(at):
        hold_drafts(session, compare(entries_on(session, from_on), entries))


def hold_drafts(session: Session, difference: Difference) -> None:
    """Lock the purchases of the drafts that may come out otherwise, before the chain: as every act on claims does."""
    drafts = select(Claim.purchase_id).where(
        Claim.state == State.DRAFT, Claim.course_code.in_(difference.deciding_codes)
    )
    session.execute(select(Purchase.id).where(Purchase.id.in_(drafts)).order_by(Purchase.id).with_for_update())


def _take_up_after(session: Session, last: CourseList, course_list: CourseList, at: datetime) -> None:
    today = london_date(at)
    old, new = entries_of(session, last.id), entries_of(session, course_list.id)
    # The new list holds already, so this looks back; the drafts that come out otherwise are the same.
    effects = foresee(session, old, compare(new, old), today)
    take_up(session, course_list, effects, as_listed(session, last.id).reference, at)
    record(session, "take-up", ("course-list", course_list.id), SYSTEM, at, details={"version": course_list.version})


def take_up(session: Session, course_list: CourseList, effects: Effects, before: Reference, at: datetime) -> None:
    """Note what follows from the new list in drafts: their fund, year and last day, and that a page may be old."""
    course_list.taken_up_at = at
    session.flush()
    ids = [effect.claim_id for effect in effects.drafts]
    for start in range(0, len(ids), AT_A_TIME):
        session.execute(
            update(Claim)
            .where(Claim.id.in_(ids[start : start + AT_A_TIME]), Claim.state == State.DRAFT)
            .values(changes=Claim.changes + 1)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()
    now = as_listed(session, course_list.id).reference
    codes = [code for code in before.courses.keys() | now.courses.keys() if _paid_otherwise(code, before, now)]
    drafts = session.scalars(
        select(Claim)
        .where(Claim.state == State.DRAFT, Claim.course_code.in_(codes))
        .options(joinedload(Claim.purchase))
    ).all()
    for claim in drafts:
        fund = fund_under(now, claim)
        claim.fund = claim.purchase.fund = fund
        note_deadline(claim, now, london_date(at))
    session.flush()


def _paid_otherwise(code: str, before: Reference, now: Reference) -> bool:
    """Whether the fund or the kind of delivery of a course differs: only these decide a draft's year and last day."""

    def paid_by(reference: Reference) -> tuple[Fund, bool] | None:
        entries = reference.courses.get(code, ())
        return (entries[-1].fund, entries[-1].is_internal_ommt) if entries else None

    return paid_by(before) != paid_by(now)
