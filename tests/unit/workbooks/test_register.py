"""The claims register workbook."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from claims.words import CLAIM_STATES, FUNDS, PARTS
from claims.workbooks.register import stream_register, write_register
from claims.workbooks.rows import RegisterRow
from tests.unit.workbooks.reading import parts_of, read_with_calamine, read_with_openpyxl
from tests.unit.workbooks.rows_made_up import ABOUT, count_register, make_register

ROWS = list(make_register(600))
TOTALS = count_register(ROWS)


def make(rows: list[RegisterRow] = ROWS) -> bytes:
    target = io.BytesIO()
    write_register(target, ABOUT, iter(rows), TOTALS)
    return target.getvalue()


@pytest.fixture(scope="module")
def workbook() -> bytes:
    return make()


@pytest.fixture(scope="module")
def opened(workbook: bytes) -> Workbook:
    return load_workbook(io.BytesIO(workbook))


def differences(workbook: bytes) -> str:
    about = {row[0]: row[1] for row in read_with_openpyxl(workbook, "About")}
    return str(about["Controls when it was made"])


def test_about_comes_first_and_controls_last(opened: Workbook) -> None:
    assert opened.sheetnames == ["About", "Claims", "Summary", "Controls"]


def test_each_claim_is_a_line_and_how_it_stands(opened: Workbook) -> None:
    assert [cell.value for cell in opened["Claims"][1]][25:] == [
        "State", "Submitted on", "Last day to claim", "Days to decision", "Findings that failed",
        "Findings that need a check", "Assessor", "Run", "Paid on",
    ]  # fmt: skip
    rows: list[Any] = list(opened["Claims"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 600
    for row, given in zip(rows, ROWS, strict=True):
        assert row[0] == given.line.reference
        assert row[20] == (given.line.amount_pence or 0) / 100
        assert row[25] == CLAIM_STATES[given.state]
        assert (row[9], row[10]) == (PARTS[given.line.part], FUNDS[given.line.fund])
        assert row[27].date() == given.last_day_to_claim
        assert row[28] == given.days_to_decision
        assert row[29] == ("; ".join(given.failed_findings) or None)
        assert row[30] == ("; ".join(given.check_findings) or None)
        assert row[32] == given.payment_run
        assert (row[33] and row[33].date()) == given.payment_sent_on


def test_openpyxl_and_calamine_read_the_same(workbook: bytes) -> None:
    ours = read_with_openpyxl(workbook, "Claims")
    theirs = read_with_calamine(workbook, "Claims")
    assert [[_plain(value) for value in row] for row in ours] == [[_plain(value) for value in row] for row in theirs]


def test_the_summary_adds_up_by_state_by_fund_and_by_month(opened: Workbook) -> None:
    rows: list[Any] = list(opened["Summary"].iter_rows(min_row=2, values_only=True))
    for by in ("State", "Fund", "Month"):
        assert sum(row[2] for row in rows if row[0] == by) == 600
        assert sum(round(row[3] * 100) for row in rows if row[0] == by) == TOTALS.amount_pence
    assert [row[1] for row in rows if row[0] == "Fund"] == ["Main", "OMMT"]
    months = [row[1] for row in rows if row[0] == "Month"]
    assert months[:3] == ["Apr 2025", "May 2025", "Jun 2025"]


def test_claims_not_yet_submitted_come_after_all_months() -> None:
    rows = [row._replace(submitted_on=None) if number % 2 else row for number, row in enumerate(ROWS)]
    summary = read_with_openpyxl(make(rows), "Summary")
    assert summary[-1][:3] == ("Month", "Not submitted", 300)


def test_each_part_of_the_summary_has_its_chart(workbook: bytes) -> None:
    parts = parts_of(workbook)
    charts = [parts[f"xl/charts/chart{number}.xml"] for number in (1, 2, 3)]
    assert "'Summary'!$D$2:$D$8" in charts[0]
    assert "'Summary'!$D$9:$D$10" in charts[1]
    assert "'Summary'!$D$11:" in charts[2]


def test_all_controls_agree_when_rows_and_database_do(workbook: bytes) -> None:
    assert differences(workbook) == "All 26 agreed"


def test_a_claim_in_another_state_than_the_database_says_differs() -> None:
    other = "paid" if ROWS[0].state != "paid" else "approved"
    says = differences(make([ROWS[0]._replace(state=other), *ROWS[1:]]))
    assert says.startswith("4 of 26 differed")
    for state in (other, ROWS[0].state):
        assert f"Claims: claims, state {CLAIM_STATES[state]}" in says
        assert f"Claims: amount, state {CLAIM_STATES[state]}" in says


def test_an_amount_that_is_not_known_is_empty_and_counts_nothing() -> None:
    workbook = make([row._replace(line=row.line._replace(amount_pence=None)) for row in ROWS])
    assert {row[20] for row in read_with_openpyxl(workbook, "Claims")} == {None}
    assert {row[3] for row in read_with_openpyxl(workbook, "Summary")} == {0}
    assert "Claims: amount;" in differences(workbook)


def test_the_same_data_gives_the_same_bytes(workbook: bytes) -> None:
    assert make() == workbook


def test_another_deflate_level_gives_the_same_cells(workbook: bytes) -> None:
    smaller = b"".join(stream_register(ABOUT, ROWS, TOTALS, deflate_level=6))
    assert len(smaller) < len(workbook)
    assert parts_of(smaller) == parts_of(workbook)


def test_rows_are_never_held() -> None:
    held: set[int] = set()
    most = 0

    class Seen(tuple):  # type: ignore[type-arg]  # noqa: SLOT001
        """Something that is noticed when it goes."""

        def __del__(self) -> None:
            held.discard(id(self))

    def rows() -> Iterator[RegisterRow]:
        nonlocal most
        for row in make_register(3_000):
            findings = Seen(("fund-open",))
            held.add(id(findings))
            most = max(most, len(held))
            yield row._replace(check_findings=findings)

    for _ in stream_register(replace(ABOUT, subject="all"), rows(), TOTALS):
        pass
    assert most <= 1_100, "the sample for widths, a batch, and as few as the columns remember"


def _plain(value: object) -> object:
    """Dates without times, and nothing for empty."""
    return str(value)[:10] if hasattr(value, "year") else value or None
