"""Rows into sheets, read back by openpyxl and calamine."""

import io
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from claims.workbooks import sheet as sheet_module
from claims.workbooks.book import Book
from claims.workbooks.cells import Kind
from claims.workbooks.sheet import NARROWEST, WIDEST, Column, Sheet, TooManyRows, fit_widths
from tests.unit.workbooks.reading import (
    HOSTILE,
    Pair,
    parts_of,
    read_with_calamine,
    read_with_openpyxl,
    write_sheet,
    write_values,
)
from tests.unit.workbooks.rows_made_up import ABOUT


def test_hostile_text_comes_back_as_it_is_from_openpyxl() -> None:
    workbook, book = write_values(Kind.TEXT, HOSTILE)
    assert tuple(value for _, value in read_with_openpyxl(workbook, formulas=True)) == HOSTILE
    assert book.cells.cleaned == 0


def test_hostile_text_comes_back_as_it_is_from_calamine() -> None:
    workbook, _ = write_values(Kind.TEXT, HOSTILE)
    assert tuple(value for _, value in read_with_calamine(workbook)) == HOSTILE


def test_hostile_text_is_text_in_every_other_kind_that_takes_it() -> None:
    for kind in (Kind.MIXED, Kind.FACT):
        workbook, _ = write_values(kind, HOSTILE)
        assert tuple(value for _, value in read_with_openpyxl(workbook, formulas=True)) == HOSTILE
        assert "<f>" not in parts_of(workbook)["xl/worksheets/sheet2.xml"]


def test_what_is_removed_is_counted_in_every_cell_and_told_in_about() -> None:
    workbook, book = write_values(Kind.TEXT, ["a\x00b"] * 700 + ["x" * 40_000] * 2)
    assert book.cells.removed == 700
    about = {row[0]: row[1] for row in read_with_openpyxl(workbook, "About")}
    assert about["Control characters removed from text"] == 700
    assert about["Texts cut to the 32,767 characters a cell holds"] == 2


def test_about_says_nothing_of_cleaning_when_there_was_none() -> None:
    workbook, _ = write_values(Kind.TEXT, ["plain"])
    assert not [row for row in read_with_openpyxl(workbook, "About") if "removed" in row[0] or "cut" in row[0]]


def test_money_dates_counts_and_shares_come_back_as_numbers_and_dates() -> None:
    cases = (
        (Kind.MONEY, [0, 1, 154_000, -5, None], [0, 0.01, 1540, -0.05, None], "#,##0.00"),
        (Kind.COUNT, [0, 12_345, -1, None], [0, 12_345, -1, None], "#,##0"),
        (Kind.SHARE, [60, 40, 100, None], [0.6, 0.4, 1, None], "0%"),
    )
    for kind, values, expected, number_format in cases:
        workbook, _ = write_values(kind, values)
        assert [value for _, value in read_with_openpyxl(workbook)] == expected
        assert [value or None for _, value in read_with_calamine(workbook)] == [value or None for value in expected]
        assert load_workbook(io.BytesIO(workbook))["Rows"]["B2"].number_format == number_format


def test_dates_come_back_as_dates() -> None:
    days = [date(1900, 3, 1), date(2024, 2, 29), date(2026, 3, 31)]
    workbook, _ = write_values(Kind.DATE, days)
    assert [value for _, value in read_with_openpyxl(workbook)] == [datetime(d.year, d.month, d.day) for d in days]  # noqa: DTZ001
    assert [value for _, value in read_with_calamine(workbook)] == days


def test_several_texts_are_joined() -> None:
    workbook, _ = write_values(Kind.LIST, [("fund-open", "paid-in-scheme-year"), ("=a",), (), None])
    assert [value for _, value in read_with_openpyxl(workbook)] == [
        "fund-open; paid-in-scheme-year",
        "=a",
        None,
        None,
    ]


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 499, 500, 501, 2_600])
def test_every_row_is_written_once_and_in_order(count: int) -> None:
    workbook, _ = write_values(Kind.TEXT, [f"value {number}" for number in range(count)])
    rows = read_with_openpyxl(workbook)
    if count == 0:
        assert rows in ([], [(None, None)])
    else:
        assert rows == [(number, f"value {number}") for number in range(count)]
    assert f'ref="A1:B{max(count, 1) + 1}"' in parts_of(workbook)["xl/tables/table1.xml"]


def test_equal_values_in_different_columns_keep_their_own_kind() -> None:
    columns = (Column("Count", Kind.COUNT, "number"), Column("Money", Kind.MONEY, "number"))
    workbook, _ = write_sheet([Pair(100, None), Pair(1, None)], columns)
    assert read_with_openpyxl(workbook) == [(100, 1), (1, 0.01)]


def test_a_mixed_column_does_not_take_one_for_true_nor_a_day_for_an_instant() -> None:
    workbook, _ = write_values(Kind.MIXED, [1, "1", date(2026, 2, 2), "2026-02-02"])
    assert [value for _, value in read_with_openpyxl(workbook)] == [1, "1", datetime(2026, 2, 2), "2026-02-02"]  # noqa: DTZ001


def test_a_sheet_takes_as_many_rows_as_it_holds_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_module, "MOST_ROWS", 600)
    workbook, _ = write_values(Kind.COUNT, range(600))
    assert len(read_with_openpyxl(workbook)) == 600
    with pytest.raises(TooManyRows, match="at most 600 rows"):
        write_values(Kind.COUNT, range(601))


def test_the_first_bytes_come_before_the_last_row_is_asked_for() -> None:
    asked = 0

    def rows() -> Iterator[Pair]:
        nonlocal asked
        for asked in range(1, 5_001):
            yield Pair(asked, f"text {asked}")

    columns = (Column("Number", Kind.COUNT, "number"), Column("Value", Kind.TEXT, "value"))
    book = Book("Test", ABOUT)
    book.sheets = (Sheet("Rows", columns, rows, table="Rows"),)
    stream = book.stream()
    assert next(stream).startswith(b"PK")
    assert asked <= 600
    assert b"".join(stream)
    assert asked == 5_000


def test_whatever_the_rows_raise_comes_out() -> None:
    def rows() -> Iterator[Pair]:
        yield Pair(1, "one")
        raise ConnectionError("the database went away")

    columns = (Column("Number", Kind.COUNT, "number"), Column("Value", Kind.TEXT, "value"))
    with pytest.raises(ConnectionError, match="went away"):
        write_sheet(rows(), columns)


def test_widths_fit_headers_and_texts_within_reason() -> None:
    columns = (
        Column("Level", Kind.TEXT, "value"),
        Column("Amount", Kind.MONEY, "number"),
        Column("Extraordinarily", Kind.TEXT, "number"),
        Column("Given", Kind.TEXT, "value", width=7),
    )
    assert fit_widths(columns, []) == [NARROWEST, 14, 18, 7]
    assert fit_widths(columns, [Pair(1, "y" * 30), Pair(2, None)]) == [30, 14, 18, 7]
    assert fit_widths(columns, [Pair(1, "y" * 3_000)])[0] == WIDEST
