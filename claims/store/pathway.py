"""What administrators said of the pathway: edits of links, and role categories added or changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from claims.models import LinkEdit, Person, RoleCategoryChange
from claims.reference import linking
from claims.rules.scheme import RoleCategory


def last_change() -> ColumnElement[str]:
    """``edit/category``: the marks of the last edit of a link and of the last change of a category; blank for none."""
    edit = select(LinkEdit.mark).order_by(LinkEdit.id.desc()).limit(1).scalar_subquery()
    category = select(RoleCategoryChange.mark).order_by(RoleCategoryChange.id.desc()).limit(1).scalar_subquery()
    return func.coalesce(edit, "").concat("/").concat(func.coalesce(category, ""))


def edits_of(session: Session) -> list[linking.LinkEdit]:
    """Every edit, in the order in which they were made."""
    return [_edit(row) for row in session.scalars(select(LinkEdit).order_by(LinkEdit.id))]


def _edit(row: LinkEdit) -> linking.LinkEdit:
    return linking.LinkEdit(
        number=row.id,
        subject=row.subject,
        whole_group=row.whole_group,
        role_category=row.role_category,
        act=linking.Act(row.act),
        rank=row.rank,
        basis=row.basis,
        evidence=row.evidence,
        confidence=row.confidence,
        source=row.source,
        files_said=row.files_said,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """An edit with who made it and when."""

    edit: linking.LinkEdit
    by: str
    at: datetime


def said_about(session: Session, subjects: Sequence[str]) -> list[Said]:
    """What was said of some courses and groups, newest first."""
    rows = session.execute(
        select(LinkEdit, Person.name)
        .join(Person, Person.id == LinkEdit.by_id)
        .where(LinkEdit.subject.in_(subjects))
        .order_by(LinkEdit.id.desc())
    )
    return [Said(_edit(row), name, row.at) for row, name in rows]


def latest_edit(session: Session) -> int:
    """The number of the latest edit of any link; 0 before the first."""
    return session.scalars(select(func.max(LinkEdit.id))).one() or 0


def changed_categories(session: Session) -> list[RoleCategory]:
    """Role categories that were added or changed, as they stand, in no order."""
    latest = select(func.max(RoleCategoryChange.id)).group_by(RoleCategoryChange.slug)
    rows = session.scalars(select(RoleCategoryChange).where(RoleCategoryChange.id.in_(latest)))
    return [
        RoleCategory(row.slug, row.title, row.kind, row.summary, row.position, row.from_on, row.to_on) for row in rows
    ]
