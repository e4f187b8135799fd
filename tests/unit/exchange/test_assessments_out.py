"""Assessments for outside: the shape that was promised, whatever is assessed."""

import json
from datetime import date

import pytest
from hypothesis import given

from claims.exchange.assessment_schema import AssessmentSchema
from claims.exchange.assessments import ASSESSMENT_COLUMNS, flatten_assessment, render_assessment
from claims.exchange.facts import read_facts
from claims.exchange.money import read_pounds, render_pounds
from claims.reference import load
from claims.rules.engine import RULES, assess
from claims.rules.facts import Facts
from tests.builders import BASE_RECORD, a_record
from tests.unit.exchange.test_facts_in import FACTS
from tests.worked_examples import EXAMPLES, WorkedExample

REFERENCE = load()
SCHEMA = AssessmentSchema()
TODAY = date(2025, 6, 1)


def test_the_example_of_the_interfaces_comes_out_as_promised():
    rendered = render_assessment(assess(read_facts(BASE_RECORD), REFERENCE, TODAY))
    findings = rendered.pop("findings")
    assert rendered == {
        "outcome": "eligible",
        "scheme_year": "2025-26",
        "fund": "main",
        "course": {
            "code": "610/4009/5",
            "title": "Adult Social Care Certificate",
            "max_reimbursement_gbp": "1540.00",
        },
        "amount": {
            "reimbursable_gbp": "1540.00",
            "entitlement_gbp": "924.00",
            "payable_gbp": "924.00",
            "left_for_completion_gbp": "616.00",
            "estimate": False,
        },
        "last_day_to_claim": "2025-08-10",
        "role_categories": [
            {"slug": "new-to-care", "rank": "primary", "basis": "published"},
            {"slug": "care-or-support-worker", "rank": "secondary", "basis": "inferred"},
        ],
        "rules_version": "2025-26.1",
    }
    assert len(findings) == len(RULES) == 25
    paid = next(finding for finding in findings if finding["rule"] == "paid-in-scheme-year")
    assert paid["outcome"] == "pass"
    assert paid["facts"]["training.paid_on"] == "2025-05-01"
    assert {
        "name": "paid_from",
        "value": "2025-04-01",
        "from": "2025-04-01",
        "to": "2026-03-31",
        "source": "DHSC care workforce pathway overview, 9 April 2025",
        "confidence": "confirmed",
    } in paid["parameters"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_worked_examples_come_out_in_the_promised_shape(example: WorkedExample):
    rendered = render_assessment(assess(read_facts(example.record), REFERENCE, date.fromisoformat(example.today)))
    assert SCHEMA.validate(rendered) == {}
    assert list(rendered) == list(SCHEMA.fields)
    for name, pounds in example.amount.items():
        assert rendered["amount"][name] == pounds


@given(FACTS)
def test_any_assessment_comes_out_in_the_promised_shape(facts: Facts):
    rendered = render_assessment(assess(facts, REFERENCE, TODAY))
    assert SCHEMA.validate(rendered) == {}
    assert json.loads(json.dumps(rendered)) == rendered


@given(FACTS)
def test_a_flat_row_says_the_same_as_the_json(facts: Facts):
    assessment = assess(facts, REFERENCE, TODAY)
    rendered = render_assessment(assessment)
    row = dict(zip(ASSESSMENT_COLUMNS, flatten_assessment(7, assessment), strict=True))
    assert row["line"] == "7"
    assert row["outcome"] == rendered["outcome"]
    assert row["amount.payable_gbp"] == (rendered["amount"]["payable_gbp"] or "")
    assert row["amount.estimate"] == json.dumps(rendered["amount"]["estimate"])
    for column, outcome in (("fails", "fail"), ("unknowns", "unknown"), ("checks", "check")):
        said = [finding["rule"] for finding in rendered["findings"] if finding["outcome"] == outcome]
        assert row[column] == ";".join(said)


def test_amounts_that_are_not_known_are_null_in_json_and_blank_in_a_row():
    assessment = assess(Facts(), REFERENCE, TODAY)
    assert render_assessment(assessment)["course"] is None
    assert set(render_assessment(assessment)["amount"].values()) == {None, False}
    row = dict(zip(ASSESSMENT_COLUMNS, flatten_assessment(1, assessment), strict=True))
    assert row["amount.payable_gbp"] == row["course.code"] == row["last_day_to_claim"] == ""


def test_money_inside_a_finding_is_in_pounds_by_name_and_value():
    record = a_record({"employer": {"committed_gbp": "399900.00"}})
    rendered = render_assessment(assess(read_facts(record), REFERENCE, TODAY))
    cap = next(finding for finding in rendered["findings"] if finding["rule"] == "employer-within-cap")
    assert cap["facts"]["employer.committed_gbp"] == "399900.00"
    assert {each["name"]: each["value"] for each in cap["parameters"]} == {
        "cap_main_gbp": "400000.00",
        "start_share_percent": 60,
    }


@pytest.mark.parametrize(
    ("pence", "pounds"), [(0, "0.00"), (1, "0.01"), (99, "0.99"), (100, "1.00"), (160000, "1600.00"), (-5, "-0.05")]
)
def test_pence_are_written_in_pounds_with_two_decimals(pence: int, pounds: str):
    assert render_pounds(pence) == pounds
    if pence >= 0:
        assert read_pounds(pounds) == pence
