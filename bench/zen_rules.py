"""The same 25 rules as a zen-engine model, and what it is given about a claim.

Every rule is a list of rows, first hit wins, like a decision table. Zen gets for nothing what our engine works out in
its own time: dates and deadlines as numbers, the course entry, the scheme year, the job role's funding, the amounts,
whether the National Insurance number is well formed, and every date and amount in words for its sentences.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from bench.zen_sentences import Said, words_of
from claims.exchange.facts import render_facts
from claims.rules.case import case_of
from claims.rules.deadlines import latest_anniversary
from claims.rules.facts import Facts
from claims.rules.findings import Finding
from claims.rules.learner import normal_national_insurance_number
from claims.rules.scheme import FundingModel, Parameter, Reference

Rows = list[tuple[str, str]]
"""Conditions and outcomes; the last condition is ``true``."""


def _answers(fact: str, *, passes: bool = True) -> Rows:
    return [(f"{fact} == null", "unknown"), (f"{fact} == {str(passes).lower()}", "pass"), ("true", "fail")]


_NO_PART = ("claim.part == null", "unknown")
_START = ("claim.part == 'start'", "not-applicable")


def _before(later: str, earlier: str) -> str:
    return f"training.{later} != null and training.{earlier} != null and training.{later} < training.{earlier}"


def _still_to_come(day: str) -> str:
    return f"training.{day} != null and training.{day} > x.submission"


_ANY_STILL_TO_COME = (
    f"({_still_to_come('paid_on')}) or ({_still_to_come('started_on')}) or (claim.part != 'start' and "
    f"(({_still_to_come('second_payment_on')}) or ({_still_to_come('completed_on')})))"
)

RULES: dict[str, Rows] = {
    "employer-provides-adult-social-care": _answers("employer.provides_adult_social_care"),
    "employer-employs-care-staff-in-england": _answers("employer.employs_care_staff_in_england"),
    "employer-workforce-data-up-to-date": [
        ("employer.workforce_data_updated_on == null", "unknown"),
        ("employer.workforce_data_updated_on < x.workforce_since", "fail"),
        # Records said to be updated after the day of submission are judged by the lower limit alone, as ours are.
        ("true", "pass"),
    ],
    "employer-registered-with-cqc": [
        ("x.fund == 'main'", "not-applicable"),
        *_answers("employer.registered_with_cqc"),
    ],
    "employer-signed-agreement": [
        ("employer.agreement_signed_on == null", "unknown"),
        ("employer.agreement_signed_on <= x.submission", "pass"),
        ("true", "fail"),
    ],
    "learner-has-national-insurance-number": [
        ("learner.national_insurance_number == null", "unknown"),
        ("x.number_is_well_formed", "pass"),
        ("true", "fail"),
    ],
    "learner-works-in-england": _answers("learner.works_in_england"),
    "learner-engagement-is-funded": [
        ("learner.engagement == null", "unknown"),
        ("learner.engagement == 'volunteer' and x.fund == 'ommt'", "check"),
        ("learner.engagement in ['volunteer', 'self-employed']", "fail"),
        ("true", "pass"),
    ],
    "learner-role-is-funded": [
        ("learner.job_role == null", "unknown"),
        ("x.role_funding == null or x.role_funding == 'no'", "fail"),
        ("x.fund == 'ommt'", "pass"),
        ("x.role_funding == 'ommt-only'", "fail"),
        ("learner.post_requires_registration == null", "unknown"),
        (
            "learner.post_requires_registration and learner.job_role in ['registered-manager', 'deputy-manager']",
            "check",
        ),
        ("learner.post_requires_registration", "fail"),
        ("x.role_funding == 'check'", "check"),
        ("true", "pass"),
    ],
    "learner-employed-when-training-started": _answers("learner.employed_on_start"),
    "learner-still-employed-on-completion": [
        _NO_PART,
        _START,
        ("learner.employed_on_completion == null", "unknown"),
        ("learner.employed_on_completion", "pass"),
        ("claim.part == 'completion'", "fail"),
        ("true", "check"),
    ],
    "course-on-eligible-list": [
        ("training.course == null", "unknown"),
        ("not x.course_is_known", "fail"),
        ("x.deciding == null", "unknown"),
        ("x.is_listed", "pass"),
        ("true", "fail"),
    ],
    "course-not-an-apprenticeship": _answers("training.apprenticeship", passes=False),
    "part-allowed-for-course": [
        _NO_PART,
        ("claim.part == 'full'", "pass"),
        ("not x.course_is_known", "unknown"),
        ("x.is_split", "pass"),
        ("true", "fail"),
    ],
    "paid-in-scheme-year": [("x.deciding == null", "unknown"), ("x.year_is_known", "pass"), ("true", "fail")],
    "started-in-scheme-year": [
        ("training.started_on == null", "unknown"),
        ("training.started_on >= x.started_from and training.started_on <= x.started_to", "pass"),
        ("true", "fail"),
    ],
    "dates-in-order": [
        _NO_PART,
        (f"claim.part != 'start' and {_before('completed_on', 'started_on')}", "fail"),
        (f"claim.part != 'start' and {_before('second_payment_on', 'paid_on')}", "fail"),
        (f"claim.part != 'start' and {_before('second_payment_on', 'started_on')}", "fail"),
        (f"x.is_submitted and ({_ANY_STILL_TO_COME})", "fail"),
        (_ANY_STILL_TO_COME, "unknown"),
        ("true", "pass"),
    ],
    "training-completed": [
        _NO_PART,
        _START,
        ("training.completed_on == null", "unknown"),
        ("not x.is_submitted and training.completed_on > x.today", "unknown"),
        ("true", "pass"),
    ],
    "completed-in-time": [
        _NO_PART,
        _START,
        ("training.completed_on == null", "unknown"),
        ("x.fund == 'main' and training.completed_on <= x.long_courses_completed_by", "pass"),
        ("x.fund == 'main'", "check"),
        ("training.completed_on < x.ommt_from or training.completed_on > x.ommt_completed_by", "fail"),
        ("training.completed_on > x.ommt_last_day_to_claim", "fail"),
        ("true", "pass"),
    ],
    "cost-is-reimbursable": [
        ("x.is_internal_ommt", "not-applicable"),
        ("training.cost_gbp == null", "unknown"),
        ("training.cost_gbp <= 0", "fail"),
        ("training.other_funding_gbp == null", "unknown"),
        ("training.cost_gbp <= training.other_funding_gbp", "fail"),
        ("true", "pass"),
    ],
    "start-part-approved": [
        _NO_PART,
        ("claim.part != 'completion'", "not-applicable"),
        ("claim.start_part == null", "unknown"),
        ("claim.start_part.state in ['approved', 'in-payment', 'paid']", "pass"),
        ("true", "fail"),
    ],
    "not-claimed-before": [
        _NO_PART,
        ("claim.overlapping == null", "unknown"),
        ("len(claim.overlapping.own) > 0", "fail"),
        ("claim.overlapping.another_employer", "fail"),
        ("true", "pass"),
    ],
    "submitted-in-time": [
        ("x.last_day_to_claim == null", "unknown"),
        ("x.first_submission <= x.last_day_to_claim", "pass"),
        ("x.is_resubmission", "check"),
        ("true", "fail"),
    ],
    "fund-open": _answers("fund.open"),
    "employer-within-cap": [
        ("x.cap == null", "not-applicable"),
        ("employer.committed_gbp == null", "unknown"),
        ("x.cap - employer.committed_gbp <= 0", "fail"),
        ("x.entitlement == null", "unknown"),
        ("x.entitlement <= x.cap - employer.committed_gbp", "pass"),
        ("true", "check"),
    ],
}


def context_of(facts: Facts, reference: Reference, today: date) -> dict[str, Any]:
    """The record with dates as day numbers and money in pence; ``x`` and ``w``, words, are given for nothing."""
    case = case_of(facts, reference, today)
    year = case.year
    number = facts.learner.national_insurance_number
    role = reference.job_roles.get(facts.learner.job_role or "")
    context: dict[str, Any] = _with_numbers(render_facts(facts))
    context["x"] = _with_numbers(
        {
            "today": today,
            "submission": case.submission_on,
            "first_submission": case.first_submission_on,
            "is_submitted": case.is_submitted,
            "is_resubmission": case.is_resubmission,
            "deciding": case.deciding_on,
            "fund": str(case.fund),
            "year_is_known": case.year_is_known,
            "course_is_known": case.entry is not None,
            "is_listed": case.is_listed,
            "is_split": case.entry is not None and case.entry.funding_model is FundingModel.SPLIT,
            "is_internal_ommt": case.is_internal_ommt,
            "role_funding": role.funding if role else None,
            "number_is_well_formed": number is not None and normal_national_insurance_number(number) is not None,
            "workforce_since": latest_anniversary(year.text("workforce_data_updated_since"), case.submission_on),
            "last_day_to_claim": case.last_day_to_claim,
            "entitlement": case.amount.entitlement_pence,
            "cap": year.number_or_none(case.cap_name),
            **{
                name: year.day(name)
                for name in (
                    "started_from",
                    "started_to",
                    "long_courses_completed_by",
                    "ommt_from",
                    "ommt_completed_by",
                    "ommt_last_day_to_claim",
                )
            },
        }
    )
    context["w"] = words_of(case)
    return context


def _with_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _as_number(name, value) for name, value in values.items()}


def _as_number(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _with_numbers(value)
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, str) and name.endswith("_on"):
        return date.fromisoformat(value).toordinal()
    if isinstance(value, str) and name.endswith("_gbp"):
        return round(float(value) * 100)
    return value


Render = Callable[[str, str], str]
"""A rule and an outcome as an expression."""


def as_tables(said: Said) -> str:
    """25 decision tables side by side. The facts that were read stand in the trace of each table."""
    return _graph([_table(slug, rows, said) for slug, rows in RULES.items()])


def as_one_node(said: Said) -> str:
    """One node of 25 nested conditions that give whole findings. Its trace does not say which facts were read."""
    return _expressions(lambda slug, outcome: _render_finding(said[slug, outcome]))


def as_bare_outcomes() -> str:
    """One node of 25 nested conditions that give bare outcomes: less than a finding, and the least zen can do."""
    return _expressions(lambda _, outcome: _quote(outcome))


def outcomes_in(result: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcome of each rule in a result of any of the models."""
    said = (result[_key(slug)] for slug in RULES)
    return tuple(each["outcome"] if isinstance(each, dict) else each for each in said)


