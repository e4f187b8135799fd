"""One reading of the database for reminders: the days asked for, whom to tell, and what courses are called."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from claims.clock import LONDON, london_date
from claims.rules.scheme import Reference
from claims.store.told import Told

EARLIER = timedelta(days=10)
"""At most so much before its stage something goes, when nobody works on the days between."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What every reading of facts needs."""

    session: Session
    first: date
    last: date
    """Both inclusive: the days whose reminders are asked for."""
    reference: Reference
    told: Told

    def title(self, code: str) -> str:
        """The title of a course; its code when it is on no list."""
        return self.reference.title_of(code)


def groups(rows: Iterable[Row[Any]], same: Callable[[Row[Any]], object]) -> Iterable[list[Row[Any]]]:
    """Rows that are the ``same``, in the order of the first of each."""
    groups: dict[object, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[same(row)].append(row)
    return groups.values()


def earliest(rows: list[Row[Any]]) -> date:
    entered: list[datetime] = [row.created_at for row in rows]
    return london_date(min(entered))


def midnight_of(day: date) -> datetime:
    """The instant at which ``day`` begins in London."""
    return datetime.combine(day, time(), LONDON)
