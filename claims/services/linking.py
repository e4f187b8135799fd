"""Say which role categories a course serves, beside the reference files, and which categories there are."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.lifecycle import Actor, NotAllowed, Role
from claims.models import LinkEdit, RoleCategoryChange
from claims.reference import linking
from claims.reference.linking import Act, groups_of, said_of
from claims.rules.scheme import Reference, RoleCategory
from claims.services.recording import record, take_turn
from claims.store.pathway import changed_categories
from claims.store.reference import from_files

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class SaidSince(NotAllowed):
    """Somebody else said something of the same course or group after the page was shown."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What something is said of: one course, or every course of a group, and a role category."""

    name: str
    """A course's code, or a group's name (``claims.reference.linking.group_name``)."""
    whole_group: bool
    role_category: str


@dataclass(frozen=True, slots=True)
class Link:
    """What an administrator says of a course and a role category."""

    rank: str
    """``primary`` or ``secondary``."""
    basis: str
    """``published`` or ``inferred``."""
    evidence: str
    """As in ``reference/pathway_links.csv``: G2, O or I."""
    confidence: str
    """``high``, ``medium`` or ``low``."""


def say(
    session: Session,
    reference: Reference,
    subject: Subject,
    link: Link | None,
    *,
    source: str,
    by: Actor,
    at: datetime,
    seen: int | None = None,
) -> None:
    """``subject`` serves its role category as ``link`` says; ``None``: it does not.

    ``reference`` is the one of today. ``seen`` is the latest edit of anything when the page was shown. Raises
    ``NotAllowed`` for anybody but an administrator, a course, group or category that there is not, or a missing source;
    ``SaidSince``.
    """
    _begin(session, by)
    if not source.strip():
        raise NotAllowed("Say where this comes from.")
    if subject.role_category not in reference.role_categories:
        raise NotAllowed("There is no such role category today.")
    if not _codes_of(reference, subject):
        raise NotAllowed("There is no such course or group of courses on the list.")
    _refuse_stale(session, subject, seen)
    act = Act.UNLINK if link is None else Act.LINK
    _write(session, reference, subject, act, link, source=source.strip(), by=by, at=at)


def go_by_the_file(session: Session, reference: Reference, edit_number: int, by: Actor, at: datetime) -> None:
    """Withdraw an edit that stands: the reference file says again what holds. Raises ``NotAllowed``."""
    _begin(session, by)
    edit = _standing(session, edit_number)
    _write(session, reference, _subject_of(edit), Act.WITHDRAW, None, source="", by=by, at=at)


def keep(session: Session, reference: Reference, edit_number: int, by: Actor, at: datetime) -> None:
    """Say an edit that stands once more, knowing what the reference file says now. Raises ``NotAllowed``."""
    _begin(session, by)
    edit = _standing(session, edit_number)
    link = Link(edit.rank, edit.basis, edit.evidence, edit.confidence) if edit.act == Act.LINK else None
    _write(session, reference, _subject_of(edit), Act(edit.act), link, source=edit.source, by=by, at=at)


def describe_category(session: Session, category: RoleCategory, by: Actor, at: datetime, *, source: str) -> None:
    """Add a role category, or say of one that there is how it is called and when it begins or ends, both inclusive.

    Raises ``NotAllowed`` for anybody but an administrator, an address that cannot be one, dates in the wrong order,
    a position that another has, or a missing source.
    """
    _begin(session, by)
    if not SLUG.fullmatch(category.slug):
        raise NotAllowed("The short name may have small letters a to z, numbers and single hyphens.")
    if category.from_on and category.to_on and category.to_on < category.from_on:
        raise NotAllowed("The last day must be on or after the first day.")
    if not source.strip():
        raise NotAllowed("Say where this comes from.")
    known = {**from_files().role_categories, **{each.slug: each for each in changed_categories(session)}}
    for other in known.values():
        if other.slug != category.slug and other.position == category.position:
            raise NotAllowed(f"{other.title} has the position {category.position} already.")
    change = RoleCategoryChange(
        slug=category.slug,
        title=category.title,
        kind=category.kind,
        summary=category.summary,
        position=category.position,
        from_on=category.from_on,
        to_on=category.to_on,
        source=source.strip(),
        by_id=by.person_id,
        at=at,
    )
    session.add(change)
    session.flush()
    days = {"from_on": _iso(category.from_on), "to_on": _iso(category.to_on)}
    details = {"slug": category.slug, "title": category.title, "position": category.position, **days}
    record(session, "describe", ("role-category", change.id), by, at, details=details)


def _begin(session: Session, by: Actor) -> None:
    if by.role is not Role.ADMINISTRATOR:
        raise NotAllowed("Only administrators can change the pathway.")
    take_turn(session)


def _subject_of(edit: LinkEdit) -> Subject:
    return Subject(edit.subject, edit.whole_group, edit.role_category)


def _codes_of(reference: Reference, subject: Subject) -> tuple[str, ...]:
    if subject.whole_group:
        return groups_of(reference).get(subject.name, ())
    return (subject.name,) if subject.name in reference.courses else ()


def _refuse_stale(session: Session, subject: Subject, seen: int | None) -> None:
    if seen is None:
        return
    since = select(LinkEdit.id).where(LinkEdit.subject == subject.name, LinkEdit.id > seen).limit(1)
    if session.scalars(since).first() is not None:
        raise SaidSince("Somebody changed these links after this page was shown. Look at them again.")


def _standing(session: Session, edit_number: int) -> LinkEdit:
    edit = session.get(LinkEdit, edit_number)
    if edit is None:
        raise NotAllowed("There is no such change.")
    later = select(LinkEdit.id).where(
        LinkEdit.subject == edit.subject,
        LinkEdit.whole_group == edit.whole_group,
        LinkEdit.role_category == edit.role_category,
        LinkEdit.id > edit.id,
    )
    if edit.act == linking.Act.WITHDRAW or session.scalars(later.limit(1)).first() is not None:
        raise NotAllowed("This does not stand any more. Look at the links again.")
    return edit


def _write(
    session: Session,
    reference: Reference,
    subject: Subject,
    act: Act,
    link: Link | None,
    *,
    source: str,
    by: Actor,
    at: datetime,
) -> None:
    files, category = from_files().links, subject.role_category
    edit = LinkEdit(
        subject=subject.name,
        whole_group=subject.whole_group,
        role_category=category,
        act=act,
        rank=link.rank if link else "",
        basis=link.basis if link else "",
        evidence=link.evidence if link else "",
        confidence=link.confidence if link else "",
        source=source,
        files_said={code: said_of(files.get(code, ()), category) for code in _codes_of(reference, subject)},
        by_id=by.person_id,
        at=at,
    )
    session.add(edit)
    session.flush()
    details = {"subject": subject.name, "role_category": category, "rank": edit.rank, "basis": edit.basis}
    record(session, str(act), ("pathway", edit.id), by, at, details={**details, "source": source})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
