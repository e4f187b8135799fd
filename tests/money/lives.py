"""Acts drawn at random, done with the real services: what the books allow must be done, all else refused."""

import csv
import io
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.decisions import Answer
from claims.lifecycle import Actor, NotAllowed
from claims.models import ActionRequest, BankAccount, PaymentReturn, PaymentRun, Purchase, Recovery, SampledApproval
from claims.models import Claim as StoredClaim
from claims.models import Learner as StoredLearner
from claims.services.answering import Answered, answer, resubmit, tell_dates, withdraw
from claims.services.assessing import confirm, seen_hash, work_out
from claims.services.banking import give_account, refuse_account, verify_account
from claims.services.checking import save_completion_check, save_payment_check
from claims.services.claiming import submit
from claims.services.drawing_up import draw_up
from claims.services.drawing_up import seen_hash as seen_in_preview
from claims.services.enrolling import enrol
from claims.services.evidencing import add_certificate, add_payment_evidence
from claims.services.holding import take
from claims.services.instructing import payment_file
from claims.services.paying import PaymentKey, cancel, record_result, release
from claims.services.purchasing import change_purchase, start_purchase
from claims.services.recovering import approve_recovery, propose_recovery, record_repayment, refuse_recovery
from claims.services.reopening import lapse, recall, undo
from claims.services.returning import confirm_return, propose_return, refuse_return
from claims.services.sampling import agree
from claims.services.setting_off import plan_set_offs
from claims.services.supervising import lift_suspension, suspend
from claims.store.claims import completion_of
from claims.store.ready import RunFilter, ready_claims
from tests.keys import KEYRING
from tests.money import books as kept
from tests.money.world import BEGINS, House, World
from tests.stage import a_file

YEAR = "2025-26"
LAST_DAY = date(2026, 3, 10)
ACTION, REJECT, YES = Answer.ACTION_NEEDED, Answer.REJECT, Answer.YES
T = TypeVar("T")


class Act(NamedTuple):
    """One thing that somebody tries."""

    kind: str
    allowed: bool
    """What the books say."""
    do: Callable[[Session], Any]
    note: Callable[[Any], None]
    """What the books do when it was done."""


class Disagreement(AssertionError):
    """The service and the books do not tell the same."""


class HeldBack(NotAllowed):
    """Nothing of what was chosen could be submitted."""


@dataclass
class Tried:
    kind: str
    refused: str


