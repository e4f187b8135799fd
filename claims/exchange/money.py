"""Pounds as the outside writes them, pence as the inside counts them."""

import re

POUNDS_PATTERN = r"[0-9]{1,9}(\.[0-9]{1,2})?"
_POUNDS = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")


def read_pounds(text: str) -> int:
    """Whole pence of an amount such as ``1600``, ``1600.5`` or ``1600.00``.

    Raises ``ValueError`` for anything else: signs, separators, a third decimal, a billion pounds or more.
    """
    pounds = _POUNDS.fullmatch(text)
    if not pounds:
        raise ValueError(text)
    return int(pounds[1]) * 100 + int((pounds[2] or "").ljust(2, "0"))


def render_pounds(pence: int) -> str:
    """``160000`` as ``1600.00``."""
    pounds, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}{pounds}.{rest:02}"
