"""The first row of a table of learners: which columns its headings name, and which are not understood."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from claims.web.formats import slug
from claims.workbooks.learners import COLUMNS, NEEDED

NUMBER = "National Insurance number"
NAME = "Name"
"""A column with both names."""
BOTH_NAMES = ("First name", "Last name")
_ALIASES = {
    "name": NAME,
    "full-name": NAME,
    "employee": NAME,
    "employee-name": NAME,
    "learner": NAME,
    "learner-name": NAME,
    "staff-member": NAME,
    "staff-name": NAME,
    "engagement": "How they work for you",
    "how-they-work": "How they work for you",
    "how-they-work-for-us": "How they work for you",
    "employment-type": "How they work for you",
    "type-of-employment": "How they work for you",
    "contract-type": "How they work for you",
    "left-on": "Last day employed",
    "national-insurance": NUMBER,
    "national-insurance-no": NUMBER,
    "ni-number": NUMBER,
    "ni-no": NUMBER,
    "nino": NUMBER,
    "surname": "Last name",
    "family-name": "Last name",
    "forename": "First name",
    "forenames": "First name",
    "first-names": "First name",
    "job-title": "Job role",
    "role": "Job role",
    "start-date": "Employed from",
    "date-started": "Employed from",
    "employment-start-date": "Employed from",
}
"""What people call columns, besides their names."""
_KNOWN = {slug(column): column for column in COLUMNS} | _ALIASES
MOST_TOLD = 20
"""Headings that are told of one kind; a pasted row may have thousands of cells."""
LONGEST_TOLD = 60
"""Characters of a heading that are told."""


@dataclass(frozen=True, slots=True)
class Headings:
    """A row of headings."""

    row: int
    """As the person counts."""
    cells: Sequence[str]
    columns: Sequence[str]
    """By cell, the column it names, or nothing where that is not understood."""

    @property
    def understood(self) -> list[tuple[str, str]]:
        """Of each heading that is called otherwise than its column: the heading, and what it was taken for."""
        told = [
            (_short(cell), " and ".join(BOTH_NAMES) if column == NAME else column)
            for cell, column in zip(self.cells, self.columns, strict=True)
            if column == NAME or (column and slug(cell) != slug(column))
        ]
        return told[:MOST_TOLD]

    @property
    def strange(self) -> list[str]:
        """Headings that are not understood, so that nothing below them is read."""
        told = [_short(cell) for cell, column in zip(self.cells, self.columns, strict=True) if cell and not column]
        return told[:MOST_TOLD]

    @property
    def splits_names(self) -> bool:
        """Whether names are split that stand in one column."""
        return NAME in self.columns and not set(BOTH_NAMES) <= set(self.columns)

    @property
    def lacking(self) -> list[str]:
        """Columns without which nobody new can be read; one column Name stands for both."""
        return [
            column
            for column in NEEDED
            if column not in self.columns and not (column in BOTH_NAMES and NAME in self.columns)
        ]

    @property
    def problems(self) -> list[str]:
        """What makes the whole table unreadable: two headings for one column, of which neither can be preferred."""
        return [
            f"{' and '.join(self._called(column))} are read as the same column, {column}: keep one of them."
            for column, times in Counter(filter(None, self.columns)).items()
            if times > 1
        ]

    def _called(self, column: str) -> list[str]:
        called = [f"“{_short(cell)}”" for cell, named in zip(self.cells, self.columns, strict=True) if named == column]
        return called[:MOST_TOLD]


def read_headings(row: int, cells: Sequence[str]) -> Headings | None:
    """The headings in a row; nothing if it is somebody already."""
    columns = [_KNOWN.get(slug(cell), "") for cell in cells]
    named, written = sum(map(bool, columns)), sum(map(bool, cells))
    # One word that is a heading may be a job or a way of working; but no person's row is without a digit.
    if named < min(2, written) and (not named or any(letter.isdigit() for cell in cells for letter in cell)):
        return None
    if "Last name" in columns and "First name" not in columns:
        # Beside a column of last names, "Name" is the first.
        columns = [
            "First name" if slug(cell) == "name" else column for cell, column in zip(cells, columns, strict=True)
        ]
    return Headings(row, cells, columns)


def order_of(place: int) -> list[str]:
    """The columns of a row without headings; ``place`` says which cell has the number, counted from 0."""
    match place:
        case 0:
            return [NUMBER, NAME]
        case 1:
            return [NAME, NUMBER, *COLUMNS[3:]]
    return list(COLUMNS)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"
