"""Compare the books with the tables as they are stored, read by plain SQL, and with themselves: after every act."""

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from claims.store.ready import RunFilter, ready_claims
from claims.store.ready_sums import ready_sums
from claims.store.recoveries import balances
from claims.store.reference import from_files
from tests.money.books import CAPS, PROMISED, Books, Claim, sixty_percent


class Comparing:
    """Remembers how far the chain of events was walked."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.number, self.hash = 0, ""

    def faults(self, session: Session) -> list[str]:
        """Everything that does not balance; none when all does."""
        found = [*self._claims(session), *self._commitments(session), *self._lines(session), *self._runs(session)]
        found += [*self._recoveries(session), *self._slots(session), *self._themselves(), *self._chain(session)]
        return found

    def _claims(self, session: Session) -> list[str]:
        columns = (
            "id, part, state, employer_id, fund, cost_pence, reimbursable_pence, entitlement_pence, payable_pence, "
            "start_claim_id"
        )
        stored = {row[0]: tuple(row) for row in session.execute(text("SELECT " + columns + " FROM claims"))}  # noqa: S608
        kept = {
            claim.id: (
                claim.id,
                claim.part,
                claim.state,
                claim.employer.id,
                claim.fund,
                claim.cost if claim.pays is not None else None,
                claim.full,
                claim.due,
                claim.pays,
                claim.start.id if claim.start else None,
            )
            for claim in self.books.claims.values()
        }
        return differences("claim", kept, stored)

    def _commitments(self, session: Session) -> list[str]:
        found = []
        rows = session.execute(text("SELECT employer_id, fund, cap_pence, committed_pence FROM commitments"))
        stored = {(row[0], row[1]): (row[2], row[3]) for row in rows}
        for employer in self.books.employers:
            for fund, cap in CAPS.items():
                promised = self.books.committed(employer, fund)
                there = stored.get((employer.id, fund))
                if there is None:
                    if promised:
                        found.append(f"nothing is committed to {employer.id} from {fund}, and by the books {promised}")
                elif there != (cap, promised) or not 0 <= there[1] <= cap or there[0] - there[1] != cap - promised:
                    found.append(f"commitment of {employer.id} from {fund}: {there}, and by the books {promised}")
        # The amounts of the claims themselves, added up by the database.
        sums = session.execute(
            text(
                "SELECT employer_id, fund, SUM(payable_pence) FROM claims "
                "WHERE state IN ('approved', 'in-payment', 'paid', 'recovered') GROUP BY employer_id, fund"
            )
        )
        back = session.execute(
            text("SELECT employer_id, fund, SUM(amount_pence) FROM recoveries WHERE state = 'approved' GROUP BY 1, 2")
        )
        net = Counter({(row[0], row[1]): int(row[2]) for row in sums})
        net.subtract({(row[0], row[1]): int(row[2]) for row in back})
        for key, (_, committed) in stored.items():
            if net[key] != committed:
                found.append(f"{key}: {committed} is committed, and the claims come to {net[key]}")
        return found

    def _lines(self, session: Session) -> list[str]:
        rows = session.execute(text("SELECT run_id, claim_id, state, amount_pence, bank_account_id FROM payment_lines"))
        stored = Counter(tuple(row) for row in rows)
        kept = Counter(
            (run.id, line.claim.id, line.state, line.pence, line.account_id)
            for run in self.books.runs
            for line in run.lines
        )
        found = [
            f"line {line}: {stored[line]} stored, {kept[line]} in the books"
            for line in (stored - kept) + (kept - stored)
        ]
        paying = Counter(claim_id for _, claim_id, state, *_ in stored.elements() if state in ("live", "paid"))
        found += [f"claim {claim_id} is paid by {times} lines" for claim_id, times in paying.items() if times > 1]
        for _, claim_id, state, pence, _ in stored.elements():
            if state in ("live", "paid"):
                claim = self.books.claims[claim_id]
                if pence != claim.pays or claim.approver is None or claim.waits_for_a_lead:
                    found.append(f"claim {claim_id} is in a run for {pence}, approved for {claim.pays}")
        return found

    def _runs(self, session: Session) -> list[str]:
        columns = "id, state, drawn_up_by_id, released_by_id, claims, pence"
        rows = session.execute(text(f"SELECT {columns} FROM payment_runs"))  # noqa: S608
        stored = {row[0]: tuple(row[1:]) for row in rows}
        kept = {
            run.id: (run.state, run.drawn_by, run.released_by, len(there), sum(line.pence for line in there))
            for run in self.books.runs
            for there in [[line for line in run.lines if line.state != "removed"]]
        }
        found = differences("run", kept, stored)
        for run in self.books.runs:
            approvers = {line.claim.approver for line in run.paying()}
            if run.released_by is not None and run.released_by in (run.drawn_by, *approvers):
                found.append(f"run {run.id} was released by somebody who drew it up or approved in it")
        rows = session.execute(text("SELECT run_id, recovery_id, amount_pence, state FROM set_offs"))
        set_offs = Counter(tuple(row) for row in rows)
        in_books = Counter(
            (run.id, each.recovery.id, each.pence, each.state) for run in self.books.runs for each in run.set_offs
        )
        if set_offs != in_books:
            found.append(f"set-offs {set_offs - in_books} stored, {in_books - set_offs} in the books")
        for run in self.books.runs:
            for employer, fund in run.payments():
                if run.net(employer, fund) < 0:
                    found.append(f"run {run.id} sets more off than it pays {employer.id} from {fund}")
        return found

    def _recoveries(self, session: Session) -> list[str]:
        rows = session.execute(text("SELECT id, claim_id, amount_pence, left_pence, state FROM recoveries"))
        stored = {row[0]: tuple(row[1:]) for row in rows}
        kept = {each.id: (each.claim.id, each.pence, each.left, each.state) for each in self.books.recoveries}
        return differences("recovery", kept, stored)

    def _slots(self, session: Session) -> list[str]:
        rows = session.execute(text("SELECT claim_id, slot FROM slots"))
        stored = {(row[0], row[1]) for row in rows}
        halves = {"full": ("start", "completion"), "start": ("start",), "completion": ("completion",)}
        live = self.books.in_state("submitted", "needs-action", *PROMISED)
        kept = {(claim.id, half) for claim in live for half in halves[claim.part]}
        return [f"slots {sorted(stored ^ kept)} are only here or only there"] if stored != kept else []

    def _themselves(self) -> list[str]:
        found = []
        for claim in self.books.claims.values():
            found += unbalanced(claim)
        for employer in self.books.employers:
            for fund in CAPS:
                found += self._money_trail(employer.id, fund)
        return found

    def _money_trail(self, employer_id: int, fund: str) -> list[str]:
        """What the bank moved, what was paid for, what was recovered, kept back, invoiced and is owed."""
        claims = [
            claim for claim in self.books.claims.values() if (claim.employer.id, claim.fund) == (employer_id, fund)
        ]
        paid_for = sum(claim.reached_the_bank for claim in claims)
        kept_back = sum(
            each.pence
            for run in self.books.runs
            if run.state in ("released", "settled")
            for each in run.set_offs
            if (each.employer.id, each.fund) == (employer_id, fund) and each.state != "given-back"
        )
        on_the_way = sum(
            each.pence
            for run in self.books.runs
            if run.state == "drawn-up"
            for each in run.set_offs
            if (each.employer.id, each.fund) == (employer_id, fund) and each.state != "given-back"
        )
        debts = [
            each
            for each in self.books.recoveries
            if each.state == "approved" and (each.claim.employer.id, each.claim.fund) == (employer_id, fund)
        ]
        owed, invoiced = sum(each.left for each in debts), self.books.invoices_paid.get((employer_id, fund), 0)
        found = []
        if self.books.bank.get((employer_id, fund), 0) != paid_for - kept_back:
            found.append(f"the bank moved {self.books.bank} to {employer_id} from {fund}: {paid_for} less {kept_back}")
        if sum(each.pence for each in debts) != kept_back + on_the_way + invoiced + owed:
            found.append(f"what {employer_id} is to pay back to {fund} is not what was kept back, invoiced and is owed")
        return found

    def _chain(self, session: Session) -> list[str]:
        """The events since the last look, each after the one before, with the hash of its own content."""
        found = []
        rows = session.execute(
            text(
                "SELECT number, at, by_id, by_role, employer_id, about_kind, about_id, act, from_state, to_state, "
                "details, note_hash, previous_hash, hash FROM events WHERE number > :number ORDER BY number"
            ),
            {"number": self.number},
        )
        for row in rows:
            if row.number != self.number + 1 or (self.hash and row.previous_hash != self.hash):
                found.append(f"event {row.number} does not follow {self.number}")
            if row.hash != hash_of(row):
                found.append(f"event {row.number} has another hash than its content")
            self.number, self.hash = row.number, row.hash
        return found

    @staticmethod
    def _ready(session: Session) -> list[str]:
        """What the database adds up of claims that are ready or held, beside the claims one by one."""
        one_by_one: Counter[tuple[str, str, str]] = Counter()
        pence: Counter[tuple[str, str, str]] = Counter()
        for year in from_files().years:
            wanted = RunFilter(year.name)
            for claim in ready_claims(session, wanted):
                group = (claim.employer, claim.fund, claim.held_because)
                one_by_one[group] += 1
                pence[group] += claim.amount_pence
            for added_up in ready_sums(session, wanted, largest=1_000):
                for each in added_up.largest:
                    group = (each.employer, each.fund, added_up.held_because)
                    one_by_one[group] -= each.claims
                    pence[group] -= each.pence
                everything = ("everything", "", added_up.held_because)
                one_by_one[everything] = added_up.claims - sum(each.claims for each in added_up.largest)
                pence[everything] = added_up.pence - sum(each.pence for each in added_up.largest)
        return [
            f"{group} is added up as {-one_by_one[group]} claims and {-pence[group]} pence too much"
            for group in one_by_one
            if one_by_one[group] or pence[group]
        ]

    def balances(self, session: Session) -> list[str]:
        """What finance is shown of each employer, beside the books. Slower, so asked now and then."""
        found = self._ready(session)
        for employer in self.books.employers:
            shown = {each.fund: each for each in balances(session, employer.id)}
            for fund in CAPS:
                claims = [c for c in self.books.claims.values() if c.employer is employer and c.fund == fund]
                paid = sum(c.pays or 0 for c in claims if c.state in ("paid", "recovered"))
                debts = [r for r in self.books.recoveries if r.state == "approved" and r.claim in claims]
                set_off = sum(
                    each.pence
                    for run in self.books.runs
                    for each in run.set_offs
                    if each.employer is employer and each.fund == fund and each.state != "given-back"
                )
                wanted = (
                    paid,
                    sum(each.pence for each in debts),
                    set_off,
                    self.books.invoices_paid.get((employer.id, fund), 0),
                    sum(each.left for each in debts),
                )
                there = shown.get(fund)
                seen = (0,) * 5
                if there is not None:
                    seen = (
                        there.paid_pence,
                        there.recovered_pence,
                        there.set_off_pence,
                        there.repaid_pence,
                        there.owed_pence,
                    )
                if seen != wanted:
                    found.append(f"finance is shown {seen} of {employer.id} and {fund}, and by the books {wanted}")
        return found


def unbalanced(claim: Claim) -> list[str]:
    """What is wrong with a claim's own amounts."""
    found = []
    if claim.state in PROMISED or claim.state == "recovered":
        pays, due, full = claim.pays, claim.due, claim.full
        if pays is None or due is None or full is None or not 0 < pays <= due <= full:
            return [f"claim {claim.id} pays {pays} of {due} of {full}"]
        if claim.part == "full" and due != full:
            found.append(f"whole claim {claim.id} is due {due} of {full}")
        if claim.part == "start" and due != sixty_percent(full):
            found.append(f"start {claim.id} is due {due} of {full}")
        start = claim.start
        if start is not None and start.state in (*PROMISED, "recovered") and start.full is not None:
            whole = (start.due or 0) + due
            fits = whole == start.full if not claim.lowered else whole <= start.full
            if not fits:
                found.append(f"start and completion {claim.id} come to {whole} of {start.full}")
            if start.pays == start.due and pays == due and not claim.lowered and start.pays + pays != start.full:
                found.append(f"start and completion {claim.id} pay {start.pays + pays} of {start.full}")
    elif claim.pays is not None:
        found.append(f"claim {claim.id} is {claim.state} and has an amount")
    if claim.reached_the_bank not in (0, claim.pays) or claim.recovered > (claim.pays or 0):
        found.append(f"claim {claim.id} was paid {claim.reached_the_bank}, recovered {claim.recovered} of {claim.pays}")
    if claim.state in ("paid", "recovered") and claim.reached_the_bank != claim.pays:
        found.append(f"claim {claim.id} is {claim.state}, and the bank paid {claim.reached_the_bank}")
    return found


def hash_of(row: Any) -> str:
    """As docs and code say it: the content in order as JSON, in SHA-256."""
    at = row.at if isinstance(row.at, datetime) else datetime.fromisoformat(row.at)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    details = row.details if isinstance(row.details, dict) else json.loads(row.details)
    content = [row.number, at.isoformat(timespec="microseconds"), *row[2:10], details, row.note_hash, row.previous_hash]
    written = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def differences(what: str, kept: dict[int, Any], stored: dict[int, Any]) -> list[str]:
    return [
        f"{what} {key}: {stored.get(key)} stored, {kept.get(key)} in the books"
        for key in kept.keys() | stored.keys()
        if kept.get(key) != stored.get(key)
    ]
