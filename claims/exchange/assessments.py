"""Assessments as the outside reads them (``docs/interfaces.md``): as JSON values and as flat rows."""

from typing import Any

from claims.exchange.cells import join_list
from claims.exchange.money import render_pounds
from claims.incoming.guarding import guard_cell
from claims.rules.findings import Amount, Assessment, Finding, Says
from claims.rules.scheme import Parameter, Value

ASSESSMENT_COLUMNS = (
    "line",
    "outcome",
    "scheme_year",
    "fund",
    "course.code",
    "amount.reimbursable_gbp",
    "amount.entitlement_gbp",
    "amount.payable_gbp",
    "amount.left_for_completion_gbp",
    "amount.estimate",
    "last_day_to_claim",
    "fails",
    "unknowns",
    "checks",
    "messages",
    "rules_version",
)


def render_assessment(assessment: Assessment) -> dict[str, Any]:
    """``assessment`` as JSON values, in the shape that ``assessment_schema`` describes."""
    course, last_day = assessment.course, assessment.last_day_to_claim
    return {
        "outcome": str(assessment.outcome),
        "scheme_year": assessment.scheme_year,
        "fund": str(assessment.fund),
        "course": course
        and {
            "code": course.code,
            "title": course.title,
            "max_reimbursement_gbp": render_pounds(course.max_reimbursement_pence),
        },
        "amount": _render_amount(assessment.amount),
        "last_day_to_claim": last_day and last_day.isoformat(),
        "role_categories": [
            {"slug": link.role_category, "rank": link.rank, "basis": link.basis} for link in assessment.role_categories
        ],
        "findings": [_render_finding(finding) for finding in assessment.findings],
        "rules_version": assessment.rules_version,
    }


def flatten_assessment(line: int, assessment: Assessment) -> tuple[str, ...]:
    """``assessment`` as cells in the order of ``ASSESSMENT_COLUMNS``; ``messages`` are of what did not pass."""
    amount, last_day = assessment.amount, assessment.last_day_to_claim
    fails = assessment.findings_that(Says.FAIL)
    unknowns = assessment.findings_that(Says.UNKNOWN)
    checks = assessment.findings_that(Says.CHECK)
    said = assessment.findings_that(Says.FAIL, Says.UNKNOWN, Says.CHECK)
    return (
        str(line),
        str(assessment.outcome),
        assessment.scheme_year or "",
        str(assessment.fund),
        guard_cell(assessment.course.code if assessment.course else ""),
        _pounds(amount.reimbursable_pence) or "",
        _pounds(amount.entitlement_pence) or "",
        _pounds(amount.payable_pence) or "",
        _pounds(amount.left_for_completion_pence) or "",
        "true" if amount.estimate else "false",
        last_day.isoformat() if last_day else "",
        join_list(tuple(finding.rule for finding in fails)),
        join_list(tuple(finding.rule for finding in unknowns)),
        join_list(tuple(finding.rule for finding in checks)),
        guard_cell(join_list(tuple(finding.message for finding in said))),
        assessment.rules_version,
    )


def _render_amount(amount: Amount) -> dict[str, Any]:
    return {
        "reimbursable_gbp": _pounds(amount.reimbursable_pence),
        "entitlement_gbp": _pounds(amount.entitlement_pence),
        "payable_gbp": _pounds(amount.payable_pence),
        "left_for_completion_gbp": _pounds(amount.left_for_completion_pence),
        "estimate": amount.estimate,
    }


def _render_finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "outcome": str(finding.outcome),
        "message": finding.message,
        "facts": dict(_render_value(name, value) for name, value in finding.facts),
        "parameters": [render_parameter(parameter) for parameter in finding.parameters],
        "source": finding.source,
    }


def render_parameter(parameter: Parameter) -> dict[str, Any]:
    """``parameter`` as JSON values."""
    name, value = _render_value(parameter.name, parameter.value)
    return {
        "name": name,
        "value": value,
        "from": parameter.holds_from and parameter.holds_from.isoformat(),
        "to": parameter.holds_to and parameter.holds_to.isoformat(),
        "source": parameter.source,
        "confidence": parameter.confidence,
    }


def _render_value(name: str, value: Value) -> tuple[str, Any]:
    """Pence become pounds at this edge, in name and in value: ``cap_main_pence`` is ``cap_main_gbp`` outside."""
    if name.endswith("_pence"):
        name = name.removesuffix("_pence") + "_gbp"
    if value is None or isinstance(value, bool):
        return name, value
    if isinstance(value, int):
        return name, render_pounds(value) if name.endswith("_gbp") else value
    if isinstance(value, str):
        return name, str(value)
    return name, list(value) if isinstance(value, tuple) else value.isoformat()


def _pounds(pence: int | None) -> str | None:
    return None if pence is None else render_pounds(pence)