class Lives:
    """A world lived in: draws one act after another. Every random choice comes from one seed."""

    def __init__(self, world: World, seed: int, wanted: int) -> None:
        self.world, self.books, self.office = world, world.books, world.office
        self.chance = random.Random(seed)
        self.wanted = wanted
        self.at: datetime = BEGINS + timedelta(hours=1)
        self.counted = 0
        self.acts: list[tuple[int, Callable[[], Act | None]]] = [
            (15, self.buy),
            (13, self.send_drafts),
            (8, self.complete),
            (26, self.assess),
            (6, self.resubmit),
            (7, self.agree),
            (4, self.undo),
            (2, self.recall),
            (2, self.withdraw),
            (1, self.lapse),
            (4, self.draw_up),
            (1, self.draw_up_again),
            (8, self.release),
            (1, self.cancel),
            (8, self.bank_result),
            (2, self.say_returned),
            (2, self.decide_return),
            (3, self.propose_recovery),
            (4, self.decide_recovery),
            (1, self.repay),
            (1, self.change_account),
            (3, self.verify_account),
            (1, self.suspend),
        ]

    @property
    def today(self) -> date:
        return london_date(self.at)

    def live_on(self) -> Tried | None:
        """Let time pass and try one act; ``None`` when there was nothing to try it on."""
        draw = self.chance.choices([each for _, each in self.acts], [weight for weight, _ in self.acts])[0]
        if self.today < LAST_DAY:
            self.at += timedelta(minutes=self.chance.randrange(5, 420))
        else:
            self.at += timedelta(seconds=1)
        act = draw()
        if act is None:
            return None
        refused = ""
        done = None
        try:
            with self.world.database.write() as session:
                done = act.do(session)
        except NotAllowed as because:
            refused = str(because) or type(because).__name__
        if act.allowed and refused:
            raise Disagreement(f"{act.kind} was refused, and the books say that it is allowed: {refused}")
        if not act.allowed and not refused:
            raise Disagreement(f"{act.kind} was done, and the books say that it must be refused.")
        if not refused:
            act.note(done)
        return Tried(act.kind, refused)

    # Drawing

    def pick(self, some: Iterable[T]) -> T | None:
        there = list(some)
        return self.chance.choice(there) if there else None

    def mostly(self, right: T, *others: T, often: float = 0.9) -> T:
        return right if self.chance.random() < often else self.chance.choice(others)

    def happens(self, often: float) -> bool:
        return self.chance.random() < often

    def house_of(self, employer: kept.Employer) -> House:
        return next(house for house in self.world.houses if house.employer is employer)

    def next_number(self) -> int:
        self.counted += 1
        return self.counted

    # What employers do

    def buy(self) -> Act | None:
        if self.books.opened >= self.wanted:
            return None
        house, course = self.chance.choice(self.world.houses), self.chance.choice(self.world.courses)
        chosen = self.chance.sample(house.learners, self.chance.choice((1, 1, 2, 2, 3, 4)))
        each = max(2_000, int(course.maximum * self.chance.uniform(0.6, 1.3)) + self.chance.randrange(100))
        people = self.chance.choice((1, len(chosen), len(chosen) + 2))
        total = each * people + self.chance.randrange(people)
        other = self.chance.choice((0, 0, 0, total // 7, total if self.happens(0.2) else 0))
        split = course.splits and self.happens(0.8)
        plan = split and not course.internal and self.happens(0.35)
        paid_on = self.today - timedelta(days=self.chance.randrange(0, 40))
        started_on = paid_on + timedelta(days=self.chance.randrange(0, (self.today - paid_on).days + 1))
        completed_on = started_on + timedelta(days=self.chance.randrange(0, (self.today - started_on).days + 1))
        by, at, number = house.submitter, self.at, self.next_number()

        def do(session: Session) -> tuple[int, list[int]]:
            bought = start_purchase(session, house.employer.id, course.code, by, at)
            details: dict[str, Any] = {"apprenticeship": False, "started_on": started_on}
            if course.splits:
                details["claimed_as"] = "split" if split else "full"
            if not course.internal:
                details |= {
                    "provider": "Provider",
                    "invoice_reference": f"INV-{number}",
                    "by_plan": plan,
                    "paid_on": paid_on,
                    "cost_pence": total,
                    "people_covered": people,
                    "other_funding_pence": other,
                }
            change_purchase(session, bought, details, by, at)  # type: ignore[arg-type]
            ids = []
            for learner_id, _ in chosen:
                claim = enrol(session, bought, session.get_one(StoredLearner, learner_id), by, at)
                if not split:
                    tell_dates(session, claim, started_on=started_on, completed_on=completed_on, by=by, at=at)
                    add_certificate(session, claim, a_file("certificate.pdf", claim.id), by, at)
                ids.append(claim.id)
            if not course.internal:
                add_payment_evidence(session, bought, a_file("invoice.pdf", bought.id), by, at)
            return bought.id, ids

        def note(done: tuple[int, list[int]]) -> None:
            purchase = kept.Purchase(
                done[0],
                house.employer,
                course,
                total=total,
                other=0 if course.internal else other,
                people=people,
                plan=plan,
                paid_on=paid_on,
            )
            self.books.purchases.append(purchase)
            for claim_id, (learner_id, written) in zip(done[1], chosen, strict=True):
                claim = kept.Claim(claim_id, purchase, learner_id, written, "start" if split else "full")
                claim.first_event_on = max(paid_on, started_on) if split else completed_on
                self.books.open_claim(claim)

        return Act("buy", True, do, note)

    def send_drafts(self) -> Act | None:
        """Submit drafts that are filled in: whole claims and start parts."""
        unsent = {claim.purchase for claim in self.books.in_state("draft") if claim.part != "completion"}
        purchase = self.pick(sorted(unsent, key=lambda each: each.id))
        if purchase is None:
            return None
        drafts = [claim for claim in self.books.of(purchase) if claim.state == "draft" and claim.part != "completion"]
        return self.sending("submit", purchase, drafts)

    def complete(self) -> Act | None:
        """Fill a completion draft in, and submit it."""
        claim = self.pick(claim for claim in self.books.in_state("draft") if claim.part == "completion")
        if claim is None:
            return None
        purchase, by, at, today = claim.purchase, self.house_of(claim.employer).submitter, self.at, self.today

        def fill(session: Session) -> None:
            stored = session.get_one(StoredClaim, claim.id)
            started_on = stored.started_on
            assert started_on is not None
            completed_on = max(started_on, today - timedelta(days=self.chance.randrange(10)))
            tell_dates(session, stored, started_on=started_on, completed_on=completed_on, by=by, at=at)
            if purchase.plan and not purchase.second_told:
                second = {"second_payment_on": today}
                change_purchase(session, session.get_one(Purchase, purchase.id), second, by, at)  # type: ignore[arg-type]
            add_certificate(session, stored, a_file("completed.pdf", self.next_number()), by, at)

        def note() -> None:
            purchase.second_told = purchase.plan

        claim.first_event_on = today
        untold, purchase.second_told = purchase.second_told, purchase.second_told or purchase.plan
        act = self.sending("submit a completion", purchase, [claim], fill, note)
        purchase.second_told = untold
        return act

    def sending(
        self,
        kind: str,
        purchase: kept.Purchase,
        drafts: list[kept.Claim],
        before: Callable[[Session], None] = lambda _: None,
        after: Callable[[], None] = lambda: None,
    ) -> Act:
        by, at, today = self.house_of(purchase.employer).submitter, self.at, self.today
        drafts = in_the_order_shown(drafts)
        taken: list[int] = []
        # One after the other: a claim that is taken keeps the next one for the same learner away.
        for claim in drafts:
            if self.books.may_be_sent(claim, today):
                claim.state = "submitted"
                taken.append(claim.id)
        for claim in drafts:
            claim.state = "draft"
        declared, token = self.mostly(True, False, often=0.97), f"send {self.next_number()}"

        def do(session: Session) -> list[int]:
            before(session)
            stored = session.get_one(Purchase, purchase.id)
            chosen = {claim.id: session.get_one(StoredClaim, claim.id).changes for claim in drafts}
            sent = submit(session, KEYRING, stored, chosen, declared=declared, token=token, leads_to="/", by=by, at=at)
            if not sent.submitted:
                raise HeldBack("; ".join(str(blocker) for _, blockers in sent.held_back for blocker in blockers))
            return [claim.id for claim in sent.submitted]

        def note(done: list[int]) -> None:
            if sorted(done) != sorted(taken):
                raise Disagreement(f"{kind}: {done} were submitted, and by the books {taken}")
            after()
            for claim_id in done:
                claim = self.books.claims[claim_id]
                claim.state, claim.first_sent_on, claim.sent_with = "submitted", today, claim.told

        return Act(kind, declared and bool(taken), do, note)

    def resubmit(self) -> Act | None:
        claim = self.pick(self.books.in_state("needs-action"))
        if claim is None:
            return None
        purchase, by, at = claim.purchase, self.house_of(claim.employer).submitter, self.at
        replies, cost = self.happens(0.9), 0
        if "payment" in claim.asked and self.happens(0.5):
            cost = purchase.total + self.chance.randrange(1, 5_000)
        after_cost = kept.Purchase(**{**purchase.__dict__, "total": cost or purchase.total})
        shown = kept.Claim(**{**claim.__dict__, "purchase": after_cost})
        # The stand-in is not in the books, and the claim itself must not count as another.
        claim.state = "held"
        allowed = self.books.may_be_sent(shown, self.today)
        claim.state = "needs-action"

        def do(session: Session) -> None:
            stored = session.get_one(StoredClaim, claim.id)
            if cost:
                change_purchase(session, session.get_one(Purchase, purchase.id), {"cost_pence": cost}, by, at)
            asked = select(ActionRequest).where(ActionRequest.claim_id == claim.id, ActionRequest.settled_at.is_(None))
            if replies:
                said = {each.id: Answered("It is put right.", True) for each in session.scalars(asked)}
                answer(session, stored, said, by=by, at=at)
            blockers = resubmit(session, KEYRING, stored, by, at)
            if blockers:
                raise HeldBack("; ".join(blocker.message for blocker in blockers))

        def note(_: None) -> None:
            purchase.total = cost or purchase.total
            claim.state, claim.sent_with = "submitted", claim.told
            claim.asked.clear()

        changed = bool(cost) or claim.told != claim.sent_with
        return Act("resubmit", allowed and (replies or changed), do, note)

    def withdraw(self) -> Act | None:
        claim = self.pick(claim for claim in self.books.claims.values() if claim.state != "draft")
        if claim is None:
            return None
        by, because = self.house_of(claim.employer).submitter, self.mostly("No longer needed", " ")

        def do(session: Session) -> None:
            withdraw(session, session.get_one(StoredClaim, claim.id), because, by=by, at=self.at)

        def note(_: None) -> None:
            claim.state = "withdrawn"
            claim.asked.clear()

        return Act("withdraw", claim.state in ("submitted", "needs-action") and bool(because.strip()), do, note)

    # What assessors do

    def assess(self) -> Act | None:
        """Take a purchase, answer its checks, confirm what they come to."""
        waiting = self.pick(
            sorted({claim.purchase for claim in self.books.in_state("submitted")}, key=lambda each: each.id)
        )
        if waiting is None:
            return None
        purchase, at = waiting, self.at
        claims = in_the_order_shown(claim for claim in self.books.of(purchase) if claim.state == "submitted")
        somebody = self.office.assessors + self.office.leads
        by = self.mostly(self.chance.choice(somebody), *self.office.finance, *self.office.others, often=0.97)
        checks_payment = any(claim.needs_payment_check for claim in claims)
        payment = self.chance.choices((YES, ACTION, REJECT), (80, 12, 8))[0]
        in_full = self.happens(0.95)
        cost = max(purchase.other_each + 1, purchase.each + self.chance.choice((0, 0, 0, 137, -250)))
        answers = {claim: self.chance.choices((YES, ACTION, REJECT, None), (76, 10, 7, 7))[0] for claim in claims}
        stale, takes = self.happens(0.03), self.happens(0.97)
        verdicts, possible = self.verdicts(claims, answers, payment if checks_payment else None, cost, in_full=in_full)
        held_by_another = (
            purchase.holder not in (None, by.person_id) and purchase.held_until is not None and at < purchase.held_until
        )
        holds = purchase.holder == by.person_id and purchase.held_until is not None and at < purchase.held_until
        allowed = (
            by in somebody and not held_by_another and (takes or holds) and not stale and possible and bool(verdicts)
        )

        def do(session: Session) -> dict[int, tuple[bool, str, int | None]]:
            stored = session.get_one(Purchase, purchase.id)
            if takes:
                take(session, stored, by, at)
            if checks_payment:
                save_payment_check(
                    session, stored, by, at, answer=payment, cost_pence=cost, paid_in_full=in_full, note="About it"
                )
            for claim, said in answers.items():
                if said is not None:
                    note_ = "About that"
                    save_completion_check(
                        session, session.get_one(StoredClaim, claim.id), by, at, answer=said, note=note_
                    )
            seen = "stale" if stale else seen_hash(work_out(session, KEYRING, stored, at))
            confirm(session, KEYRING, stored, by, at, seen=seen)
            return {claim.id: what_became(session, claim.id) for claim in verdicts if verdicts[claim][0] == "approve"}

        def note(done: dict[int, tuple[bool, str, int | None]]) -> None:
            for claim, (verdict, amounts) in verdicts.items():
                self.decided(claim, verdict, amounts, by, asked_about_payment=checks_payment and payment is ACTION)
                if verdict == "approve":
                    sampled, reason, completion = done[claim.id]
                    claim.waits_for_a_lead = sampled
                    first = not any(
                        other.employer is claim.employer
                        and other is not claim
                        and other.state in (*kept.PROMISED, "recovered")
                        and other not in verdicts
                        for other in self.books.claims.values()
                    )
                    if first and claim is next(iter(verdicts)) and not sampled:
                        raise Disagreement("the first approval of an employer is not in the sample")
                    if reason == "first-of-employer" and not first:
                        raise Disagreement("it is called the first of its employer, and is not")
                    self.opened(claim, completion)
            if checks_payment:
                purchase.rejected_as = purchase.told if payment is REJECT else None
            all_decided = len(verdicts) == len(claims)
            purchase.holder = None if all_decided else by.person_id
            purchase.held_until = None if all_decided else at + timedelta(hours=24)

        return Act("assess", allowed, do, note)

    def verdicts(
        self,
        claims: list[kept.Claim],
        answers: dict[kept.Claim, Answer | None],
        payment: Answer | None,
        cost: int,
        *,
        in_full: bool,
    ) -> tuple[dict[kept.Claim, tuple[str, tuple[int | None, int, int, int] | None]], bool]:
        """What is decided of each claim, approvals with cost, R, share and what is paid; and whether it may be."""
        found: dict[kept.Claim, tuple[str, tuple[int | None, int, int, int] | None]] = {}
        possible = True
        promised: dict[str, int] = {}
        for claim in claims:
            needs = claim.needs_payment_check
            said = answers[claim]
            if payment in (ACTION, REJECT):
                found[claim] = ("reject" if payment is REJECT else "request", None)
                continue
            if said is None:
                continue
            if needs and not in_full and not (claim.purchase.plan and claim.part == "start"):
                possible = False
            if said is not YES:
                found[claim] = ("reject" if said is REJECT else "request", None)
                continue
            paid, full, due = self.books.amounts(claim, cost if needs else None)
            left = self.books.left(claim.employer, claim.fund) - promised.get(claim.fund, 0)
            pays = max(0, min(due, left))
            promised[claim.fund] = promised.get(claim.fund, 0) + pays
            if not pays or (claim.start is not None and claim.start.state not in kept.PROMISED):
                possible = False
            found[claim] = ("approve", (paid, full, due, pays))
        return found, possible

    def decided(
        self,
        claim: kept.Claim,
        verdict: str,
        amounts: tuple[int | None, int, int, int] | None,
        by: Actor,
        *,
        asked_about_payment: bool,
    ) -> None:
        match verdict:
            case "approve":
                assert amounts is not None
                claim.state, claim.approver = "approved", by.person_id
                claim.cost, claim.full, claim.due, claim.pays = amounts
                if claim.start is not None:
                    claim.lowered = claim.full != claim.start.full
            case "reject":
                claim.state = "rejected"
                draft = self.books.completion_of(claim)
                if draft is not None and draft.state == "draft":
                    self.books.discard(draft)
            case "request":
                claim.state = "needs-action"
                claim.asked = {"payment" if asked_about_payment else "completion"}

    def opened(self, start: kept.Claim, completion: int | None) -> None:
        """A start part that is approved, and agreed to where it must be, has a completion."""
        there = self.books.completion_of(start)
        wanted = start.part == "start" and (there is not None or not start.waits_for_a_lead)
        if wanted != (completion is not None) or (there is not None and there.id != completion):
            raise Disagreement(f"the completion of {start.id} is {completion}, and by the books {there}")
        if completion is not None and there is None:
            self.books.open_claim(
                kept.Claim(completion, start.purchase, start.learner, start.number, "completion", start=start)
            )

    def agree(self) -> Act | None:
        claim = self.pick(claim for claim in self.books.claims.values() if claim.waits_for_a_lead)
        if claim is None or self.happens(0.05):
            claim = self.pick(self.books.claims.values())
        if claim is None:
            return None
        by = self.mostly(self.chance.choice(self.office.leads), *self.office.assessors)

        def do(session: Session) -> int | None:
            stored = session.get_one(StoredClaim, claim.id)
            agree(session, stored, by, self.at)
            completion = completion_of(session, stored)
            return completion.id if completion else None

        def note(completion: int | None) -> None:
            claim.waits_for_a_lead = False
            self.opened(claim, completion)

        allowed = claim.waits_for_a_lead and by in self.office.leads and by.person_id != claim.approver
        return Act("agree", allowed, do, note)

    def undo(self) -> Act | None:
        claim = self.pick(self.books.in_state("approved", "rejected", "paid", "in-payment", "submitted"))
        if claim is None:
            return None
        by = self.mostly(self.chance.choice(self.office.leads), self.office.assessors[0], self.office.finance[0])
        because = self.mostly("Decided too soon", "")
        completion = self.books.completion_of(claim)
        allowed = (
            claim.state in ("approved", "rejected")
            and by in self.office.leads
            and bool(because)
            and (completion is None or completion.state == "draft")
            and not (claim.waits_for_a_lead and by.person_id == claim.approver)
            and not claim.recovered
            and not (claim.state == "rejected" and self.books.clash(claim))
        )

        def do(session: Session) -> None:
            undo(session, session.get_one(StoredClaim, claim.id), by, self.at, because=because)

        def note(_: None) -> None:
            claim.state, claim.waits_for_a_lead = "submitted", False
            claim.forget_amounts()

        return Act("undo", allowed, do, note)

    def recall(self) -> Act | None:
        claim = self.pick(self.books.in_state("needs-action", "submitted"))
        if claim is None:
            return None
        by, because = self.mostly(self.office.assessors[0], self.office.finance[0]), self.mostly("Asked in error", "")

        def do(session: Session) -> None:
            recall(session, session.get_one(StoredClaim, claim.id), by, self.at, because=because)

        def note(_: None) -> None:
            claim.state = "submitted"
            claim.asked.clear()

        allowed = claim.state == "needs-action" and bool(because) and by in self.office.assessors
        return Act("recall", allowed, do, note)

    def lapse(self) -> Act | None:
        """Nobody was reminded in these lives, so no claim may lapse."""
        claim = self.pick(self.books.in_state("needs-action", "approved"))
        if claim is None:
            return None

        def do(session: Session) -> None:
            lapse(session, session.get_one(StoredClaim, claim.id), self.office.leads[0], self.at, because="No answer")

        return Act("lapse before its time", False, do, lambda _: None)

    # What finance does

    def draw_up(self) -> Act | None:
        by = self.mostly(self.chance.choice(self.office.finance), *self.office.leads, *self.office.others, often=0.93)
        fund, stale = self.chance.choice((None, None, "main", "ommt")), self.happens(0.05)
        claims = self.books.ready(fund)
        planned = self.books.planned(claims)
        token = f"draw up {self.next_number()}"

        def do(session: Session) -> tuple[PaymentRun, str]:
            wanted = RunFilter(YEAR, fund=fund)
            ready = [each for each in ready_claims(session, wanted) if not each.held_because]
            seen = "0" * 64 if stale else seen_in_preview(ready, plan_set_offs(session, ready))
            drawn = draw_up(session, KEYRING, wanted, by, self.at, seen=seen, token=token)
            session.flush()
            session.expunge(drawn)
            return drawn, seen

        def note(done: tuple[PaymentRun, str]) -> None:
            for each in planned:
                each.recovery.left -= each.pence
            lines = [kept.Line(claim, claim.pays or 0, claim.employer.account_id) for claim in claims]
            for claim in claims:
                if claim.state != "approved" or claim.waits_for_a_lead or claim.approver is None:
                    raise Disagreement("a claim is in a run that nobody approved")
                claim.state = "in-payment"
            run = kept.Run(done[0].id, person(by), lines, planned, token=token, seen=done[1])
            self.books.runs.append(run)

        return Act("draw up", by in self.office.finance and not stale and bool(claims), do, note)

    def draw_up_again(self) -> Act | None:
        """The same form again, or somebody else who saw the same: the run there is, and no second one."""
        run = self.pick(self.books.runs[-10:])
        if run is None:
            return None
        by = self.chance.choice(self.office.finance)

        def do(session: Session) -> int:
            return draw_up(session, KEYRING, RunFilter(YEAR), by, self.at, seen=run.seen, token=run.token).id

        def note(done: int) -> None:
            if done != run.id:
                raise Disagreement(f"a form that was sent twice drew up run {done} beside {run.id}")

        return Act("draw up again", True, do, note)

    def release(self) -> Act | None:
        run = self.pick([run for run in self.books.runs if run.state == "drawn-up"] or self.books.runs[-3:])
        if run is None:
            return None
        by = self.mostly(self.chance.choice(self.office.finance), *self.office.leads, often=0.95)
        allowed = run.state == "drawn-up" and by in self.office.finance and by.person_id != run.drawn_by
        changed = {
            line.claim.employer
            for line in run.paying()
            if not line.claim.employer.has_account
            or line.claim.employer.account_id != line.account_id
            or line.claim.employer.suspended
        }

        def do(session: Session) -> tuple[int, bytes]:
            stored = session.get_one(PaymentRun, run.id)
            taken_out = release(session, KEYRING, stored, by, self.at)
            content = payment_file(session, KEYRING, stored, by, self.at) if stored.state == "released" else b""
            return len(taken_out), content

        def note(done: tuple[int, bytes]) -> None:
            expected = [line for line in run.paying() if line.claim.employer in changed]
            if done[0] != len(expected):
                raise Disagreement(f"{done[0]} lines were taken out, and by the books {len(expected)}")
            if expected:
                for employer in changed:
                    self.books.take_out(run, employer)
                run.state = "drawn-up" if run.paying() else "cancelled"
                return
            run.state, run.released_by, run.released_on = "released", by.person_id, self.today
            self.leave_the_bank(run, done[1])

        return Act("release", allowed, do, note)

    def leave_the_bank(self, run: kept.Run, content: bytes) -> None:
        """What the payment file says leaves; it must be what the books say is due, to the penny."""
        asked: dict[tuple[int, str], int] = {}
        for row in csv.DictReader(io.StringIO(content.decode())):
            employer, letter = row["reference"].split("-")[-2:]
            pounds, pence = row["amount"].split(".")
            key = int(employer), {"M": "main", "O": "ommt"}[letter]
            if key in asked:
                raise Disagreement(f"{key} stands in the payment file twice")
            asked[key] = int(pounds) * 100 + int(pence)
        due = {(employer.id, fund): run.net(employer, fund) for employer, fund in run.payments()}
        if asked != {key: pence for key, pence in due.items() if pence}:
            raise Disagreement(f"the payment file has {asked}, and the books {due}")
        for key, pence in asked.items():
            self.books.bank[key] = self.books.bank.get(key, 0) + pence
        for line in run.paying():
            line.claim.reached_the_bank += line.pence

    def comes_back(self, run: kept.Run, employer: kept.Employer, fund: str) -> None:
        """A payment that was not made after all: its claims are approved again and its debts owed again."""
        self.books.bank[employer.id, fund] = self.books.bank.get((employer.id, fund), 0) - run.net(employer, fund)
        for line in run.payments()[employer, fund]:
            line.state, line.claim.state = "failed", "approved"
            line.claim.reached_the_bank -= line.pence
        self.books.give_back(run, employer, fund)

    def cancel(self) -> Act | None:
        run = self.pick(self.books.runs[-4:])
        if run is None:
            return None
        by, because = self.mostly(self.office.finance[0], self.office.leads[0]), self.mostly("Too early", "")

        def do(session: Session) -> None:
            cancel(session, session.get_one(PaymentRun, run.id), by, self.at, because=because)

        def note(_: None) -> None:
            for employer in {line.claim.employer for line in run.paying()}:
                self.books.take_out(run, employer)
            run.state = "cancelled"

        return Act("cancel", run.state == "drawn-up" and by in self.office.finance and bool(because), do, note)

    def bank_result(self) -> Act | None:
        run = self.pick([run for run in self.books.runs if run.state == "released"] or self.books.runs[-3:])
        if run is None:
            return None
        by = self.mostly(self.chance.choice(self.office.finance), *self.office.leads)
        payments = list(run.payments())
        failing = [key for key in payments if self.happens(0.15)]
        reason = self.mostly("Account closed", " ")
        paid_on = self.mostly(self.today, self.today + timedelta(days=1), often=0.95)
        allowed = (
            run.state == "released"
            and by in self.office.finance
            and paid_on == self.today
            and (not failing or bool(reason.strip()))
            and all(run.net(*key) for key in failing)
        )

        def do(session: Session) -> None:
            stored = session.get_one(PaymentRun, run.id)
            failures = {PaymentKey(employer.id, fund): reason for employer, fund in failing}
            record_result(session, stored, failures, by, self.at, paid_on=paid_on)

        def note(_: None) -> None:
            for employer, fund in payments:
                if (employer, fund) in failing:
                    self.comes_back(run, employer, fund)
                    continue
                for line in run.payments()[employer, fund]:
                    line.state, line.claim.state = "paid", "paid"
                for each in run.in_force(employer, fund):
                    each.state = "taken"
            run.state = "settled"

        return Act("record a bank result", allowed, do, note)

    def say_returned(self) -> Act | None:
        run = self.pick([run for run in self.books.runs if run.state == "settled"] or self.books.runs[-2:])
        if run is None:
            return None
        payment = self.pick({(line.claim.employer.id, line.claim.fund): line for line in run.lines}.values())
        if payment is None:
            return None
        employer, fund = payment.claim.employer, payment.claim.fund
        by = self.mostly(self.chance.choice(self.office.finance), *self.office.leads)
        said = any(
            each.run is run and each.employer is employer and each.fund == fund and each.state == "proposed"
            for each in self.books.returns
        )
        paid = any(line.state == "paid" for line in run.payments().get((employer, fund), []))
        allowed = run.state == "settled" and by in self.office.finance and paid and not said

        def do(session: Session) -> int:
            stored, key = session.get_one(PaymentRun, run.id), PaymentKey(employer.id, fund)
            return propose_return(session, stored, key, by, self.at, because="It came back").id

        def note(done: int) -> None:
            self.books.returns.append(kept.Return(done, run, employer, fund, person(by)))

        return Act("say a payment came back", allowed, do, note)

    def decide_return(self) -> Act | None:
        said = self.pick([each for each in self.books.returns if each.state == "proposed"] or self.books.returns[-1:])
        if said is None:
            return None
        by, confirms = self.chance.choice(self.office.finance), self.happens(0.75)
        lines = said.run.payments().get((said.employer, said.fund), [])
        allowed = said.state == "proposed" and by.person_id != said.proposed_by
        if confirms:
            allowed = allowed and bool(lines) and all(line.claim.state == "paid" for line in lines)

        def do(session: Session) -> None:
            (confirm_return if confirms else refuse_return)(
                session, session.get_one(PaymentReturn, said.id), by, self.at
            )

        def note(_: None) -> None:
            said.state = "confirmed" if confirms else "refused"
            if confirms:
                self.comes_back(said.run, said.employer, said.fund)

        return Act("confirm a return" if confirms else "refuse a return", allowed, do, note)

    def propose_recovery(self) -> Act | None:
        claim = self.pick(self.books.in_state("paid") or self.books.in_state("approved", "recovered"))
        if claim is None:
            return None
        by = self.mostly(self.chance.choice(self.office.finance), self.office.leads[0])
        way = self.chance.choice(("set-off", "set-off", "invoice"))
        left = (claim.pays or 0) - claim.recovered
        pence = self.chance.choice((None, None, 1, max(1, left // 2), max(1, left - 1), left, left + 1))
        waits = any(each.claim is claim and each.state == "proposed" for each in self.books.recoveries)
        allowed = (
            claim.state == "paid" and by in self.office.finance and not waits and (pence is None or 0 < pence < left)
        )

        def do(session: Session) -> int:
            stored = session.get_one(StoredClaim, claim.id)
            return propose_recovery(session, stored, by, self.at, pence=pence, way=way, because="Not employed").id

        def note(done: int) -> None:
            asked = left if pence is None else pence
            self.books.recoveries.append(kept.Recovery(done, claim, asked, pence is None, way, left=asked))

        return Act("propose a recovery", allowed, do, note)

    def decide_recovery(self) -> Act | None:
        there = self.books.recoveries
        recovery = self.pick([each for each in there if each.state == "proposed"] or there[-2:])
        if recovery is None:
            return None
        claim, by = recovery.claim, self.mostly(self.chance.choice(self.office.leads), *self.office.finance)
        approves = self.happens(0.8)
        left = (claim.pays or 0) - claim.recovered
        allowed = recovery.state == "proposed" and by in self.office.leads
        if approves:
            allowed = allowed and claim.state == "paid" and recovery.pence <= left
            allowed = allowed and (recovery.pence == left) == recovery.whole

        def do(session: Session) -> None:
            stored = session.get_one(Recovery, recovery.id)
            if approves:
                approve_recovery(session, stored, by, self.at)
            else:
                refuse_recovery(session, stored, by, self.at, because="No ground")

        def note(_: None) -> None:
            if not approves:
                recovery.state, recovery.left = "refused", 0
                return
            recovery.state, recovery.approved_on = "approved", self.today
            claim.recovered += recovery.pence
            if recovery.whole:
                claim.state = "recovered"

        return Act("approve a recovery" if approves else "refuse a recovery", allowed, do, note)

    def repay(self) -> Act | None:
        recovery = self.pick(self.books.recoveries)
        if recovery is None:
            return None
        by = self.mostly(self.office.finance[0], self.office.leads[0])
        allowed = (
            recovery.state == "approved"
            and recovery.way == "invoice"
            and bool(recovery.left)
            and by in self.office.finance
        )

        def do(session: Session) -> None:
            record_repayment(session, session.get_one(Recovery, recovery.id), by, self.at, repaid_on=self.today)

        def note(_: None) -> None:
            key = recovery.claim.employer.id, recovery.claim.fund
            self.books.invoices_paid[key] = self.books.invoices_paid.get(key, 0) + recovery.left
            recovery.left = 0

        return Act("record a repayment", allowed, do, note)

    # What happens to an employer

    def change_account(self) -> Act | None:
        house = self.chance.choice(self.world.houses)
        by, employer = self.mostly(house.sro, house.submitter), house.employer
        number = f"{employer.account + 1:04}{employer.id:04}"

        def do(session: Session) -> int:
            return give_account(
                session, KEYRING, account_name="New", sort_code="010203", account_number=number, by=by, at=self.at
            ).id

        def note(done: int) -> None:
            employer.account += 1
            employer.account_id, employer.has_account, employer.verified = done, True, False

        return Act("change bank details", by is house.sro, do, note)

    def verify_account(self) -> Act | None:
        employer = self.pick(each for each in self.books.employers if not each.verified or self.happens(0.05))
        if employer is None:
            return None
        by, good = self.mostly(self.office.leads[0], self.office.finance[0]), self.happens(0.85)
        allowed = employer.has_account and not employer.verified and by in self.office.leads

        def do(session: Session) -> None:
            account = session.get_one(BankAccount, employer.account_id).id
            if good:
                verify_account(session, account, by, self.at)
            else:
                refuse_account(session, account, by, self.at, because="Not theirs")

        def note(_: None) -> None:
            employer.verified, employer.has_account = good, good

        return Act("verify bank details" if good else "refuse bank details", allowed, do, note)

    def suspend(self) -> Act | None:
        employer = self.pick([each for each in self.books.employers if each.suspended] or self.books.employers)
        if employer is None:
            return None
        by, suspends = self.mostly(self.office.leads[0], self.office.finance[0]), not employer.suspended

        def do(session: Session) -> None:
            (suspend if suspends else lift_suspension)(session, employer.id, by, self.at, "Looked into")

        def note(_: None) -> None:
            employer.suspended = suspends

        return Act("suspend" if suspends else "lift a suspension", by in self.office.leads, do, note)


def in_the_order_shown(claims: Iterable[kept.Claim]) -> list[kept.Claim]:
    """By learner's name, which is that of their number in these lives; a completion after its start."""
    return sorted(claims, key=lambda claim: (claim.learner, claim.part == "completion", claim.id))


def person(by: Actor) -> int:
    assert by.person_id is not None
    return by.person_id


def what_became(session: Session, claim_id: int) -> tuple[bool, str, int | None]:
    """Of an approval: whether it waits in the sample, why, and its completion claim."""
    stored = session.get_one(StoredClaim, claim_id)
    sampled = session.scalars(
        select(SampledApproval).where(SampledApproval.claim_id == claim_id, SampledApproval.answer.is_(None))
    ).first()
    completion = completion_of(session, stored) if stored.part == "start" else None
    return sampled is not None, sampled.reason if sampled else "", completion.id if completion else None
