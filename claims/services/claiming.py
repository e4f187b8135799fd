"""Assess a claim, say what blocks it, and submit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Act, Actor, NotAllowed, State
from claims.models import BankAccount, Claim, Purchase
from claims.models.employers import MAY_SUBMIT
from claims.readiness import Blocker, Obstacle, Standing, find_blockers
from claims.rules import engine
from claims.rules.facts import ClaimFacts, EmployerFacts, Facts, Part
from claims.rules.findings import Assessment, Finding, Says
from claims.secrets import Keyring
from claims.services.checking import is_payment_rejected
from claims.services.drafting import hold, refuse_stale
from claims.services.moving import AlreadyClaimed, move
from claims.services.once import spend_token
from claims.services.recording import record
from claims.services.sealing import decrypt_number
from claims.services.snapshots import take_snapshot
from claims.store.claims import certificates_of, claims_in, payment_evidence_of
from claims.store.facts import Surroundings, facts_of, training_bought
from claims.store.reference import Listed, as_listed, listed_on


@dataclass(frozen=True, slots=True)
class Submission:
    """What came of submitting."""

    submitted: tuple[Claim, ...]
    held_back: tuple[tuple[Claim, tuple[Blocker, ...]], ...]
    """Claims that were chosen and could not be submitted, with the reasons."""


def listed_for(session: Session, claim: Claim, today: date, *, around: Surroundings | None = None) -> Listed:
    """The course list that the claim is judged by: today's for a draft, else the one it was submitted under."""
    around = around or Surroundings(session)
    if claim.course_list_id is None or claim.state == State.DRAFT:
        return around.ask(listed_on, today)
    return around.ask(as_listed, claim.course_list_id)


def look_up_facts(
    session: Session, keyring: Keyring, claim: Claim, today: date, *, around: Surroundings | None = None
) -> tuple[Facts, Listed]:
    """What is known about the claim, and the course list that it is judged by."""
    around = around or Surroundings(session)
    listed = listed_for(session, claim, today, around=around)
    number = decrypt_number(keyring, claim.learner.number)
    return facts_of(session, claim, number, listed.reference, today, around=around), listed


def assess_claim(
    session: Session, keyring: Keyring, claim: Claim, today: date, *, around: Surroundings | None = None
) -> Assessment:
    """Every finding about the claim, with amount and last day: as of today while the employer can still change it.

    Give the same ``around`` for many claims of one employer, so that what they share is looked up once.
    """
    facts, listed = look_up_facts(session, keyring, claim, today, around=around)
    return engine.assess(facts, listed.reference, today)


def weigh_purchase(session: Session, purchase: Purchase, part: Part, today: date) -> Assessment:
    """What one part would pay for each learner, and until when it could be claimed, before anybody is named."""
    bought = training_bought(purchase)
    if part is Part.FULL:
        bought = replace(bought, completed_on=purchase.planned_end_on)
    facts = Facts(employer=EmployerFacts(committed_pence=0), training=bought, claim=ClaimFacts(part=part))
    return engine.assess(facts, listed_on(session, today).reference, today)


def what_rules_out(session: Session, purchase: Purchase, part: Part, today: date) -> tuple[Finding, ...]:
    """What speaks against every claim of this part, whoever it is for and whenever they complete."""
    facts = Facts(
        employer=EmployerFacts(committed_pence=0), training=training_bought(purchase), claim=ClaimFacts(part=part)
    )
    return engine.assess(facts, listed_on(session, today).reference, today).findings_that(Says.FAIL)


def has_bank_details(session: Session, employer_id: int) -> bool:
    """Whether the employer has given an account, verified or not."""
    account = select(BankAccount.id).where(BankAccount.employer_id == employer_id, BankAccount.replaced_at.is_(None))
    return session.scalars(account).first() is not None


