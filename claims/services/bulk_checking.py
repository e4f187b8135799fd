"""Check an uploaded workbook of claims: what must be put right, or what would be made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from claims.exchange.claim_cells import Allowed, demand, entry_of
from claims.exchange.claim_rows import ClaimRow, Problem
from claims.exchange.claim_tables import Group, compare_rows, counted_up, group_purchases, read_headings, read_rows
from claims.lifecycle import Actor
from claims.rules.facts import Part
from claims.rules.scheme import Reference
from claims.secrets import Keyring
from claims.services.bulk_matching import (
    Does,
    Matched,
    Purchases,
    Target,
    check_completion,
    is_same,
    match_rows,
)
from claims.services.bulk_uploading import allowed_for
from claims.services.drafting import say_closed
from claims.store.closing import closed_among
from claims.store.facts import Decided, year_decided
from claims.store.reference import listed_on
from claims.workbooks.claims_in import FaultyFile, open_claims_file

MOST_PROBLEMS = 5_000
"""More are counted, not kept: nobody reads them."""


@dataclass(slots=True)
class Planned:
    """A file without problems: its rows, what they meet, and the purchases they become."""

    matched: list[Matched]
    groups: list[tuple[Group, list[Matched], Target]]
    notices: tuple[str, ...] = ()
    counted_up: tuple[str, ...] = ()
    """Headings whose values look as if a cell had been dragged down."""

    @property
    def completions(self) -> list[Matched]:
        return [each for each in self.matched if each.row.part is Part.COMPLETION]


class FaultyClaims(Exception):
    """A file with something to put right; ``about`` is file, columns or rows."""

    def __init__(self, about: str, problems: Sequence[Problem], counted_up: Sequence[str] = ()) -> None:
        super().__init__(about)
        self.about, self.problems, self.counted_up = about, list(problems), list(counted_up)


def read_file(name: str, content: bytes, allowed: Allowed) -> tuple[list[ClaimRow], tuple[str, ...]]:
    """The rows of the file, each judged by itself and beside the others, and notices. Raises ``FaultyClaims``."""
    try:
        file = open_claims_file(name, content)
    except FaultyFile as no:
        raise FaultyClaims("file", [Problem(None, None, f"The file {no}.")]) from None
    headings, wrong = read_headings(*file.rows[0])
    if wrong:
        raise FaultyClaims("columns", wrong)
    rows, only_people = read_rows(headings, file.rows[1:], file.strange, allowed)
    if not rows:
        there = "people without a course" if only_people else "examples"
        raise FaultyClaims("file", [Problem(None, None, f"The file has no claims below its headings, only {there}.")])
    compare_rows(rows)
    if not only_people:
        return rows, file.notices
    unfilled = "1 row that names" if only_people == 1 else f"{only_people:,} rows that name"
    return rows, (*file.notices, f"has {unfilled} a person and nothing else; nothing is claimed for them")


def plan_file(session: Session, keyring: Keyring, name: str, content: bytes, *, by: Actor, today: date) -> Planned:
    """What the file would come to among what ``by`` sees of the employer. Raises ``FaultyClaims``."""
    employer_id = by.employer_id or 0
    reference = listed_on(session, today).reference
    allowed = allowed_for(session, keyring, employer_id, reference, today)
    rows, notices = read_file(name, content, allowed)
    matched = match_rows(session, keyring, employer_id, rows)
    for each in matched:
        if each.does is Does.LEFT:
            continue
        demand(each.row, known_learner=each.learner is not None, entry=entry_of(each.row, allowed))
        check_completion(each)
        _check_service(each, by)
    groups = []
    purchases = Purchases(session, employer_id, {row.course for row in rows if row.course})
    by_row = {each.row.row: each for each in matched}
    for group in group_purchases(row for row in rows if by_row[row.row].does is not Does.LEFT):
        entry = entry_of(group.first, allowed)
        if entry is None:
            continue
        of_group = [by_row[row.row] for row in group.rows]
        target = purchases.target(group, of_group, entry)
        groups.append((group, of_group, target))
        changes = target.details if target.purchase else {}
        for each in of_group:
            if each.does is Does.UPDATE and is_same(each, changes):
                each.does = Does.SAME
    for each in matched:
        if each.does is Does.COMPLETE and is_same(each, {}):
            each.does = Does.SAME
    _check_years(session, reference, groups)
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        raise FaultyClaims("rows", sorted(problems, key=lambda problem: problem.row or 0), counted_up(rows))
    return Planned(matched, groups, notices, counted_up(rows))


def _check_years(session: Session, reference: Reference, groups: Sequence[tuple[Group, list[Matched], Target]]) -> None:
    """Say at the rows what would become a draft of a closed scheme year, or move there: it could never be sent.

    A draft that lies there already may stay and be filled in.
    """
    brought: list[tuple[Matched, Decided]] = []
    for _, of_group, target in groups:
        for each in of_group:
            row, claim = each.row, each.claim
            completed_on = row.completed_on if row.part is Part.FULL else None
            decided = year_decided(reference, row.course, row.paid_on, completed_on)
            if decided is None:
                continue
            moved = decided.on != claim.completed_on if claim and decided.by_completion else "paid_on" in target.details
            if claim is None or moved:
                brought.append((each, decided))
    closed = closed_among(session, {decided.year.name for _, decided in brought})
    for each, decided in brought:
        if decided.year.name in closed:
            each.row.refuse("completed_on" if decided.by_completion else "paid_on", say_closed(decided))


def _check_service(each: Matched, by: Actor) -> None:
    """Somebody limited to several services says under Learners in which of them a new person works."""
    if each.learner is None and by.services is not None and len(by.services) != 1:
        each.row.refuse(
            "number", "This person is new: add them under Learners first, where you say in which service they work"
        )
