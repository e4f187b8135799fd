"""The cells of one row of a bulk claim workbook: read into values, and held against each other. Pure functions.

An empty cell is ``None`` here; what a claim cannot do without is asked for by ``demand``, when it is known whether the
learner and the purchase are known already.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar, cast

from claims.exchange import parsing, parsing_dates
from claims.exchange.claim_rows import LEARNER_FIELDS, PARTS, PAYMENT_FIELDS, ClaimRow
from claims.exchange.learner_words import as_compared, parse_engagement, parse_job_role, parse_yes_or_no
from claims.exchange.parsing import Misread
from claims.rules.facts import Part
from claims.rules.learner import normal_national_insurance_number
from claims.rules.scheme import CourseEntry, FundingModel, JobRole

Value = TypeVar("Value")

EXAMPLE = "example"
"""A row whose first cell begins with this word is there to be looked at, and not read."""
_SAID_OF_PARTS = {
    **{as_compared(words): part for part, words in PARTS.items()},
    "100": Part.FULL,
    "all": Part.FULL,
    "60": Part.START,
    "40": Part.COMPLETION,
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the cells may name."""

    roles: tuple[JobRole, ...]
    courses: Mapping[str, tuple[CourseEntry, ...]]
    """By code, as ``Reference`` holds them."""
    learners: Mapping[str, int]
    """Ids of the employer's own learners by the words of the drop-down, as ``as_compared`` has them."""
    today: date
    known: dict[tuple[str, str], Any] = field(default_factory=dict)
    """What was read before, by field and text: most cells of a long sheet repeat each other."""

    @property
    def latest_planned(self) -> date:
        return self.today + timedelta(days=parsing_dates.PLANNED_DAYS_AHEAD)


def is_example(first_cell: str) -> bool:
    return first_cell.strip().casefold().startswith(EXAMPLE)


def entry_of(row: ClaimRow, allowed: Allowed) -> CourseEntry | None:
    """The latest listing of the row's course."""
    entries = allowed.courses.get(row.course or "", ())
    return entries[-1] if entries else None


def parse_row(
    number: int,
    cells: Mapping[str, str],
    strange: Mapping[str, str],
    allowed: Allowed,
    called: Mapping[str, str],
) -> ClaimRow:
    """The row with this number, from its cells by field; ``strange`` are cells that hold no value, with why.

    ``called`` are the headings of the sheet, by field.
    """
    row = ClaimRow(number, called)
    for name, why in strange.items():
        row.refuse(name, f"This cell {why}")

    def read(name: str, how: Callable[[str], Value]) -> Value | None:
        text = cells.get(name, "")
        if not text or name in row.faulty:
            return None
        key = (name, text)
        if key not in allowed.known:
            allowed.known[key] = _reading(how, parsing.tidy(text))
        found = allowed.known[key]
        if isinstance(found, Misread):
            row.refuse(name, found.sentence)
            return None
        return cast("Value | None", found)

    def day(name: str, called: str, earliest: date, latest: date) -> date | None:
        return read(name, lambda text: _day(text, called, earliest, latest))

    training, ahead = parsing_dates.EARLIEST_TRAINING_DATE, allowed.latest_planned
    _read_person(row, read, allowed)
    row.first_name = read("first_name", lambda text: parsing.parse_name(text, "the first name"))
    row.last_name = read("last_name", lambda text: parsing.parse_name(text, "the last name"))
    row.job_role = read("job_role", lambda text: parse_job_role(text, allowed.roles, "the sheet Job roles"))
    row.engagement = read("engagement", parse_engagement)
    row.post_requires_registration = read(
        "post_requires_registration", lambda text: parse_yes_or_no(text, "whether their post requires registration")
    )
    row.works_in_england = read("works_in_england", lambda text: parse_yes_or_no(text, "whether they work in England"))
    row.employed_from = day(
        "employed_from", "the day they started working for you", parsing_dates.EARLIEST_DATE, allowed.today
    )
    row.left_on = day("left_on", "the last day employed", parsing_dates.EARLIEST_DATE, ahead)
    row.course = read("course", lambda text: _code_of(text, allowed))
    row.course_typed = cells.get("course", "").strip()
    row.provider = read("provider", lambda text: parsing.parse_text(text, "the training provider"))
    row.apprenticeship = read(
        "apprenticeship", lambda text: parse_yes_or_no(text, "whether it is part of an apprenticeship")
    )
    row.paid_on = day("paid_on", "the payment date", training, ahead)
    row.second_payment_on = day("second_payment_on", "the date of the second payment", training, ahead)
    row.cost_pence = read("cost_pence", lambda text: parsing.parse_money(text, "the cost for each learner"))
    row.other_funding_pence = read(
        "other_funding_pence", lambda text: parsing.parse_money(text, "what others paid", least_pence=0)
    )
    row.started_on = day("started_on", "the start date", training, ahead)
    row.planned_end_on = day("planned_end_on", "the planned end date", training, ahead)
    row.completed_on = day("completed_on", "the completion date", training, allowed.today)
    row.part = read("part", _part)
    row.invoice_reference = read(
        "invoice_reference", lambda text: parsing.parse_text(text, "the invoice reference", 100)
    )
    _check_course(row, allowed)
    _check_order(row)
    return row


def _reading(how: Callable[[str], Any], text: str) -> Any:
    if not text:
        return None
    try:
        return how(text)
    except Misread as misread:
        return misread


