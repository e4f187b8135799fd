"""What holds for every claim, whatever is said about it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from claims.rules import engine
from claims.rules.amounts import cost_per_learner
from claims.rules.deadlines import last_day_to_claim
from claims.rules.engine import RULES, assess
from claims.rules.facts import Engagement, Facts, Overlapping, Part, StartPart, TrainingFacts
from claims.rules.findings import Finding, Outcome, Says
from claims.rules.learner import roles_alike
from claims.rules.scheme import Fund, FundingModel
from tests.builders import a_reference, a_year, a_year_later, an_entry, the_example
from tests.rules.judgements import (
    COMPLETION,
    EXTERNAL_OMMT,
    FULL,
    INTERNAL_OMMT,
    NOT_YET_SUBMITTED,
    employer,
    laid_over,
    learner,
    training,
)

for_all = settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])

REFERENCE = a_reference(
    extra=(
        an_entry("LTS", max_reimbursement_pence=60000, paid_from=date(2026, 4, 1), paid_to=date(2027, 3, 31)),
        an_entry("GAP", paid_from=date(2025, 5, 1), paid_to=date(2025, 5, 31)),
        an_entry("GAP", paid_from=date(2025, 9, 1), paid_to=date(2026, 5, 31)),
    ),
    years=(a_year(), a_year_later()),
)

EDGES = [
    day + timedelta(days=step)
    for day in (
        date(2025, 4, 1),
        date(2025, 6, 1),
        date(2025, 8, 10),
        date(2026, 3, 20),
        date(2026, 3, 31),
        date(2026, 4, 1),
        date(2026, 12, 31),
    )
    for step in (-1, 0, 1)
]
AMOUNTS = [0, 1, 12_50, 500_00, 1540_00, 1600_00, 399_999_99, 400_000_00]
YES_OR_NO = [True, False]
STATES = ["approved", "in-payment", "paid", "submitted", "none"]

TELLING: dict[str, Sequence[Any]] = {
    "employer.provides_adult_social_care": YES_OR_NO,
    "employer.employs_care_staff_in_england": YES_OR_NO,
    "employer.workforce_data_updated_on": EDGES,
    "employer.registered_with_cqc": YES_OR_NO,
    "employer.agreement_signed_on": EDGES,
    "employer.committed_pence": AMOUNTS,
    "learner.national_insurance_number": ["AB123456C", "ab 12 34 56 c", "BG123456C", ""],
    "learner.job_role": [*REFERENCE.job_roles, "wizard"],
    "learner.engagement": list(Engagement),
    "learner.works_in_england": YES_OR_NO,
    "learner.post_requires_registration": YES_OR_NO,
    "learner.employed_on_start": YES_OR_NO,
    "learner.employed_on_completion": YES_OR_NO,
    "training.course": [*REFERENCE.courses, "NOPE"],
    "training.cost_pence": AMOUNTS,
    "training.other_funding_pence": AMOUNTS,
    "training.apprenticeship": YES_OR_NO,
    "training.paid_on": EDGES,
    "training.second_payment_on": EDGES,
    "training.started_on": EDGES,
    "training.completed_on": EDGES,
    "claim.part": list(Part),
    "claim.first_submitted_on": EDGES,
    "claim.submitted_on": EDGES,
    "claim.start_part": [StartPart(state) for state in STATES] + [StartPart("approved", 924_00, 1540_00)],
    "claim.overlapping": [Overlapping(), Overlapping(("7KD-4XQ2-M9RT-A",)), Overlapping((), another_employer=True)],
    "fund.open": YES_OR_NO,
}
"""Values that make a difference, by field."""

DAYS = st.sampled_from(EDGES) | st.dates()
PENCE = st.sampled_from(AMOUNTS) | st.integers(0, 10**12)
ANY_OTHER: dict[str, st.SearchStrategy[Any]] = {
    "learner.national_insurance_number": st.text(max_size=9),
    "training.course": st.text(max_size=5),
    "claim.start_part": st.builds(StartPart, st.sampled_from(STATES), st.none() | PENCE, st.none() | PENCE),
}


def values_of(name: str) -> st.SearchStrategy[Any]:
    """Telling values of a field, and any others of its type."""
    telling = TELLING[name]
    others = DAYS if telling is EDGES else PENCE if telling is AMOUNTS else ANY_OTHER.get(name)
    return st.sampled_from(telling) if others is None else st.sampled_from(telling) | others


FIELDS = {name: values_of(name) for name in TELLING}
CHANGES = st.one_of(*[st.tuples(st.just(name), st.none() | values) for name, values in FIELDS.items()])
STORIES = [
    Facts(),
    *(
        the_example(**story)
        for story in (
            {},
            FULL,
            COMPLETION,
            EXTERNAL_OMMT,
            INTERNAL_OMMT,
            laid_over(FULL, NOT_YET_SUBMITTED),
            laid_over(FULL, learner(job_role="registered-nurse")),
            laid_over(FULL, learner(engagement="volunteer")),
            laid_over(FULL, employer(committed_gbp="400000.00")),
            laid_over(EXTERNAL_OMMT, employer(registered_with_cqc=False)),
            laid_over(INTERNAL_OMMT, training(started_on="2025-03-31", completed_on="2025-03-31")),
        )
    ),
]


def change(facts: Facts, name: str, value: Any) -> Facts:
    """``facts`` with one field changed."""
    subject, field = name.split(".")
    return replace(facts, **{subject: replace(getattr(facts, subject), **{field: value})})


def change_all(facts: Facts, changes: list[tuple[str, Any]]) -> Facts:
    for name, value in changes:
        facts = change(facts, name, value)
    return facts


FACTS = st.builds(change_all, st.sampled_from(STORIES), st.lists(CHANGES, max_size=6))


def findings_of(facts: Facts, today: date) -> dict[str, Finding]:
    return {finding.rule: finding for finding in assess(facts, REFERENCE, today).findings}


def reads(finding: Finding, name: str) -> bool:
    """Whether a finding says that it read the field, or a part of it."""
    interface_name = name.replace("_pence", "_gbp")
    return any(fact == interface_name or fact.startswith(f"{interface_name}.") for fact, _ in finding.facts)


@for_all
@given(FACTS, DAYS)
def test_no_claim_is_too_odd_to_assess(facts: Facts, today: date) -> None:
    assessment = assess(facts, REFERENCE, today)

    assert len(assessment.findings) == 25
    said = {finding.outcome for finding in assessment.findings}
    assert (assessment.outcome is Outcome.INELIGIBLE) == (Says.FAIL in said)
    assert assessment.may_be_submitted == (not said & {Says.FAIL, Says.UNKNOWN})
    for finding in assessment.findings:
        assert finding.message[0] == finding.message[0].upper()
        assert finding.message.endswith(".")
        assert "None" not in finding.message
        names = [name for name, _ in finding.facts]
        assert len(set(names)) == len(names)
        if finding.outcome is Says.UNKNOWN and finding.rule not in ("dates-in-order", "training-completed"):
            assert None in [value for _, value in finding.facts] or facts.training.course not in REFERENCE.courses


@for_all
@given(FACTS, DAYS, st.randoms(use_true_random=False))
def test_no_rule_depends_on_another_having_been_asked_first(facts: Facts, today: date, random: Random) -> None:
    before = assess(facts, REFERENCE, today)
    shuffled = random.sample(RULES, len(RULES))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "RULES", tuple(shuffled))
        after = assess(facts, REFERENCE, today)

    assert [finding.rule.replace("-", "_") for finding in after.findings] == [rule.__name__ for rule in shuffled]
    assert replace(after, findings=before.findings) == before
    assert set(after.findings) == set(before.findings)


@for_all
@given(FACTS, DAYS)
def test_payable_is_at_most_what_is_reimbursable_and_that_at_most_cost_and_maximum(facts: Facts, today: date) -> None:
    assessment = assess(facts, REFERENCE, today)
    amount, course = assessment.amount, assessment.course
    if amount.payable_pence is not None:
        assert amount.reimbursable_pence is not None
        assert amount.entitlement_pence is not None
        assert 0 <= amount.payable_pence <= amount.entitlement_pence <= amount.reimbursable_pence
    start_part = facts.claim.start_part
    is_fixed = facts.claim.part is Part.COMPLETION and start_part and start_part.reimbursable_pence is not None
    if amount.reimbursable_pence is not None and course and not course.is_internal_ommt and not is_fixed:
        assert facts.training.cost_pence is not None
        assert 0 <= amount.reimbursable_pence <= min(facts.training.cost_pence, course.max_reimbursement_pence)


@for_all
@given(
    st.sampled_from(
        [code for code, [*_, last] in REFERENCE.courses.items() if last.funding_model is FundingModel.SPLIT]
    ),
    PENCE,
    st.none() | PENCE,
    DAYS,
    st.lists(CHANGES, max_size=3),
)
def test_start_and_completion_make_up_what_was_fixed_to_the_penny(
    code: str, cost: int, other: int | None, paid_on: date, later: list[tuple[str, Any]]
) -> None:
    facts = change_all(
        the_example(),
        [
            ("training.course", code),
            ("training.cost_pence", cost),
            ("training.other_funding_pence", other),
            ("training.paid_on", paid_on),
        ],
    )
    start = assess(facts, REFERENCE, paid_on).amount
    assert start.reimbursable_pence is not None
    assert start.entitlement_pence is not None

    then = change_all(facts, later)
    started = StartPart("approved", start.entitlement_pence, start.reimbursable_pence)
    completion = assess(
        change_all(then, [("claim.part", Part.COMPLETION), ("claim.start_part", started)]), REFERENCE, paid_on
    ).amount

    assert completion.entitlement_pence is not None
    assert start.entitlement_pence + completion.entitlement_pence == start.reimbursable_pence
    assert completion.entitlement_pence == start.left_for_completion_pence


@for_all
@given(FACTS, DAYS, st.integers(0, 10**6))
def test_changing_a_fact_that_a_failing_rule_did_not_read_never_makes_it_pass(
    facts: Facts, today: date, turn: int
) -> None:
    before = findings_of(facts, today)
    for name, values in TELLING.items():
        after = findings_of(change(facts, name, values[turn % len(values)]), today)
        for rule, finding in before.items():
            if finding.outcome is Says.FAIL and not reads(finding, name):
                assert after[rule].outcome is not Says.PASS, (name, finding)


@for_all
@given(
    st.none() | st.sampled_from(Part),
    st.tuples(st.sampled_from(Fund), st.none() | st.integers(0, 12)),
    st.sampled_from(["paid_on", "started_on", "completed_on"]),
    st.fixed_dictionaries({"paid_on": DAYS, "started_on": DAYS, "completed_on": DAYS}),
    st.integers(0, 1000),
)
def test_a_later_event_never_brings_the_last_day_forward(
    part: Part | None, fund_and_window: tuple[Fund, int | None], event: str, dates: dict[str, date], days: int
) -> None:
    fund, window = fund_and_window
    year = a_year(ommt_claim_window_months=window)
    assume((date.max - dates[event]).days >= days)
    before = last_day_to_claim(part, fund, TrainingFacts(**dates), year)
    dates[event] += timedelta(days=days)
    after = last_day_to_claim(part, fund, TrainingFacts(**dates), year)

    assert (before is None) == (after is None) == (part is None and fund is Fund.MAIN)
    assert before is None or after is None or before <= after


@for_all
@given(FACTS, DAYS, st.integers(0, 10**6))
def test_giving_a_missing_fact_never_makes_unknown_reappear(facts: Facts, today: date, turn: int) -> None:
    for name, values in TELLING.items():
        missing = change(facts, name, None)
        before = findings_of(missing, today)
        after = findings_of(change(missing, name, values[turn % len(values)]), today)
        for rule, finding in before.items():
            # Without a course the fund is taken as main; naming one that you give yourselves asks for another date.
            if (rule, name) == ("paid-in-scheme-year", "training.course"):
                continue
            if finding.outcome is not Says.UNKNOWN and reads(finding, name):
                assert after[rule].outcome is not Says.UNKNOWN, (name, finding)


COMPLETE = [
    the_example(**{**story, "claim": {**story.get("claim", {}), "start_part": {"state": "approved"}}})
    for story in ({}, FULL, COMPLETION, EXTERNAL_OMMT)
]


@for_all
@given(
    st.sampled_from(COMPLETE),
    st.lists(
        st.one_of(
            *[
                st.tuples(st.just(name), values)
                for name, values in FIELDS.items()
                if name not in ("training.course", "training.second_payment_on")
            ]
        ),
        max_size=8,
    ),
    st.sampled_from(list(REFERENCE.courses)),
    DAYS,
)
def test_nothing_is_unknown_once_everything_is_said_and_submitted(
    facts: Facts, changes: list[tuple[str, Any]], code: str, completed_on: date
) -> None:
    facts = change_all(facts, [("training.completed_on", completed_on), *changes, ("training.course", code)])

    unknown = [finding for finding in findings_of(facts, completed_on).values() if finding.outcome is Says.UNKNOWN]

    assert unknown == []


@for_all
@given(PENCE, PENCE, st.integers(1, 400))
def test_shares_and_remainder_make_up_the_total(total: int, other: int, people: int) -> None:
    shared = cost_per_learner(total, other, people)

    net = shared.cost_pence - shared.other_funding_pence
    assert net * people + shared.remainder_pence == total - other
    assert 0 <= shared.remainder_pence < people
    assert net == (total - other) // people
    assert shared.other_funding_pence >= 0


@for_all
@given(facts=FACTS, today=DAYS, role=st.sampled_from([*REFERENCE.job_roles]))
def test_job_roles_called_alike_are_judged_alike(facts: Facts, today: date, role: str) -> None:
    alike = roles_alike(REFERENCE.job_roles)[role]

    said, said_alike = (assess(change(facts, "learner.job_role", each), REFERENCE, today) for each in (role, alike))

    assert (said.outcome, said.amount) == (said_alike.outcome, said_alike.amount)
    assert [each.outcome for each in said.findings] == [each.outcome for each in said_alike.findings]
