"""What reference data looks like to programs, field by field; answers are made from these, and described by them."""

from enum import StrEnum
from typing import Any

from marshmallow import Schema, fields

from claims.exchange.assessment_schema import ParameterSchema
from claims.exchange.money import POUNDS_PATTERN, render_pounds
from claims.rules.scheme import Fund, FundingModel


class Words(fields.String):
    """Text; null where the reference data says nothing."""

    def __init__(self, attribute: str | None = None, *, may_be_null: bool = False, **metadata: object) -> None:
        super().__init__(required=True, attribute=attribute, allow_none=may_be_null, metadata=metadata)

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return str(value) if value else None if self.allow_none else ""


class Amount(fields.String):
    """An amount in pounds as text, from pence."""

    def __init__(self, attribute: str) -> None:
        super().__init__(
            required=True, attribute=attribute, metadata={"pattern": f"^{POUNDS_PATTERN}$", "example": "1540.00"}
        )

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str:
        return render_pounds(value)


def _whole(*, may_be_null: bool = False, **metadata: object) -> fields.Integer:
    return fields.Integer(required=True, allow_none=may_be_null, metadata=metadata)


def _one_of(codes: type[StrEnum]) -> Words:
    return Words(enum=[str(code) for code in codes])


def _day() -> fields.Date:
    return fields.Date(required=True, format="iso")


def _list_of(schema: type[Schema]) -> fields.Field[Any]:
    return fields.List(fields.Nested(schema), required=True)


class PathwayLinkSchema(Schema):
    """A role category of the care workforce pathway that a course serves. It never decides funding."""

    slug = Words("role_category", example="new-to-care")
    rank = Words(enum=["primary", "secondary"])
    basis = Words(enum=["published", "inferred"])
    confidence = Words(may_be_null=True)


class DatedAmountSchema(Schema):
    """What is paid back at most for one learner, for payments between two dates, both inclusive."""

    max_reimbursement_gbp = Amount("max_reimbursement_pence")
    paid_from = _day()
    paid_to = _day()
    source = Words()
    confidence = Words(example="secondary")
    note = Words(may_be_null=True)


class CourseSchema(Schema):
    """What a course is; where it is split, 60% may be claimed at the start."""

    code = Words(example="610/4009/5")
    title = Words()
    kind = Words(enum=["course", "qualification"])
    level = Words(may_be_null=True)
    size = Words(may_be_null=True)
    category = Words(may_be_null=True)
    awarding_organisation = Words(may_be_null=True)
    learning_hours = _whole(may_be_null=True)
    funding_model = _one_of(FundingModel)
    fund = _one_of(Fund)
    delivery = Words(may_be_null=True, enum=["internal", "external", None])


class ListedCourseSchema(CourseSchema):
    """A course on the list on a date, with its amount."""

    amount = fields.Nested(DatedAmountSchema, required=True)
    role_categories = _list_of(PathwayLinkSchema)


class CourseHistorySchema(CourseSchema):
    """A course as it is on the list today, or else as it last was, with all its dated amounts."""

    amounts = _list_of(DatedAmountSchema)
    role_categories = _list_of(PathwayLinkSchema)


class CoursePageSchema(Schema):
    """Some of the courses that were asked for, by title."""

    on = _day()
    course_list_version = _whole()
    courses = _list_of(ListedCourseSchema)
    next_cursor = Words(may_be_null=True)


class ProgressionSchema(Schema):
    """Where people move on to."""

    slug = Words("to_category")
    basis = Words(example="published")


class PathwayCategorySchema(Schema):
    """One category of the care workforce pathway."""

    slug = Words(example="new-to-care")
    title = Words()
    kind = Words()
    summary = Words()
    position = _whole()
    leads_to = _list_of(ProgressionSchema)


class RoleCategoriesSchema(Schema):
    role_categories = _list_of(PathwayCategorySchema)


class JobRoleSchema(Schema):
    """One job role of the adult social care workforce data set."""

    slug = Words(example="care-worker")
    title = Words()
    group = Words()
    registration = Words(may_be_null=True)
    regulator = Words(may_be_null=True)
    funding = Words(enum=["yes", "yes-non-direct", "check", "ommt-only", "no"])
    role_categories = fields.List(fields.String(), required=True)


class JobRolesSchema(Schema):
    job_roles = _list_of(JobRoleSchema)


class SchemeYearSchema(Schema):
    """A scheme year: its parameters, each dated and with its source."""

    name = Words(example="2025-26")
    rules_version = Words(example="2025-26.1")
    parameters = _list_of(ParameterSchema)


class SchemeYearsSchema(Schema):
    scheme_years = _list_of(SchemeYearSchema)


class FieldProblemSchema(Schema):
    """One thing that is wrong with one field."""

    index = _whole(may_be_null=True)
    field = Words(example="learner.engagement")
    message = Words()


class ProblemSchema(Schema):
    """Why a call was not answered as asked (RFC 9457)."""

    type = Words(format="uri")
    title = Words()
    status = _whole()
    detail = Words()
    reference = Words()
    errors = fields.List(fields.Nested(FieldProblemSchema))
    errors_left_out = fields.Integer()
