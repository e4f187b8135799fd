"""The rows of a bulk claim workbook together: its headings, and what no row shows by itself. Pure functions."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from claims.exchange.claim_cells import Allowed, is_example, parse_row
from claims.exchange.claim_rows import HEADINGS, LEARNER_FIELDS, ClaimRow, Problem
from claims.exchange.learner_words import as_compared
from claims.exchange.parsing import are_spelt_alike
from claims.rules.facts import Part

PROBLEMS_COLUMN = "Problems"
"""Of a workbook that we gave back; not read."""
_FIELD_OF = {as_compared(words): each.field for each in HEADINGS for words in (each.words, *each.also)}
_SHARED = ("second_payment_on", "other_funding_pence", "apprenticeship", "planned_end_on")
"""What belongs to a purchase, besides what makes it one."""


class Headings(NamedTuple):
    """Where each field stands."""

    row: int
    fields: tuple[str | None, ...]
    """By place; ``None`` for a column that is not read."""
    called: Mapping[str, str]
    """What the sheet calls each field."""


def read_headings(row: int, cells: Sequence[str]) -> tuple[Headings, list[Problem]]:
    """The columns, and what is wrong with them."""
    fields: list[str | None] = []
    problems = []
    for words in cells:
        compared = as_compared(words)
        name = _FIELD_OF.get(compared)
        if name is None and compared not in ("", as_compared(PROBLEMS_COLUMN)):
            problems.append(
                Problem(
                    row, words.strip()[:80], "This is not one of our columns. Delete the column, or mend its heading."
                )
            )
        elif name is not None and name in fields:
            problems.append(Problem(row, words.strip(), "This column is there twice. Delete one of them."))
            name = None
        fields.append(name)
    missing = [heading.words for heading in HEADINGS if heading.needed and heading.field not in fields]
    if len(missing) == sum(heading.needed for heading in HEADINGS):
        return Headings(row, (), {}), [
            Problem(row, None, "The first row must have the headings of the sheet Claims. Start from a new workbook.")
        ]
    problems += [Problem(row, words, "This column is missing.") for words in missing]
    called = {name: words.strip() for name, words in zip(fields, cells, strict=True) if name}
    return Headings(row, tuple(fields), called), problems


class Read(NamedTuple):
    """What stands below the headings."""

    rows: list[ClaimRow]
    only_people: int
    """Rows that name one of the employer's learners and say nothing else: the workbook can come with such rows."""


def read_rows(
    headings: Headings,
    numbered: Iterable[tuple[int, Sequence[str]]],
    strange: Mapping[tuple[int, int], str],
    allowed: Allowed,
) -> Read:
    """The rows below the headings, without examples and without what nobody filled in."""
    faults: dict[int, dict[int, str]] = {}
    for (number, place), why in strange.items():
        faults.setdefault(number, {})[place - 1] = why
    rows, only_people = [], 0
    for number, texts in numbered:
        cells = {name: text for name, text in zip(headings.fields, texts, strict=False) if name}
        wrong = {
            name: why
            for place, why in faults.get(number, {}).items()
            if place < len(headings.fields) and (name := headings.fields[place])
        }
        if is_example(cells.get("number", "")) or not (wrong or any(text.strip() for text in cells.values())):
            continue
        if not wrong and _names_only_a_learner(cells, allowed):
            only_people += 1
            continue
        rows.append(parse_row(number, cells, wrong, allowed, headings.called))
    return Read(rows, only_people)


def _names_only_a_learner(cells: Mapping[str, str], allowed: Allowed) -> bool:
    filled_in = [name for name, text in cells.items() if text.strip()]
    return filled_in == ["number"] and as_compared(cells["number"]) in allowed.learners


@dataclass(slots=True)
class Group:
    """Rows that are one purchase: one invoice reference, course, provider, payment date and cost."""

    rows: list[ClaimRow] = field(default_factory=list)

    @property
    def first(self) -> ClaimRow:
        return self.rows[0]

    @property
    def started_on(self) -> date | None:
        """The day on which most of them started."""
        days = Counter(row.started_on for row in self.rows)
        return days.most_common(1)[0][0]


def group_purchases(rows: Iterable[ClaimRow]) -> list[Group]:
    """The purchases, in the order of their first rows; completions belong to purchases that are there already."""
    groups: dict[tuple[object, ...], Group] = {}
    for row in rows:
        if row.part is not Part.COMPLETION:
            groups.setdefault(purchase_key(row), Group()).rows.append(row)
    return list(groups.values())


def purchase_key(row: ClaimRow) -> tuple[object, ...]:
    return (
        as_compared(row.invoice_reference or ""),
        row.course,
        as_compared(row.provider or ""),
        row.paid_on,
        row.cost_pence,
    )


