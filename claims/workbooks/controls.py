"""The last sheet, Controls: the database's figures beside formulas over the sheets, and whether they agree."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from claims.workbooks.cells import Formula, Kind, Pence
from claims.workbooks.sheet import Column, Sheet

TITLE = "Controls"


class Control(NamedTuple):
    """One figure, known three times."""

    figure: str
    database: int | Pence
    formula: str
    """Over the sheets, without ``=``. It shows pounds where the database's figure is pence."""
    written: int | Pence
    """As the rows said while they were written."""


class ControlRow(NamedTuple):
    figure: str
    database: int | Pence | None
    sheets: Formula | None
    check: Formula


COLUMNS = (
    Column("Control", Kind.TEXT, "figure", width=48),
    Column("Database", Kind.MIXED, "database", width=20),
    Column("Sheets", Kind.MIXED, "sheets", width=20),
    Column("Check", Kind.MIXED, "check", width=14),
)


def controls_sheet(controls: Callable[[], Sequence[Control]]) -> Sheet:
    """The sheet; ``controls`` is asked when the rows of the others are written."""
    return Sheet(TITLE, COLUMNS, lambda: _check(controls()), table="Controls", gathered=True, marks="D")


def name_differences(controls: Sequence[Control]) -> str:
    """How the controls stood while the workbook was made, for whoever reads it where formulas are not worked out."""
    differing = [control.figure for control in controls if control.database != control.written]
    if not differing:
        return f"All {len(controls)} agreed"
    return f"{len(differing)} of {len(controls)} differed: {'; '.join(differing)}. Do not rely on this workbook."


def quote(text: str) -> str:
    """``text`` as it stands in a formula."""
    return '"' + text.replace('"', '""') + '"'


def _check(controls: Sequence[Control]) -> Iterator[ControlRow]:
    for row, control in enumerate(controls, 2):
        yield ControlRow(
            control.figure,
            control.database,
            Formula(control.formula, Kind.MONEY if isinstance(control.database, Pence) else Kind.COUNT),
            # Sums of decimals are binary in a spreadsheet; to the penny they are not in doubt.
            Formula(f'IF(ROUND(B{row},2)=ROUND(C{row},2),"agrees","differs")'),
        )
    every = f'COUNTIF(D2:D{len(controls) + 1},"agrees")={len(controls)}'
    yield ControlRow("All of the above", None, None, Formula(f'IF({every},"agrees","differs")'))
