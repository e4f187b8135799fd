"""What must hold of the whole database at any instant, whatever was killed before: nothing half done, nothing twice."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from claims.lifecycle import COMMITTED, LIVE, Act, State
from claims.models import (
    Claim,
    Commitment,
    CompletionCheck,
    Event,
    Message,
    PaymentLine,
    PaymentRun,
    Purchase,
    RunWorkbook,
    SampledApproval,
    Slot,
)
from claims.models.claims import SLOTS
from claims.reminders.kinds import Kind, about_deadline
from claims.rules.facts import Part
from claims.services.queueing import recipients_of
from claims.services.recording import verify

Events = dict[tuple[str, int], list[Event]]
"""In order, by what they are about: its kind and its id."""


def half_done(session: Session, *, refused_before: bool = False) -> list[str]:
    """Every place where two tables tell different stories of the same thing.

    ``refused_before``: somebody declared what then was refused, so that a declaration may stand alone.
    """
    claims = session.scalars(select(Claim).options(joinedload(Claim.learner)).order_by(Claim.id)).all()
    events = _events(session)
    return [
        *_chain(session),
        *(fault for claim in claims for fault in _history(claim, events["claim", claim.id])),
        *([] if refused_before else _declarations(session, claims, events)),
        *_slots(session, claims),
        *_commitments(session, claims),
        *_decisions(session, claims, events),
        *_lines(session, claims),
        *_runs(session, events),
    ]


def doubled(session: Session) -> list[str]:
    """Everything that was done twice. In these runs nobody undoes anything, so each act is done to a claim once."""
    done = Counter(
        (event.about_kind, event.about_id, event.act)
        for event in session.scalars(select(Event).where(or_(Event.to_state.is_not(None), Event.act == "declare")))
    )
    told = Counter(session.execute(select(Message.person_id, Message.kind, Message.subject, Message.text)).all())
    paid = Counter(session.scalars(select(PaymentLine.claim_id)))
    drawn_up = Counter(run.filters["form"] for run in session.scalars(select(PaymentRun)))
    return [
        *(f"{kind} {number}: {act} was done {count} times" for (kind, number, act), count in done.items() if count > 1),
        *(f"{subject!r} was written {count} times" for (_, _, subject, _), count in told.items() if count > 1),
        *(f"claim {number} is in {count} lines" for number, count in paid.items() if count > 1),
        *(f"{count} runs were drawn up from one preview" for count in drawn_up.values() if count > 1),
    ]


def _events(session: Session) -> Events:
    found: Events = defaultdict(list)
    for event in session.scalars(select(Event).order_by(Event.number)):
        found[event.about_kind, event.about_id].append(event)
    return found


def _chain(session: Session) -> Iterator[str]:
    _, faults = verify(session)
    return (f"event {fault.number}: {fault.what}" for fault in faults)


def _history(claim: Claim, events: list[Event]) -> Iterator[str]:
    state = None
    for event in events:
        if event.to_state is None:
            continue
        if event.from_state != state:
            yield f"{claim.reference}: {event.act} from {event.from_state}, but it was {state}"
        state = event.to_state
    if claim.state != state:
        yield f"{claim.reference}: is {claim.state}, but its events end in {state}"


def _declarations(session: Session, claims: Sequence[Claim], events: Events) -> Iterator[str]:
    submitted = {claim.purchase_id for claim in claims if claim.submitted_at is not None}
    declared = {number for (_, number), acts in events.items() if any(event.act == "declare" for event in acts)}
    fixed = set(session.scalars(select(Purchase.id).where(Purchase.fixed_at.is_not(None))))
    for number in (submitted | declared | fixed) - (submitted & declared & fixed):
        yield f"purchase {number}: {number in submitted=}, {number in declared=}, {number in fixed=}"


def _slots(session: Session, claims: Sequence[Claim]) -> Iterator[str]:
    held: dict[int, set[tuple[str, str, str]]] = defaultdict(set)
    for slot in session.scalars(select(Slot)):
        held[slot.claim_id].add((slot.number_hash, slot.course_code, slot.slot))
    for claim in claims:
        live = claim.state in LIVE
        owed = {(claim.learner.number_hash, claim.course_code, slot) for slot in SLOTS[Part(claim.part)] if live}
        if held[claim.id] != owed:
            yield f"{claim.reference}: is {claim.state} and holds {len(held[claim.id])} slots, not {len(owed)}"


def _commitments(session: Session, claims: Sequence[Claim]) -> Iterator[str]:
    promised: Counter[tuple[int, str, str | None]] = Counter()
    for claim in claims:
        if claim.state in COMMITTED:
            promised[claim.employer_id, claim.fund, claim.scheme_year] += claim.payable_pence or 0
    committed = Counter(
        {
            (row.employer_id, row.fund, row.scheme_year): row.committed_pence
            for row in session.scalars(select(Commitment))
        }
    )
    if promised != committed:
        yield f"committed {dict(committed)}, but the claims come to {dict(promised)}"


def _decisions(session: Session, claims: Sequence[Claim], events: Events) -> Iterator[str]:
    approvals = {
        claim.id: [event for event in events["claim", claim.id] if event.act == Act.APPROVE] for claim in claims
    }
    checked = set(session.scalars(select(CompletionCheck.claim_id).where(CompletionCheck.confirmed_at.is_not(None))))
    followed = {claim.start_claim_id for claim in claims}
    in_sample = set(session.scalars(select(SampledApproval.claim_id).where(SampledApproval.answer.is_(None))))
    for claim in claims:
        approved = bool(approvals[claim.id])
        if {approved} != {claim.decided_at is not None, claim.id in checked}:
            yield f"{claim.reference}: {approved=}, {claim.decided_at=}, {claim.id in checked=}"
        announced = approved and claim.id not in in_sample
        if claim.id in in_sample and claim.state != State.APPROVED:
            yield f"{claim.reference}: is {claim.state}, but waits in the quality sample"
        if claim.part == Part.START and announced != (claim.id in followed):
            yield f"{claim.reference}: {approved=}, but its completion claim is there: {claim.id in followed}"
    told = select(Message.about, Message.person_id).where(Message.kind == Kind.DECISION)
    # Everybody in these runs claims for one employer.
    people = {by: recipients_of(session, claim) for by, claim in {each.entered_by_id: each for each in claims}.items()}
    owed = {
        (f"{about_deadline(claim.id)}:event:{event.number}", person)
        for claim in claims
        for event in _announcing(approvals[claim.id], agreed=events["claim", claim.id], waits=claim.id in in_sample)
        for person in people[claim.entered_by_id]
    }
    for about, person in owed ^ {(about, person) for about, person in session.execute(told)}:
        yield f"person {person} and the decision {about}: told when they should not be, or not told"


def _announcing(approvals: list[Event], *, agreed: list[Event], waits: bool) -> list[Event]:
    """The events whose decisions people are told: an approval's own, or the agreement's to one in the sample."""
    return [] if waits else [event for event in agreed if event.act == "agree"] or approvals


def _lines(session: Session, claims: Sequence[Claim]) -> Iterator[str]:
    lines = {line.claim_id: line for line in session.scalars(select(PaymentLine).where(PaymentLine.state == "live"))}
    for claim in claims:
        line = lines.get(claim.id)
        if (claim.state == State.IN_PAYMENT) != (line is not None):
            yield f"{claim.reference}: is {claim.state}, but its payment line is {line and line.state}"
        if line is not None and line.amount_pence != claim.payable_pence:
            yield f"{claim.reference}: {line.amount_pence} in its line, {claim.payable_pence} approved"


def _runs(session: Session, events: Events) -> Iterator[str]:
    for run in session.scalars(select(PaymentRun)):
        acts = [event.act for event in events["payment-run", run.id]]
        if acts != ["draw-up"]:
            yield f"{run.reference}: its events are {acts}"
        books = session.scalars(select(RunWorkbook).where(RunWorkbook.run_id == run.id)).all()
        if [book.version for book in books] != [1]:
            yield f"{run.reference}: {len(books)} workbooks"
        if any(hashlib.sha256(book.content).hexdigest() != book.sha256 for book in books):
            yield f"{run.reference}: its workbook is not the one that was stored"
        lines, pence = session.execute(
            select(func.count(), func.sum(PaymentLine.amount_pence)).where(PaymentLine.run_id == run.id)
        ).one()
        said = events["payment-run", run.id][0].details if acts else {}
        if (said.get("claims"), said.get("pence")) != (lines, pence):
            yield f"{run.reference}: {lines} lines of {pence} pence, but its event says {said}"
