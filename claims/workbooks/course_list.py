"""The course list workbook: one version as a file that can be changed and uploaded again, the pathway beside it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from types import SimpleNamespace
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from claims.reference.course_files import SHEET
from claims.reference.courses import COLUMNS, OPTIONAL_COLUMNS
from claims.rules.scheme import CourseEntry, PathwayLink, RoleCategory
from claims.workbooks.about import Statement, about_sheet
from claims.workbooks.book import DEFLATE_LEVEL, Book
from claims.workbooks.cells import Kind, Pence
from claims.workbooks.controls import Control, controls_sheet, name_differences, quote
from claims.workbooks.rows import About
from claims.workbooks.sheet import Column, Sheet

WHAT = (
    "The courses and qualifications that can be paid for: one row for each amount and the payment dates between which "
    "it holds, both inclusive. To prepare the next version, change the sheet Courses and upload this workbook. "
    "The columns after minimum_age show the care workforce pathway; they are kept elsewhere and not taken over."
)
WHO_MAY_RECEIVE_IT = "Anyone."

KINDS = {
    "learning_hours": Kind.COUNT,
    "max_reimbursement_gbp": Kind.MONEY,
    "paid_from": Kind.DATE,
    "paid_to": Kind.DATE,
    "quality_assured_from": Kind.DATE,
    "minimum_age": Kind.COUNT,
}
"""Columns that are not text."""
WRAPPED = {"title": 50, "awarding_organisation": 30, "source": 60}
"""Columns whose texts may be long, and their width in characters: nothing is cut where the list is printed."""
FIELDS = {"max_reimbursement_gbp": "entry.max_reimbursement_pence", "quality_assured": "quality_assured"}
"""Where a column's value is not the entry's attribute of the same name."""
QUALITY_ASSURED = {True: "yes", False: "no", None: ""}


class ListTotals(NamedTuple):
    """The version as the database counts it, independently of the rows that are written."""

    entries: int
    maximum_pence: int
    """Of all entries together: it means nothing but that none is missing or altered."""
    by_fund: tuple[tuple[str, int], ...]
    """Fund and number of entries."""


class _Row(NamedTuple):
    entry: CourseEntry
    quality_assured: str
    ranks: SimpleNamespace
    """Primary or secondary, by the slug of the role category."""


def stream_course_list(
    about: About,
    entries: Iterable[CourseEntry],
    *,
    totals: ListTotals,
    categories: Sequence[RoleCategory],
    links: Mapping[str, Sequence[PathwayLink]],
    deflate_level: int = DEFLATE_LEVEL,
) -> Iterator[bytes]:
    """The bytes of the workbook, as they are asked for; rows in the order of ``entries``.

    Headers are those of the CSV, so that what is exported can be imported unchanged.
    """
    title = f"Eligible course list: {about.subject}"
    funds: Counter[str] = Counter()
    pence = 0

    def rows() -> Iterator[_Row]:
        nonlocal pence
        unlinked = {category.slug: "" for category in categories}
        for entry in entries:
            funds[entry.fund] += 1
            pence += entry.max_reimbursement_pence
            ranks = {link.role_category: link.rank for link in links.get(entry.code, ())}
            yield _Row(entry, QUALITY_ASSURED[entry.quality_assured], SimpleNamespace(**{**unlinked, **ranks}))

    def controls() -> list[Control]:
        fund = f"{SHEET}!{_letter('fund')}:{_letter('fund')}"
        maximum = f"{SHEET}!{_letter('max_reimbursement_gbp')}:{_letter('max_reimbursement_gbp')}"
        return [
            Control("Courses: entries", totals.entries, f"COUNTA({SHEET}!A:A)-1", funds.total()),
            Control("Courses: maximum amounts together", Pence(totals.maximum_pence), f"SUM({maximum})", Pence(pence)),
            *(
                Control(f"Courses: entries, fund {name}", count, f"COUNTIF({fund},{quote(name)})", funds[name])
                for name, count in totals.by_fund
            ),
        ]

    def facts() -> Iterator[Statement]:
        yield Statement("Rows in Courses", funds.total())
        yield Statement("Controls when it was made", name_differences(controls()))

    book = Book(title, about)
    book.sheets = [
        about_sheet(title, about, what=WHAT, who_may_receive_it=WHO_MAY_RECEIVE_IT, totals=facts, cells=book.cells),
        Sheet(SHEET, _columns(categories), rows, table=SHEET, lines=_count_lines),
        controls_sheet(controls),
    ]
    return book.stream(deflate_level)


def _columns(categories: Sequence[RoleCategory]) -> tuple[Column, ...]:
    return (
        *(
            Column(name, _kind(name), FIELDS.get(name, f"entry.{name}"), width=WRAPPED.get(name))
            for name in COLUMNS + OPTIONAL_COLUMNS
        ),
        *(Column(category.slug, Kind.TEXT, f"ranks.{category.slug}", width=14) for category in categories),
    )


def _kind(column: str) -> Kind:
    return Kind.NOTE if column in WRAPPED else KINDS.get(column, Kind.TEXT)


def _count_lines(row: _Row) -> int:
    # Words are not cut, so that a line holds less than its width.
    return max(len(wrap(getattr(row.entry, name), width - 4)) or 1 for name, width in WRAPPED.items())


def _letter(column: str) -> str:
    return get_column_letter(COLUMNS.index(column) + 1)
