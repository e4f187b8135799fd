"""What an employer was paid, per payment run and fund: what it was for, and what the bank did not pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from claims import references
from claims.lifecycle import Act, State
from claims.models import Claim, Event, EventNote, Learner, PaymentLine, PaymentRun, Recovery, SetOff
from claims.rules.facts import Part
from claims.store.claims import NotFound
from claims.store.recoveries import IN_FORCE
from claims.store.sight import is_limited

PAGE_SIZE = 20
TOLD_IN = ("released", "settled")
"""Runs that employers hear of; one that is only drawn up may still change."""


@dataclass(frozen=True, slots=True)
class Received:
    """One employer's payment from one fund in one run, or what failed of it."""

    run_id: int
    run: str
    """The run's reference."""
    scheme_year: str
    fund: str
    state: str
    """``live``: on its way; ``paid``; ``failed``."""
    claims: int
    pence: int
    """Gross: what its claims come to."""
    set_off_pence: int | None
    """What was kept back of it; ``None`` for whoever sees only a part of the employer's learners."""
    released_at: datetime | None
    paid_on: date | None
    """``None`` until the bank paid."""
    because: str
    """Why the bank did not pay; blank for what did not fail."""
    unpaid_claims: int
    """Of what failed, how many are still to be paid and did not fail again later; none of what did not fail."""

    @property
    def net_pence(self) -> int | None:
        """What the bank was asked to pay; ``None`` where the set-off is not shown."""
        return None if self.set_off_pence is None else self.pence - self.set_off_pence


