"""What employers try, in the lives of many claims."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.models import ActionRequest, Purchase
from claims.models import Claim as StoredClaim
from claims.models import Learner as StoredLearner
from claims.services.answering import Answered, answer, resubmit, tell_dates, withdraw
from claims.services.banking import give_account
from claims.services.claiming import submit
from claims.services.enrolling import enrol
from claims.services.evidencing import add_certificate, add_payment_evidence
from claims.services.purchasing import change_purchase, start_purchase
from tests.keys import KEYRING
from tests.money import books as kept
from tests.money.life import Act, Disagreement, HeldBack, Life, in_the_order_shown
from tests.stage import a_file


class Employers(Life):
    """Buy, submit, complete, answer, withdraw; give other bank details."""

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
