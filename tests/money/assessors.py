"""What assessors and their leads try, in the lives of many claims."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.decisions import Answer
from claims.lifecycle import Actor
from claims.models import BankAccount, Purchase, SampledApproval
from claims.models import Claim as StoredClaim
from claims.services.assessing import confirm, seen_hash, work_out
from claims.services.banking import refuse_account, verify_account
from claims.services.checking import save_completion_check, save_payment_check
from claims.services.holding import take
from claims.services.reopening import lapse, recall, undo
from claims.services.sampling import agree
from claims.services.supervising import lift_suspension, suspend
from claims.store.claims import completion_of
from tests.keys import KEYRING
from tests.money import books as kept
from tests.money.life import Act, Disagreement, Life, in_the_order_shown

ACTION, REJECT, YES = Answer.ACTION_NEEDED, Answer.REJECT, Answer.YES


class Assessors(Life):
    """Assess, agree, undo, recall; verify bank details and suspend."""

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


def what_became(session: Session, claim_id: int) -> tuple[bool, str, int | None]:
    """Of an approval: whether it waits in the sample, why, and its completion claim."""
    stored = session.get_one(StoredClaim, claim_id)
    sampled = session.scalars(
        select(SampledApproval).where(SampledApproval.claim_id == claim_id, SampledApproval.answer.is_(None))
    ).first()
    completion = completion_of(session, stored) if stored.part == "start" else None
    return sampled is not None, sampled.reason if sampled else "", completion.id if completion else None