def received_by(session: Session, employer_id: int, before: int | None = None) -> tuple[list[Received], int | None]:
    """An employer's payments, the latest run first: of twenty runs with an id below ``before``, four queries.

    Also the run before which the next page is; ``None`` on the last page.
    """
    mine = (PaymentLine.employer_id == employer_id, PaymentLine.state != "removed", PaymentRun.state.in_(TOLD_IN))
    runs = (
        select(PaymentLine.run_id)
        .join(PaymentRun, PaymentRun.id == PaymentLine.run_id)
        .where(*mine)
        .distinct()
        .order_by(PaymentLine.run_id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if before is not None:
        runs = runs.where(PaymentLine.run_id < before)
    ids = session.scalars(runs).all()
    shown = ids[:PAGE_SIZE]
    later = aliased(PaymentLine)
    failed_again = exists().where(
        later.claim_id == PaymentLine.claim_id, later.run_id > PaymentLine.run_id, later.state == "failed"
    )
    unpaid = and_(PaymentLine.state == "failed", Claim.state == State.APPROVED, ~failed_again)
    rows = session.execute(
        select(
            PaymentRun.id,
            PaymentRun.reference,
            PaymentRun.scheme_year,
            PaymentRun.released_at,
            PaymentLine.fund,
            PaymentLine.state,
            func.count(PaymentLine.id).label("claims"),
            func.sum(PaymentLine.amount_pence).label("pence"),
            func.max(Claim.paid_on).label("paid_on"),
            func.min(Claim.id).label("one_claim"),
            func.count(PaymentLine.id).filter(unpaid).label("unpaid_claims"),
        )
        .join(PaymentRun, PaymentRun.id == PaymentLine.run_id)
        .join(Claim, Claim.id == PaymentLine.claim_id)
        .where(*mine, PaymentLine.run_id.in_(shown))
        .group_by(
            PaymentRun.id,
            PaymentRun.reference,
            PaymentRun.scheme_year,
            PaymentRun.released_at,
            PaymentLine.fund,
            PaymentLine.state,
        )
        .order_by(PaymentRun.id.desc(), PaymentLine.fund, PaymentLine.state)
    ).all()
    failed = {(row.reference, row.one_claim) for row in rows if row.state == "failed"}
    reasons = _reasons(session, failed)
    kept_back = _kept_back(session, employer_id, shown)
    received = [
        Received(
            row.id,
            row.reference,
            row.scheme_year,
            row.fund,
            row.state,
            row.claims,
            int(row.pence),
            None if is_limited() else kept_back.get((row.id, row.fund, row.state == "failed"), 0),
            row.released_at,
            row.paid_on if row.state == "paid" else None,
            reasons.get((row.reference, row.one_claim), "") if row.state == "failed" else "",
            row.unpaid_claims,
        )
        for row in rows
    ]
    return received, shown[-1] if len(ids) > PAGE_SIZE else None


def _kept_back(session: Session, employer_id: int, runs: Sequence[int]) -> dict[tuple[int, str, bool], int]:
    """What runs set off, in pence, by run, fund and whether it was given back because the payment was not made.

    A payment is made or not made as a whole, so what was given back belongs to what failed.
    """
    given_back = SetOff.state == "given-back"
    rows = session.execute(
        select(SetOff.run_id, SetOff.fund, given_back, func.sum(SetOff.amount_pence))
        .where(SetOff.employer_id == employer_id, SetOff.run_id.in_(runs))
        .group_by(SetOff.run_id, SetOff.fund, given_back)
    )
    return {(run_id, fund, bool(back)): int(pence) for run_id, fund, back, pence in rows}


@dataclass(frozen=True, slots=True)
class NotPaid:
    """One employer's payment from one fund that the bank did not make, or sent back."""

    employer_id: int
    fund: str
    claims: int
    pence: int
    """Gross."""
    because: str


def not_paid_in(session: Session, run: PaymentRun) -> list[NotPaid]:
    """What failed of a run, in the order of its lines."""
    groups: dict[tuple[int, str], list[PaymentLine]] = {}
    for line in run.lines:
        if line.state == "failed":
            groups.setdefault((line.employer_id, line.fund), []).append(line)
    one_claim = {key: (run.reference, lines[0].claim_id) for key, lines in groups.items()}
    reasons = _reasons(session, set(one_claim.values()))
    return [
        NotPaid(
            employer_id,
            fund,
            claims=len(lines),
            pence=sum(line.amount_pence for line in lines),
            because=reasons.get(one_claim[employer_id, fund], ""),
        )
        for (employer_id, fund), lines in groups.items()
    ]


def _reasons(session: Session, failed: set[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What the bank said, by run and by one claim of the payment that failed."""
    told = session.execute(
        select(Event.about_id, Event.details, EventNote.note)
        .join(EventNote, EventNote.event_number == Event.number)
        .where(
            Event.about_kind == "claim",
            Event.about_id.in_([claim_id for _, claim_id in failed]),
            Event.act.in_((Act.PAYMENT_FAILED, Act.PAYMENT_RETURNED)),
        )
    )
    return {(str(row.details.get("run", "")), row.about_id): row.note for row in told}


@dataclass(frozen=True, slots=True)
class PaidClaim:
    """One claim of a payment."""

    claim_id: int
    reference: str
    learner: str
    course_code: str
    part: str
    amount_pence: int


@dataclass(frozen=True, slots=True)
class KeptBack:
    """What was set off for one recovery."""

    reference: str
    """The claim that was recovered."""
    pence: int


@dataclass(frozen=True, slots=True)
class Remittance:
    """What one payment to an employer is made up of."""

    run_id: int
    run: str
    scheme_year: str
    fund: str
    paid_on: date
    claims: Sequence[PaidClaim]
    """By learner's name."""
    set_offs: Sequence[KeptBack] = ()
    """What was kept back of it for what the employer was to pay back, in the order of the recoveries."""
    is_partial: bool = False
    """Seen by somebody who is limited to some learners: other claims, and what was set off, are left out."""

    @property
    def pence(self) -> int:
        """Gross."""
        return sum(claim.amount_pence for claim in self.claims)

    @property
    def set_off_pence(self) -> int:
        return sum(each.pence for each in self.set_offs)

    @property
    def net_pence(self) -> int:
        """What reached the account, unless this is a part."""
        return self.pence - self.set_off_pence


def remittance_of(session: Session, employer_id: int, run: str, fund: str) -> Remittance:
    """The claims that ``run`` paid to an employer from ``fund``. Raises ``NotFound``, also before the bank paid."""
    rows = session.execute(
        select(PaymentLine.run_id, PaymentRun.scheme_year, PaymentLine.amount_pence, Claim, Learner)
        .join(PaymentRun, and_(PaymentRun.id == PaymentLine.run_id, PaymentRun.reference == run))
        .join(Claim, Claim.id == PaymentLine.claim_id)
        .join(Learner, Learner.id == Claim.learner_id)
        .where(PaymentLine.employer_id == employer_id, PaymentLine.fund == fund, PaymentLine.state == "paid")
        .order_by(Learner.last_name, Learner.first_name, Claim.id)
    ).all()
    paid_on = max((row.Claim.paid_on for row in rows if row.Claim.paid_on), default=None)
    if paid_on is None:
        raise NotFound("no such payment to this employer")
    return Remittance(
        rows[0].run_id,
        run,
        rows[0].scheme_year,
        fund,
        paid_on,
        [
            PaidClaim(
                row.Claim.id,
                references.written(row.Claim.base, Part(row.Claim.part)),
                row.Learner.name,
                row.Claim.course_code,
                row.Claim.part,
                row.amount_pence,
            )
            for row in rows
        ],
        () if is_limited() else _set_offs(session, rows[0].run_id, employer_id, fund),
        is_limited(),
    )


def _set_offs(session: Session, run_id: int, employer_id: int, fund: str) -> list[KeptBack]:
    rows = session.execute(
        select(Claim.base, Claim.part, SetOff.amount_pence)
        .join(Recovery, Recovery.id == SetOff.recovery_id)
        .join(Claim, Claim.id == Recovery.claim_id)
        .where(
            SetOff.run_id == run_id,
            SetOff.employer_id == employer_id,
            SetOff.fund == fund,
            SetOff.state.in_(IN_FORCE),
        )
        .order_by(SetOff.recovery_id)
    )
    return [KeptBack(references.written(base, Part(part)), pence) for base, part, pence in rows]
