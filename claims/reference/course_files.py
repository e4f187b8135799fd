"""Course lists from outside, as CSV or workbook: read with one class of problem at a time, or checked and arranged."""

import re
from dataclasses import dataclass
from enum import StrEnum

from claims.incoming.csv_files import read_csv_rows
from claims.incoming.faults import Fault, Faults, Faulty
from claims.incoming.opening import Limits, Unreadable, is_workbook, open_workbook
from claims.incoming.rows import Numbered, Row, check_header, rows_below
from claims.reference.comparing import arrange
from claims.reference.courses import COLUMNS, OPTIONAL_COLUMNS, has_wrong_check_character, read_entries
from claims.reference.pathway import RANKS
from claims.rules.scheme import CourseEntry, Reference

SHEET = "Courses"
VERSION = "Course list version"
"""The line of the sheet About that says which version a workbook was made from."""
LIMITS = Limits(size_bytes=10 * 1024 * 1024, rows=10_000, columns=100)
MOST_CSV_ROWS = 50_000
MOST_FAULTS = 5_000
"""More are not collected: nobody reads them, and a file of nothing but faults costs memory."""
_VERSION = re.compile(r"[0-9]{1,6}")


class About(StrEnum):
    """What a class of problems is about. Problems of one class hide those of the next."""

    FILE = "file"
    COLUMNS = "columns"
    ROWS = "rows"


class FaultyList(Faulty):
    """A list that cannot be used, with every fault of one class."""

    def __init__(self, about: About, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.about = about


@dataclass(frozen=True, slots=True)
class CheckedList:
    """A list that can be published."""

    entries: tuple[CourseEntry, ...]
    """Arranged."""
    notices: tuple[Fault, ...] = ()
    """What may be right all the same, and what is not taken over."""
    made_from: int | None = None
    """The version that the workbook says it was made from; ``None`` where it does not say."""


def read_course_file(name: str, content: bytes, reference: Reference) -> CheckedList:
    """The course list in a file called ``name``: CSV, or a workbook as the service exports it.

    ``reference`` says which role categories have columns and what stands in them: they are looked at, not taken over.
    Raises ``FaultyList``.
    """
    notices, strange, made_from = Faults(), {}, None
    if is_workbook(content):
        try:
            opened = open_workbook(content, SHEET, LIMITS)
        except Unreadable as no:
            raise FaultyList(About.FILE, (Fault(name, None, None, str(no)),)) from None
        numbered, strange = opened.rows, opened.strange
        version = opened.about.get(VERSION, "")
        made_from = int(version) if _VERSION.fullmatch(version) else None
        if not numbered:
            raise FaultyList(About.FILE, (Fault(name, None, None, "is empty"),))
    else:
        try:
            numbered = read_csv_rows(name, content, notices, most_bytes=LIMITS.size_bytes, most_rows=MOST_CSV_ROWS)
        except Faulty as no:
            raise FaultyList(About.FILE, no.faults) from None
    rows = _rows_of(name, numbered, strange, tuple(reference.role_categories))
    with_faults = rows[0].faults
    entries = read_entries(rows)
    _note_categories(rows, tuple(reference.role_categories), reference, notices)
    if with_faults.found:
        found = sorted(with_faults.found, key=lambda fault: fault.row or 0)
        raise FaultyList(About.ROWS, tuple(found[:MOST_FAULTS]))
    for row, entry in entries:
        if has_wrong_check_character(entry.code):
            notices.add(
                name, row.number, "code", f"the last character of {entry.code} is not the usual check; check it"
            )
    return CheckedList(arrange(entry for _, entry in entries), tuple(notices.found), made_from)


def _rows_of(
    name: str, numbered: list[Numbered], strange: dict[tuple[int, int], str], categories: tuple[str, ...]
) -> list[Row]:
    """The rows below the header, cells without a value noted; at least one. Raises ``FaultyList``."""
    faults = Faults()
    header_row, header = numbered[0]
    for (number, place), problem in strange.items():
        if number == header_row:
            faults.add(name, number, None, f"the heading of column {place} {problem}")
    if not check_header(numbered, name, COLUMNS, (*OPTIONAL_COLUMNS, *categories), faults) or faults.found:
        raise FaultyList(About.COLUMNS, tuple(faults.found))
    if len(numbered) == 1:
        raise FaultyList(About.FILE, (Fault(name, None, None, "has no courses below its header"),))
    for (number, place), problem in strange.items():
        faults.add(name, number, header[place - 1].strip() if place <= len(header) else None, problem)
    rows = rows_below(numbered, name, faults, (*OPTIONAL_COLUMNS, *categories))
    if not rows or strange:
        raise FaultyList(About.ROWS, tuple(faults.found[:MOST_FAULTS]))
    return rows


def _note_categories(rows: list[Row], categories: tuple[str, ...], reference: Reference, notices: Faults) -> None:
    """Ranks must be ranks; where they differ from the pathway, say that it is kept elsewhere."""
    differing = 0
    for row in rows:
        links = {link.role_category: link.rank for link in reference.links.get(row.text("code"), ())}
        for category in categories:
            cell = row.text(category)
            if cell and cell not in RANKS:
                row.note(category, f"“{cell}” is not a rank; it may be: {', '.join(RANKS)}, blank")
            elif cell != links.get(category, "") and any(row.text(each) for each in categories):
                differing += 1
    if differing:
        notices.add(
            rows[0].file, None, None,
            f"{differing:,} cells under role categories differ from the pathway; they are not taken over, "
            "because pathway links are kept on their own",
        )  # fmt: skip
