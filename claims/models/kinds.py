"""Constraints that several tables share."""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """``column`` holds one of ``values`` (or nothing, where it may be null)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def not_negative(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative")


LARGEST_ID = 2**63 - 1
"""What a column for ids can hold: a larger one is of nothing that there is."""
