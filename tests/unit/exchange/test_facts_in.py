"""Facts from outside: what is well formed is read, anything else is an error that names its field."""

from contextlib import suppress
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.exchange.facts import START_PART_STATES, BadFacts, read_facts, render_facts
from claims.exchange.rows import FACT_COLUMNS, flatten_facts, nest_row
from claims.rules.facts import (
    ClaimFacts,
    EmployerFacts,
    Engagement,
    Facts,
    FundFacts,
    LearnerFacts,
    Overlapping,
    Part,
    StartPart,
    TrainingFacts,
)
from tests.builders import BASE_RECORD, facts_of

TRUTHS = st.none() | st.booleans()
DAYS = st.none() | st.dates()
PENCE = st.none() | st.integers(0, 99_999_999_999)
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20).map(str.strip).filter(bool)
TEXTS = st.none() | WORDS | st.sampled_from(["=1+1", "'=x", "+44 20", "-5", "@a", "'"])
REFERENCES = st.lists(st.from_regex(r"\A[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}-[ABC]\Z"), max_size=3).map(tuple)

FACTS = st.builds(
    Facts,
    employer=st.builds(EmployerFacts, TRUTHS, TRUTHS, DAYS, TRUTHS, DAYS, PENCE),
    learner=st.builds(
        LearnerFacts, TEXTS, TEXTS, st.none() | st.sampled_from(Engagement), TRUTHS, TRUTHS, TRUTHS, TRUTHS
    ),
    training=st.builds(TrainingFacts, TEXTS, PENCE, PENCE, TRUTHS, DAYS, DAYS, DAYS, DAYS),
    claim=st.builds(
        ClaimFacts,
        st.none() | st.sampled_from(Part),
        DAYS,
        DAYS,
        st.none() | st.builds(StartPart, st.sampled_from(START_PART_STATES).map(str), PENCE, PENCE),
        st.none() | st.builds(Overlapping, REFERENCES, st.booleans()),
    ),
    fund=st.builds(FundFacts, TRUTHS),
)


def errors_of(record: object) -> dict[str, str]:
    with pytest.raises(BadFacts) as raised:
        read_facts(record)
    return {error.field: error.problem for error in raised.value.errors}


def changed(field: str, value: Any) -> dict[str, Any]:
    """The example with one field, by its dotted name, set to ``value``."""
    record: dict[str, Any] = deepcopy(BASE_RECORD)
    *subjects, name = field.split(".")
    inner = record
    for subject in subjects:
        inner[subject] = inner.get(subject) or {}
        inner = inner[subject]
    inner[name] = value
    return record


def test_the_example_of_the_interfaces_is_read():
    assert read_facts(BASE_RECORD) == facts_of(BASE_RECORD)


def test_what_is_absent_is_not_known():
    assert read_facts({}) == Facts()


@pytest.mark.parametrize("subject", ["employer", "learner", "training", "claim", "fund"])
def test_a_subject_may_be_absent_null_or_empty(subject: str):
    for record in ({}, {subject: None}, {subject: {}}):
        assert read_facts(record) == Facts()


@pytest.mark.parametrize("field", [column for column in FACT_COLUMNS if not column.startswith("claim.overlapping")])
def test_any_field_may_be_null(field: str):
    assert render_facts(read_facts(changed(field, None))) is not None


TRUTH_FIELDS = [
    "employer.provides_adult_social_care",
    "employer.employs_care_staff_in_england",
    "employer.registered_with_cqc",
    "learner.works_in_england",
    "learner.post_requires_registration",
    "learner.employed_on_start",
    "learner.employed_on_completion",
    "training.apprenticeship",
    "claim.overlapping.another_employer",
    "fund.open",
]
DAY_FIELDS = [column for column in FACT_COLUMNS if column.endswith("_on")]
POUNDS_FIELDS = [column for column in FACT_COLUMNS if column.endswith("_gbp")]
TEXT_FIELDS = ["learner.national_insurance_number", "learner.job_role", "training.course"]


@pytest.mark.parametrize("field", TRUTH_FIELDS)
@pytest.mark.parametrize("value", [1, 0, "true", "yes", "", [], {}, 1.0])
def test_a_truth_is_true_or_false_and_nothing_like_it(field: str, value: object):
    assert errors_of(changed(field, value)) == {field: "must be true or false"}


