"""Decide the claims of a purchase: work out the outcome from the checks, show it, and confirm what was shown."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.decisions import Answer, Verdict, derivation_of, verdict_of, words_of
from claims.lifecycle import PAST, Act, Actor, NotAllowed, State
from claims.models import ActionRequest, Claim, Event, Evidence, PaymentCheck, Purchase
from claims.reminders.kinds import Kind, about_deadline, about_request
from claims.reminders.wording import word_decision, word_request
from claims.rules.facts import Part
from claims.rules.findings import Says
from claims.rules.scheme import Fund
from claims.secrets import Keyring
from claims.services.checking import (
    missing_from_completion,
    missing_from_payment,
    needs_payment_check,
    said,
    standing_completion_check,
    standing_payment_check,
)
from claims.services.claiming import listed_for
from claims.services.committing import commit_pence, lock_commitment
from claims.services.drafting import hold
from claims.services.heeding import heed_rejected_payment
from claims.services.holding import let_go, require_holder
from claims.services.moving import move
from claims.services.recording import take_turn
from claims.services.sampling import finish_approval
from claims.services.seeding import SYSTEM
from claims.services.telling import named, tell
from claims.services.valuing import Valued, is_internal_ommt, value_claim
from claims.store.claims import claims_in, completion_of
from claims.store.facts import committed_besides


class Changed(NotAllowed):
    """What would be confirmed is not what was shown."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What confirming would do to one claim."""

    claim: Claim
    verdict: Verdict | None
    """``None`` while a check is missing: the claim stays in the queue."""
    valued: Valued | None
    """For approvals."""
    words: str
    """Exactly what the employer will read."""
    derivation: str
    """For approvals: the amount in one line."""
    problems: tuple[str, ...]
    """Why it cannot be confirmed like this; none when it can, or when nothing is decided."""

    @property
    def is_ready(self) -> bool:
        return self.verdict is not None and not self.problems


def work_out(session: Session, keyring: Keyring, purchase: Purchase, at: datetime) -> list[Proposed]:
    """What the checks in hand come to for every submitted claim of ``purchase``. Writes nothing.

    Approvals are counted against the cap one after the other, in the order shown.
    """
    check = standing_payment_check(session, purchase)
    promised: dict[tuple[str, str], int] = {}
    return [
        _propose(session, keyring, claim, check=check, at=at, promised=promised)
        for claim in claims_in(session, purchase)
        if claim.state == State.SUBMITTED
    ]


