"""Tables of people who are to be put on a purchase: of those known already, the number says the rest."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wtforms import HiddenField

from claims.exchange import parsing, parsing_dates
from claims.models.names import words_of
from claims.rules.facts import Engagement
from claims.rules.learner import normal_national_insurance_number
from claims.services.employing import LearnerDetails
from claims.services.enlisting import Known
from claims.web.forms.fields import NoteField
from claims.web.forms.form import Form
from claims.web.forms.learner_tables import NUMBER, LookUp, Offered, Row, RowFault, cells_of, columns_named, read_row
from claims.workbooks.learners import COLUMNS, NEEDED, ROWS

NAME = "Name"
"""A column with both names, which only somebody known can have: new learners are kept by first and last name."""
NAMES = {"name": NAME, "full-name": NAME, "learner": NAME, "employee": NAME, "staff-member": NAME}
_NAME_AND_NUMBER = re.compile(r"(.*?)[\s:;]+([A-Za-z]{2}\s*(?:[0-9]\s*){6}[A-Da-d])")
_NOTHING = LearnerDetails("", "", "", "", Engagement.EMPLOYEE, True, False, parsing_dates.EARLIEST_DATE)
"""Stands for blank cells beside a number that cannot be read: that is fault enough."""


class PeopleForm(Form):
    table = NoteField("Paste names and numbers", called="names and numbers", most=200_000, rows=12)


class EnlistingForm(Form):
    table = HiddenField()
    """Everybody who was shown, as the text of a table."""
    seen = HiddenField()
    """What was shown of them, condensed."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a table."""

    row: int
    details: LearnerDetails
    """With what is known of them where their cells are blank."""
    called: str = ""
    """The name in the table, where the number belongs to somebody of quite another name."""


UNSEEN = (
    "This person is among your organisation’s learners already, in a service that you do not see: take the row out, or "
    "ask your senior responsible officer."
)
LONGEST_LINE = 200
"""Characters of a line that is looked at for a name and a number with spaces between."""


def read_people_table(text: str, offered: Offered, look_up: LookUp) -> tuple[list[Person], list[RowFault]]:
    """As ``read_people``, from text with tabs, commas, or nothing but spaces between a name and a number."""
    rows = [(number, _parted(cells)) for number, cells in enumerate(cells_of(text), 1) if any(cells)]
    return read_people(rows, offered, look_up)


def read_people(rows: Sequence[Row], offered: Offered, look_up: LookUp) -> tuple[list[Person], list[RowFault]]:
    """The people in ``rows``, none of which is empty, and every fault by row; the first row may name the columns.

    ``look_up`` says whom the employer has already of the numbers that are there, all at once.
    """
    if not rows:
        return [], [RowFault(1, "The table is empty.")]
    order = _headings(rows[0][1])
    rows = rows[1:] if order else rows
    if not rows:
        return [], [RowFault(1, "The table has headings and nothing below them.")]
    if order and NUMBER not in order:
        return [], [RowFault(1, f"The table has no column {NUMBER}.")]
    if len(rows) > ROWS:
        return [], [RowFault(rows[ROWS][0], f"Give at most {ROWS:,} people at a time.")]
    told = [
        (number, dict(zip(order or _order_of(cells), map(parsing.tidy, cells), strict=False))) for number, cells in rows
    ]
    numbers = [normal_national_insurance_number(cells.get(NUMBER, "")) for _, cells in told]
    known = look_up([number for number in numbers if number])
    people, faults, seen = [], [], dict[str, int]()
    for (row, cells), number in zip(told, numbers, strict=True):
        person, found = _read_person(row, cells, number, offered, known)
        if number in seen:
            found = [f"This National Insurance number is also in row {seen[number]}."]
        elif number:
            seen[number] = row
        faults += [RowFault(row, sentence) for sentence in found]
        if person is not None and not found:
            people.append(person)
    return people, faults


def _read_person(
    row: int, cells: Mapping[str, str], number: str | None, offered: Offered, known: Known
) -> tuple[Person | None, list[str]]:
    if number is None:
        return None, read_row(cells, offered, _NOTHING)[1]
    if number in known.unseen:
        return None, [UNSEEN]
    there = known.details.get(number)
    missing = [] if there else [column for column in NEEDED if not cells.get(column)]
    if missing:
        columns = ", ".join(missing)
        return None, [f"This number is not among your learners yet. To add somebody new, fill in also: {columns}."]
    details, faults = read_row(cells, offered, there)
    return (Person(row, details, _other_name(cells, there)) if details else None), faults


def _other_name(cells: Mapping[str, str], there: LearnerDetails | None) -> str:
    """The name in the cells, where it is hardly that of the person who is known.

    First and last name in columns of their own may both be kept anew, so there one may differ.
    """
    whole = cells.get(NAME, "")
    written = whole or f"{cells.get('First name', '')} {cells.get('Last name', '')}".strip()
    if there is None or not written:
        return ""
    words, known = set(words_of(written.replace(",", " "))), set(words_of(f"{there.first_name} {there.last_name}"))
    alike = words <= known or known <= words if whole else bool(words & known)
    return "" if alike else written


def _headings(first: Sequence[str]) -> list[str]:
    """The columns that the first row names; nothing if it is somebody already."""
    named = columns_named(first, NAMES)
    return named if sum(map(bool, named)) >= min(2, sum(map(bool, first))) else []


def _order_of(cells: Sequence[str]) -> list[str]:
    """The columns of a row without headings: where the number stands tells."""
    found = (place for place, cell in enumerate(cells) if normal_national_insurance_number(cell))
    match next(found, len(cells) - 1):
        case 0:
            return [NUMBER, NAME]
        case 1:
            return [NAME, NUMBER, *COLUMNS[3:]]
    return list(COLUMNS)


def _parted(cells: list[str]) -> list[str]:
    """A line in which only spaces stand between a name and a number, as two cells."""
    if len(cells) == 1 and len(cells[0]) <= LONGEST_LINE and (found := _NAME_AND_NUMBER.fullmatch(cells[0])):
        return [found[1], found[2]]
    return cells
