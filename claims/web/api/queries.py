"""What follows the question mark of an address, read as strictly as a body."""

import base64
import binascii
import json
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields

from claims.exchange.fields import Day, OneOf, Text
from claims.rules.scheme import Fund, FundingModel
from claims.web.api.problems import MALFORMED, FieldProblem, Problem

USUAL_LIMIT, MOST_AT_ONCE = 50, 200


class Count(fields.Field[int]):
    """How many to give at once, in plain digits."""

    def __init__(self, most: int, otherwise: int) -> None:
        self.most = most
        super().__init__(
            load_default=otherwise, metadata={"type": "integer", "minimum": 1, "maximum": most, "default": otherwise}
        )

    def _deserialize(self, value: str, *_: Any, **__: Any) -> int:
        if value.isascii() and value.isdigit() and len(value) <= len(str(self.most)) and 1 <= int(value) <= self.most:
            return int(value)
        raise ValidationError(f"must be a whole number from 1 to {self.most}")

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value


class Cursor(fields.Field[tuple[str, str]]):
    """Where a page of a list begins: after a title and a code. Opaque to callers, and still good in the next list."""

    def __init__(self) -> None:
        super().__init__(metadata={"type": "string", "description": "next_cursor of the page before"})

    def _deserialize(self, value: str, *_: Any, **__: Any) -> tuple[str, str]:
        try:
            padded = value + "=" * (-len(value) % 4)
            title, code = json.loads(base64.b64decode(padded, b"-_", validate=True).decode())
            if isinstance(title, str) and isinstance(code, str):
                return title, code
        except (binascii.Error, ValueError, TypeError, RecursionError):
            pass
        raise ValidationError("must be next_cursor of the page before")


def write_cursor(title: str, code: str) -> str:
    """The cursor for what comes after the course with this title and code."""
    return base64.urlsafe_b64encode(json.dumps([title, code]).encode()).decode().rstrip("=")


class CoursesQuery(Schema):
    """Which courses are asked for. A blank parameter asks for nothing."""

    error_messages = {"unknown": "is not a parameter of this call"}  # noqa: RUF012 - marshmallow's own way

    q = Text()
    role_category = Text()
    funding_model = OneOf(tuple(FundingModel), FundingModel)
    fund = OneOf(tuple(Fund), Fund)
    on = Day()
    limit = Count(MOST_AT_ONCE, USUAL_LIMIT)
    cursor = Cursor()


def read_query(schema: Schema) -> dict[str, Any]:
    """The parameters of this call. Raises ``Problem`` that names every one that is wrong."""
    given = {name: values for name, values in request.args.lists() if any(values)}
    errors = [FieldProblem(None, name, "is given twice") for name, values in given.items() if len(values) > 1]
    try:
        found: dict[str, Any] = schema.load({name: values[0] for name, values in given.items()})
    except ValidationError as error:
        named: dict[str, list[str]] = error.messages_dict
        errors += [FieldProblem(None, name, message) for name, messages in named.items() for message in messages]
    if errors:
        raise Problem(MALFORMED, errors=tuple(errors))
    return found
