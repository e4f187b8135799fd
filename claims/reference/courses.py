"""The eligible course list as CSV: read with every fault named, and written so that it reads back the same."""

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from claims.incoming.faults import Faults, collected_faults
from claims.incoming.guarding import guard_cell
from claims.incoming.rows import Row, check_header, render_rows, rows_below, split_csv
from claims.rules.scheme import CourseEntry, Fund, FundingModel

FILE = "eligible_courses.csv"
COLUMNS = (
    "code", "title", "kind", "level", "size", "category", "awarding_organisation", "learning_hours", "funding_model",
    "fund", "delivery", "max_reimbursement_gbp", "paid_from", "paid_to", "source", "note",
)  # fmt: skip
OPTIONAL_COLUMNS = ("quality_assured", "quality_assured_from", "minimum_age")
"""May be absent, and are written only where a course fills one: files of before they came stay as they are."""

KINDS = ("course", "qualification")
LEVELS = ("", "1", "2", "3", "4", "5", "6", "7", "8")
DELIVERIES = {Fund.MAIN: ("",), Fund.OMMT: ("internal", "external")}
QUALITY_ASSURED = {"yes": True, "no": False, "not known": None, "": None}
LONGEST_TEXT = 1_000
OLDEST_MINIMUM_AGE = 99

_OFQUAL_NUMBER = re.compile(r"[0-9]{3}/[0-9]{4}/[0-9X]")
_SHORT_CODE = re.compile(r"[A-Z][A-Z0-9]{1,11}(?:/[A-Z0-9]{2,4})*")


def parse_courses(content: bytes | str, file: str = FILE) -> list[CourseEntry]:
    """The entries of a course list, in its order. Text is UTF-8, with or without a mark.

    Raises ``Faulty`` with every fault, by row and column.
    """
    with collected_faults() as faults:
        return read_courses(content, file, faults)


def read_courses(content: bytes | str, file: str, faults: Faults) -> list[CourseEntry]:
    """As ``parse_courses``, but notes faults among ``faults`` and leaves the rows that have one out."""
    numbered = split_csv(content, file, faults)
    if not numbered or not check_header(numbered, file, COLUMNS, OPTIONAL_COLUMNS, faults):
        return []
    return [entry for _, entry in read_entries(rows_below(numbered, file, faults, OPTIONAL_COLUMNS))]


def read_entries(rows: Iterable[Row]) -> list[tuple[Row, CourseEntry]]:
    """What the rows say, each with its row. Notes faults, and leaves the rows that have one out."""
    entries = [(row, entry) for row in rows if (entry := _read_entry(row))]
    _note_overlaps(entries)
    return entries


def columns_of(entries: Iterable[CourseEntry]) -> tuple[str, ...]:
    """The columns that a file of ``entries`` needs: with those that may be absent only where a course fills one."""
    for entry in entries:
        if entry.quality_assured is not None or entry.minimum_age is not None:
            return COLUMNS + OPTIONAL_COLUMNS
    return COLUMNS


def render_courses(entries: Iterable[CourseEntry]) -> str:
    """The course list as CSV; ``parse_courses(render_courses(entries))`` gives the entries back."""
    entries = list(entries)
    columns = columns_of(entries)
    return render_rows(columns, (tuple(map(guard_cell, _cells(entry)[: len(columns)])) for entry in entries))


def has_wrong_check_character(code: str) -> bool:
    """Whether the last character of an Ofqual number differs from what the seven digits before it give.

    Weights 8 to 2, modulo 11, X for 10: holds for 202 of the 204 numbers on the list, so it only warns.
    """
    if not _OFQUAL_NUMBER.fullmatch(code):
        return False
    digits = code.replace("/", "")
    total = sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), digits, strict=False)) % 11
    return digits[-1] != ("X" if total == 10 else str(total))


