"""Change one course of a list by hand: end an entry, add a dated amount, correct a title. Lists in, lists out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from claims.reference.comparing import arrange
from claims.rules.scheme import CourseEntry
from claims.rules.wording import in_pounds, in_words

ONE_DAY = timedelta(days=1)


class CannotBe(ValueError):
    """A change that would not make a list. ``field`` is what is at fault: ``paid_from``, ``paid_to``, ``title``, or
    ``code`` for a course that the list does not have."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def entries_called(entries: Sequence[CourseEntry], code: str) -> tuple[CourseEntry, ...]:
    """The entries of one course, in order of time."""
    return arrange(entry for entry in entries if entry.code == code)


def end_entry(entries: Sequence[CourseEntry], code: str, paid_from: date, last_day: date) -> tuple[CourseEntry, ...]:
    """The list in which the entry that begins on ``paid_from`` holds for payments up to ``last_day``, inclusive.

    Raises ``CannotBe``.
    """
    entry = _entry_from(entries, code, paid_from)
    if last_day < entry.paid_from:
        raise CannotBe("paid_to", f"The last day must be {in_words(entry.paid_from)} or later, when this amount begins")
    if last_day == entry.paid_to:
        raise CannotBe("paid_to", f"This amount ends on {in_words(last_day)} already")
    for other in entries_called(entries, code):
        if entry.paid_from < other.paid_from <= last_day:
            raise CannotBe(
                "paid_to",
                f"The last day must be before {in_words(other.paid_from)}, "
                f"when the amount of {in_pounds(other.max_reimbursement_pence)} begins",
            )
    return arrange((*(each for each in entries if each != entry), replace(entry, paid_to=last_day)))


def add_amount(
    entries: Sequence[CourseEntry], code: str, *, amount_pence: int, paid_from: date, paid_to: date, source: str
) -> tuple[CourseEntry, ...]:
    """The list in which the course has another amount between two days, both inclusive.

    An entry that holds on ``paid_from`` ends on the day before. Raises ``CannotBe``.
    """
    if paid_to < paid_from:
        raise CannotBe("paid_to", f"The last day must be {in_words(paid_from)} or later, when the amount begins")
    there = _entries_there(entries, code)
    kept = [entry for entry in entries if entry.code != code]
    for entry in there:
        if paid_from <= entry.paid_from <= paid_to:
            raise CannotBe(
                "paid_from",
                f"The amount of {in_pounds(entry.max_reimbursement_pence)} begins on {in_words(entry.paid_from)}: "
                "the new amount must begin after that day, or end before it",
            )
        kept.append(replace(entry, paid_to=paid_from - ONE_DAY) if entry.holds_on(paid_from) else entry)
    pattern = there[-1]
    added = replace(pattern, max_reimbursement_pence=amount_pence, paid_from=paid_from, paid_to=paid_to, source=source)
    return arrange((*kept, added))


def correct_title(entries: Sequence[CourseEntry], code: str, title: str) -> tuple[CourseEntry, ...]:
    """The list in which every entry of the course has this title. Raises ``CannotBe`` when each has it already."""
    there = _entries_there(entries, code)
    if all(entry.title == title for entry in there):
        raise CannotBe("title", "This is the title already")
    return arrange(replace(entry, title=title) if entry.code == code else entry for entry in entries)


def _entries_there(entries: Sequence[CourseEntry], code: str) -> tuple[CourseEntry, ...]:
    if there := entries_called(entries, code):
        return there
    raise CannotBe("code", f"{code} is not on the list that holds on that day")


def _entry_from(entries: Sequence[CourseEntry], code: str, paid_from: date) -> CourseEntry:
    for entry in _entries_there(entries, code):
        if entry.paid_from == paid_from:
            return entry
    raise CannotBe("paid_from", "This amount is not on the list any more. Open the course again")
