"""The pages, one module per audience. A new module adds its blueprint to ``BLUEPRINTS``."""

from flask import Blueprint

from claims.web.api import assessments, description, reference_data
from claims.web.pages import (
    assessor,
    assessor_claims,
    audit,
    checker,
    course_by_hand,
    course_lists,
    courses,
    demonstration,
    employer_claims,
    employer_enrolment,
    employer_evidence,
    employer_home,
    employer_learners,
    employer_purchases,
    employer_submission,
    evidence,
    finance,
    finance_register,
    finance_runs,
    health,
    jobs,
    notifications,
    pathway,
    pathway_links,
    programs,
    signing_in,
    start,
)

WITHOUT_FORMS: tuple[Blueprint, ...] = (
    assessments.calls,
    reference_data.calls,
    description.calls,
    notifications.stopping,
)
"""Blueprints that programs call: they are asked for no form token."""

BLUEPRINTS: tuple[Blueprint, ...] = (
    start.pages,
    checker.pages,
    courses.pages,
    pathway.pages,
    pathway_links.pages,
    signing_in.pages,
    employer_home.pages,
    employer_purchases.pages,
    employer_enrolment.pages,
    employer_evidence.pages,
    employer_submission.pages,
    employer_claims.pages,
    employer_learners.pages,
    assessor.pages,
    assessor_claims.pages,
    evidence.pages,
    finance.pages,
    finance_runs.pages,
    finance_register.pages,
    course_lists.pages,
    course_by_hand.pages,
    notifications.pages,
    jobs.pages,
    audit.pages,
    programs.pages,
    demonstration.pages,
    health.pages,
    *WITHOUT_FORMS,
)
