"""Days of a calendar as an iCalendar file (RFC 5545), which calendar programs read again and again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//Claim for care training//EN"
READ_AGAIN_AFTER = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole day on which something ends."""

    uid: str
    """Stays the same whatever changes, so that calendars change the entry and add none."""
    on: date
    summary: str
    description: str
    address: str
    """Whole address of the page about it."""
    changes: int = 0
    """Counts the changes of what it is about."""


def render_calendar(name: str, entries: Iterable[Entry], at: datetime) -> bytes:
    """The calendar as a file, made ``at``."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, at))
    return bytes(calendar.to_ical())


def _event(entry: Entry, at: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", at)
    # Dates without a time or a zone: the day in London is that day wherever the calendar is read.
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("url", entry.address)
    event.add("sequence", entry.changes)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
