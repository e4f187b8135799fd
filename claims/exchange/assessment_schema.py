"""What a reader of an assessment may rely on, field by field; for the API's description, and held by tests.

``assessments.render_assessment`` writes this shape by hand: by dump, 25 findings take four times as long.
"""

from enum import StrEnum
from typing import Any

from marshmallow import Schema, fields

from claims.exchange.money import POUNDS_PATTERN
from claims.rules.findings import Outcome, Says
from claims.rules.scheme import Fund


def _text(*, or_null: bool = False, **metadata: object) -> fields.String:
    return fields.String(required=True, allow_none=or_null, metadata=metadata)


def _code(codes: type[StrEnum]) -> fields.String:
    return _text(enum=[str(code) for code in codes])


def _pounds(*, or_null: bool) -> fields.String:
    return _text(or_null=or_null, pattern=f"^{POUNDS_PATTERN}$", example="924.00")


def _date_or_null(data_key: str | None = None) -> fields.Date:
    return fields.Date(required=True, allow_none=True, format="iso", data_key=data_key)


def _list_of(schema: type[Schema]) -> fields.Field[Any]:
    return fields.List(fields.Nested(schema), required=True)


class CourseSchema(Schema):
    """The entry that holds on the payment date."""

    code = _text(example="610/4009/5")
    title = _text()
    max_reimbursement_gbp = _pounds(or_null=False)


class AmountSchema(Schema):
    """Null where a fact that the amount needs is not known."""

    reimbursable_gbp = _pounds(or_null=True)
    entitlement_gbp = _pounds(or_null=True)
    payable_gbp = _pounds(or_null=True)
    left_for_completion_gbp = _pounds(or_null=True)
    estimate = fields.Boolean(required=True)


class RoleCategorySchema(Schema):
    slug = _text(example="new-to-care")
    rank = _text(enum=["primary", "secondary"])
    basis = _text(enum=["published", "inferred"])


class ParameterSchema(Schema):
    """A figure of the scheme that a rule used, the dates between which it holds, and how sure it is."""

    name = _text(example="paid_from")
    value = fields.Raw(required=True, allow_none=True)
    from_ = _date_or_null("from")
    to = _date_or_null()
    source = _text()
    confidence = _text(example="confirmed")


class FindingSchema(Schema):
    rule = _text(example="paid-in-scheme-year")
    outcome = _code(Says)
    message = _text()
    facts = fields.Dict(keys=fields.String(), required=True)
    parameters = _list_of(ParameterSchema)
    source = _text()


class AssessmentSchema(Schema):
    """Every finding about one claim, with its amount and its last day."""

    outcome = _code(Outcome)
    scheme_year = _text(or_null=True, example="2025-26")
    fund = _code(Fund)
    course = fields.Nested(CourseSchema, required=True, allow_none=True)
    amount = fields.Nested(AmountSchema, required=True)
    last_day_to_claim = _date_or_null()
    role_categories = _list_of(RoleCategorySchema)
    findings = _list_of(FindingSchema)
    rules_version = _text(example="2025-26.1")