def _key(slug: str) -> str:
    return slug.replace("-", "_")


def _expressions(render: Render) -> str:
    expressions = [{"id": slug, "key": _key(slug), "value": _nest(slug, rows, render)} for slug, rows in RULES.items()]
    return _graph([_node("rules", "expressionNode", {"expressions": expressions})])


def _nest(slug: str, rows: Rows, render: Render) -> str:
    *conditional, (_, otherwise) = rows
    nested = render(slug, otherwise)
    for condition, outcome in reversed(conditional):
        nested = f"({condition}) ? {render(slug, outcome)} : ({nested})"
    return nested


def _render_finding(finding: Finding) -> str:
    facts = ", ".join(f"{_quote(name)}: {name}" for name, _ in finding.facts)
    return (
        f"{{outcome: {_quote(finding.outcome)}, message: `{finding.message}`, facts: {{{facts}}}, "
        f"parameters: {_render_parameters(finding)}, source: {_quote(finding.source)}}}"
    )


def _render_parameters(finding: Finding) -> str:
    return "[" + ", ".join(map(_render_parameter, finding.parameters)) + "]"


def _render_parameter(parameter: Parameter) -> str:
    return (
        f"{{name: {_quote(parameter.name)}, value: {_quote(str(parameter.value))}, "
        f"source: {_quote(parameter.source)}, confidence: {_quote(parameter.confidence)}}}"
    )


