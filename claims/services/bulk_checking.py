"""Check an uploaded workbook of claims: what must be put right, or what would be made of it and what that comes to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.exchange.claim_cells import Allowed, demand, entry_of
from claims.exchange.claim_rows import ClaimRow, Problem
from claims.exchange.claim_tables import Group, compare_rows, counted_up, group_purchases, read_headings, read_rows
from claims.lifecycle import Actor, State
from claims.models import Claim, Employer, Learner, Purchase
from claims.rules import engine
from claims.rules.facts import Part
from claims.rules.findings import Assessment, Says
from claims.rules.scheme import Reference
from claims.secrets import Keyring
from claims.services.bulk_matching import (
    Does,
    Matched,
    Purchases,
    Target,
    check_completion,
    is_same,
    learner_changes,
    match_rows,
)
from claims.services.bulk_uploading import allowed_for
from claims.services.drafting import say_closed
from claims.services.sealing import decrypt_number, hash_number
from claims.store.closing import closed_among
from claims.store.facts import Decided, facts_of, year_decided
from claims.store.imagined import AroundNumbers
from claims.store.reference import listed_on
from claims.store.sight import whole_sight
from claims.workbooks.claims_in import FaultyFile, open_claims_file

MOST_PROBLEMS = 5_000
"""More are counted, not kept: nobody reads them."""
STEP = 250
"""Rows between two signs of progress."""


@dataclass(slots=True)
class Planned:
    """A file without problems: its rows, what they meet, and the purchases they become."""

    matched: list[Matched]
    groups: list[tuple[Group, list[Matched], Target]]
    notices: tuple[str, ...] = ()

    @property
    def completions(self) -> list[Matched]:
        return [each for each in self.matched if each.row.part is Part.COMPLETION]


class FaultyClaims(Exception):
    """A file with something to put right; ``about`` is file, columns or rows."""

    def __init__(self, about: str, problems: Sequence[Problem]) -> None:
        super().__init__(about)
        self.about, self.problems = about, list(problems)


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
        raise FaultyClaims("rows", sorted(problems, key=lambda problem: problem.row or 0))
    return Planned(matched, groups, notices)


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


@dataclass(slots=True)
class _Figures:
    claims: int = 0
    pence: int = 0
    ineligible: list[int] = field(default_factory=list)


def describe(
    session: Session,
    keyring: Keyring,
    planned: Planned,
    *,
    by: Actor,
    at: datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> dict[str, Any]:
    """The preview as plain values: purchases, claims with amounts and findings, and what is said of all of them."""
    today = london_date(at)
    reference = listed_on(session, today).reference
    employer = session.get_one(Employer, by.employer_id)
    numbers = {each.row.row: _number_of(keyring, each) for each in planned.matched}
    hashes = {row: hash_number(keyring, number) for row, number in numbers.items()}
    around = AroundNumbers(session, set(hashes.values()))
    rows: list[dict[str, Any]] = []
    groups: list[dict[str, Any]] = []
    for_all: dict[str, str] = {}
    done = 0
    places = [(index, of_group, target) for index, (_, of_group, target) in enumerate(planned.groups)]
    for index, of_group, target in [*places, (None, planned.completions, None)]:
        figures = _Figures()
        purchase = _purchase_of(target, employer) if target else None
        for each in of_group:
            said: list[list[str]] = []
            pence = None
            if each.does is not Does.LEFT:
                claim = _imagine(each, employer, purchase, hashes[each.row.row], reference)
                with whole_sight():
                    facts = facts_of(session, claim, numbers[each.row.row], reference, today, around=around)
                assessment = engine.assess(facts, reference, today)
                pence = assessment.amount.payable_pence
                said = _said(assessment, for_all)
                if any(outcome == Says.FAIL for outcome, _ in said):
                    figures.ineligible.append(each.row.row)
                figures.claims += 1
                figures.pence += pence or 0
            rows.append(_row_shown(each, index, pence, said))
            done += 1
            if done % STEP == 0:
                progress(done)
        if target is not None:
            groups.append(_group_shown(of_group, target, figures, reference))
    left = [each for each in planned.matched if each.does is Does.LEFT and each.row.part is not Part.COMPLETION]
    rows += [_row_shown(each, None, None, []) for each in left]
    return {
        "rows": sorted(rows, key=lambda row: row["row"]),
        "groups": groups,
        "for_all": sorted(set(for_all.values())),
        "notices": list(planned.notices),
        "counted_up": list(counted_up(group for group, _, _ in planned.groups)),
        "people": len({each.row.person for each in planned.matched if each.learner is None}),
    }


def _number_of(keyring: Keyring, each: Matched) -> str:
    if each.row.number:
        return each.row.number
    return decrypt_number(keyring, each.learner.number) if each.learner else ""


def _said(assessment: Assessment, for_all: dict[str, str]) -> list[list[str]]:
    """What speaks against this claim; what is about the employer is said once for all of them."""
    said = []
    for finding in assessment.findings_that(Says.FAIL, Says.CHECK):
        if finding.rule.startswith("employer-") or finding.rule == "fund-open":
            for_all[finding.rule] = finding.message
        else:
            said.append([str(finding.outcome), finding.message])
    return said


def _purchase_of(target: Target, employer: Employer) -> Purchase:
    """The purchase as it would be, in no session."""
    known = target.purchase
    told = {name: getattr(known, name) for name in Purchase.__table__.columns.keys()} if known else {}  # noqa: SIM118
    values = {**told, **target.details}
    values.pop("id", None)
    return Purchase(**values, employer=employer)


def _imagine(
    each: Matched, employer: Employer, purchase: Purchase | None, number_hash: str, reference: Reference
) -> Claim:
    """The claim as it would be, in no session."""
    row, draft = each.row, each.claim
    bought = purchase or (draft.purchase if draft else Purchase(employer=employer))
    entries = reference.courses.get(row.course or "", ())
    return Claim(
        part=row.part or Part.FULL,
        state=State.DRAFT,
        employer_id=employer.id,
        purchase=bought,
        learner=_imagined_learner(each, employer.id, number_hash),
        start_claim=draft.start_claim if draft and row.part is Part.COMPLETION else None,
        course_code=row.course,
        fund=entries[-1].fund if entries else "main",
        started_on=row.started_on or (draft.started_on if draft else None),
        completed_on=row.completed_on or (draft.completed_on if draft else None),
    )


def _imagined_learner(each: Matched, employer_id: int, number_hash: str) -> Learner:
    row, known = each.row, each.learner

    def told(name: str, otherwise: object) -> Any:
        value = getattr(row, name)
        return value if value is not None else (getattr(known, name) if known else otherwise)

    return Learner(
        employer_id=employer_id,
        number_hash=number_hash,
        first_name=told("first_name", ""),
        last_name=told("last_name", ""),
        job_role=told("job_role", ""),
        engagement=told("engagement", "employee"),
        works_in_england=told("works_in_england", True),
        post_requires_registration=told("post_requires_registration", False),
        employed_from=told("employed_from", None),
        left_on=told("left_on", None),
    )


def _row_shown(each: Matched, group: int | None, pence: int | None, said: list[list[str]]) -> dict[str, Any]:
    row, learner = each.row, each.learner
    first = row.first_name or (learner.first_name if learner else "")
    last = row.last_name or (learner.last_name if learner else "")
    return {
        "row": row.row,
        "name": f"{first} {last}".strip(),
        "course": row.course,
        "part": row.part,
        "does": each.does,
        "reference": each.claim.reference if each.claim else None,
        "group": group,
        "pence": pence,
        "said": said,
        "changes": bool(learner and learner_changes(learner, row)),
    }


def _group_shown(
    of_group: Sequence[Matched], target: Target, figures: _Figures, reference: Reference
) -> dict[str, Any]:
    first = of_group[0].row
    entries = reference.courses.get(first.course or "", ())
    return {
        "course": first.course,
        "title": entries[-1].title if entries else first.course,
        "provider": first.provider,
        "invoice": first.invoice_reference,
        "paid_on": first.paid_on.isoformat() if first.paid_on else None,
        "cost_pence": first.cost_pence,
        "started_on": first.started_on.isoformat() if first.started_on else None,
        "claims": figures.claims,
        "pence": figures.pence,
        "ineligible": figures.ineligible,
        "purchase": target.purchase.id if target.purchase else None,
        "changes": bool(target.purchase and target.details),
    }
