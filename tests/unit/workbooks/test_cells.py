"""Single values into cells."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from defusedxml import ElementTree

from claims.workbooks.cells import (
    LONGEST_TEXT,
    NUMBER_FORMATS,
    Cells,
    Formula,
    Kind,
    clean,
    hundredths,
    instant_number,
    text_xml,
)


@pytest.fixture
def cells() -> Cells:
    return Cells({kind: number for number, kind in enumerate(NUMBER_FORMATS)})


@pytest.mark.parametrize(
    ("pence", "written"),
    [
        (0, "0.00"),
        (1, "0.01"),
        (99, "0.99"),
        (100, "1.00"),
        (101, "1.01"),
        (154_000, "1540.00"),
        (-1, "-0.01"),
        (-12_345, "-123.45"),
        (9_007_199_254_740_993, "90071992547409.93"),
    ],
)
def test_money_is_written_to_the_penny(pence: int, written: str) -> None:
    assert hundredths(pence) == written


@pytest.mark.parametrize("value", [12.5, Decimal("12.50"), "1250"])
def test_money_that_is_not_whole_pence_is_refused(cells: Cells, value: object) -> None:
    with pytest.raises(TypeError, match="whole pence"):
        cells.writer_of(Kind.MONEY)(value)


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(1900, 3, 1), 61),
        (date(2000, 2, 29), 36585),
        (date(2025, 4, 1), 45748),
        (date(2026, 3, 31), 46112),
        (date(9999, 12, 31), 2958465),
    ],
)
def test_a_date_is_the_number_of_its_day(cells: Cells, day: date, number: int) -> None:
    assert f"<v>{number}</v>" in cells.write_date(day)


def test_a_date_before_spreadsheets_agree_on_dates_is_text(cells: Cells) -> None:
    assert "<t>1900-02-28</t>" in cells.write_date(date(1900, 2, 28))


def test_an_instant_is_refused_in_a_date_column(cells: Cells) -> None:
    with pytest.raises(TypeError, match="London date"):
        cells.write_date(datetime(2026, 2, 2, tzinfo=UTC))


def test_an_instant_is_shown_in_london_time() -> None:
    assert instant_number(datetime(2026, 2, 2, 12, 0, 59, tzinfo=UTC)) == "46055.5000000000"
    assert instant_number(datetime(2025, 7, 1, 23, 30, tzinfo=UTC)) == "45840.0208333333", "summer time: the next day"


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        instant_number(datetime(2026, 2, 2))  # noqa: DTZ001 (the fault that is tested)


def test_text_columns_take_nothing_but_text(cells: Cells) -> None:
    with pytest.raises(TypeError, match="not text"):
        cells.writer_of(Kind.TEXT)(42)


def test_a_count_column_takes_whole_numbers_only(cells: Cells) -> None:
    with pytest.raises(TypeError, match="whole number"):
        cells.writer_of(Kind.COUNT)("42")


def test_a_mixed_column_refuses_what_no_cell_can_hold(cells: Cells) -> None:
    with pytest.raises(TypeError, match="No cell"):
        cells.writer_of(Kind.MIXED)(12.5)


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.LIST, Kind.MONEY, Kind.DATE, Kind.COUNT, Kind.SHARE, Kind.MIXED])
def test_nothing_is_an_empty_cell(cells: Cells, kind: Kind) -> None:
    assert cells.writer_of(kind)(None).endswith('"/>')


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x1f", "\x7f", "\x85", "\ud800", "\uffff"])
def test_characters_that_no_cell_holds_are_removed_and_counted(character: str) -> None:
    assert clean(f"a{character}b{character}") == ("ab", 2, False)


@pytest.mark.parametrize("character", ["\t", "\n", " ", "\u00a0", "\u202e", "\ufdd0", "🙂"])
def test_every_other_character_stays(character: str) -> None:
    assert clean(f"a{character}b") == (f"a{character}b", 0, False)


def test_returns_become_newlines() -> None:
    assert clean("a\r\nb\rc") == ("a\nb\nc", 0, False)


def test_text_of_the_longest_length_stays_whole() -> None:
    assert clean("x" * LONGEST_TEXT) == ("x" * LONGEST_TEXT, 0, False)


def test_text_one_longer_loses_its_last_character() -> None:
    assert clean("x" * LONGEST_TEXT + "y") == ("x" * LONGEST_TEXT, 0, True)


def test_length_is_counted_as_excel_does_and_no_character_is_halved() -> None:
    assert clean("🙂" * 16_383) == ("🙂" * 16_383, 0, False)
    assert clean("🙂" * 16_384) == ("🙂" * 16_383, 0, True), "32,768 units; the last pair goes as a whole"


def test_removed_characters_do_not_count_towards_the_length() -> None:
    assert clean("\x00" + "x" * LONGEST_TEXT) == ("x" * LONGEST_TEXT, 1, False)


@pytest.mark.parametrize("text", ["_x0041_", "a_x0041_b_x0042_", "_x0041_x0042_", "__x0041__"])
def test_text_that_looks_like_an_escape_is_cut_so_that_no_run_holds_one(text: str) -> None:
    runs = [run.text or "" for run in ElementTree.fromstring(text_xml(text)).iter("t")]
    assert "".join(runs) == text
    assert not any("_x0041_" in run or "_x0042_" in run for run in runs)


def test_what_is_cleaned_is_counted_over_all_cells(cells: Cells) -> None:
    for _ in range(3):
        cells.write_text("a\x00\x01")
    cells.write_text("x" * 40_000)
    assert (cells.removed, cells.shortened, cells.cleaned) == (6, 1, 7)


def test_a_formula_carries_no_result_that_nobody_worked_out(cells: Cells) -> None:
    assert cells.write_mixed(Formula('IF(1<2,"a&b","c")')).endswith('><f>IF(1&lt;2,"a&amp;b","c")</f></c>')
