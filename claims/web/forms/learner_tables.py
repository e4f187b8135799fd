"""Tables of learners, pasted or out of a workbook: read row by row, each fault told by its row."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from claims import clock
from claims.exchange import parsing, parsing_dates
from claims.exchange.learner_words import (
    as_compared,
    parse_engagement,
    parse_job_role,
    parse_whole_name,
    parse_yes_or_no,
)
from claims.exchange.parsing import Misread
from claims.models import CareService
from claims.models.names import words_of
from claims.rules.learner import normal_national_insurance_number
from claims.rules.scheme import JobRole, RoleCategory
from claims.services.employing import LearnerDetails
from claims.services.enlisting import Known
from claims.web.forms.fields import NoteField
from claims.web.forms.form import Form
from claims.web.forms.learner_headings import BOTH_NAMES, NAME, NUMBER, Headings, order_of, read_headings
from claims.workbooks.learners import ROWS

FIELDS = {
    "First name": "first_name",
    "Last name": "last_name",
    NUMBER: "number",
    "Job role": "job_role",
    "How they work for you": "engagement",
    "Employed from": "employed_from",
    "Works in England": "works_in_england",
    "Post requires registration": "post_requires_registration",
    "Service": "service_id",
    "Start date in role": "in_role_from",
    "Last day employed": "left_on",
    "Role category": "role_category",
}
"""By column, what the details of a learner call it."""


class TableForm(Form):
    table = NoteField("Paste your table", called="the table", most=200_000, rows=12)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the cells of a table may name."""

    roles: Sequence[JobRole]
    services: Sequence[CareService] = ()
    """Those that the person sees."""
    categories: Sequence[RoleCategory] = ()
    service_needed: bool = False
    """Whether everybody works in one of them: for somebody who sees learners of no other."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in one row of a table, counted as the person sees it."""

    row: int
    sentence: str


Somebody = TypeVar("Somebody")


@dataclass(frozen=True, slots=True)
class ReadTable(Generic[Somebody]):
    """What was read of a table: everybody without a fault, and every fault by row."""

    people: list[Somebody] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    headings: Headings | None = None
    """The row that names the columns, where there is one."""


Row = tuple[int, Sequence[str]]
"""A row's number, as the person sees it, and its cells."""
MOST_EMPTY = 5_000
"""Lines between rows of a file that are kept, so that a row far below all others does not make a page of a megabyte."""
LookUp = Callable[[Sequence[str]], Known]
"""Says whom the employer has already of some numbers in their normal form."""


def read_table(text: str, offered: Offered, look_up: LookUp) -> ReadTable[LearnerDetails]:
    """The learners in a table pasted from a spreadsheet (tabs) or typed with commas, and every fault by row."""
    return read_rows(
        [(number, cells) for number, cells in enumerate(cells_of(text), 1) if any(cells)], offered, look_up
    )


def read_rows(rows: Sequence[Row], offered: Offered, look_up: LookUp) -> ReadTable[LearnerDetails]:
    """The learners in ``rows``, none of which is empty; the first may name the columns.

    Where the cells of somebody the employer has already are blank, what is known of them stays.
    """
    headings, told, wrong = open_rows(rows)
    lacking = headings.lacking if headings else []
    if lacking and not wrong:
        wrong = [RowFault(rows[0][0], f"The table has no column {', '.join(lacking)}.")]
    if wrong:
        return ReadTable(faults=wrong, headings=headings)
    numbers = [normal_national_insurance_number(cells.get(NUMBER, "")) or "" for _, cells in told]
    known = look_up([number for number in numbers if number]).details
    learners, faults, seen = [], [], dict[str, int]()
    for (number, cells), insured_as in zip(told, numbers, strict=True):
        learner, found = read_row(cells, offered, known.get(insured_as))
        if learner is not None and learner.number in seen:
            found = [f"This National Insurance number is also in row {seen[learner.number]}."]
        faults += [RowFault(number, sentence) for sentence in found]
        if learner is not None and not found:
            seen[learner.number] = number
            learners.append(learner)
    return ReadTable(learners, faults, headings)


def open_rows(rows: Sequence[Row]) -> tuple[Headings | None, list[tuple[int, dict[str, str]]], list[RowFault]]:
    """The headings, where the first row has them; cells by column of each other row; what is wrong with the whole.

    Where anything is, there are no cells.
    """
    if not rows:
        return None, [], [RowFault(1, "The table is empty.")]
    headings = read_headings(*rows[0])
    rows = rows[1:] if headings else rows
    if not rows:
        return headings, [], [RowFault(1, "The table has headings and nothing below them.")]
    if headings and headings.problems:
        return headings, [], [RowFault(headings.row, sentence) for sentence in headings.problems]
    if len(rows) > ROWS:
        return headings, [], [RowFault(rows[ROWS][0], f"Give at most {ROWS:,} people at a time.")]
    told = []
    for number, cells in rows:
        columns = headings.columns if headings else order_of(_place_of_number(cells))
        told.append((number, dict(zip(columns, map(parsing.tidy, cells), strict=False))))
    return headings, told, []


def _place_of_number(cells: Sequence[str]) -> int:
    found = (place for place, cell in enumerate(cells) if normal_national_insurance_number(cell))
    return next(found, len(cells) - 1)