@pytest.mark.parametrize("field", [*DAY_FIELDS, "training.paid_on"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        "01/04/2025",
        "20250401",
        "2025-W14-2",
        "2025-4-1",
        "2025-02-29",
        "2025-04-01T00:00:00",
        20250401,
        True,
        "२०२५-०४-०१",
    ],
)
def test_a_date_has_one_form(field: str, value: object):
    assert errors_of(changed(field, value)) == {field: "must be a date like 2025-04-01"}


@pytest.mark.parametrize(
    ("text", "pence"),
    [("0", 0), ("0.00", 0), ("0.01", 1), ("1600", 1600_00), ("1600.5", 1600_50), ("1600.05", 1600_05), ("007", 7_00)],
)
def test_an_amount_is_text_with_up_to_two_decimals(text: str, pence: int):
    assert read_facts(changed("training.cost_gbp", text)).training.cost_pence == pence


@pytest.mark.parametrize("field", POUNDS_FIELDS)
@pytest.mark.parametrize(
    "value",
    [
        "",
        "1600.005",
        "1,600.00",
        "£1600",
        "-1.00",
        "+1",
        "1e3",
        ".5",
        "5.",
        " 5",
        "1234567890",
        "٣",
        1600,
        1600.0,
        True,
        [],
    ],
)
def test_anything_else_is_no_amount(field: str, value: object):
    (error,) = errors_of(changed(field, value)).items()
    assert error[0] == field
    assert error[1].startswith("must be an amount in pounds as text")


@pytest.mark.parametrize("field", TEXT_FIELDS)
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (5, "must be text"),
        (True, "must be text"),
        ([], "must be text"),
        ("x" * 201, "must be at most 200 characters"),
        ("a\nb", "contains a control character or half a character"),
        ("a\x00b", "contains a control character or half a character"),
        ("\ud800", "contains a control character or half a character"),
    ],
)
def test_text_is_text_of_reasonable_length(field: str, value: object, problem: str):
    assert errors_of(changed(field, value)) == {field: problem}


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_blank_text_is_not_known(field: str):
    assert read_facts(changed(field, "  ")) == read_facts(changed(field, None))


@pytest.mark.parametrize("engagement", Engagement)
def test_every_engagement_is_known(engagement: Engagement):
    assert read_facts(changed("learner.engagement", str(engagement))).learner.engagement is engagement


@pytest.mark.parametrize("part", Part)
def test_every_part_is_known(part: Part):
    assert read_facts(changed("claim.part", str(part))).claim.part is part


@pytest.mark.parametrize("state", START_PART_STATES)
def test_every_state_of_a_start_part_is_known(state: str):
    assert read_facts({"claim": {"start_part": {"state": str(state)}}}).claim.start_part == StartPart(state)


@pytest.mark.parametrize(
    ("field", "first"),
    [("learner.engagement", "employee"), ("claim.part", "full"), ("claim.start_part.state", "draft")],
)
@pytest.mark.parametrize("value", ["boss", "", "Full", 1, True, {}, ["full"]])
def test_an_unknown_code_is_an_error(field: str, first: str, value: object):
    (error,) = errors_of(changed(field, value)).items()
    assert error[0] == field
    assert error[1].startswith(f"must be one of: {first}")


@pytest.mark.parametrize(
    "field",
    ["claims", "employer.name", "learner.age", "training.fee", "claim.Part", "fund.closed", "claim.start_part.on"],
)
def test_an_unknown_field_is_an_error(field: str):
    record = changed(field, "x")
    assert errors_of(record) == {field: "is not the name of a fact"}


@pytest.mark.parametrize("record", [None, 5, "x", [], [{}], True])
def test_a_record_is_an_object(record: object):
    assert errors_of(record) == {"": "must be an object"}


@pytest.mark.parametrize(
    "field", ["employer", "learner", "training", "claim", "fund", "claim.start_part", "claim.overlapping"]
)
@pytest.mark.parametrize("value", [5, "x", [], True])
def test_a_subject_is_an_object(field: str, value: object):
    assert errors_of(changed(field, value)) == {field: "must be an object"}