def what_blocks(
    session: Session, claim: Claim, assessment: Assessment, *, around: Surroundings | None = None
) -> tuple[Blocker, ...]:
    """Everything that keeps the claim from being submitted (again), in the order in which to put it right."""
    around = around or Surroundings(session)
    employer = claim.purchase.employer
    standing = Standing(
        part=Part(claim.part),
        registered=employer.registration in MAY_SUBMIT,
        suspended=employer.suspended,
        has_bank_details=around.ask(has_bank_details, claim.employer_id),
        by_plan=bool(claim.purchase.by_plan),
        is_internal_ommt=assessment.course is not None and assessment.course.is_internal_ommt,
        payment_files=len(around.ask(payment_evidence_of, claim.purchase)),
        certificates=len(certificates_of(session, claim)),
        registration=employer.registration,
        payment_rejected=claim.state == State.DRAFT and around.ask(is_payment_rejected, claim.purchase),
    )
    return find_blockers(assessment, standing)


def submit(
    session: Session,
    keyring: Keyring,
    purchase: Purchase,
    chosen: Mapping[int, int],
    *,
    declared: bool,
    token: str,
    leads_to: str,
    by: Actor,
    at: datetime,
) -> Submission:
    """Submit the chosen drafts of a purchase: those that are blocked do not hold back the others.

    ``chosen`` maps each claim's id to the count of changes on the page that showed it. The form's ``token`` makes
    this happen once: raises ``once.AlreadySent`` with where the first led. Raises ``Stale`` when a claim was changed
    since the page was made, and ``NotAllowed`` without a choice or the declaration; then nothing is submitted.
    """
    if not declared:
        raise NotAllowed("Confirm the declaration to submit your claims.")
    spend_token(session, token, leads_to, by, at)
    hold(session, purchase)
    claims = [claim for claim in claims_in(session, purchase) if claim.id in chosen]
    if not claims or len(claims) != len(chosen):
        raise NotAllowed("Choose at least one claim to submit, from those on the page.")
    details = {"claims": [claim.reference for claim in claims]}
    # First of all: whoever writes events waits here, so that two submissions never wait for each other's slots, and
    # a course list is published before or after, not between what is shown and what is submitted.
    record(session, "declare", ("purchase", purchase.id), by, at, employer_id=purchase.employer_id, details=details)
    for claim in claims:
        session.refresh(claim)
        refuse_stale(claim, chosen[claim.id])
    submitted, held_back, around = [], [], Surroundings(session)
    for claim in claims:
        if blockers := send(session, keyring, claim, Act.SUBMIT, by=by, at=at, around=around):
            held_back.append((claim, blockers))
        else:
            submitted.append(claim)
    if submitted and purchase.fixed_at is None:
        purchase.fixed_at = at
        session.flush()
    return Submission(tuple(submitted), tuple(held_back))


def send(
    session: Session,
    keyring: Keyring,
    claim: Claim,
    act: Act,
    *,
    by: Actor,
    at: datetime,
    because: str = "",
    around: Surroundings | None = None,
) -> tuple[Blocker, ...]:
    """Submit or resubmit one claim, keeping it as it is now. Returns what blocks it; then nothing was done."""
    today = london_date(at)
    around = around or Surroundings(session)
    facts, listed = look_up_facts(session, keyring, claim, today, around=around)
    blockers = what_blocks(session, claim, engine.assess(facts, listed.reference, today), around=around)
    if blockers:
        return blockers
    first_on = facts.claim.first_submitted_on or today
    facts = replace(facts, claim=replace(facts.claim, first_submitted_on=first_on, submitted_on=today))
    assessment = engine.assess(facts, listed.reference, today)
    try:
        with session.begin_nested():
            claim.first_submitted_at = claim.first_submitted_at or at
            claim.submitted_at = at
            claim.fund = assessment.fund
            claim.scheme_year = assessment.scheme_year
            claim.last_day_on = assessment.last_day_to_claim
            claim.course_list_id = listed.course_list_id
            claim.rules_version = assessment.rules_version
            claim.as_submitted = take_snapshot(session, claim, facts, assessment)
            move(session, claim, act, by, at, because=because)
    except AlreadyClaimed as clash:
        return (Blocker(Obstacle.DUPLICATE, str(clash), "not-claimed-before"),)
    return ()
