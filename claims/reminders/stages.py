"""The stages in which something is said: days on which it is due, and whether one has come and still matters.

Source: docs/reminders.md. Only the latest stage that has come counts, so that a late run sends what it missed once, if
it still matters. What is to come is said by the working day before its stage, what is past on the working day after.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from claims.reminders.working_days import is_working_day, working_day_from, working_day_until

STILL_MATTERS = timedelta(days=28)
"""For so long after its day, something past is still said by a run that comes late."""


@dataclass(frozen=True, slots=True)
class Today:
    """The day that is planned, among working days and holidays."""

    day: date
    holidays: frozenset[date]
    _found: dict[tuple[date, tuple[int, ...]], date | None] = field(default_factory=dict)

    @property
    def is_working(self) -> bool:
        return is_working_day(self.day, self.holidays)

    def before(self, last: date, days: tuple[int, ...]) -> date | None:
        """The latest stage that has come, of those so many ``days`` before the ``last`` day on which it matters."""
        key = (last, days)
        if key not in self._found:
            self._found[key] = self._latest_before(last, days)
        return self._found[key]

    def _latest_before(self, last: date, days: tuple[int, ...]) -> date | None:
        if self.day > last or (not self.is_working and working_day_from(self.day, self.holidays) <= last):
            return None
        return self._latest((due_on, working_day_until(due_on, self.holidays)) for due_on in days_before(last, days))

    def after(self, *due: date) -> date | None:
        """The latest stage that has come, of those about something past, while it still matters."""
        found = self._latest((due_on, working_day_from(due_on, self.holidays)) for due_on in due)
        return found if found and self.is_working and self.day <= found + STILL_MATTERS else None

    def by(self, due_on: date) -> date | None:
        """The stage ``due_on`` of something to come, if it has come and still matters."""
        come = self.is_working and working_day_until(due_on, self.holidays) <= self.day <= due_on + STILL_MATTERS
        return due_on if come else None

    def _latest(self, stages: Iterable[tuple[date, date]]) -> date | None:
        """The latest day due of those whose day to go has come."""
        return max((due_on for due_on, goes_on in stages if goes_on <= self.day), default=None)


def days_before(last: date, days: tuple[int, ...]) -> list[date]:
    """The stages so many ``days`` before the ``last`` day."""
    return [last - timedelta(days=each) for each in days]