def test_every_error_is_reported_at_once():
    record = {"learner": {"engagement": "boss", "shoe": 9}, "fund": {"open": "yes"}, "extra": 1}
    assert list(errors_of(record)) == ["learner.engagement", "learner.shoe", "fund.open", "extra"]


def test_references_of_overlapping_claims_are_a_list_of_text():
    assert errors_of(changed("claim.overlapping.own", "7KD")) == {
        "claim.overlapping.own": "must be a list of claim references"
    }
    assert errors_of(changed("claim.overlapping.own", ["a", 5, None])) == {
        "claim.overlapping.own.1": "must be text",
        "claim.overlapping.own.2": "must be text",
    }


@pytest.mark.parametrize(
    ("given_", "read"),
    [
        (None, None),
        ({}, None),
        ({"own": []}, None),
        ({"own": [], "another_employer": None}, None),
        ({"another_employer": False}, Overlapping()),
        ({"own": [], "another_employer": False}, Overlapping()),
        ({"own": ["7KD-4XQ2-M9RT-A"]}, Overlapping(("7KD-4XQ2-M9RT-A",))),
        ({"another_employer": True}, Overlapping((), another_employer=True)),
    ],
)
def test_nobody_has_looked_until_another_employer_is_settled(given_: object, read: Overlapping | None):
    assert read_facts({"claim": {"overlapping": given_}}).claim.overlapping == read


def test_a_start_part_without_a_state_is_not_known():
    assert read_facts({"claim": {"start_part": {"amount_gbp": "924.00"}}}).claim.start_part is None


@given(FACTS)
def test_facts_come_back_from_json(facts: Facts):
    assert read_facts(render_facts(facts)) == facts


@given(FACTS)
def test_facts_come_back_from_a_flat_row(facts: Facts):
    row = flatten_facts(facts)
    assert tuple(row) == FACT_COLUMNS
    assert all(isinstance(cell, str) for cell in row.values())
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())
    assert read_facts(nest_row(row)) == facts


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.sampled_from(["", *FACT_COLUMNS, "claim", "learner"]), JSON)
def test_any_json_is_either_read_or_refused(field: str, value: object):
    # Anything but BadFacts would be a crash.
    with suppress(BadFacts):
        assert isinstance(read_facts(changed(field, value) if field else value), Facts)


def test_columns_are_the_dotted_names_of_the_interface():
    assert len(FACT_COLUMNS) == len(set(FACT_COLUMNS)) == 30
    assert {*TRUTH_FIELDS, *DAY_FIELDS, *POUNDS_FIELDS, *TEXT_FIELDS} | {
        "learner.engagement",
        "claim.part",
        "claim.start_part.state",
        "claim.overlapping.own",
    } == set(FACT_COLUMNS)


def test_a_row_has_cells_of_text_that_are_read_by_column():
    row = {
        "learner.works_in_england": "true",
        "fund.open": " false ",
        "training.paid_on": "2025-05-01",
        "claim.overlapping.own": "7KD-4XQ2-M9RT-A; 7KD-4XQ2-M9RT-B",
        "claim.start_part.state": "approved",
        "training.course": "",
    }
    facts = read_facts(nest_row(row))
    assert facts.learner.works_in_england is True
    assert facts.fund.open is False
    assert facts.training == TrainingFacts(paid_on=date(2025, 5, 1))
    assert facts.claim.overlapping == Overlapping(("7KD-4XQ2-M9RT-A", "7KD-4XQ2-M9RT-B"))
    assert facts.claim.start_part == StartPart("approved")


@pytest.mark.parametrize("cell", ["yes", "1", "tru", "T"])
def test_a_truth_in_a_cell_is_true_or_false(cell: str):
    assert errors_of(nest_row({"fund.open": cell})) == {"fund.open": "must be true or false"}


@pytest.mark.parametrize(("cell", "open_"), [("TRUE", True), ("True", True), ("FALSE", False), ("false", False)])
def test_a_truth_may_be_written_as_spreadsheets_save_it(cell: str, open_: bool):
    assert read_facts(nest_row({"fund.open": cell})).fund.open is open_