def _read_person(row: ClaimRow, read: Callable[..., Any], allowed: Allowed) -> None:
    def person(text: str) -> str | int:
        if (number := normal_national_insurance_number(text)) is not None:
            return number
        if (known := allowed.learners.get(as_compared(text))) is not None:
            return known
        if "," in text:
            raise Misread(
                f"“{text}” is not one of your learners: choose from the list, or enter the National Insurance number"
            )
        return parsing.parse_national_insurance_number(text)

    found = read("number", person)
    row.number = found if isinstance(found, str) else None
    row.learner_id = found if isinstance(found, int) else None
    if found is None and "number" not in row.faulty:
        row.refuse("number", "Enter the National Insurance number, or choose one of your learners")


def _day(text: str, called: str, earliest: date, latest: date) -> date:
    start = parsing.capitalise(called)
    if text.isascii() and text.isdigit() and len(text) == 5:
        raise Misread(f"{start} is the number {text}: give the cell a date format, or type it like 27 3 2025")
    if len(text) > len("2025-03-27") and text[:10].count("-") == 2 and ":" in text:
        raise Misread(f"{start} must be a day without a time, like 27 3 2025")
    return parsing_dates.parse_date((text, "", ""), called, earliest, latest)


def _code_of(text: str, allowed: Allowed) -> str:
    """A code, a code followed by the title as the drop-down has it, or the title alone where only one course has it."""
    wanted = as_compared(text.partition(":")[0])
    for code in allowed.courses:
        if as_compared(code) == wanted:
            return code
    titled = [code for code, entries in allowed.courses.items() if as_compared(entries[-1].title) == as_compared(text)]
    if len(titled) == 1:
        return titled[0]
    if titled:
        raise Misread(f"Several courses are called “{text}”: use one of the codes {', '.join(titled[:4])}")
    raise Misread(f"“{text}” is not a course on the eligible list: use a code from the sheet Courses")


def _part(text: str) -> Part:
    found = _SAID_OF_PARTS.get(as_compared(text))
    if found is None:
        raise Misread("Part must be Full (all of it), Start (60%) or Completion (the remaining 40%)")
    return found


def _check_course(row: ClaimRow, allowed: Allowed) -> None:
    entry = entry_of(row, allowed)
    if entry is None:
        if "course" not in row.faulty:
            row.refuse("course", "Enter the course code, from the sheet Courses")
        return
    splits = entry.funding_model is FundingModel.SPLIT
    if row.part is None and "part" not in row.faulty:
        if splits:
            row.refuse("part", f"Enter the part: {entry.code} can be claimed as Start and Completion, or as Full")
        else:
            row.part = Part.FULL
    elif row.part in (Part.START, Part.COMPLETION) and not splits:
        row.refuse("part", f"{entry.code} is claimed all at once: enter Full")
    if entry.is_internal_ommt:
        for name in PAYMENT_FIELDS:
            if getattr(row, name) is not None:
                row.refuse(name, f"Leave this empty: {entry.code} is training you give yourself, at a fixed amount")


def _check_order(row: ClaimRow) -> None:
    def both(first: str, second: str) -> tuple[Any, Any] | None:
        values = getattr(row, first), getattr(row, second)
        return None if None in values else values

    if (days := both("employed_from", "left_on")) and days[1] < days[0]:
        row.refuse("left_on", "The last day employed must be on or after the day they started working for you")
    if (days := both("paid_on", "second_payment_on")) and days[1] < days[0]:
        row.refuse("second_payment_on", "The date of the second payment must be on or after the first payment")
    if (days := both("started_on", "planned_end_on")) and days[1] < days[0]:
        row.refuse("planned_end_on", "The planned end date must be on or after the start date")
    if (days := both("started_on", "completed_on")) and days[1] < days[0]:
        row.refuse("completed_on", "The completion date must be on or after the start date")
    if (pence := both("cost_pence", "other_funding_pence")) and pence[1] >= pence[0]:
        row.refuse(
            "other_funding_pence",
            "What others paid must be less than the cost: otherwise there is nothing to claim back",
        )
    if row.part is Part.START and row.completed_on is not None:
        row.refuse(
            "completed_on",
            "Leave this empty: the completion date is given with the completion part, in a row of its own",
        )


def demand(row: ClaimRow, *, known_learner: bool, entry: CourseEntry | None) -> None:
    """Ask for what is missing: everything about somebody new, and about what was bought."""
    wanted: Iterable[tuple[str, str]] = ()
    # A name that could not be read, with nothing else about them, is one of the learners mistyped.
    mistyped = "number" in row.faulty and all(getattr(row, name) is None for name in LEARNER_FIELDS)
    if not known_learner and not mistyped:
        wanted = (
            ("first_name", "the first name"),
            ("last_name", "the last name"),
            ("job_role", "the job role"),
            ("engagement", "how they work for you"),
            ("employed_from", "the day they started working for you"),
        )
    if row.part is Part.COMPLETION:
        wanted = (*wanted, ("completed_on", "the completion date"))
    elif entry is not None:
        if not entry.is_internal_ommt:
            wanted = (
                *wanted,
                ("provider", "the training provider"),
                ("paid_on", "the payment date"),
                ("cost_pence", "the cost for each learner"),
            )
        wanted = (*wanted, ("started_on", "the start date"))
    for name, called in wanted:
        if getattr(row, name) is None and name not in row.faulty:
            new = " This person is not one of your learners yet" if name in LEARNER_FIELDS else ""
            row.refuse(name, f"Enter {called}.{new}")
