"""Course lists out of the database: one version as CSV or as a workbook, to be imported again unchanged."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.models import CourseListEntry
from claims.reference import render_courses
from claims.rules.wording import in_words
from claims.store.course_lists import Version, entries_of
from claims.store.reference import as_listed
from claims.workbooks.course_list import ListTotals, stream_course_list
from claims.workbooks.rows import About


def version_as_csv(session: Session, version: Version) -> bytes:
    """The version as a file; the same version gives the same bytes."""
    return render_courses(entries_of(session, version.id)).encode()


def version_as_workbook(session: Session, version: Version, made_by: str, at: datetime) -> Iterator[bytes]:
    """The version as a workbook, with the pathway beside it. What it needs is read before this returns."""
    reference = as_listed(session, version.id).reference
    year = reference.year_to_go_by(london_date(at))
    about = About(
        subject=f"version {version.number}, from {in_words(version.from_on)}",
        filters=(),
        scheme_year=year.name,
        course_list_version=str(version.number),
        rules_version=year.rules_version,
        made_at=at,
        made_by=made_by,
    )
    return stream_course_list(
        about,
        entries_of(session, version.id),
        totals=_count(session, version.id),
        categories=list(reference.role_categories.values()),
        links=reference.links,
    )


def _count(session: Session, course_list_id: int) -> ListTotals:
    entry = CourseListEntry
    entries, pence = session.execute(
        select(func.count(), func.sum(entry.max_reimbursement_pence)).where(entry.course_list_id == course_list_id)
    ).one()
    by_fund = session.execute(
        select(entry.fund, func.count())
        .where(entry.course_list_id == course_list_id)
        .group_by(entry.fund)
        .order_by(entry.fund)
    )
    return ListTotals(entries, int(pence or 0), tuple((fund, count) for fund, count in by_fund))
