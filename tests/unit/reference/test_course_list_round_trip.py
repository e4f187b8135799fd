"""Whatever a course list holds, it reads back as it was written."""

import csv
import io
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from claims.reference import parse_courses, render_courses
from claims.rules.scheme import CourseEntry, Fund, FundingModel

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30).map(str.strip)
FORMULAS = st.sampled_from(["=1+1", "'=1", "''=x", "+44", "-", "@name", "'", "''", "'quoted'"])
CODES = st.from_regex(r"\A(?:[0-9]{3}/[0-9]{4}/[0-9X]|[A-Z][A-Z0-9]{1,6}(?:/[A-Z0-9]{2,3}){0,2})\Z")


@st.composite
def entries(draw: st.DrawFn) -> CourseEntry:
    fund = draw(st.sampled_from(Fund))
    start, end = sorted(draw(st.tuples(*[st.dates(date(2020, 1, 1), date(2030, 1, 1))] * 2)))
    return CourseEntry(
        code=draw(CODES),
        title=draw(st.one_of(TEXT, FORMULAS).filter(bool)),
        kind=draw(st.sampled_from(["course", "qualification"])),
        level=draw(st.sampled_from(["", "2", "5"])),
        size=draw(TEXT),
        category=draw(st.one_of(TEXT, FORMULAS)),
        awarding_organisation=draw(TEXT),
        learning_hours=draw(st.none() | st.integers(1, 999_999)),
        funding_model=draw(st.sampled_from(FundingModel)),
        fund=fund,
        delivery="" if fund is Fund.MAIN else draw(st.sampled_from(["internal", "external"])),
        max_reimbursement_pence=draw(st.integers(1, 999_999_999)),
        paid_from=start,
        paid_to=end,
        source=draw(st.one_of(TEXT, FORMULAS).filter(bool)),
        note=draw(st.one_of(TEXT, FORMULAS)),
    )


@given(st.lists(entries(), max_size=5, unique_by=lambda entry: entry.code))
def test_what_is_written_reads_back_the_same(some: list[CourseEntry]):
    written = render_courses(some)
    assert parse_courses(written) == some
    assert parse_courses(written.encode()) == some


@given(entries())
def test_no_cell_begins_like_a_formula(entry: CourseEntry):
    for row in csv.reader(io.StringIO(render_courses([entry]), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
