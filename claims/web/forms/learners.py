"""What is asked about learners, one at a time or as a pasted table."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from claims import clock
from claims.exchange import parsing
from claims.exchange.learner_words import ENGAGEMENTS, parse_engagement, parse_job_role, parse_yes_or_no
from claims.exchange.parsing import Misread
from claims.models import Learner
from claims.rules.facts import Engagement
from claims.rules.scheme import JobRole
from claims.services.enrolling import LearnerDetails
from claims.web.formats import slug
from claims.web.forms.choosing import RadiosField, SelectField, YesNoField
from claims.web.forms.dates import DateField
from claims.web.forms.fields import NameField, NationalInsuranceNumberField, NoteField
from claims.web.forms.form import Form


class LearnerForm(Form):
    first_name = NameField("First name", called="the first name")
    last_name = NameField("Last name", called="the last name")
    number = NationalInsuranceNumberField("National Insurance number", hint="For example, QQ 12 34 56 C.")
    job_role = SelectField("Job role", called="the job role")
    engagement = RadiosField(
        "How do they work for you?",
        called="how they work for you",
        choices=[(engagement.value, words) for engagement, words in ENGAGEMENTS.items()],
    )
    employed_from = DateField(
        "When did they start working for you?",
        called="the day they started working for you",
        hint="For example, 27 3 2024.",
        earliest=parsing.EARLIEST_DATE,
        latest=clock.today,
    )
    works_in_england = YesNoField("Do they work in England?", called="they work in England")
    post_requires_registration = YesNoField(
        "Does their post require registration with a professional regulator?",
        called="their post requires registration with a professional regulator",
        hint="The NMC, the HCPC or Social Work England. Not CQC.",
    )

    def offer_roles(self, roles: Sequence[JobRole]) -> None:
        self.job_role.choices = [(role.slug, role.title) for role in roles]

    def details(self) -> LearnerDetails:
        return LearnerDetails(
            first_name=self.first_name.data,
            last_name=self.last_name.data,
            number=self.number.data,
            job_role=self.job_role.data,
            engagement=Engagement(self.engagement.data),
            works_in_england=self.works_in_england.data,
            post_requires_registration=self.post_requires_registration.data,
            employed_from=self.employed_from.data,
        )


class LearnerChangeForm(LearnerForm):
    number = NationalInsuranceNumberField(
        "A different National Insurance number", hint="Leave blank to keep the one we have.", optional=True
    )
    left_on = DateField(
        "Last day employed",
        called="the last day employed",
        hint="Leave blank if they still work for you.",
        earliest=parsing.EARLIEST_DATE,
        optional=True,
    )

    @classmethod
    def of(cls, learner: Learner) -> "LearnerChangeForm":
        told = {name: getattr(learner, name) for name in cls.kept_names()}
        return cls(data=told)

    @staticmethod
    def kept_names() -> tuple[str, ...]:
        return (
            "first_name",
            "last_name",
            "job_role",
            "engagement",
            "works_in_england",
            "post_requires_registration",
            "employed_from",
            "left_on",
        )

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        first, last = self.employed_from.data, self.left_on.data
        if first and last and last < first:
            self.left_on.refuse("The last day employed must be on or after the day they started working for you")
            return False
        return fine


class TableForm(Form):
    table = NoteField("Paste your table", called="the table", most=200_000, rows=12)


COLUMNS = (
    "First name",
    "Last name",
    "National Insurance number",
    "Job role",
    "How they work for you",
    "Employed from",
    "Works in England",
    "Post requires registration",
)
"""Of a pasted table, in any order if the first row names them, else in this one. The last two may be left out."""
NEEDED = COLUMNS[:6]
MOST_ROWS = 300


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in one row of a pasted table, counted as the person sees it."""

    row: int
    sentence: str


def read_table(text: str, roles: Sequence[JobRole]) -> tuple[list[LearnerDetails], list[RowFault]]:
    """The learners in a table pasted from a spreadsheet (tabs) or typed with commas, and every fault by row."""
    rows = [(number, cells) for number, cells in enumerate(_cells(text), 1) if any(cells)]
    if not rows:
        return [], [RowFault(1, "The table is empty.")]
    order, headed = _order_of(rows[0][1])
    rows = rows[headed:]
    if not rows:
        return [], [RowFault(1, "The table has headings and nothing below them.")]
    missing = [column for column in NEEDED if column not in order]
    if missing:
        return [], [RowFault(1, f"The table has no column {', '.join(missing)}.")]
    if len(rows) > MOST_ROWS:
        return [], [RowFault(rows[MOST_ROWS][0], f"Paste at most {MOST_ROWS} people at a time.")]
    learners, faults, seen = [], [], dict[str, int]()
    for number, cells in rows:
        learner, found = _read_row(dict(zip(order, cells, strict=False)), roles)
        if learner is not None and learner.number in seen:
            found = [f"This National Insurance number is also in row {seen[learner.number]}."]
        faults += [RowFault(number, sentence) for sentence in found]
        if learner is not None and not found:
            seen[learner.number] = number
            learners.append(learner)
    return learners, faults


def _cells(text: str) -> list[list[str]]:
    lines = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))
    separator = "\t" if "\t" in text else ","
    return [[parsing.tidy(cell) for cell in row] for row in csv.reader(lines, delimiter=separator)]


def _order_of(first: Sequence[str]) -> tuple[list[str], int]:
    """The columns, and how many rows of headings there are."""
    known = {slug(column): column for column in COLUMNS}
    named = [known.get(slug(cell), "") for cell in first]
    return (named, 1) if sum(map(bool, named)) >= 2 else (list(COLUMNS), 0)


def _read_row(cells: dict[str, str], roles: Sequence[JobRole]) -> tuple[LearnerDetails | None, list[str]]:
    faults: list[str] = []

    def read(column: str, how: Callable[[str], Any]) -> Any:
        try:
            return how(cells.get(column, ""))
        except Misread as misread:
            faults.append(f"{misread.sentence}.")
            return None

    details = {
        "first_name": read("First name", lambda text: parsing.parse_name(text, "the first name")),
        "last_name": read("Last name", lambda text: parsing.parse_name(text, "the last name")),
        "number": read("National Insurance number", parsing.parse_national_insurance_number),
        "job_role": read("Job role", lambda text: parse_job_role(text, roles, "the list below the table")),
        "engagement": read("How they work for you", parse_engagement),
        "employed_from": read("Employed from", _employed_from),
        "works_in_england": read(
            "Works in England", lambda text: parse_yes_or_no(text, "whether they work in England", True)
        ),
        "post_requires_registration": read(
            "Post requires registration",
            lambda text: parse_yes_or_no(text, "whether their post requires registration", False),
        ),
    }
    return (None, faults) if faults else (LearnerDetails(**details), [])


def _employed_from(text: str) -> date:
    return parsing.parse_date((text, "", ""), "the day they started working for you", latest=clock.today())
