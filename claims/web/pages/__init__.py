"""The pages, a folder per audience: who opens them is who they are for."""

from flask import Blueprint

from claims.web.api import assessments, description, reference_data
from claims.web.pages import account, administrator, assessor, employer, finance, office, public
from claims.web.pages.account import notifications

WITHOUT_FORMS: tuple[Blueprint, ...] = (
    assessments.calls,
    reference_data.calls,
    description.calls,
    notifications.stopping,
)
"""Blueprints that programs call: they are asked for no form token."""

BLUEPRINTS: tuple[Blueprint, ...] = (
    *public.BLUEPRINTS,
    *account.BLUEPRINTS,
    *employer.BLUEPRINTS,
    *assessor.BLUEPRINTS,
    *finance.BLUEPRINTS,
    *administrator.BLUEPRINTS,
    *office.BLUEPRINTS,
    *WITHOUT_FORMS,
)
