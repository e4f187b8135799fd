"""Rows of a bulk workbook against what is there: which learner, which draft, which purchase, and what is in the way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy.orm import Session

from claims.exchange.claim_rows import LEARNER_FIELDS, ClaimRow
from claims.exchange.claim_tables import Group, purchase_key
from claims.exchange.learner_words import as_compared
from claims.exchange.parsing import are_spelt_alike
from claims.lifecycle import State
from claims.models import Claim, Learner, Purchase
from claims.rules.facts import Part
from claims.rules.scheme import CourseEntry, FundingModel
from claims.rules.wording import in_pounds, in_words
from claims.secrets import Keyring
from claims.services.purchasing import Details, may_change
from claims.services.sealing import hash_number
from claims.store.bulk import learners_numbered, learners_with, purchases_of_courses, standing_claims
from claims.store.claims import claims_in
from claims.store.facts import cost_shared


class Does(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    UPDATE = "update"
    SAME = "same"
    """The draft says all of it already."""
    COMPLETE = "complete"
    """Fills an open completion draft."""
    LEFT = "left"
    """Claimed already: left as it is."""


@dataclass(slots=True)
class Matched:
    """One row and what it meets."""

    row: ClaimRow
    learner: Learner | None
    does: Does
    claim: Claim | None = None
    """The draft that it fills, or the claim that it leaves alone."""


@dataclass(slots=True)
class Target:
    """The purchase that a group of rows becomes."""

    purchase: Purchase | None
    """``None`` for a new one."""
    details: Details
    """What is told about it, or told anew."""


def match_rows(session: Session, keyring: Keyring, employer_id: int, rows: Sequence[ClaimRow]) -> list[Matched]:
    """Find each row's learner and claim among the employer's own; what cannot be is said at the row."""
    hashes = {row.number: hash_number(keyring, row.number) for row in rows if row.number}
    numbered = learners_numbered(session, employer_id, hashes.values())
    chosen = learners_with(session, employer_id, {row.learner_id for row in rows if row.learner_id})
    ids = {learner.id for learner in (*numbered.values(), *chosen.values())}
    standing = standing_claims(session, employer_id, ids)
    matched = []
    for row in rows:
        learner = numbered.get(hashes[row.number]) if row.number else chosen.get(row.learner_id or 0)
        claims = standing.get((learner.id, row.course or ""), []) if learner else []
        matched.append(_match(row, learner, claims))
    return matched


def _match(row: ClaimRow, learner: Learner | None, claims: Sequence[Claim]) -> Matched:
    completing = row.part is Part.COMPLETION
    of_kind = [claim for claim in claims if (claim.part == Part.COMPLETION) == completing]
    sent = [claim for claim in of_kind if claim.part == row.part and claim.state != State.DRAFT]
    if sent:
        return Matched(row, learner, Does.LEFT, sent[-1])
    drafts = [claim for claim in of_kind if claim.state == State.DRAFT]
    if completing:
        if drafts:
            return Matched(row, learner, Does.COMPLETE, drafts[0])
        if "part" not in row.faulty:
            row.refuse(
                "part",
                "No completion claim is open for this person and course: it opens when the start part is approved",
            )
        return Matched(row, learner, Does.COMPLETE)
    if len(drafts) > 1:
        row.refuse(None, "There are several drafts for this person and course: take all but one of them off first")
    return Matched(row, learner, Does.UPDATE if drafts else Does.NEW, drafts[0] if drafts else None)


class Purchases:
    """The employer's purchases of some courses, found by what makes rows one purchase."""

    def __init__(self, session: Session, employer_id: int, codes: Iterable[str]) -> None:
        self._session = session
        self._by_key: dict[tuple[object, ...], list[Purchase]] = {}
        for purchase in purchases_of_courses(session, employer_id, codes):
            self._by_key.setdefault(_key_of(purchase), []).append(purchase)

    def target(self, group: Group, matched: Sequence[Matched], entry: CourseEntry) -> Target:
        """Where the group's claims belong; what cannot be is said at the rows."""
        told = _details(group, entry)
        drafts = [each for each in matched if each.does is Does.UPDATE and each.claim is not None]
        places = {each.claim.purchase_id: each.claim.purchase for each in drafts if each.claim}
        alike = self._by_key.get(purchase_key(group.first), [])
        there = sorted(alike, key=lambda purchase: (purchase.id not in places, purchase.fixed_at is not None))
        if there:
            purchase: Purchase | None = there[0]
        elif len(places) == 1 and self._is_all_of(purchase := next(iter(places.values())), drafts):
            pass
        else:
            purchase = None
        for each in drafts:
            if each.claim and (purchase is None or each.claim.purchase_id != purchase.id):
                _say_elsewhere(each)
        if purchase is None:
            return Target(None, told)
        return Target(purchase, self._changes(group, purchase, told, drafts))

    def _is_all_of(self, purchase: Purchase, drafts: Sequence[Matched]) -> bool:
        """Whether a purchase can be put right by the file: nothing of it was sent, and all of it is in the file."""
        in_file = {each.claim.id for each in drafts if each.claim}
        return purchase.fixed_at is None and {claim.id for claim in claims_in(self._session, purchase)} <= in_file

    def _changes(self, group: Group, purchase: Purchase, told: Details, drafts: Sequence[Matched]) -> Details:
        changes: dict[str, Any] = {}
        for name, value in told.items():
            now = getattr(purchase, name)
            if name in ("started_on", "course_code") or value is None:
                continue
            if name in ("provider", "invoice_reference") and as_compared(now or "") == as_compared(str(value)):
                continue
            if name in ("cost_pence", "people_covered", "other_funding_pence") and (purchase.people_covered or 1) > 1:
                continue
            if name == "by_plan" and now is not None and not value:
                continue
            if now != value:
                changes[name] = value
        refused = set(changes) - may_change(self._session, purchase)
        for name in refused:
            field = {"claimed_as": "part", "by_plan": "second_payment_on"}.get(name, name)
            _say_fixed(group.first, field, getattr(purchase, name))
        if "claimed_as" in changes and not refused and not self._is_all_of(purchase, drafts):
            group.first.refuse(
                "part",
                "Other people on this purchase have drafts that are claimed another way: change the way of claiming on "
                "the purchase’s page, or give another invoice reference",
            )
        return cast("Details", {name: value for name, value in changes.items() if name not in refused})


