"""The scheme years and their parameters, from TOML."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from claims.incoming.faults import Faults
from claims.rules.scheme import Parameter, SchemeYear, Value

FILE = "scheme_years.toml"
CONFIDENCES = ("confirmed", "secondary", "day inferred", "unknown")
NONE = "none"
"""How the file says that there is no such limit, or that none is known: TOML has no null."""

_YEAR = re.compile(r"(20[0-9]{2})-([0-9]{2})")
_TABLE = re.compile(r"""\s*\[\s*["']?(?P<year>[^"'\]]+?)["']?\s*(?:\.\s*["']?(?P<name>[^"'\]]+?)["']?\s*)?\]""")


def _is_day(value: object) -> bool:
    return type(value) is date


def _is_count(value: object) -> bool:
    return type(value) is int and value > 0


def _is_share(value: object) -> bool:
    return type(value) is int and 0 < value < 100


def _is_day_of_year(value: object) -> bool:
    try:
        date.fromisoformat(f"2001-{value}")  # a year without a 29 February
    except ValueError:
        return False
    return isinstance(value, str) and len(value) == 5


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) and item for item in value)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a parameter's value must be."""

    holds: Callable[[object], bool]
    words: str
    may_be_none: bool = False


_DAY = _Kind(_is_day, "a date, like 2025-04-01")
_COUNT = _Kind(_is_count, "a whole number above zero")

PARAMETERS = {
    "paid_from": _DAY,
    "paid_to": _DAY,
    "started_from": _DAY,
    "started_to": _DAY,
    "claim_window_months": _COUNT,
    "start_share_percent": _Kind(_is_share, "a whole number from 1 to 99"),
    "long_courses_completed_by": _DAY,
    "cap_main_pence": _Kind(_is_count, "whole pence above zero, or “none”", may_be_none=True),
    "cap_ommt_pence": _Kind(_is_count, "whole pence above zero, or “none”", may_be_none=True),
    "ommt_from": _DAY,
    "ommt_completed_by": _DAY,
    "ommt_last_day_to_claim": _DAY,
    "ommt_claim_window_months": _Kind(_is_count, "a whole number above zero, or “none”", may_be_none=True),
    "payment_evidence_files_max": _COUNT,
    "completion_evidence_files": _COUNT,
    "evidence_extensions": _Kind(_is_list_of_text, "a list of file extensions"),
    "evidence_file_bytes_max": _COUNT,
    "people_per_employer": _COUNT,
    "sro_per_employer": _COUNT,
    "submitters_per_employer": _COUNT,
    "workforce_data_updated_since": _Kind(_is_day_of_year, "a month and a day, like “04-01”"),
}

PERIODS = (("paid_from", "paid_to"), ("started_from", "started_to"), ("ommt_from", "ommt_completed_by"))


def read_years(content: bytes, file: str, faults: Faults) -> tuple[SchemeYear, ...]:
    """The scheme years in order of time. Years with a fault are left out, and every fault is noted."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add(file, content[: error.start].count(b"\n") + 1, None, "is not UTF-8 text")
        return ()
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        faults.add(file, int(line[1]) if line else None, None, f"is not TOML ({error})")
        return ()
    if not tables:
        faults.add(file, None, None, "is empty")
    lines = _lines_of_tables(text)
    years = []
    for name, table in tables.items():
        year = _YearReader(file, name, lines, faults).read(table)
        if year:
            years.append(year)
    in_time = sorted(years, key=lambda year: (_day(year, "paid_from"), year.name))
    for earlier, later in pairwise(in_time):
        if _day(later, "paid_from") <= _day(earlier, "paid_to"):
            place = f"{later.name}.paid_from"
            faults.add(file, lines.get(place), place, f"{later.name} begins before {earlier.name} has ended")
    return tuple(in_time)


@dataclass(frozen=True, slots=True)
class _YearReader:
    file: str
    name: str
    lines: dict[str, int]
    faults: Faults

    def read(self, table: object) -> SchemeYear | None:
        before = len(self.faults.found)
        if not isinstance(table, dict):
            self._note(None, 'is not a scheme year; begin one with a line like ["2025-26"]')
            return None
        years = _YEAR.fullmatch(self.name)
        if not years or (int(years[1]) + 1) % 100 != int(years[2]):
            self._note(None, "is not the name of a scheme year; it should be like 2025-26")
        version = table.get("rules_version")
        if not isinstance(version, str) or not version:
            self._note("rules_version", "is missing")
        for extra in table.keys() - PARAMETERS.keys() - {"rules_version"}:
            self._note(extra, "is not a parameter of a scheme year")
        values = {name: self._read_value(name, table.get(name), kind) for name, kind in PARAMETERS.items()}
        if len(self.faults.found) > before:
            return None
        for first, last in PERIODS:
            if table[last]["value"] < table[first]["value"]:
                self._note(last, f"is before {first}")
        parameters = {
            name: Parameter(
                name=name,
                value=value,
                source=table[name]["source"],
                confidence=table[name]["confidence"],
                holds_from=table[name].get("from", table["paid_from"]["value"]),
                holds_to=table[name].get("to", table["paid_to"]["value"]),
            )
            for name, value in values.items()
        }
        return SchemeYear(self.name, str(version), parameters)

    def _read_value(self, name: str, given: Any, kind: _Kind) -> Value:
        if not isinstance(given, dict):
            self._note(name, "is missing" if given is None else "needs a value, a source and a confidence")
            return None
        if not isinstance(given.get("source"), str) or not given["source"].strip():
            self._note(name, "says no source")
        if given.get("confidence") not in CONFIDENCES:
            self._note(name, f"says no confidence; it may be: {', '.join(CONFIDENCES)}")
        for day in ("from", "to"):
            if day in given and not _is_day(given[day]):
                self._note(name, f"“{day}” must be a date, like 2025-04-01")
        for extra in given.keys() - {"value", "source", "confidence", "from", "to"}:
            self._note(name, f"“{extra}” is not known; a parameter has value, source, confidence, from, to")
        value = given.get("value")
        if kind.may_be_none and value == NONE:
            return None
        if not kind.holds(value):
            self._note(name, f"the value must be {kind.words}")
            return None
        return tuple(value) if isinstance(value, list) else value

    def _note(self, parameter: str | None, problem: str) -> None:
        place = self.name if parameter is None else f"{self.name}.{parameter}"
        self.faults.add(self.file, self.lines.get(place, self.lines.get(self.name)), place, problem)


def _day(year: SchemeYear, name: str) -> date:
    value = year.parameters[name].value
    assert isinstance(value, date)  # noqa: S101 - PARAMETERS says so
    return value


def _lines_of_tables(text: str) -> dict[str, int]:
    """The line on which each table begins, by its dotted name."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        table = _TABLE.match(line)
        if table:
            lines.setdefault(".".join(filter(None, (table["year"], table["name"]))), number)
    return lines
