"""An employer's learners: found by parts of their names with an index, and listed page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from claims.models import Learner, NamePart
from claims.models.names import words_of

PAGE_SIZE = 50
MOST_WORDS = 6
"""Of a search; more would only cost."""
LAST_CHARACTER = chr(0x10FFFF)
NO_SERVICE = 0
"""In a filter: learners of whom the employer did not say where they work."""


def are_named(employer_id: int, search: str, learner_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether ``learner_id`` is a learner of the employer of whose name every word of ``search`` begins a part.

    Nobody is without a word.
    """
    words = words_of(search)[:MOST_WORDS]
    if not words:
        return false()
    return and_(
        *(
            learner_id.in_(
                select(NamePart.learner_id).where(
                    NamePart.employer_id == employer_id, NamePart.part >= word, NamePart.part < word + LAST_CHARACTER
                )
            )
            for word in words
        ),
    )


def learners_of(session: Session, employer_id: int, search: str = "") -> Sequence[Learner]:
    """All of an employer's learners, by name; ``search`` keeps those that ``are_named`` so."""
    where = [Learner.employer_id == employer_id, Learner.personal_data_removed_at.is_(None)]
    if search.strip():
        where.append(are_named(employer_id, search, Learner.id))
    return session.scalars(
        select(Learner).where(*where).order_by(Learner.last_name, Learner.first_name, Learner.id)
    ).all()


@dataclass(frozen=True, slots=True)
class LearnerFilter:
    """What a list of learners shows."""

    search: str = ""
    service_id: int | None = None
    """``NO_SERVICE`` for those without one; none: all."""
    present: bool | None = None
    """Those whose last day employed is not over; or those whose is."""
    after: int | None = None
    """The learner behind whom the page begins."""
    before: int | None = None
    """Or the learner before whom it ends."""


@dataclass(frozen=True, slots=True)
class LearnerPage:
    learners: Sequence[Learner]
    total: int
    before: int | None
    """The first on the page, when there are some before."""
    after: int | None
    """The last on the page, when there are more behind."""


def page_of_learners(session: Session, employer_id: int, wanted: LearnerFilter, today: date) -> LearnerPage:
    """One page by name, on ``today``. A learner named as its edge who is not there, or another's, is taken as none."""
    where = [Learner.employer_id == employer_id, Learner.personal_data_removed_at.is_(None)]
    if wanted.search.strip():
        where.append(are_named(employer_id, wanted.search, Learner.id))
    if wanted.service_id is not None:
        where.append(
            Learner.service_id.is_(None) if wanted.service_id == NO_SERVICE else Learner.service_id == wanted.service_id
        )
    if wanted.present is not None:
        left = Learner.left_on < today
        where.append(or_(Learner.left_on.is_(None), ~left) if wanted.present else left)
    total = session.scalars(select(func.count()).select_from(Learner).where(*where)).one()
    key = tuple_(Learner.last_name, Learner.first_name, Learner.id)
    backwards = wanted.before is not None
    edge = _edge(session, employer_id, wanted.before if backwards else wanted.after)
    backwards = backwards and edge is not None
    rows = select(Learner).where(*where)
    if edge is not None:
        rows = rows.where(key < edge if backwards else key > edge)
    order = (Learner.last_name, Learner.first_name, Learner.id)
    rows = rows.order_by(*(column.desc() for column in order)) if backwards else rows.order_by(*order)
    found = list(session.scalars(rows.limit(PAGE_SIZE + 1)))
    more = len(found) > PAGE_SIZE
    shown = found[:PAGE_SIZE]
    if backwards:
        shown.reverse()
    some_before = more if backwards else edge is not None
    some_after = True if backwards else more
    return LearnerPage(
        shown,
        total,
        before=shown[0].id if shown and some_before else None,
        after=shown[-1].id if shown and some_after else None,
    )


def _edge(session: Session, employer_id: int, learner_id: int | None) -> tuple[str, str, int] | None:
    if learner_id is None:
        return None
    found = session.get(Learner, learner_id)
    if found is None or found.employer_id != employer_id:
        return None
    return found.last_name, found.first_name, found.id
