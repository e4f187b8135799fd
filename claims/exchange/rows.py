"""Facts as one flat row: columns with dotted names, cells of text."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from claims.exchange.cells import join_list, split_list
from claims.exchange.facts import FactsSchema, render_facts
from claims.exchange.fields import Truth
from claims.incoming.guarding import guard_cell, unguard_cell
from claims.rules.facts import Facts


def _columns_of(schema: Schema, prefix: str = "") -> dict[str, fields.Field[Any]]:
    columns: dict[str, fields.Field[Any]] = {}
    for name, field in schema.fields.items():
        if isinstance(field, fields.Nested):
            columns |= _columns_of(field.schema, f"{prefix}{name}.")
        else:
            columns[prefix + name] = field
    return columns


_FIELDS = _columns_of(FactsSchema())

FACT_COLUMNS = tuple(_FIELDS)
"""``employer.provides_adult_social_care`` to ``fund.open``, in the order of the interface."""

_TRUTHS = {"true": True, "false": False}


def nest_row(row: Mapping[str, str]) -> dict[str, Any]:
    """A row's cells, by column, as a record for ``read_facts``; an empty cell is an absent fact.

    A cell that cannot be what its column needs stays text, so that ``read_facts`` says what is wrong with it.
    """
    record: dict[str, Any] = {}
    for column, raw in row.items():
        cell = unguard_cell(raw.strip())
        if not cell:
            continue
        *subjects, name = column.split(".")
        inner = record
        for subject in subjects:
            inner = inner.setdefault(subject, {})
        field = _FIELDS[column]
        if isinstance(field, Truth):
            inner[name] = _TRUTHS.get(cell.lower(), cell)  # spreadsheets save TRUE
        elif isinstance(field, fields.List):
            inner[name] = list(split_list(cell))
        else:
            inner[name] = cell
    return record


def flatten_facts(facts: Facts) -> dict[str, str]:
    """``facts`` as cells by column; ``read_facts(nest_row(...))`` gives them back."""
    record = render_facts(facts)
    return {column: _render_cell(_look_up(record, column)) for column in FACT_COLUMNS}


def _look_up(record: Any, column: str) -> Any:
    for name in column.split("."):
        record = None if record is None else record[name]
    return record


def _render_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guard_cell(join_list(tuple(value)) if isinstance(value, list) else str(value))
