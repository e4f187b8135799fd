"""The kinds of field that facts have, read strictly: a wrong type is an error, never a guess."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from claims.exchange.money import POUNDS_PATTERN, read_pounds, render_pounds

LONGEST_TEXT = 200
"""Characters in a code, a number or a reference; anything longer is a mistake."""

_NO_CONTROLS = r"^[^\u0000-\u001f\u007f-\u009f]*$"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Truth(fields.Boolean):
    """``true`` or ``false``, and nothing that merely looks like it."""

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")
        return value


class Text(fields.Field[str | None]):
    """A code, a number or a reference."""

    default_error_messages = {"null": "must be text"}  # noqa: RUF012 - marshmallow's own way

    def __init__(self, *, allow_none: bool = True) -> None:
        super().__init__(
            allow_none=allow_none, metadata={"type": "string", "maxLength": LONGEST_TEXT, "pattern": _NO_CONTROLS}
        )

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        if not isinstance(value, str):
            raise ValidationError("must be text")
        if len(value) > LONGEST_TEXT:
            raise ValidationError(f"must be at most {LONGEST_TEXT} characters")
        if not value.isprintable() and any(unicodedata.category(each) in ("Cc", "Cs") for each in value):
            raise ValidationError("contains a control character or half a character")
        return value.strip() or None


class Pounds(fields.Field[int]):
    """An amount in pounds as text, in pence once read."""

    def __init__(self, attribute: str) -> None:
        super().__init__(
            attribute=attribute,
            allow_none=True,
            metadata={"type": "string", "pattern": f"^{POUNDS_PATTERN}$", "example": "1600.00"},
        )

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        try:
            return read_pounds(value)
        except (TypeError, ValueError):
            raise ValidationError(
                "must be an amount in pounds as text, like “1600.00”, with two decimals at most"
            ) from None

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return None if value is None else render_pounds(value)


class Day(fields.Field[date]):
    """A date, ``YYYY-MM-DD``."""

    def __init__(self) -> None:
        super().__init__(allow_none=True, metadata={"type": "string", "format": "date"})

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise ValidationError("must be a date like 2025-04-01")

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.isoformat()


class OneOf(fields.Field[str]):
    """One of a few known codes."""

    def __init__(self, codes: tuple[str, ...], make: Callable[[str], str] = str) -> None:
        super().__init__(allow_none=True, metadata={"type": "string", "enum": [*map(str, codes), None]})
        self.known = {str(code): make(code) for code in codes}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or value not in self.known:
            raise ValidationError(f"must be one of: {', '.join(self.known)}")
        return self.known[value]

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        return None if value is None else str(value)
