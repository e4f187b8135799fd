"""What a checked workbook of claims would come to: purchases, claims, amounts, and what speaks against them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, State
from claims.models import Claim, Employer, Learner, Purchase
from claims.rules import engine
from claims.rules.facts import Part
from claims.rules.findings import Assessment, Says
from claims.rules.scheme import Reference
from claims.secrets import Keyring
from claims.services.bulk_checking import Planned
from claims.services.bulk_matching import (
    Does,
    Matched,
    Target,
    learner_changes,
)
from claims.services.sealing import decrypt_number, hash_number
from claims.store.facts import facts_of
from claims.store.imagined import AroundNumbers
from claims.store.reference import listed_on
from claims.store.sight import whole_sight

STEP = 250
"""Rows between two signs of progress."""


@dataclass(slots=True)
class _Figures:
    amounts: list[int] = field(default_factory=list)
    """Pence, of each claim."""
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
                    pence = None
                figures.amounts.append(pence or 0)
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
        "counted_up": list(planned.counted_up),
        "people": len({each.row.person for each in planned.matched if each.learner is None}),
    }


def _number_of(keyring: Keyring, each: Matched) -> str:
    if each.row.number:
        return each.row.number
    return decrypt_number(keyring, each.learner.number) if each.learner else ""


def _said(assessment: Assessment, for_all: dict[str, str]) -> list[list[str]]:
    """What speaks against this claim; what is about the employer is said once for all of them."""
    said = []
    # A date that is still to come is no fault, and keeps the claim back all the same.
    to_come = [each for each in assessment.findings_that(Says.UNKNOWN) if each.rule == "dates-in-order"]
    for finding in (*assessment.findings_that(Says.FAIL, Says.CHECK), *to_come):
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
    starts = [each.row.started_on for each in of_group if each.row.started_on]
    return {
        "course": first.course,
        "title": entries[-1].title if entries else first.course,
        "level": entries[-1].level if entries else None,
        "provider": first.provider,
        "invoice": first.invoice_reference,
        "paid_on": first.paid_on.isoformat() if first.paid_on else None,
        "cost_pence": first.cost_pence,
        "started_on": min(starts).isoformat() if starts else None,
        "last_started_on": max(starts).isoformat() if starts else None,
        "part": first.part or Part.FULL,
        "claims": len(figures.amounts),
        "pence": sum(figures.amounts),
        "each_pence": figures.amounts[0] if len(set(figures.amounts)) == 1 < len(figures.amounts) else None,
        "ineligible": figures.ineligible,
        "purchase": target.purchase.id if target.purchase else None,
        "changes": bool(target.purchase and target.details),
    }
