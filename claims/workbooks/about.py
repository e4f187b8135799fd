"""The first sheet, About: what a workbook is, where it comes from, and who may receive it."""

from collections.abc import Callable, Iterable, Iterator
from math import ceil
from typing import NamedTuple

from claims.workbooks.cells import Cells, Kind, Pence
from claims.workbooks.rows import About
from claims.workbooks.sheet import Column, Sheet

TITLE = "About"
WIDTH = 95
"""Of what is said, in characters."""


class Statement(NamedTuple):
    """One line: what it is about, and what is so."""

    about: str
    says: object


def about_sheet(
    title: str,
    about: About,
    *,
    what: str,
    who_may_receive_it: str,
    totals: Callable[[], Iterable[Statement]],
    cells: Cells,
) -> Sheet:
    """The sheet. ``totals`` are asked for, and ``cells`` for what they cleaned, when everything else is written."""

    def statements() -> Iterator[Statement]:
        yield Statement("What this is", what)
        for name, value in about.filters:
            yield Statement(f"Filter: {name}", value)
        if not about.filters:
            yield Statement("Filter", "None: everything is in it")
        yield Statement("Scheme year", about.scheme_year)
        yield Statement("Course list version", about.course_list_version)
        yield Statement("Rules version", about.rules_version)
        yield Statement("Made at (UK time)", about.made_at)
        yield Statement("Made by", about.made_by)
        yield from totals()
        yield Statement("Who may receive it", who_may_receive_it)
        yield Statement("Money and dates", "Money is in pounds. Dates are days in UK time.")
        yield from _tell_of_cleaning(cells)

    return Sheet(
        TITLE,
        (Column("About", Kind.TEXT, "about", width=42), Column(title, Kind.FACT, "says", width=WIDTH)),
        statements,
        gathered=True,
        lines=_count_lines,
    )


def unconfirmed_amounts(claims: int, amount_pence: int) -> Iterator[Statement]:
    """Say so when maximum amounts that the scheme has not confirmed decided something."""
    if claims:
        yield Statement("Amounts not confirmed: claims", claims)
        yield Statement("Amounts not confirmed: amount", Pence(amount_pence))
        yield Statement(
            "Amounts not confirmed",
            "The maximum of these claims' courses is not confirmed by an official list. They are the rows of which "
            "the last column of the claim's line, Confidence of maximum, does not say Confirmed. "
            "Check with the scheme.",
        )


def _count_lines(statement: Statement) -> int:
    paragraphs = str(statement.says).split("\n")
    return sum(max(1, ceil(len(paragraph) / WIDTH * 9 / 10)) for paragraph in paragraphs)


def _tell_of_cleaning(cells: Cells) -> Iterator[Statement]:
    if cells.removed:
        yield Statement("Control characters removed from text", cells.removed)
    if cells.shortened:
        yield Statement("Texts cut to the 32,767 characters a cell holds", cells.shortened)