def write_table(rows: Iterable[Row]) -> str:
    """Rows in their order as the text of a pasted table, to be read again.

    Each stands in the line that its number says, as long as no more than ``MOST_EMPTY`` lines stay empty.
    """
    text = io.StringIO()
    table, line, empty = csv.writer(text, delimiter="\t", lineterminator="\n"), 1, 0
    for number, cells in rows:
        if 0 < number - line <= MOST_EMPTY - empty:
            table.writerows([[]] * (number - line))
            empty, line = empty + number - line, number
        table.writerow([parsing.tidy(cell) for cell in cells])
        line += 1
    return text.getvalue()


def cells_of(text: str) -> list[list[str]]:
    """The cells of a pasted text, line by line, tidied."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return [[parsing.tidy(cell) for cell in row] for row in _split(lines, "\t" if "\t" in text else ",")]


def _split(text: str, separator: str) -> list[list[str]]:
    """A quotation mark that nothing closes is a mark like any other, and does not swallow the rows below it."""
    if text.count('"') % 2 == 0:
        try:
            return list(csv.reader(io.StringIO(text), delimiter=separator))
        except csv.Error:
            pass  # a cell longer than the module reads
    return [line.split(separator) for line in text.split("\n")]


def read_row(
    cells: Mapping[str, str], offered: Offered, otherwise: LearnerDetails | None = None
) -> tuple[LearnerDetails | None, list[str]]:
    """One learner from cells by column, or what is wrong. ``otherwise`` says what blanks mean, but the number's.

    One cell with both names is split, unless it says of somebody known what is known.
    """
    faults: list[str] = []
    whole, unread = cells.get(NAME, ""), tuple[str, ...]()
    if whole and not any(cells.get(column) for column in BOTH_NAMES) and not names_known(whole, otherwise):
        try:
            cells = {**cells, **dict(zip(BOTH_NAMES, parse_whole_name(whole), strict=True))}
        except Misread as misread:
            faults.append(f"{misread.sentence}.")
            unread = BOTH_NAMES

    def read(column: str, how: Callable[[str], Any]) -> Any:
        if column in unread:
            return None
        text = parsing.tidy(cells.get(column, ""))
        if not text and otherwise is not None and column != NUMBER:
            return getattr(otherwise, FIELDS[column])
        try:
            return how(text)
        except Misread as misread:
            faults.append(f"{misread.sentence}.")
            return None

    details = {
        "first_name": read("First name", lambda text: parsing.parse_name(text, "the first name")),
        "last_name": read("Last name", lambda text: parsing.parse_name(text, "the last name")),
        "number": read(NUMBER, parsing.parse_national_insurance_number),
        "job_role": read("Job role", lambda text: parse_job_role(text, offered.roles, "the list of job roles")),
        "engagement": read("How they work for you", parse_engagement),
        "employed_from": read("Employed from", _day("the day they started working for you", latest=True)),
        "works_in_england": read(
            "Works in England", lambda text: parse_yes_or_no(text, "whether they work in England", True)
        ),
        "post_requires_registration": read(
            "Post requires registration",
            lambda text: parse_yes_or_no(text, "whether their post requires registration", False),
        ),
        "service_id": read("Service", lambda text: _service_called(text, offered)),
        "in_role_from": read(
            "Start date in role", _day("the day they started in this job role", latest=True, optional=True)
        ),
        "left_on": read("Last day employed", _day("the last day employed", optional=True)),
        "role_category": read("Role category", lambda text: _category_called(text, offered.categories)),
    }
    if not faults:
        first = details["employed_from"]
        if details["left_on"] and details["left_on"] < first:
            faults.append("The last day employed must be on or after the day they started working for you.")
        if details["in_role_from"] and details["in_role_from"] < first:
            faults.append("The day they started in this job role must be on or after the day they started.")
    return (None, faults) if faults else (LearnerDetails(**details), [])


def names_known(whole: str, known: LearnerDetails | None) -> bool:
    """Whether a cell with both names is, in any order, the name of somebody known, or a part of it, or more."""
    if known is None:
        return False
    words, theirs = set(words_of(whole.replace(",", " "))), set(words_of(f"{known.first_name} {known.last_name}"))
    return words <= theirs or theirs <= words


def _day(called: str, *, latest: bool = False, optional: bool = False) -> Callable[[str], date | None]:
    def read(text: str) -> date | None:
        if optional and not text:
            return None
        return parsing_dates.parse_date((text, "", ""), called, latest=clock.today() if latest else None)

    return read


def _category_called(text: str, categories: Sequence[RoleCategory]) -> str | None:
    if not text:
        return None
    wanted = as_compared(text)
    found = next(
        (each.slug for each in categories if wanted in (as_compared(each.title), as_compared(each.slug))), None
    )
    if found is None:
        names = ", ".join(category.title for category in categories)
        raise Misread(f"“{text}” is not a role category: leave it blank or use one of {names}")
    return found


def _service_called(text: str, offered: Offered) -> int | None:
    if not text:
        if not offered.service_needed:
            return None
        if len(offered.services) == 1:
            return offered.services[0].id
        raise Misread("Enter the service they work in")
    found = next((each.id for each in offered.services if as_compared(each.name) == as_compared(text)), None)
    if found is None:
        names = ", ".join(each.name for each in offered.services)
        raise Misread(
            f"“{text}” is not one of your services: {names}" if names else "You have named no services: leave it blank"
        )
    return found
