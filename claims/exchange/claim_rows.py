"""One row of a bulk claim workbook: what its columns are called, the values it holds, and what is wrong with them.

Source: docs of the workbook, "Bulk claim upload".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from claims.rules.facts import Engagement, Part

PARTS: dict[Part, str] = {Part.FULL: "Full", Part.START: "Start", Part.COMPLETION: "Completion"}


class Heading(NamedTuple):
    """One column: its heading, the field it fills, and other headings by which it is known."""

    words: str
    field: str
    needed: bool
    """Whether the sheet must have it; cells of it may be empty all the same."""
    also: tuple[str, ...] = ()


HEADINGS: tuple[Heading, ...] = (
    Heading("National Insurance number", "number", True, ("NI number", "NINO", "Learner")),
    Heading("First name", "first_name", True, ("Forename", "Given name")),
    Heading("Last name", "last_name", True, ("Surname", "Family name")),
    Heading("Job role", "job_role", True),
    Heading("Engagement", "engagement", True, ("How they work for you",)),
    Heading("Post requires registration", "post_requires_registration", False),
    Heading("Works in England", "works_in_england", False),
    Heading("Employed from", "employed_from", True),
    Heading("Left on", "left_on", False),
    Heading("Course code", "course", True, ("Course",)),
    Heading("Provider", "provider", True, ("Training provider",)),
    Heading("Part of an apprenticeship", "apprenticeship", False),
    Heading("Payment date", "paid_on", True, ("Paid on",)),
    Heading("Second payment date", "second_payment_on", False),
    Heading("Cost per learner", "cost_pence", True, ("Cost",)),
    Heading("Other funding", "other_funding_pence", False),
    Heading("Training start date", "started_on", True, ("Start date", "Started on")),
    Heading("Training planned end", "planned_end_on", False, ("Planned end", "Planned end date")),
    Heading("Completion date", "completed_on", True, ("Completed on",)),
    Heading("Part", "part", True),
    Heading("Invoice reference", "invoice_reference", False, ("Invoice number",)),
)
"""In the order of the sheet."""
WORDS_OF = {heading.field: heading.words for heading in HEADINGS}
LEARNER_FIELDS = (
    *("first_name", "last_name", "job_role", "engagement", "post_requires_registration"),
    *("works_in_england", "employed_from", "left_on"),
)
PAYMENT_FIELDS = ("provider", "paid_on", "second_payment_on", "cost_pence", "other_funding_pence")


class Problem(NamedTuple):
    """One thing to put right, where it stands."""

    row: int | None
    """As the spreadsheet counts; ``None`` for the file or its columns."""
    column: str | None
    """The heading, as the sheet has it; ``None`` for the row as a whole."""
    sentence: str


@dataclass(slots=True)
class ClaimRow:
    """The values of one row; ``None`` where the cell is empty or could not be read."""

    row: int
    called: Mapping[str, str] = field(default_factory=dict)
    """What the sheet calls its columns, by field."""
    number: str | None = None
    """The National Insurance number in its normal form, if it was typed."""
    learner_id: int | None = None
    """The learner, if one was chosen from the drop-down."""
    first_name: str | None = None
    last_name: str | None = None
    job_role: str | None = None
    engagement: Engagement | None = None
    post_requires_registration: bool | None = None
    works_in_england: bool | None = None
    employed_from: date | None = None
    left_on: date | None = None
    course: str | None = None
    course_typed: str = ""
    """What stands in the cell, course or not."""
    provider: str | None = None
    apprenticeship: bool | None = None
    paid_on: date | None = None
    second_payment_on: date | None = None
    cost_pence: int | None = None
    other_funding_pence: int | None = None
    started_on: date | None = None
    planned_end_on: date | None = None
    completed_on: date | None = None
    part: Part | None = None
    invoice_reference: str | None = None
    faulty: set[str] = field(default_factory=set)
    """Fields about which something was said already."""
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, name: str | None, sentence: str) -> None:
        """Say that ``name`` (a field; ``None``: the row) must be put right."""
        if name:
            self.faulty.add(name)
        self.problems.append(Problem(self.row, self.words_of(name) if name else None, sentence.rstrip(".") + "."))

    def words_of(self, name: str) -> str:
        """The heading above the field: the sheet's own, where it has the column."""
        return self.called.get(name, WORDS_OF[name])

    @property
    def person(self) -> str | int | None:
        """What tells the learner apart in this file."""
        return self.number or self.learner_id