def _say_elsewhere(each: Matched) -> None:
    purchase = each.claim.purchase if each.claim else None
    if purchase is None:
        return
    paid = f" paid on {in_words(purchase.paid_on)}" if purchase.paid_on else ""
    named = f" of invoice {purchase.invoice_reference}" if purchase.invoice_reference else ""
    each.row.refuse(
        None,
        f"There is a draft for this person and course on another purchase{named}{paid}, with other people on it or "
        "with other figures. Change that purchase on its page, or take this person off it first",
    )


def _say_fixed(row: ClaimRow, name: str, value: object) -> None:
    said = in_pounds(value) if name.endswith("_pence") and isinstance(value, int) else value
    row.refuse(
        name if name in ClaimRow.__dataclass_fields__ else None,
        f"Claims of this purchase were submitted, so this is fixed (as {said if said is not None else 'not given'})",
    )


def _key_of(purchase: Purchase) -> tuple[object, ...]:
    shared = cost_shared(purchase)
    return (
        as_compared(purchase.invoice_reference or ""),
        purchase.course_code,
        as_compared(purchase.provider or ""),
        purchase.paid_on,
        shared.cost_pence if shared else None,
    )


def _details(group: Group, entry: CourseEntry) -> Details:
    first = group.first
    details: Details = {
        "course_code": entry.code,
        "started_on": group.started_on,
        "planned_end_on": first.planned_end_on,
        "apprenticeship": bool(first.apprenticeship),
        "claimed_as": "split" if first.part is Part.START else "full",
    }
    if entry.funding_model is not FundingModel.SPLIT:
        details["claimed_as"] = "full"
    if not entry.is_internal_ommt:
        details |= {
            "provider": first.provider,
            "invoice_reference": first.invoice_reference,
            "by_plan": first.second_payment_on is not None,
            "paid_on": first.paid_on,
            "second_payment_on": first.second_payment_on,
            "cost_pence": first.cost_pence,
            "people_covered": 1,
            "other_funding_pence": first.other_funding_pence or 0,
        }
    return details


def check_completion(each: Matched) -> None:
    """Say where a completion row contradicts what was fixed with its start part."""
    claim, row = each.claim, each.row
    if each.does is not Does.COMPLETE or claim is None:
        return
    shared = cost_shared(claim.purchase)
    fixed = {
        "started_on": claim.started_on,
        "paid_on": claim.purchase.paid_on,
        "cost_pence": shared.cost_pence if shared else None,
    }
    for name, value in fixed.items():
        told = getattr(row, name)
        if told is not None and told != value and name not in row.faulty:
            said = in_pounds(value) if isinstance(value, int) else in_words(value) if value else "not known"
            row.refuse(name, f"This was fixed with the start part: {said}. Leave it empty, or enter the same")
    if claim.started_on and row.completed_on and row.completed_on < claim.started_on:
        row.refuse(
            "completed_on", f"The completion date must be on or after the start date, {in_words(claim.started_on)}"
        )


def learner_changes(learner: Learner, row: ClaimRow) -> Mapping[str, Any]:
    """What the row says of a known learner that is not so yet; empty cells say nothing.

    A name with another kind of apostrophe is the same name.
    """
    told = {name: getattr(row, name) for name in LEARNER_FIELDS}
    return {
        name: value
        for name, value in told.items()
        if value is not None and not are_spelt_alike(getattr(learner, name), value)
    }


def is_same(each: Matched, changes: Mapping[str, Any]) -> bool:
    """Whether row and draft say the same, when ``changes`` are those of the purchase."""
    row, claim = each.row, each.claim
    if claim is None or changes or (each.learner and learner_changes(each.learner, row)):
        return False
    started = row.started_on in (None, claim.started_on)
    return started and row.completed_on in (None, claim.completed_on)
