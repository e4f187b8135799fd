"""The payment run workbook."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from claims.words import FUNDS
from claims.workbooks.payment_run import stream_payment_run, write_payment_run
from claims.workbooks.rows import GroupTotal
from tests.unit.workbooks.reading import parts_of, read_with_openpyxl
from tests.unit.workbooks.rows_made_up import ABOUT, count_run, make_lines, make_payments

LINES = list(make_lines(130))
PAYMENTS = make_payments(LINES)
TOTALS = count_run(LINES, PAYMENTS)


def make(**changes: Any) -> bytes:
    given: dict[str, Any] = {"about": ABOUT, "payments": PAYMENTS, "lines": LINES, "totals": TOTALS} | changes
    return b"".join(stream_payment_run(**given))


@pytest.fixture(scope="module")
def workbook() -> bytes:
    return make()


@pytest.fixture(scope="module")
def opened(workbook: bytes) -> Workbook:
    return load_workbook(io.BytesIO(workbook))


def headers(opened: Workbook, sheet: str) -> list[Any]:
    return [cell.value for cell in opened[sheet][1]]


def differences(workbook: bytes) -> str:
    about = {row[0]: row[1] for row in read_with_openpyxl(workbook, "About")}
    return str(about["Controls when it was made"])


def test_about_comes_first_and_controls_last(opened: Workbook) -> None:
    assert opened.sheetnames == [
        "About", "Payments", "Lines", "By course", "By role category", "By employer", "Controls",
    ]  # fmt: skip
    assert opened.active is not None
    assert opened.active.title == "About"


def test_payments_has_one_row_per_payment_with_the_account_number_masked(opened: Workbook) -> None:
    assert headers(opened, "Payments") == [
        "Payment reference", "Workplace ID", "Employer", "Fund", "Claims", "Amount", "Set off", "Net",
        "Account name", "Sort code", "Account number",
    ]  # fmt: skip
    rows: list[Any] = list(opened["Payments"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(PAYMENTS)
    first = PAYMENTS[0]
    assert rows[0] == (
        "LDSS 000001", first.workplace_id, first.employer, FUNDS[first.fund], first.claims, first.amount_pence / 100,
        12.34, first.net_pence / 100, first.account_name, "04-00-01", "****0001",
    )  # fmt: skip


def test_a_payment_never_takes_a_whole_account_number() -> None:
    with pytest.raises(ValueError, match="last four digits"):
        replace(PAYMENTS[0], account_ends_in="12345678")


def test_a_masked_number_shows_its_last_four_digits() -> None:
    assert replace(PAYMENTS[0], account_ends_in="5678").masked_account_number == "****5678"


def test_lines_has_one_row_per_claim_with_every_column(opened: Workbook) -> None:
    assert headers(opened, "Lines") == [
        "Reference", "Purchase", "Workplace ID", "Employer", "Course code", "Course title", "Level",
        "Awarding organisation", "Funding model", "Part", "Fund", "Role category", "Payment date", "Start date",
        "Completion date", "Cost per learner", "Other funding", "Maximum", "Reimbursable", "Share", "Amount",
        "Approved on", "Approved by", "Rules version", "Confidence of maximum",
    ]  # fmt: skip
    rows: list[Any] = list(opened["Lines"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [line.reference for line in LINES]
    assert [row[20] for row in rows] == [(line.amount_pence or 0) / 100 for line in LINES]
    assert [row[12].date() for row in rows] == [line.paid_on for line in LINES]


@pytest.mark.parametrize("sheet", ["By course", "By role category", "By employer"])
def test_each_summary_adds_up_to_the_lines_and_has_a_chart(opened: Workbook, workbook: bytes, sheet: str) -> None:
    rows: list[Any] = list(opened[sheet].iter_rows(min_row=2, values_only=True))
    assert sum(row[-2] for row in rows) == len(LINES)
    assert sum(round(row[-1] * 100) for row in rows) == TOTALS.amount_pence
    amounts = [row[-1] for row in rows]
    assert amounts == sorted(amounts, reverse=True)
    number = opened.sheetnames.index(sheet) + 1
    assert "<drawing " in parts_of(workbook)[f"xl/worksheets/sheet{number}.xml"]


def test_charts_span_the_rows_of_their_sheets(workbook: bytes) -> None:
    parts = parts_of(workbook)
    assert "'By course'!$D$2:$D$7" in parts["xl/charts/chart1.xml"]
    assert "'By course'!$B$2:$B$7" in parts["xl/charts/chart1.xml"]
    assert "'By role category'!$C$2:$C$5" in parts["xl/charts/chart2.xml"]


def test_a_chart_shows_the_fifteen_largest() -> None:
    lines = [line._replace(workplace_id=f"E{number}", employer=f"House {number}") for number, line in enumerate(LINES)]
    chart = parts_of(make(lines=lines))["xl/charts/chart3.xml"]
    assert "'By employer'!$D$2:$D$16" in chart
    assert "the 15 largest" in chart


def test_all_controls_agree_when_rows_and_database_do(workbook: bytes) -> None:
    assert differences(workbook) == "All 18 agreed"


def test_controls_sets_the_databases_values_beside_formulas_over_the_sheets(opened: Workbook) -> None:
    *rows, last = opened["Controls"].iter_rows(min_row=2, values_only=True)
    assert rows[0] == (
        "Lines: claims", 130, "=COUNTA(Lines!A:A)-1", '=IF(ROUND(B2,2)=ROUND(C2,2),"agrees","differs")',
    )  # fmt: skip
    assert rows[1][:3] == ("Lines: amount", TOTALS.amount_pence / 100, "=SUM(Lines!U:U)")
    assert len(rows) == 18
    assert last == ("All of the above", None, None, '=IF(COUNTIF(D2:D19,"agrees")=18,"agrees","differs")')


def test_no_check_shows_a_result_before_something_has_worked_it_out(workbook: bytes) -> None:
    assert {(row[2], row[3]) for row in read_with_openpyxl(workbook, "Controls")} == {(None, None)}


def test_a_penny_missing_from_the_rows_differs() -> None:
    short = LINES[0]._replace(amount_pence=(LINES[0].amount_pence or 0) - 1)
    assert differences(make(lines=[short, *LINES[1:]])) == (
        f"5 of 18 differed: Lines: amount; Lines: amount, fund {FUNDS[short.fund]}; By course: amount; "
        "By role category: amount; By employer: amount. Do not rely on this workbook."
    )


def test_a_missing_row_differs() -> None:
    assert "Lines: claims;" in differences(make(lines=LINES[1:]))


def test_a_missing_payment_differs() -> None:
    assert "Payments: payments; Payments: claims; Payments: amount" in differences(make(payments=PAYMENTS[1:]))


def test_a_net_that_is_not_amount_less_set_off_differs() -> None:
    odd = [replace(PAYMENTS[0], set_off_pence=PAYMENTS[0].set_off_pence + 1), *PAYMENTS[1:]]
    assert differences(make(payments=odd)) == (
        "2 of 18 differed: Payments: set off; Payments: net is amount less set off. Do not rely on this workbook."
    )


def test_a_fund_that_the_database_has_and_the_rows_do_not_differs() -> None:
    totals = replace(TOTALS, by_fund=(*TOTALS.by_fund, GroupTotal("new", 1, 1)))
    assert differences(make(totals=totals)).startswith("2 of 20 differed: Lines: claims, fund new")


def test_about_says_where_the_workbook_comes_from(workbook: bytes) -> None:
    about = {row[0]: row[1] for row in read_with_openpyxl(workbook, "About")}
    assert about["Filter: Fund"] == "main and ommt"
    assert about["Scheme year"] == "2025-26"
    assert about["Course list version"] == "2025-26, version 3 of 9 April 2025"
    assert about["Rules version"] == "2025-26.1"
    assert about["Made by"] == "Fatima Noor"
    assert abs(about["Made at (UK time)"] - datetime(2026, 2, 2, 10, 15)) < timedelta(seconds=1)  # noqa: DTZ001
    assert about["Rows in Lines"] == 130
    assert about["Rows in Payments"] == len(PAYMENTS)
    assert about["Amount"] == TOTALS.amount_pence / 100
    assert about["Net to be paid"] == TOTALS.net_pence / 100
    assert "auditors" in about["Who may receive it"]


def test_about_marks_amounts_that_are_not_confirmed(workbook: bytes) -> None:
    about = {row[0]: row[1] for row in read_with_openpyxl(workbook, "About")}
    assert about["Amounts not confirmed: claims"] == 130
    confirmed = [line._replace(maximum_confidence="confirmed") for line in LINES]
    assert not [row for row in read_with_openpyxl(make(lines=confirmed), "About") if "confirmed" in row[0]]


def test_about_says_when_nothing_is_filtered_out() -> None:
    about = {row[0]: row[1] for row in read_with_openpyxl(make(about=replace(ABOUT, filters=())), "About")}
    assert about["Filter"] == "None: everything is in it"


def test_about_keeps_hostile_text_as_text() -> None:
    hostile = replace(ABOUT, made_by="=1+1\x00", filters=(("=A1", "#N/A\nand more"),), subject="<&> \ud800")
    workbook = make(about=hostile)
    about = {row[0]: row[1] for row in read_with_openpyxl(workbook, "About", formulas=True)}
    assert about["Made by"] == "=1+1"
    assert about["Filter: =A1"] == "#N/A\nand more"
    assert load_workbook(io.BytesIO(workbook)).properties.title == "Payment run <&> "


def test_every_sheet_is_set_up_to_be_read_and_printed(opened: Workbook) -> None:
    for sheet in opened:
        assert all(cell.font.b for cell in sheet[1])
        assert sheet.freeze_panes == ("B2" if sheet.title == "Lines" else "A2")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.oddFooter.right.text == "Page &P of &N"
        assert all(sheet.column_dimensions[cell.column_letter].width >= 7 for cell in sheet[1])
        if sheet.title != "About":
            (table,) = sheet.tables.values()
            assert table.ref == sheet.dimensions
            assert table.autoFilter.ref == table.ref
            assert [column.name for column in table.tableColumns] == [cell.value for cell in sheet[1]]


def test_properties_say_what_when_and_by_whom(opened: Workbook) -> None:
    properties = opened.properties
    assert properties.title == "Payment run PR-2026-004"
    assert properties.subject == "Scheme year 2025-26"
    assert properties.creator == "Fatima Noor"
    assert properties.created == properties.modified == datetime(2026, 2, 2, 10, 15, 30)  # noqa: DTZ001


def test_the_same_data_gives_the_same_bytes(workbook: bytes) -> None:
    assert make() == workbook
    assert make(about=replace(ABOUT, made_at=datetime(2026, 2, 2, 10, 16, tzinfo=UTC))) != workbook


def test_a_run_of_nothing_is_still_a_workbook() -> None:
    empty = count_run([], [])
    workbook = make(payments=[], lines=[], totals=empty)
    assert differences(workbook) == "All 18 agreed"
    assert [row for row in read_with_openpyxl(workbook, "Lines") if any(row)] == []


def test_a_workbook_can_be_written_where_one_cannot_seek(workbook: bytes) -> None:
    class Pipe:
        def __init__(self) -> None:
            self.data: list[bytes] = []

        def write(self, data: bytes) -> int:
            self.data.append(data)
            return len(data)

        def writelines(self, several: Iterator[bytes]) -> None:
            for data in several:
                self.write(data)

    pipe = Pipe()
    write_payment_run(pipe, ABOUT, iter(PAYMENTS), iter(LINES), TOTALS)  # type: ignore[arg-type]
    assert b"".join(pipe.data) == workbook
