"""What finance tries, in the lives of many claims."""

import csv
import io
from datetime import timedelta

from sqlalchemy.orm import Session

from claims.models import Claim as StoredClaim
from claims.models import PaymentReturn, PaymentRun, Recovery
from claims.services.drawing_up import draw_up
from claims.services.drawing_up import seen_hash as seen_in_preview
from claims.services.instructing import payment_file
from claims.services.paying import PaymentKey, cancel, record_result, release
from claims.services.recovering import approve_recovery, propose_recovery, record_repayment, refuse_recovery
from claims.services.returning import confirm_return, propose_return, refuse_return
from claims.services.setting_off import plan_set_offs
from claims.store.ready import RunFilter, ready_claims
from tests.keys import KEYRING
from tests.money import books as kept
from tests.money.life import Act, Disagreement, Life, person

YEAR = "2025-26"


class Finance(Life):
    """Draw up runs and release them; record what the bank says, what came back, what is owed."""

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
