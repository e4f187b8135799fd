"""Course lists as files for tests: the one that came with the service, changed where a test says so."""

import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from openpyxl import Workbook, load_workbook

from claims.reference import render_courses
from claims.reference.comparing import arrange
from claims.rules.scheme import CourseEntry
from claims.store.reference import from_files
from claims.workbooks.course_list import ListTotals, stream_course_list
from claims.workbooks.rows import About

MADE_AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)


def the_list() -> tuple[CourseEntry, ...]:
    """The list that came with the service, arranged."""
    return arrange(entry for dated in from_files().courses.values() for entry in dated)


def changed(code: str, **changes: object) -> tuple[CourseEntry, ...]:
    """The list with every entry of one course changed."""
    return arrange(replace(entry, **changes) if entry.code == code else entry for entry in the_list())  # type: ignore[arg-type]


def without(*codes: str) -> tuple[CourseEntry, ...]:
    return tuple(entry for entry in the_list() if entry.code not in codes)


def as_csv(entries: Iterable[CourseEntry]) -> bytes:
    return render_courses(entries).encode()


def as_workbook(entries: Iterable[CourseEntry], version: int = 1) -> bytes:
    """The workbook that the service exports."""
    listed, reference = arrange(entries), from_files()
    funds = sorted({str(entry.fund) for entry in listed})
    totals = ListTotals(
        len(listed),
        sum(entry.max_reimbursement_pence for entry in listed),
        tuple((fund, sum(1 for entry in listed if entry.fund == fund)) for fund in funds),
    )
    about = About(f"version {version}", (), "2025-26", str(version), "2025-26.1", MADE_AT, "Helen Novak")
    categories = list(reference.role_categories.values())
    return b"".join(stream_course_list(about, listed, totals=totals, categories=categories, links=reference.links))


def spoilt(content: bytes, spoil: Callable[[Workbook], None]) -> bytes:
    """A workbook after somebody did something to it in a spreadsheet program."""
    workbook = load_workbook(io.BytesIO(content))
    spoil(workbook)
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()
