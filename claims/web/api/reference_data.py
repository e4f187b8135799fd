"""The calls that read reference data: courses with their amounts, role categories, job roles, scheme years."""

from datetime import date
from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from claims import clock
from claims.exchange.assessments import render_parameter
from claims.rules.scheme import CourseEntry, Reference
from claims.store.courses import describe_course, find_courses
from claims.web.access import ANYONE, opens
from claims.web.api.answers import PREFIX, render_to_keep
from claims.web.api.listed import find_list
from claims.web.api.problems import NOT_FOUND, Problem
from claims.web.api.queries import CoursesQuery, read_query, write_cursor
from claims.web.api.schemas import (
    CourseSchema,
    DatedAmountSchema,
    JobRoleSchema,
    PathwayCategorySchema,
    PathwayLinkSchema,
    ProgressionSchema,
)
from claims.web.transactions import session

calls = Blueprint("api_reference", __name__, url_prefix=PREFIX)

_QUERY = CoursesQuery()
_COURSE, _AMOUNT, _LINKS = CourseSchema(), DatedAmountSchema(), PathwayLinkSchema(many=True)
_CATEGORY, _PROGRESSIONS, _ROLES = (
    PathwayCategorySchema(exclude=["leads_to"]),
    ProgressionSchema(many=True),
    JobRoleSchema(many=True),
)


@calls.get("/courses")
@opens(ANYONE)
def list_courses() -> Response:
    asked = read_query(_QUERY)
    today = clock.today()
    on = asked.get("on") or today
    # A day gone by as it is known today; a day to come by the list that will hold then, if it is published already.
    listed = find_list(session(), max(on, today))
    found = sorted(_matching(listed.reference, asked, on), key=_place)
    rest = [entry for entry in found if "cursor" not in asked or _place(entry) > asked["cursor"]]
    page, following = rest[: asked["limit"]], rest[asked["limit"] :]
    return render_to_keep(
        {
            "on": on.isoformat(),
            "course_list_version": listed.version,
            "courses": [
                {
                    **_COURSE.dump(entry),
                    "amount": _AMOUNT.dump(entry),
                    "role_categories": _LINKS.dump(listed.reference.links.get(entry.code, ())),
                }
                for entry in page
            ],
            "next_cursor": write_cursor(*_place(page[-1])) if following else None,
        }
    )


@calls.get("/courses/<path:code>")
@opens(ANYONE)
def show_course(code: str) -> Response:
    reference = find_list(session(), clock.today()).reference
    known = code if code in reference.courses else _by_address(reference).get(code)
    course = describe_course(reference, known, clock.today()) if known else None
    if known is None or course is None:
        raise Problem(NOT_FOUND, "No course with this code has ever been on the eligible course list.")
    return render_to_keep(
        {
            **_COURSE.dump(course.entry),
            "amounts": [_AMOUNT.dump(entry) for entry in reference.courses[known]],
            "role_categories": _LINKS.dump(reference.links.get(known, ())),
        }
    )


@calls.get("/role-categories")
@opens(ANYONE)
def list_role_categories() -> Response:
    reference = find_list(session(), clock.today()).reference
    in_order = sorted(reference.role_categories.values(), key=lambda category: category.position)
    return render_to_keep(
        {
            "role_categories": [
                {
                    **_CATEGORY.dump(category),
                    "leads_to": _PROGRESSIONS.dump(
                        [step for step in reference.progression if step.from_category == category.slug]
                    ),
                }
                for category in in_order
            ]
        }
    )


@calls.get("/job-roles")
@opens(ANYONE)
def list_job_roles() -> Response:
    return render_to_keep({"job_roles": _ROLES.dump(find_list(session(), clock.today()).reference.job_roles.values())})


@calls.get("/scheme-years")
@opens(ANYONE)
def list_scheme_years() -> Response:
    return render_to_keep(
        {
            "scheme_years": [
                {
                    "name": year.name,
                    "rules_version": year.rules_version,
                    "parameters": [render_parameter(parameter) for parameter in year.parameters.values()],
                }
                for year in find_list(session(), clock.today()).reference.years
            ]
        }
    )


def _matching(reference: Reference, asked: dict[str, Any], on: date) -> list[CourseEntry]:
    """The entries that hold ``on`` and that were asked for."""
    category, model, fund = asked.get("role_category"), asked.get("funding_model"), asked.get("fund")
    return [
        course.entry
        for course in find_courses(reference, asked.get("q") or "", on)
        if course.holds
        and (model is None or course.entry.funding_model == model)
        and (fund is None or course.entry.fund == fund)
        and (category is None or any(each.slug == category for each in course.role_categories))
    ]


def _place(entry: CourseEntry) -> tuple[str, str]:
    return entry.title, entry.code


def _by_address(reference: Reference) -> dict[str, str]:
    """Codes by how they may stand in an address, where a slash divides: ``610-4009-5`` is ``610/4009/5``."""
    return {code.replace("/", "-"): code for code in reference.courses}