def counted_up(rows: Sequence[ClaimRow]) -> tuple[str, ...]:
    """Headings whose values rise by one from row to row, where rows are of one provider and course.

    That is what a spreadsheet makes of a cell that was dragged down to be copied; it counts the course code up too.
    """
    rising = [name for name, follows in _FOLLOWS.items() if _most_in_a_run(rows, follows) >= LEAST_COUNTED_UP]
    return tuple(rows[0].words_of(heading.field) for heading in HEADINGS if heading.field in rising)


def _most_in_a_run(rows: Sequence[ClaimRow], follows: Callable[[ClaimRow, ClaimRow], bool]) -> int:
    most = run = 1
    for row, after in pairwise(rows):
        alike = row.provider == after.provider and (row.course_typed == after.course_typed or _next_course(row, after))
        run = run + 1 if alike and follows(row, after) else 1
        most = max(most, run)
    return most


def _rises(text: str | None, after: str | None) -> bool:
    first, second = (re.fullmatch(r"(.*?)(\d{1,15})", each or "") for each in (text, after))
    return bool(first and second and first[1] == second[1] and int(second[2]) == int(first[2]) + 1)


def _next_course(row: ClaimRow, after: ClaimRow) -> bool:
    return _rises(row.course_typed, after.course_typed)


def _next_invoice(row: ClaimRow, after: ClaimRow) -> bool:
    return _rises(row.invoice_reference, after.invoice_reference)


def _next_payment(row: ClaimRow, after: ClaimRow) -> bool:
    return bool(row.paid_on and after.paid_on and after.paid_on - row.paid_on == timedelta(1))


def _next_start(row: ClaimRow, after: ClaimRow) -> bool:
    return bool(row.started_on and after.started_on and after.started_on - row.started_on == timedelta(1))


def _next_pound(row: ClaimRow, after: ClaimRow) -> bool:
    return row.cost_pence is not None and after.cost_pence == row.cost_pence + 100


LEAST_COUNTED_UP = 3
"""Rows; two that follow each other may well be so."""
_FOLLOWS: Mapping[str, Callable[[ClaimRow, ClaimRow], bool]] = {
    "course": _next_course,
    "invoice_reference": _next_invoice,
    "paid_on": _next_payment,
    "cost_pence": _next_pound,
    "started_on": _next_start,
}


def compare_rows(rows: Sequence[ClaimRow]) -> None:
    """Say where rows contradict or repeat each other, at the later one."""
    _compare_claims(rows)
    _compare_learners(rows)
    for group in group_purchases(rows):
        _compare_purchase(group)


def _compare_claims(rows: Iterable[ClaimRow]) -> None:
    seen: dict[tuple[object, ...], ClaimRow] = {}
    for row in rows:
        if row.person is None or row.course is None or row.part is None:
            continue
        there = seen.setdefault((row.person, row.course), row)
        if there is row:
            continue
        if row.part is there.part:
            row.refuse("number", f"Row {there.row} claims the same part of the same course for the same person")
        elif Part.FULL in (row.part, there.part):
            row.refuse(
                "part", f"Row {there.row} claims {_words(there)} for the same person and course: keep one of them"
            )


def _words(row: ClaimRow) -> str:
    return {Part.FULL: "all of it", Part.START: "the start part", Part.COMPLETION: "the completion part"}[
        row.part or Part.FULL
    ]


def _compare_learners(rows: Iterable[ClaimRow]) -> None:
    seen: dict[tuple[object, str], ClaimRow] = {}
    for row in rows:
        if row.person is None:
            continue
        for name in LEARNER_FIELDS:
            value = getattr(row, name)
            if value is None:
                continue
            there = seen.setdefault((row.person, name), row)
            if not are_spelt_alike(getattr(there, name), value):
                row.refuse(
                    name, f"Row {there.row} says something else about the same person: {row.words_of(name).lower()}"
                )


def _compare_purchase(group: Group) -> None:
    first = group.first
    for row in group.rows[1:]:
        for name in _SHARED:
            if (getattr(row, name) or None) != (getattr(first, name) or None) and name not in row.faulty | first.faulty:
                row.refuse(
                    name,
                    f"Row {first.row} has the same invoice, course, provider, payment date and cost, so it is one "
                    f"purchase with this row, and says something else: {row.words_of(name).lower()}",
                )
        if row.part is not first.part and row.part and first.part:
            row.refuse(
                "part",
                f"Row {first.row} is of the same purchase and claims {_words(first)}: claim one purchase in one way, "
                "or give another invoice reference",
            )
