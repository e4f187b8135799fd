"""The reference data that comes with the service: whole, readable, and as published."""

from datetime import date
from pathlib import Path

from claims.config import data_folder
from claims.reference import load, parse_courses, render_courses, with_courses
from claims.rules.scheme import Fund, FundingModel

REFERENCE = load()
COURSES = data_folder("reference") / "eligible_courses.csv"


def test_every_row_is_read():
    assert len(REFERENCE.courses) == 240
    assert sum(map(len, REFERENCE.courses.values())) == 242
    assert len(REFERENCE.job_roles) == 39
    assert len(REFERENCE.role_categories) == 8
    assert sum(map(len, REFERENCE.links.values())) == 763
    assert len(REFERENCE.progression) == 16
    assert [year.name for year in REFERENCE.years] == ["2025-26"]


def test_the_certificate_was_dearer_from_april_2025():
    earlier, later = REFERENCE.courses["610/4009/5"]
    assert (earlier.max_reimbursement_pence, earlier.paid_to) == (1500_00, date(2025, 3, 31))
    assert (later.max_reimbursement_pence, later.paid_from) == (1540_00, date(2025, 4, 1))
    assert later.funding_model is FundingModel.SPLIT


def test_a_withdrawn_course_says_when_it_was_listed():
    (entry,) = REFERENCE.courses["DLP"]
    assert (entry.paid_from, entry.paid_to) == (date(2024, 4, 1), date(2025, 2, 4))


def test_oliver_mcgowan_training_is_a_fund_of_its_own():
    ommt = {code for code, entries in REFERENCE.courses.items() if entries[0].fund is Fund.OMMT}
    assert ommt == {"OMMT/T1/INT", "OMMT/T1/EXT", "OMMT/T2/INT", "OMMT/T2/EXT"}


def test_the_course_list_is_written_as_it_was_read():
    content = COURSES.read_bytes()
    assert render_courses(parse_courses(content)).encode() == content


def test_links_come_primary_first():
    for links in REFERENCE.links.values():
        assert [link.rank for link in links] == sorted(link.rank for link in links)


def test_role_categories_come_in_order_of_position():
    assert next(iter(REFERENCE.role_categories)) == "new-to-care"
    assert [category.position for category in REFERENCE.role_categories.values()] == list(range(1, 9))


def test_every_parameter_is_dated_and_sourced():
    (year,) = REFERENCE.years
    assert year.rules_version == "2025-26.1"
    for parameter in year.parameters.values():
        assert parameter.source
        assert (parameter.holds_from, parameter.holds_to) == (date(2025, 4, 1), date(2026, 3, 31))


def test_the_parameters_are_those_of_the_scheme():
    (year,) = REFERENCE.years
    assert {name: (each.value, each.confidence) for name, each in year.parameters.items()} == {
        "paid_from": (date(2025, 4, 1), "confirmed"),
        "paid_to": (date(2026, 3, 31), "confirmed"),
        "started_from": (date(2025, 4, 1), "confirmed"),
        "started_to": (date(2026, 3, 31), "confirmed"),
        "claim_window_months": (3, "confirmed"),
        "start_share_percent": (60, "confirmed"),
        "long_courses_completed_by": (date(2026, 12, 31), "day inferred"),
        "cap_main_pence": (400_000_00, "secondary"),
        "cap_ommt_pence": (None, "unknown"),
        "ommt_from": (date(2025, 4, 1), "secondary"),
        "ommt_completed_by": (date(2026, 3, 31), "secondary"),
        "ommt_last_day_to_claim": (date(2026, 3, 20), "secondary"),
        "ommt_claim_window_months": (None, "secondary"),
        "payment_evidence_files_max": (4, "confirmed"),
        "completion_evidence_files": (1, "confirmed"),
        "evidence_extensions": (("pdf", "jpg", "jpeg", "png"), "confirmed"),
        "evidence_file_bytes_max": (2 * 1024 * 1024, "confirmed"),
        "people_per_employer": (10, "secondary"),
        "sro_per_employer": (1, "secondary"),
        "submitters_per_employer": (9, "secondary"),
        "workforce_data_updated_since": ("04-01", "confirmed"),
    }


def test_another_course_list_takes_the_place_of_our_own():
    only_one = [entry for entry in parse_courses(COURSES.read_bytes()) if entry.code == "LTS"]
    changed = with_courses(REFERENCE, only_one)
    assert list(changed.courses) == ["LTS"]
    assert len(REFERENCE.courses) == 240
    assert changed.job_roles is REFERENCE.job_roles


def test_a_readme_names_every_file():
    readme = (data_folder("reference") / "README.md").read_text(encoding="utf-8")
    for file in data_folder("reference").iterdir():
        assert file.name == "README.md" or f"`{file.name}`" in readme, file.name


def test_reference_can_be_loaded_from_any_folder(tmp_path: Path):
    for file in data_folder("reference").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert load(tmp_path) == REFERENCE
