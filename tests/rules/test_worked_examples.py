"""Every worked example of the rules, on a reference typed in the tests and on the one that comes with the service."""

from datetime import date
from decimal import Decimal

import pytest

from claims import reference
from claims.rules.amounts import cost_per_learner
from claims.rules.engine import assess
from claims.rules.scheme import Reference
from tests.builders import a_reference, facts_of
from tests.worked_examples import EXAMPLES, WorkedExample


@pytest.fixture(scope="module", params=["typed here", "as shipped"])
def the_reference(request: pytest.FixtureRequest) -> Reference:
    return a_reference() if request.param == "typed here" else reference.load()


def _pence(pounds: str) -> int:
    return int(Decimal(pounds) * 100)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_worked_example_holds(example: WorkedExample, the_reference: Reference) -> None:
    assessment = assess(facts_of(example.record), the_reference, date.fromisoformat(example.today))

    findings = {finding.rule: finding for finding in assessment.findings}
    said = {rule: str(findings[rule].outcome) for rule in example.findings}
    assert said == example.findings
    assert example.outcome is None or assessment.outcome == example.outcome, [
        finding for finding in assessment.findings if finding.outcome not in ("pass", "not-applicable")
    ]
    for name, pounds in example.amount.items():
        assert getattr(assessment.amount, name.replace("_gbp", "_pence")) == _pence(pounds), name
    assert not assessment.amount.estimate
    if example.last_day_to_claim:
        assert assessment.last_day_to_claim == date.fromisoformat(example.last_day_to_claim)
    for rule, words in example.saying.items():
        assert words in findings[rule].message


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.invoice], ids=lambda example: example.name)
def test_an_invoice_is_shared_as_the_example_says(example: WorkedExample) -> None:
    assert example.invoice
    total, people, each, remainder = example.invoice

    shared = cost_per_learner(_pence(total), 0, people)

    assert (shared.cost_pence, shared.other_funding_pence, shared.remainder_pence) == (
        _pence(each),
        0,
        _pence(remainder),
    )
    assert example.record["training"]["cost_gbp"] == each
