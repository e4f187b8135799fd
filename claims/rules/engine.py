"""All the rules, in the order of the guidance, and what they say together."""

from collections.abc import Callable
from datetime import date

from claims.rules.case import Case, case_of
from claims.rules.course import course_not_an_apprenticeship, course_on_eligible_list, part_allowed_for_course
from claims.rules.dates import (
    completed_in_time,
    dates_in_order,
    paid_in_scheme_year,
    started_in_scheme_year,
    submitted_in_time,
    training_completed,
)
from claims.rules.duplicates import not_claimed_before
from claims.rules.employer import (
    employer_employs_care_staff_in_england,
    employer_provides_adult_social_care,
    employer_registered_with_cqc,
    employer_signed_agreement,
    employer_workforce_data_up_to_date,
)
from claims.rules.facts import Facts
from claims.rules.findings import CHECK, FAIL, UNKNOWN, Assessment, Finding, Outcome
from claims.rules.learner import (
    learner_employed_when_training_started,
    learner_engagement_is_funded,
    learner_has_national_insurance_number,
    learner_role_is_funded,
    learner_still_employed_on_completion,
    learner_works_in_england,
)
from claims.rules.money import cost_is_reimbursable, employer_within_cap, fund_open, start_part_approved
from claims.rules.scheme import Reference

Rule = Callable[[Case], Finding]
"""A function named as the sentence it asserts; its slug is the name with hyphens."""

RULES: tuple[Rule, ...] = (
    employer_provides_adult_social_care,
    employer_employs_care_staff_in_england,
    employer_workforce_data_up_to_date,
    employer_registered_with_cqc,
    employer_signed_agreement,
    learner_has_national_insurance_number,
    learner_works_in_england,
    learner_engagement_is_funded,
    learner_role_is_funded,
    learner_employed_when_training_started,
    learner_still_employed_on_completion,
    course_on_eligible_list,
    course_not_an_apprenticeship,
    part_allowed_for_course,
    paid_in_scheme_year,
    started_in_scheme_year,
    dates_in_order,
    training_completed,
    completed_in_time,
    cost_is_reimbursable,
    start_part_approved,
    not_claimed_before,
    submitted_in_time,
    fund_open,
    employer_within_cap,
)

_WORST_FIRST = (
    (FAIL, Outcome.INELIGIBLE),
    (UNKNOWN, Outcome.INCOMPLETE),
    (CHECK, Outcome.CHECK),
)


def assess(facts: Facts, reference: Reference, today: date) -> Assessment:
    """Put every rule to one claim. ``today`` stands for the day of submission of what is not yet submitted."""
    case = case_of(facts, reference, today)
    findings = tuple([rule(case) for rule in RULES])
    return Assessment(
        outcome=_outcome_of(findings),
        scheme_year=case.year.name if case.year_is_known else None,
        fund=case.fund,
        course=case.entry,
        amount=case.amount,
        last_day_to_claim=case.last_day_to_claim,
        role_categories=() if case.entry is None else reference.links.get(case.entry.code, ()),
        findings=findings,
        rules_version=case.year.rules_version,
    )


def _outcome_of(findings: tuple[Finding, ...]) -> Outcome:
    said = {finding.outcome for finding in findings}
    for says, outcome in _WORST_FIRST:
        if says in said:
            return outcome
    return Outcome.ELIGIBLE
