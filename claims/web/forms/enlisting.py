"""Tables of people who are to be put on a purchase: of those known already, the number says the rest."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wtforms import HiddenField

from claims.exchange import parsing_dates
from claims.models.names import words_of
from claims.rules.facts import Engagement
from claims.rules.learner import normal_national_insurance_number
from claims.services.employing import LearnerDetails
from claims.services.enlisting import Known
from claims.web.forms.fields import NoteField
from claims.web.forms.form import Form
from claims.web.forms.learner_headings import BOTH_NAMES, NAME, NUMBER
from claims.web.forms.learner_tables import (
    LookUp,
    Offered,
    ReadTable,
    Row,
    RowFault,
    cells_of,
    names_known,
    open_rows,
    read_row,
)
from claims.workbooks.learners import NEEDED

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
MOST_ROWS_TOLD = 10
"""Rows that one sentence names."""
LONGEST_LINE = 200
"""Characters of a line that is looked at for a name and a number with spaces between."""


def read_people_table(text: str, offered: Offered, look_up: LookUp) -> ReadTable[Person]:
    """As ``read_people``, from text with tabs, commas, or nothing but spaces between a name and a number."""
    rows = [(number, _parted(cells)) for number, cells in enumerate(cells_of(text), 1) if any(cells)]
    return read_people(rows, offered, look_up)


def read_people(rows: Sequence[Row], offered: Offered, look_up: LookUp) -> ReadTable[Person]:
    """The people in ``rows``, none of which is empty, and every fault by row; the first row may name the columns.

    ``look_up`` says whom the employer has already of the numbers that are there, all at once.
    """
    headings, told, wrong = open_rows(rows)
    lacking = headings.lacking if headings else []
    if NUMBER in lacking and not wrong:
        wrong = [RowFault(rows[0][0], f"The table has no column {NUMBER}.")]
    if wrong:
        return ReadTable(faults=wrong, headings=headings)
    numbers = [normal_national_insurance_number(cells.get(NUMBER, "")) for _, cells in told]
    known = look_up([number for number in numbers if number])
    people, faults, seen, held_up = [], [], dict[str, int](), []
    for (row, cells), number in zip(told, numbers, strict=True):
        person, found = _read_person(row, cells, number, offered, known, lacking=lacking)
        if number in seen:
            found = [f"This National Insurance number is also in row {seen[number]}."]
        elif number:
            seen[number] = row
            if lacking and number not in known.unseen and number not in known.details:
                held_up.append(row)
        faults += [RowFault(row, sentence) for sentence in found]
        if person is not None and not found:
            people.append(person)
    if headings and held_up:
        # Once for the table: no row can put it right.
        faults.insert(0, RowFault(headings.row, _lacking(lacking, held_up)))
    return ReadTable(people, faults, headings)


def _lacking(columns: Sequence[str], rows: Sequence[int]) -> str:
    """That the table has no ``columns`` that the new people in ``rows`` need."""
    words = [str(row) for row in rows[:MOST_ROWS_TOLD]]
    if len(rows) > MOST_ROWS_TOLD:
        words.append(f"{len(rows) - MOST_ROWS_TOLD:,} more")
    told = f"rows {', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else f"row {words[0]}"
    return (
        f"The table has no column {', '.join(columns)}, which people need whose number is not among your learners "
        f"yet: {told}."
    )


def _read_person(
    row: int, cells: Mapping[str, str], number: str | None, offered: Offered, known: Known, *, lacking: Sequence[str]
) -> tuple[Person | None, list[str]]:
    """Somebody, or what is wrong with their row; that the whole table is ``lacking`` columns is told elsewhere."""
    if number is None:
        return None, read_row(cells, offered, _NOTHING)[1]
    if number in known.unseen:
        return None, [UNSEEN]
    there = known.details.get(number)
    if there is None:
        missing = [column for column in _blank(cells) if column not in lacking]
        if missing:
            columns = ", ".join(missing)
            return None, [f"This number is not among your learners yet. To add somebody new, fill in also: {columns}."]
        if lacking:
            return None, []
        details, faults = read_row(cells, offered)
        return (Person(row, details) if details else None), faults
    # Of somebody known, one cell with both names only says whether it is the same person.
    details, faults = read_row({**cells, NAME: ""}, offered, there)
    return (Person(row, details, _other_name(cells, there)) if details else None), faults


def _blank(cells: Mapping[str, str]) -> list[str]:
    """The cells that somebody new must have and that are blank; one with both names stands for two."""
    return [column for column in NEEDED if not (cells.get(column) or (column in BOTH_NAMES and cells.get(NAME)))]


def _other_name(cells: Mapping[str, str], there: LearnerDetails) -> str:
    """The name in the cells, where it is hardly that of the person who is known.

    First and last name in columns of their own may both be kept anew, so there one may differ.
    """
    whole = cells.get(NAME, "")
    written = whole or f"{cells.get('First name', '')} {cells.get('Last name', '')}".strip()
    if not written:
        return ""
    words, known = set(words_of(written.replace(",", " "))), set(words_of(f"{there.first_name} {there.last_name}"))
    alike = names_known(whole, there) if whole else bool(words & known)
    return "" if alike else written


def _parted(cells: list[str]) -> list[str]:
    """A line in which only spaces stand between a name and a number, as two cells."""
    if len(cells) == 1 and len(cells[0]) <= LONGEST_LINE and (found := _NAME_AND_NUMBER.fullmatch(cells[0])):
        return [found[1], found[2]]
    return cells
