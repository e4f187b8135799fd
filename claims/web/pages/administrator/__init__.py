"""Administrators' pages. A new module adds its blueprint to ``BLUEPRINTS``."""

from claims.web.pages.administrator import (
    audit,
    course_by_hand,
    course_list_proposals,
    course_lists,
    jobs,
    pathway_links,
    people,
    retention,
    scheme_years,
)

BLUEPRINTS = (
    pathway_links.pages,
    scheme_years.pages,
    course_lists.pages,
    course_list_proposals.pages,
    course_by_hand.pages,
    jobs.pages,
    audit.pages,
    people.pages,
    retention.pages,
)
