"""Text in CSV cells: kept from being read as a formula by a spreadsheet, and read back as it was."""

import re

_GUARDED = re.compile(r"'*[=+\-@\t\r]")


def guard_cell(text: str) -> str:
    """``text`` with an apostrophe before it if a spreadsheet would take it for a formula."""
    return "'" + text if _GUARDED.match(text) else text


def unguard_cell(text: str) -> str:
    """The text that ``guard_cell`` was given."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text
