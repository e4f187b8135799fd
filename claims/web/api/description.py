"""What the API is: its calls as people read them, and for programs OpenAPI 3.1, made from the schemas in use."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint
from marshmallow import Schema
from werkzeug.wrappers import Response

from claims.exchange.assessment_schema import AssessmentSchema
from claims.exchange.facts import FactsSchema
from claims.web.access import ANYONE, opens
from claims.web.api import problems, schemas
from claims.web.api.answers import PREFIX, render_to_keep
from claims.web.api.assessments import MOST_CLAIMS
from claims.web.api.problems import Kind
from claims.web.api.queries import CoursesQuery
from claims.web.wiring import services

calls = Blueprint("api_description", __name__, url_prefix=PREFIX)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API."""

    method: str
    path: str
    """After the prefix, as OpenAPI writes it."""
    name: str
    does: str
    answers_with: type[Schema] | None = None
    """``None`` where the answer has a shape of its own."""
    query: type[Schema] | None = None
    problems: tuple[Kind, ...] = (problems.NOT_READY,)


_ASSESS = Call(
    "post",
    "/assessments",
    "assess",
    "Says what the scheme would pay for each claim, and why: facts in, assessment out; one, or a list of up to "
    f"{MOST_CLAIMS:,}. Nothing is kept.",
    problems=(
        problems.UNREADABLE,
        problems.TOO_LARGE,
        problems.NOT_JSON,
        problems.MALFORMED,
        problems.TOO_MANY,
        problems.NOT_READY,
    ),
)

CALLS = (
    _ASSESS,
    Call(
        "get",
        "/courses",
        "listCourses",
        "The courses that are on the list on a date (today unless said), with the most that is paid back for each.",
        schemas.CoursePageSchema,
        CoursesQuery,
        (problems.MALFORMED, problems.NOT_READY),
    ),
    Call(
        "get",
        "/courses/{code}",
        "showCourse",
        "One course with all its dated amounts and the role categories it serves; slashes in its code may be sent "
        "as / or -.",
        schemas.CourseHistorySchema,
        problems=(problems.NOT_FOUND, problems.NOT_READY),
    ),
    Call(
        "get",
        "/role-categories",
        "listRoleCategories",
        "The role categories of the care workforce pathway, and how people move between them.",
        schemas.RoleCategoriesSchema,
    ),
    Call(
        "get",
        "/job-roles",
        "listJobRoles",
        "The job roles of adult social care, and whether training for them is funded.",
        schemas.JobRolesSchema,
    ),
    Call(
        "get",
        "/scheme-years",
        "listSchemeYears",
        "The scheme years with every date, share and cap the rules use, its source, and how sure it is.",
        schemas.SchemeYearsSchema,
    ),
    Call(
        "get", "/openapi.json", "describe", "The description of all of this, for programs (OpenAPI 3.1).", problems=()
    ),
)
"""In the order in which people read them. A test holds them against the routes."""

_PARAMETERS = {
    "q": "Words to look for in code, title, level, topic and awarding organisation.",
    "role_category": "A slug of /role-categories: courses that serve it.",
    "funding_model": "full: all on completion. split: 60% may be claimed at the start.",
    "fund": "The fund that pays.",
    "on": "A date: the courses and amounts for payments on that day.",
    "limit": "How many courses at once.",
    "cursor": "next_cursor of the page before: the courses after those.",
}


@calls.get("/openapi.json")
@opens(ANYONE)
def describe() -> Response:
    return render_to_keep(describe_api(services().settings.base_url))


@lru_cache(maxsize=4)
def describe_api(base_url: str) -> dict[str, Any]:
    """The API at ``base_url`` as an OpenAPI document."""
    plugin = MarshmallowPlugin()
    spec = APISpec(
        title="Claim for care training",
        version="1",
        openapi_version="3.1.0",
        plugins=[plugin],
        info={
            "description": "The rules and the reference data of the Learning and Development Support Scheme of adult "
            "social care in England, for other people's programs. This is not a government service."
        },
        servers=[{"url": base_url}],
        externalDocs={"description": "Examples, limits and errors", "url": f"{base_url}{problems.PAGE}"},
    )
    for call in CALLS:
        spec.path(PREFIX + call.path, operations={call.method: _describe_call(call)})
    described: dict[str, Any] = spec.to_dict()
    for operations in described["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                _finish_parameter(parameter)
    return described


def _describe_call(call: Call) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.does,
        "responses": {"200": _answer_of(call)} | {str(kind.status): _problem(kind) for kind in call.problems},
    }
    if call.method == "get":
        described["responses"]["304"] = {"description": "What the caller has, by its If-None-Match, is still so"}
    if call is _ASSESS:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _one_or_many(FactsSchema)}},
        }
    if call.query:
        described["parameters"] = [{"in": "query", "schema": call.query}]
    if "{code}" in call.path:
        described["parameters"] = [
            {
                "in": "path",
                "name": "code",
                "required": True,
                "description": "Its code, such as 610/4009/5 or 610-4009-5.",
                "schema": {"type": "string", "minLength": 1},
            }
        ]
    return described


def _answer_of(call: Call) -> dict[str, Any]:
    schema: Any = call.answers_with or {"type": "object"}
    described: dict[str, Any] = {"description": "The answer"}
    if call is _ASSESS:
        schema = _one_or_many(AssessmentSchema)
        described["headers"] = {
            "RateLimit-Policy": _header("How many claims may be assessed, and in how many seconds."),
            "RateLimit": _header("How many are left, and in how many seconds the next window begins."),
        }
    return described | {"content": {"application/json": {"schema": schema}}}


def _one_or_many(schema: type[Schema]) -> dict[str, Any]:
    return {"oneOf": [schema, {"type": "array", "items": schema, "maxItems": MOST_CLAIMS}]}


def _problem(kind: Kind) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": kind.title,
        "content": {problems.MEDIA_TYPE: {"schema": schemas.ProblemSchema}},
    }
    if kind is problems.TOO_MANY:
        described["headers"] = {"Retry-After": _header("Seconds until the next window begins.")}
    return described


def _header(words: str) -> dict[str, Any]:
    return {"description": words, "required": True, "schema": {"type": "string"}}


def _finish_parameter(parameter: dict[str, Any]) -> None:
    """An address has no null, but a blank parameter, which asks for nothing."""
    if parameter["in"] != "query":
        return
    parameter["description"] = _PARAMETERS[parameter["name"]]
    schema = parameter["schema"]
    if isinstance(schema.get("type"), list):
        schema["type"] = schema["type"][0]
    if "enum" in schema:
        schema["enum"] = [code for code in schema["enum"] if code is not None]
    parameter["schema"] = {"anyOf": [schema, {"const": ""}]}