def _read_entry(row: Row) -> CourseEntry | None:
    before = len(row.faults.found)
    code = row.given("code")
    if code and not (_OFQUAL_NUMBER.fullmatch(code) or _SHORT_CODE.fullmatch(code)):
        row.note("code", f"“{code}” is neither a qualification number like 610/4009/5 nor a short code like LTS")
    title = row.given("title")
    kind = row.one_of("kind", KINDS, "kind")
    level = row.one_of("level", LEVELS, "level")
    learning_hours = row.whole("learning_hours")
    funding_model = row.one_of("funding_model", tuple(FundingModel), "funding model")
    fund = row.one_of("fund", tuple(Fund), "fund")
    if fund:
        row.one_of("delivery", DELIVERIES[Fund(fund)], f"delivery for the fund {fund}")
    max_reimbursement_pence = row.pence("max_reimbursement_gbp")
    paid_from, paid_to = row.day("paid_from"), row.day("paid_to")
    if paid_from and paid_to and paid_to < paid_from:
        row.note("paid_to", f"{paid_to} is before paid_from, {paid_from}")
    source = row.given("source")
    quality_assured = row.one_of("quality_assured", tuple(QUALITY_ASSURED), "answer")
    quality_assured_from = row.day("quality_assured_from") if row.text("quality_assured_from") else None
    if quality_assured_from and quality_assured in ("no", "not known", ""):
        row.note("quality_assured_from", f"a date is given but quality_assured is “{quality_assured}”, not “yes”")
    minimum_age = row.whole("minimum_age")
    if minimum_age and minimum_age > OLDEST_MINIMUM_AGE:
        row.note("minimum_age", f"{minimum_age} is not an age in years from 1 to {OLDEST_MINIMUM_AGE}")
    for column, cell in row.cells.items():
        if len(cell) > LONGEST_TEXT:
            row.note(column, f"has {len(cell):,} characters; at most {LONGEST_TEXT:,} fit")
    if len(row.faults.found) > before or not (
        (code and title and kind and level is not None and funding_model and fund and source)
        and (max_reimbursement_pence and paid_from and paid_to)
    ):
        return None
    return CourseEntry(
        code=code,
        title=title,
        kind=kind,
        level=level,
        size=row.text("size"),
        category=row.text("category"),
        awarding_organisation=row.text("awarding_organisation"),
        learning_hours=learning_hours,
        funding_model=FundingModel(funding_model),
        fund=Fund(fund),
        delivery=row.text("delivery"),
        max_reimbursement_pence=max_reimbursement_pence,
        paid_from=paid_from,
        paid_to=paid_to,
        source=source,
        note=row.text("note"),
        quality_assured=QUALITY_ASSURED[quality_assured or ""],
        quality_assured_from=quality_assured_from,
        minimum_age=minimum_age,
    )


def _note_overlaps(entries: list[tuple[Row, CourseEntry]]) -> None:
    by_code: dict[str, list[tuple[Row, CourseEntry]]] = defaultdict(list)
    for row, entry in entries:
        by_code[entry.code].append((row, entry))
    for same_code in by_code.values():
        in_time = sorted(same_code, key=lambda pair: (pair[1].paid_from, pair[0].number))
        for (row, earlier), (other, later) in pairwise(in_time):
            if later.paid_from <= earlier.paid_to:
                other.note(
                    "paid_from",
                    f"{later.code} already has an amount for {later.paid_from}: row {row.number}, to {earlier.paid_to}",
                )


def _cells(entry: CourseEntry) -> tuple[str, ...]:
    pounds, pence = divmod(entry.max_reimbursement_pence, 100)
    return (
        entry.code,
        entry.title,
        entry.kind,
        entry.level,
        entry.size,
        entry.category,
        entry.awarding_organisation,
        "" if entry.learning_hours is None else str(entry.learning_hours),
        entry.funding_model,
        entry.fund,
        entry.delivery,
        f"{pounds}.{pence:02}",
        entry.paid_from.isoformat(),
        entry.paid_to.isoformat(),
        entry.source,
        entry.note,
        {True: "yes", False: "no", None: ""}[entry.quality_assured],
        entry.quality_assured_from.isoformat() if entry.quality_assured_from else "",
        "" if entry.minimum_age is None else str(entry.minimum_age),
    )