def _quote(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


def _table(slug: str, rows: Rows, said: Said) -> dict[str, Any]:
    columns = ("outcome", "message", "parameters", "source")
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": "when", "name": "when"}],
        "outputs": [{"id": name, "name": name, "field": f"{_key(slug)}.{name}"} for name in columns],
        "rules": [
            {
                "_id": f"{slug}-{position}",
                "when": condition,
                "outcome": _quote(outcome),
                "message": f"`{said[slug, outcome].message}`",
                "parameters": _render_parameters(said[slug, outcome]),
                "source": _quote(said[slug, outcome].source),
            }
            for position, (condition, outcome) in enumerate(rows)
        ],
    }
    return _node(slug, "decisionTableNode", content)


def _node(name: str, kind: str, content: Mapping[str, Any] | None = None) -> dict[str, Any]:
    node: dict[str, Any] = {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}}
    return node if content is None else node | {"content": content}


def _graph(nodes: Iterable[dict[str, Any]]) -> str:
    inner = list(nodes)
    edges = [
        {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
        for node in inner
        for source, target in (("request", node["id"]), (node["id"], "response"))
    ]
    ends = [_node("request", "inputNode"), _node("response", "outputNode")]
    return json.dumps({"nodes": [*ends, *inner], "edges": edges})
