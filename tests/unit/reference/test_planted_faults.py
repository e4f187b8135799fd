"""A fault of each kind, planted in good reference data, is reported where it stands."""

import shutil
from pathlib import Path

import pytest

from claims.config import data_folder
from claims.incoming.faults import Fault, Faulty
from claims.reference import load, parse_courses

HEADER = (
    "code,title,kind,level,size,category,awarding_organisation,learning_hours,funding_model,fund,delivery,"
    "max_reimbursement_gbp,paid_from,paid_to,source,note"
)
GOOD = "LTS,Lead to Succeed,course,,,Leaders,Skills for Care,30,full,main,,500.00,2025-04-01,2026-03-31,A list,"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the reference data that a test may spoil."""
    shutil.copytree(data_folder("reference"), tmp_path / "reference")
    return tmp_path / "reference"


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_bytes().decode()
    assert old in text, "the fault was not planted"
    (folder / file).write_bytes(text.replace(old, new, 1).encode())


def faults_of(folder: Path) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(Faulty) as raised:
        load(folder)
    return [(fault.file, fault.row, fault.column) for fault in raised.value.faults]


def faults_in(content: str | bytes) -> list[Fault]:
    with pytest.raises(Faulty) as raised:
        parse_courses(content, "list.csv")
    return list(raised.value.faults)


def with_cell(column: str, cell: str) -> str:
    """A list of one good row and one row that differs from it in its code and in one cell."""
    row = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | {"code": "WL", column: cell}
    return "\r\n".join((HEADER, GOOD, ",".join(row.values()), ""))


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("code", "", "is blank"),
        ("code", "lts", "neither a qualification number"),
        ("code", "610/4009/55", "neither a qualification number"),
        ("code", "610/4009/Y", "neither a qualification number"),
        ("code", "610-4009-5", "neither a qualification number"),
        ("code", "A", "neither a qualification number"),
        ("title", "", "is blank"),
        ("title", " ", "is blank"),
        ("kind", "degree", "“degree” is not a known kind; it may be: course, qualification"),
        ("level", "9", "not a known level"),
        ("learning_hours", "many", "not a whole number above zero"),
        ("learning_hours", "0", "not a whole number above zero"),
        ("learning_hours", "1.5", "not a whole number above zero"),
        ("funding_model", "half", "“half” is not a known funding model; it may be: full, split"),
        ("fund", "other", "“other” is not a known fund; it may be: main, ommt"),
        ("delivery", "internal", "not a known delivery for the fund main; it may be: blank"),
        ("max_reimbursement_gbp", "", "is not an amount in pounds"),
        ("max_reimbursement_gbp", "0.00", "must be above zero"),
        ("max_reimbursement_gbp", "-5.00", "is not an amount in pounds"),
        ("max_reimbursement_gbp", "5.001", "with two decimals at most"),
        ("max_reimbursement_gbp", "£5", "is not an amount in pounds"),
        ("max_reimbursement_gbp", "1e3", "is not an amount in pounds"),
        ("max_reimbursement_gbp", "12345678", "is not an amount in pounds"),
        ("max_reimbursement_gbp", "٣", "is not an amount in pounds"),
        ("paid_from", "01/04/2025", "is not a date"),
        ("paid_from", "20250401", "is not a date"),
        ("paid_from", "2025-02-29", "is not a date"),
        ("paid_to", "2025-13-01", "is not a date"),
        ("paid_to", "2025-03-31", "2025-03-31 is before paid_from, 2025-04-01"),
        ("source", "", "is blank"),
        ("note", '"two\nlines"', "contains a line break"),
        ("note", "a\x07bell", "control character"),
    ],
)
def test_a_faulty_cell_is_named_by_row_and_column(column: str, cell: str, problem: str):
    (fault,) = faults_in(with_cell(column, cell))
    assert (fault.file, fault.row, fault.column) == ("list.csv", 3, column)
    assert problem in fault.problem


def test_oliver_mcgowan_training_must_say_how_it_is_delivered():
    (fault,) = faults_in(with_cell("fund", "ommt"))
    assert (fault.row, fault.column) == (3, "delivery")
    assert str(fault) == (
        "list.csv, row 3, delivery: “” is not a known delivery for the fund ommt; it may be: internal, external"
    )


def test_every_fault_of_every_row_is_reported_at_once():
    content = "\n".join((HEADER, GOOD.replace("500.00", "free"), GOOD.replace("LTS", "?").replace("course", "degree")))
    found = [(fault.row, fault.column) for fault in faults_in(content)]
    assert found == [(2, "max_reimbursement_gbp"), (3, "code"), (3, "kind")]


def test_rows_are_counted_as_a_spreadsheet_does():
    content = "\n".join((HEADER, GOOD, "", ",,,", GOOD.replace("LTS", '"W\nL"')))
    assert {(fault.row, fault.column) for fault in faults_in(content)} == {(5, "code")}


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        (("2025-04-01", "2025-06-30"), ("2025-07-01", "2026-03-31"), False),
        (("2025-04-01", "2025-07-01"), ("2025-07-01", "2026-03-31"), True),
        (("2025-07-01", "2026-03-31"), ("2025-04-01", "2025-07-01"), True),
        (("2025-04-01", "2026-03-31"), ("2025-04-01", "2026-03-31"), True),
        (("2025-04-01", "2026-03-31"), ("2025-06-01", "2025-06-30"), True),
    ],
)
def test_a_code_has_one_amount_on_any_date(first: tuple[str, str], second: tuple[str, str], overlap: bool):
    rows = [GOOD.replace("2025-04-01,2026-03-31", ",".join(dates)) for dates in (first, second)]
    content = "\n".join((HEADER, *rows))
    if not overlap:
        assert len(parse_courses(content)) == 2
        return
    (fault,) = faults_in(content)
    assert fault.column == "paid_from"
    assert "already has an amount" in fault.problem


def test_an_overlap_is_reported_in_the_row_that_begins_later():
    rows = [GOOD.replace("2025-04-01", day) for day in ("2025-07-01", "2025-04-01")]
    (fault,) = faults_in("\n".join((HEADER, *rows)))
    assert (fault.row, "row 3, to 2026-03-31" in fault.problem) == (2, True)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (HEADER.replace("note", "remark"), [(1, "remark"), (1, "note")]),
        (HEADER.replace(",note", ""), [(1, "note")]),
        (HEADER + ",code", [(1, "code")]),
        (HEADER + ",", [(1, None)]),
    ],
)
def test_a_faulty_header_is_reported_by_column(header: str, found: list[tuple[int, str | None]]):
    assert [(fault.row, fault.column) for fault in faults_in(f"{header}\n{GOOD}\n")] == found


def test_an_uneven_row_is_reported():
    faults = faults_in(f"{HEADER}\n{GOOD}\nWL,Too short\n{GOOD.replace('LTS', 'MU')},too long\n")
    assert [(fault.row, fault.column, fault.problem) for fault in faults] == [
        (3, None, "has 2 cells where the header has 16"),
        (4, None, "has 17 cells where the header has 16"),
    ]


def test_columns_may_stand_in_any_order():
    pairs = sorted(zip(HEADER.split(","), GOOD.split(","), strict=True))
    turned = "\n".join(",".join(column) for column in zip(*pairs, strict=True))
    assert parse_courses(turned) == parse_courses(f"{HEADER}\n{GOOD}")


def test_text_that_is_not_utf8_is_reported_at_its_row():
    (fault,) = faults_in(f"{HEADER}\n{GOOD}\n".encode() + "WL,Café".encode("cp1252"))
    assert (fault.row, fault.column) == (3, None)
    assert "save it as “CSV UTF-8”" in fault.problem


def test_a_utf8_mark_is_no_fault():
    assert len(parse_courses(f"\ufeff{HEADER}\n{GOOD}\n".encode())) == 1
    assert len(parse_courses(f"\ufeff{HEADER}\n{GOOD}\n")) == 1


def test_quotes_that_do_not_close_are_reported():
    (fault,) = faults_in(f'{HEADER}\n{GOOD}\nWL,"Well led')
    assert (fault.row, "cannot be split" in fault.problem) == (3, True)


@pytest.mark.parametrize("content", ["", "\n\n", ",,\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_reported(content: str | bytes):
    (fault,) = faults_in(content)
    assert (fault.row, fault.problem) == (None, "is empty")


def test_a_missing_file_is_reported(folder: Path):
    (folder / "progression.csv").unlink()
    (folder / "job_roles.csv").unlink()
    assert faults_of(folder) == [("job_roles.csv", None, None), ("progression.csv", None, None)]


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("role_categories.csv", "new-to-care,New to care,direct care", "new-to-care,New to care,care", (2, "kind")),
        ("role_categories.csv", "New to care,", ",", (2, "title")),
        ("role_categories.csv", ",8", ",7", (9, "position")),
        ("role_categories.csv", ",8", ",", (9, "position")),
        ("role_categories.csv", ",8", ",first", (9, "position")),
        ("role_categories.csv", "registered-manager,", "new-to-care,", (9, "slug")),
        ("job_roles.csv", "senior-management,", "middle-management,", (3, "slug")),
        ("job_roles.csv", "Senior management,Managerial", "Senior management,", (2, "group")),
        ("job_roles.csv", "Managerial,non-regulated", "Managerial,maybe", (2, "registration")),
        ("job_roles.csv", "non-regulated,,yes,,26", "non-regulated,,perhaps,,26", (2, "funding")),
        ("job_roles.csv", "supervisor-or-leader;deputy-manager", "supervisor;deputy-manager", (4, "role_categories")),
        ("job_roles.csv", ",26,1", ",x,1", (2, "asc_wds_id")),
        ("pathway_links.csv", "IMLM,deputy-manager", "NONE,deputy-manager", (2, "code")),
        ("pathway_links.csv", "IMLM,deputy-manager", "IMLM,deputy", (2, "role_category")),
        ("pathway_links.csv", "IMLM,registered-manager", "IMLM,deputy-manager", (3, "role_category")),
        ("pathway_links.csv", "primary", "first", (2, "rank")),
        ("pathway_links.csv", "published", "guessed", (2, "basis")),
        ("pathway_links.csv", "published,O", "published,Z", (2, "evidence")),
        ("pathway_links.csv", "medium", "middling", (2, "confidence")),
        ("progression.csv", "new-to-care,care-or", "new,care-or", (2, "from_category")),
        ("progression.csv", "new-to-care,care-or-support-worker", "new-to-care,new-to-care", (2, "to_category")),
        ("progression.csv", "worker,practice-leader", "worker,supervisor-or-leader", (4, "to_category")),
        ("progression.csv", "published", "sure", (2, "basis")),
        ("eligible_courses.csv", "IMLM,", "imlm,", (2, "code")),
    ],
)
def test_a_fault_in_any_file_is_named_by_file_row_and_column(
    folder: Path, file: str, old: str, new: str, place: tuple[int, str]
):
    spoil(folder, file, old, new)
    assert faults_of(folder) == [(file, *place)]


TOML = "scheme_years.toml"


def line_of(folder: Path, text: str) -> int:
    lines = (folder / TOML).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "parameter"),
    [
        ("value = 2025-04-01\n", "", "paid_from"),
        ("value = 2025-04-01\n", 'value = "2025-04-01"\n', "paid_from"),
        ("value = 2025-04-01\n", "value = 2025-04-01T00:00:00\n", "paid_from"),
        ('source = "DHSC care workforce pathway overview, 9 April 2025"\n', "", "paid_from"),
        ('source = "DHSC care workforce pathway overview, 9 April 2025"\n', 'source = " "\n', "paid_from"),
        ('confidence = "confirmed"\n', "", "paid_from"),
        ('confidence = "confirmed"\n', 'confidence = "sure"\n', "paid_from"),
        ('confidence = "confirmed"\n', 'confidence = "confirmed"\nnote = "x"\n', "paid_from"),
        ('confidence = "confirmed"\n', 'confidence = "confirmed"\nto = "later"\n', "paid_from"),
        ("value = 2026-03-31\n", "value = 2025-03-31\n", "paid_to"),
        ("value = 3\n", "value = 0\n", "claim_window_months"),
        ("value = 3\n", "value = true\n", "claim_window_months"),
        ("value = 60\n", "value = 100\n", "start_share_percent"),
        ("value = 40_000_000\n", "value = 400000.00\n", "cap_main_pence"),
        ('value = "none"\n', 'value = "nothing"\n', "cap_ommt_pence"),
        ('["pdf", "jpg", "jpeg", "png"]', "[]", "evidence_extensions"),
        ('value = "04-01"', 'value = "1 April"', "workforce_data_updated_since"),
        ('value = "04-01"', 'value = "02-29"', "workforce_data_updated_since"),
    ],
)
def test_a_faulty_parameter_is_named_by_line(folder: Path, old: str, new: str, parameter: str):
    spoil(folder, TOML, old, new)
    place = (TOML, line_of(folder, f'["2025-26".{parameter}]'), f"2025-26.{parameter}")
    assert faults_of(folder) == [place]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ('["2025-26".ommt_from]', '["2025-26".ommt_form]', "2025-26.ommt_from"),
        ('rules_version = "2025-26.1"', "", "2025-26.rules_version"),
    ],
)
def test_what_is_missing_is_named_at_the_head_of_its_year(folder: Path, old: str, new: str, column: str):
    spoil(folder, TOML, old, new)
    assert (TOML, line_of(folder, '["2025-26"]'), column) in faults_of(folder)


def test_an_unknown_parameter_is_named(folder: Path):
    spoil(folder, TOML, '["2025-26".ommt_from]', '["2025-26".ommt_form]')
    assert (TOML, line_of(folder, "ommt_form"), "2025-26.ommt_form") in faults_of(folder)


def test_a_scheme_year_is_called_by_its_two_years(folder: Path):
    text = (folder / TOML).read_text(encoding="utf-8").replace('"2025-26"', '"2025-27"')
    (folder / TOML).write_text(text, encoding="utf-8")
    assert (TOML, line_of(folder, '["2025-27"]'), "2025-27") in faults_of(folder)


def add_year(folder: Path, first: str, last: str) -> None:
    text = (folder / TOML).read_text(encoding="utf-8")
    another = text[text.index('["2025-26"]') :].replace('["2025-26"', '["2026-27"')
    another = another.replace("value = 2026-03-31", f"value = {last}").replace("value = 2025-04-01", f"value = {first}")
    (folder / TOML).write_text(text + "\n" + another, encoding="utf-8")


def test_scheme_years_may_not_overlap(folder: Path):
    add_year(folder, "2026-03-31", "2027-03-31")
    assert faults_of(folder) == [(TOML, line_of(folder, '["2026-27".paid_from]'), "2026-27.paid_from")]


def test_scheme_years_may_follow_each_other(folder: Path):
    add_year(folder, "2026-04-01", "2027-03-31")
    assert [year.name for year in load(folder).years] == ["2025-26", "2026-27"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", (None, None)),
        (b"# a\nb = ]\n", (2, None)),
        (b"a = [", (None, None)),
        (b"# caf\xe9\n", (1, None)),
        (b'"2025-26" = 3\n', (None, "2025-26")),
        (b'["2025-26"]\nrules_version = "1"\npaid_from = 3\n', (1, "2025-26.paid_from")),
    ],
)
def test_a_file_that_is_no_list_of_years_is_reported(
    folder: Path, content: bytes, place: tuple[int | None, str | None]
):
    (folder / TOML).write_bytes(content)
    assert (TOML, *place) in faults_of(folder)
