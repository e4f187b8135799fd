"""The reports workbook: what its charts show, and how they are labelled."""

import io
import re

from openpyxl import load_workbook

from claims.workbooks.cells import Kind
from claims.workbooks.reports import Figure, Picture, Report, stream_reports
from tests.unit.workbooks.reading import parts_of
from tests.unit.workbooks.rows_made_up import ABOUT

SPEND = Report(
    "spend",
    "Spend",
    "By month and fund.",
    (Figure("Month"), Figure("Fund"), Figure("Committed", Kind.MONEY), Figure("Paid", Kind.MONEY)),
    (("May 2025", "Main", 500_00, 0), ("May 2025", "OMMT", 200_00, 0), ("June 2025", "Main", 0, 500_00)),
    Picture("Committed and paid (£)", ((2, "committed"), (3, "paid")), labels=(0, 1)),
)
TIME = Report(
    "time",
    "Time",
    "By month.",
    (Figure("Month"), Figure("In time", Kind.COUNT), Figure("Later", Kind.COUNT)),
    tuple((f"Month {number}", 3, 1) for number in range(1, 23)),
    Picture("Decisions in time, and later", ((1, "paid"), (2, "waiting")), stacked=True),
)
WORKBOOK = b"".join(stream_reports(ABOUT, [SPEND, TIME]))


def chart(number: int) -> str:
    return parts_of(WORKBOOK)[f"xl/charts/chart{number}.xml"]


def references(number: int, part: str) -> list[str]:
    """The cells that a part of each series is taken from."""
    return re.findall(rf"<{part}>.*?<f>(.*?)</f>", chart(number))


def title(number: int) -> str:
    return "".join(re.findall(r"<a:t>(.*?)</a:t>", chart(number)))


def test_each_value_is_drawn_and_named_after_its_column() -> None:
    assert references(1, "val") == ["'Spend'!$C$2:$C$4", "'Spend'!$D$2:$D$4"]
    assert references(1, "tx") == ["'Spend'!$C$1", "'Spend'!$D$1"]
    assert "<legend>" in chart(1)


def test_the_labels_tell_two_funds_of_one_month_apart() -> None:
    rows = list(load_workbook(io.BytesIO(WORKBOOK))["Spend"].iter_rows(values_only=True))
    assert [row[4] for row in rows] == ["In the chart", "May 2025, Main", "May 2025, OMMT", "June 2025, Main"]
    assert references(1, "cat") == ["'Spend'!$E$2:$E$4"] * 2
    assert references(2, "cat") == ["'Time'!$A$2:$A$21"] * 2, "where one column says it all, that is the label"


def test_the_title_says_what_is_drawn_in_which_unit_and_what_is_left_out() -> None:
    assert title(1) == "Spend: committed and paid (£)"
    assert title(2) == "Time, the first 20: decisions in time, and later"


def test_parts_of_one_whole_stand_in_one_bar() -> None:
    assert '<grouping val="clustered"' in chart(1)
    assert '<grouping val="stacked"' in chart(2)
