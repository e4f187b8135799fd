"""A learning record as JSON."""

import json
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

FORMAT = "ldss-learning-record/1"


class TrainingSchema(Schema):
    """One course that was completed."""

    training = fields.String()
    code = fields.String()
    level = fields.String()
    awarding_organisation = fields.String()
    completed_on = fields.Date()
    hours = fields.Integer(allow_none=True)
    role_categories = fields.List(fields.String())
    issued_by = fields.String()


class LearningRecordSchema(Schema):
    """The whole record."""

    format = fields.Constant(FORMAT)
    learner = fields.String()
    issued_by = fields.String()
    issued_on = fields.Date()
    training = fields.List(fields.Nested(TrainingSchema))


def write_learning_record(record: Mapping[str, Any]) -> bytes:
    """``record`` as the schema names it, as indented UTF-8."""
    return (json.dumps(LearningRecordSchema().dump(record), ensure_ascii=False, indent=2) + "\n").encode()
