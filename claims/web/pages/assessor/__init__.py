"""Assessors' pages, and those of their leads. A new module adds its blueprint to ``BLUEPRINTS``."""

from claims.web.pages.assessor import (
    bank_accounts,
    claims,
    evidence,
    lead_tasks,
    queue,
    registrations,
    sample,
    standard_notes,
)

BLUEPRINTS = (
    sample.pages,
    lead_tasks.pages,
    standard_notes.pages,
    queue.pages,
    claims.pages,
    bank_accounts.pages,
    registrations.pages,
    evidence.pages,
)