def seen_hash(proposed: Iterable[Proposed]) -> str:
    """SHA-256 of what an assessor is shown, sent back with the confirmation so that nothing else is confirmed."""
    shown = [
        (each.claim.id, each.claim.changes, each.verdict and each.verdict.act, each.words, each.problems)
        for each in proposed
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def confirm(
    session: Session, keyring: Keyring, purchase: Purchase, by: Actor, at: datetime, *, seen: str
) -> list[Proposed]:
    """Decide every claim that is ready, as it was shown; returns what was decided. Claims without a check stay.

    States, amounts, commitment, requests, events, messages and opened completion drafts change as one; an approval in
    the quality sample is neither told nor followed by its completion until a lead agrees.
    Raises ``NotAllowed`` when ``by`` does not hold the purchase or nothing is ready, ``Changed`` when ``seen`` is not
    the ``seen_hash`` of what would be done.
    """
    hold(session, purchase)
    take_turn(session)
    require_holder(session, purchase, by, at)
    proposed = work_out(session, keyring, purchase, at)
    if seen_hash(proposed) != seen:
        raise Changed("Something changed after this page was shown. Check the outcome again.")
    if stuck := [problem for each in proposed for problem in each.problems]:
        raise NotAllowed(stuck[0])
    ready = [each for each in proposed if each.is_ready]
    if not ready:
        raise NotAllowed("Nothing is decided yet: answer the checks first.")
    payment_check = standing_payment_check(session, purchase)
    for each in ready:
        _decide(session, keyring, each, by, at, payment_check=payment_check)
    if payment_check is not None and payment_check.answer == Answer.REJECT and payment_check.confirmed_at == at:
        heed_rejected_payment(session, purchase, by, at)
    if len(ready) == len(proposed):
        let_go(purchase)
    session.flush()
    return ready


def close_waiting_completion(session: Session, start: Claim, at: datetime) -> None:
    """Discard the draft of the completion claim that follows ``start``, if there is one: ``start`` was rejected."""
    draft = completion_of(session, start)
    if draft is not None and draft.state == State.DRAFT:
        session.execute(delete(Evidence).where(Evidence.claim_id == draft.id))
        move(session, draft, Act.DISCARD, SYSTEM, at)


def _propose(
    session: Session,
    keyring: Keyring,
    claim: Claim,
    *,
    check: PaymentCheck | None,
    at: datetime,
    promised: dict[tuple[str, str], int],
) -> Proposed:
    today = london_date(at)
    reference = listed_for(session, claim, today).reference
    needs_payment = needs_payment_check(claim, internal_ommt=is_internal_ommt(claim, reference))
    completion = standing_completion_check(session, claim)
    verdict = verdict_of(said(check), said(completion), needs_payment_check=needs_payment)
    if verdict is None:
        return Proposed(claim, None, None, "", "", ())
    decides = check is not None and (needs_payment or check.answer != Answer.YES)
    problems = missing_from_payment(check, claim) if check is not None and decides else []
    if completion is not None:
        problems += missing_from_completion(completion)
    if verdict.act is not Act.APPROVE:
        return Proposed(claim, verdict, None, words_of(claim.reference, verdict, None), "", tuple(problems))
    cost = check.cost_pence if needs_payment and check is not None else None
    valued = value_claim(session, keyring, claim, today, cost_pence=cost)
    key = (claim.fund, valued.year.name)
    committed = committed_besides(session, claim, valued.year.name) + promised.get(key, 0)
    if promised.get(key):
        valued = value_claim(session, keyring, claim, today, cost_pence=cost, committed_pence=committed)
    payable = valued.assessment.amount.payable_pence
    promised[key] = promised.get(key, 0) + (payable or 0)
    if not problems:
        problems = [finding.message for finding in valued.assessment.findings_that(Says.FAIL, Says.UNKNOWN)]
        if not problems and not payable:
            problems = ["There is nothing to pay on this claim, so it cannot be approved."]
    words = words_of(claim.reference, verdict, valued.worth) if payable is not None else ""
    return Proposed(claim, verdict, valued, words, derivation_of(valued.worth), tuple(problems))


def _decide(
    session: Session,
    keyring: Keyring,
    proposed: Proposed,
    by: Actor,
    at: datetime,
    *,
    payment_check: PaymentCheck | None,
) -> None:
    claim = proposed.claim
    for check in (payment_check, standing_completion_check(session, claim)):
        if check is not None and check.confirmed_at is None:
            check.confirmed_at = at
    match proposed:
        case Proposed(verdict=Verdict(act=Act.REQUEST_ACTION) as verdict):
            _request_action(session, claim, verdict, by, at)
            return
        case Proposed(verdict=Verdict(act=Act.APPROVE), valued=Valued() as valued):
            event = _approve(session, claim, valued, by, at)
            claim.decided_at, claim.decided_by_id = at, by.person_id
            finish_approval(session, keyring, claim, by, at, event=event, words=proposed.words)
            return
        case Proposed(verdict=Verdict(act=Act.REJECT) as verdict):
            event = move(session, claim, Act.REJECT, by, at, because=verdict.reason)
            if claim.part == Part.START:
                close_waiting_completion(session, claim, at)
        case _:
            raise NotAllowed(f"Claim {claim.reference} is not decided yet.")
    claim.decided_at, claim.decided_by_id = at, by.person_id
    worded = word_decision(named(session, claim, at), PAST[verdict.act], proposed.words, london_date(at))
    about = f"{about_deadline(claim.id)}:event:{event.number}"
    tell(session, claim, Kind.DECISION, about=about, worded=worded, at=at)


def _approve(session: Session, claim: Claim, valued: Valued, by: Actor, at: datetime) -> Event:
    row = lock_commitment(session, claim.employer_id, Fund(claim.fund), valued.year)
    commit_pence(session, row, valued.payable_pence)
    amount = valued.assessment.amount
    claim.cost_pence = valued.worth.cost_pence
    claim.reimbursable_pence = amount.reimbursable_pence
    claim.entitlement_pence = amount.entitlement_pence
    claim.payable_pence = valued.payable_pence
    claim.scheme_year = valued.year.name
    claim.rules_version = valued.assessment.rules_version
    return move(
        session,
        claim,
        Act.APPROVE,
        by,
        at,
        details={
            "cost_pence": claim.cost_pence,
            "reimbursable_pence": claim.reimbursable_pence,
            "entitlement_pence": claim.entitlement_pence,
            "payable_pence": claim.payable_pence,
            "derivation": derivation_of(valued.worth),
            "rules_version": claim.rules_version,
            "course_list": claim.course_list_id,
        },
    )


def _request_action(session: Session, claim: Claim, verdict: Verdict, by: Actor, at: datetime) -> None:
    asked = [
        ActionRequest(
            claim_id=claim.id, about=request.about, note=request.note, asked_at=at, asked_by_id=by.person_id, reply=""
        )
        for request in verdict.requests
    ]
    session.add_all(asked)
    move(session, claim, Act.REQUEST_ACTION, by, at, because="\n\n".join(request.note for request in verdict.requests))
    worded = word_request(named(session, claim, at), words_of(claim.reference, verdict, None), london_date(at))
    tell(session, claim, Kind.NEEDS_ACTION, about=about_request(claim.id, asked[0].id), worded=worded, at=at)
