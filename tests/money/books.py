"""Books kept beside the service, slowly and obviously: what each act comes to, worked out from what was bought."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

LIVE = ("submitted", "needs-action", "approved", "in-payment", "paid")
PROMISED = ("approved", "in-payment", "paid")
CAPS = {"main": 900_000, "ommt": 20_000}
"""Of the invented scheme year that these lives are lived in: low enough for employers to get near."""
OMMT_LAST_DAY = date(2026, 3, 20)
HALVES = {"full": {"start", "completion"}, "start": {"start"}, "completion": {"completion"}}


@dataclass(eq=False)
class Employer:
    id: int
    account: int = 0
    """Counts the bank accounts it has given."""
    account_id: int = 0
    has_account: bool = True
    verified: bool = True
    suspended: bool = False


@dataclass(eq=False)
class Course:
    code: str
    fund: str
    maximum: int
    internal: bool
    splits: bool


@dataclass(eq=False)
class Purchase:
    id: int
    employer: Employer
    course: Course
    total: int
    other: int
    people: int
    plan: bool
    paid_on: date
    second_told: bool = False
    rejected_as: tuple[int, bool] | None = None
    """Total and second payment as they were when the latest payment check rejected them; ``None`` when it did not."""
    holder: int | None = None
    held_until: datetime | None = None

    @property
    def told(self) -> tuple[int, bool]:
        return self.total, self.second_told

    @property
    def each(self) -> int:
        return self.total // self.people

    @property
    def other_each(self) -> int:
        """What other funding takes off each share: it comes off the total before that is divided."""
        return self.each - (self.total - self.other) // self.people


@dataclass(eq=False)
class Claim:
    id: int
    purchase: Purchase
    learner: int
    number: str
    part: str
    start: "Claim | None" = None
    state: str = "draft"
    first_event_on: date | None = None
    """Of a whole or start claim: the day from which its window counts."""
    first_sent_on: date | None = None
    sent_with: tuple[int, bool] = (0, False)
    """The purchase's total and second payment as they were when it was sent: sent again, something must differ."""
    asked: set[str] = field(default_factory=set)
    cost: int | None = None
    full: int | None = None
    """R: what could be paid back at the most, fixed on approval."""
    due: int | None = None
    """The part's share of it."""
    pays: int | None = None
    """After the cap."""
    approver: int | None = None
    waits_for_a_lead: bool = False
    first_was_agreed: bool = False
    recovered: int = 0
    reached_the_bank: int = 0
    """What the bank has paid for it and did not take back."""
    lowered: bool = False
    """The check of a plan's second payment lowered R."""

    @property
    def employer(self) -> Employer:
        return self.purchase.employer

    @property
    def fund(self) -> str:
        return self.purchase.course.fund

    @property
    def told(self) -> tuple[int, bool]:
        return self.purchase.told

    @property
    def needs_payment_check(self) -> bool:
        return not self.purchase.course.internal and (self.part != "completion" or self.purchase.plan)

    def forget_amounts(self) -> None:
        self.cost = self.full = self.due = self.pays = self.approver = None


@dataclass(eq=False)
class Line:
    claim: Claim
    pence: int
    account_id: int
    state: str = "live"


@dataclass(eq=False)
class SetOff:
    recovery: "Recovery"
    employer: Employer
    fund: str
    pence: int
    state: str = "live"


@dataclass(eq=False)
class Run:
    id: int
    drawn_by: int
    lines: list[Line]
    set_offs: list[SetOff]
    state: str = "drawn-up"
    released_by: int | None = None
    released_on: date | None = None
    token: str = ""
    seen: str = ""

    def paying(self) -> list[Line]:
        return [line for line in self.lines if line.state in ("live", "paid")]

    def payments(self) -> dict[tuple[Employer, str], list[Line]]:
        found: dict[tuple[Employer, str], list[Line]] = {}
        for line in self.paying():
            found.setdefault((line.claim.employer, line.claim.fund), []).append(line)
        return found

    def kept_back(self, employer: Employer, fund: str) -> int:
        return sum(each.pence for each in self.in_force(employer, fund))

    def in_force(self, employer: Employer, fund: str) -> list[SetOff]:
        return [
            each
            for each in self.set_offs
            if each.employer is employer and each.fund == fund and each.state != "given-back"
        ]

    def net(self, employer: Employer, fund: str) -> int:
        return sum(line.pence for line in self.payments().get((employer, fund), [])) - self.kept_back(employer, fund)


@dataclass(eq=False)
class Recovery:
    id: int
    claim: Claim
    pence: int
    whole: bool
    way: str
    state: str = "proposed"
    left: int = 0
    approved_on: date | None = None


@dataclass(eq=False)
class Return:
    id: int
    run: Run
    employer: Employer
    fund: str
    proposed_by: int
    state: str = "proposed"


@dataclass(eq=False)
class Books:
    """Everything that happened, as the books have it."""

    employers: list[Employer] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    claims: dict[int, Claim] = field(default_factory=dict)
    opened: int = 0
    """Lives that began, those that ended as discarded drafts included."""
    runs: list[Run] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    bank: dict[tuple[int, str], int] = field(default_factory=dict)
    """What reached each employer's accounts from each fund, less what came back, as the payment files had it."""
    invoices_paid: dict[tuple[int, str], int] = field(default_factory=dict)

    def of(self, purchase: Purchase) -> list[Claim]:
        return [claim for claim in self.claims.values() if claim.purchase is purchase]

    def in_state(self, *states: str) -> list[Claim]:
        return [claim for claim in self.claims.values() if claim.state in states]

    def completion_of(self, start: Claim) -> Claim | None:
        return next((claim for claim in self.claims.values() if claim.start is start), None)

    def open_claim(self, claim: Claim) -> Claim:
        self.claims[claim.id] = claim
        self.opened += 1
        return claim

    def discard(self, claim: Claim) -> None:
        del self.claims[claim.id]

    # What is promised

    def committed(self, employer: Employer, fund: str) -> int:
        """Approved, in payment and paid amounts less recoveries; what was recovered wholly comes to nothing."""
        return sum(
            (claim.pays or 0) - claim.recovered
            for claim in self.claims.values()
            if claim.employer is employer and claim.fund == fund and claim.state in (*PROMISED, "recovered")
        )

    def left(self, employer: Employer, fund: str) -> int:
        return CAPS[fund] - self.committed(employer, fund)

    # What may be sent

    def clash(self, claim: Claim) -> bool:
        """Another live claim, of any employer, for the same number, course and half."""
        return any(
            other is not claim
            and other.state in LIVE
            and other.number == claim.number
            and other.purchase.course.code == claim.purchase.course.code
            and HALVES[other.part] & HALVES[claim.part]
            for other in self.claims.values()
        )

    def may_be_sent(self, claim: Claim, today: date) -> bool:
        """Whether the claim as it stands would be taken, the first time or again."""
        employer = claim.employer
        return (
            not employer.suspended
            and employer.has_account
            and not (claim.state == "draft" and claim.purchase.rejected_as == claim.purchase.told)
            and self.left(employer, claim.fund) > 0
            and (claim.start is None or claim.start.state in PROMISED)
            and (claim.purchase.course.internal or claim.purchase.total > claim.purchase.other)
            and (claim.first_sent_on is not None or today <= self.last_day(claim, today))
            and not self.clash(claim)
        )

    def last_day(self, claim: Claim, today: date) -> date:
        if claim.fund == "ommt":
            return OMMT_LAST_DAY
        return three_months_after(claim.first_event_on or today)

    # What it comes to

    def amounts(self, claim: Claim, checked: int | None) -> tuple[int | None, int, int]:
        """Cost, R and the part's share, with what an assessor found was paid for each learner."""
        purchase, course = claim.purchase, claim.purchase.course
        if course.internal:
            return None, course.maximum, course.maximum
        if claim.part == "completion":
            start = claim.start
            assert start is not None
            assert start.full is not None
            assert start.due is not None
            if not purchase.plan:
                return start.cost, start.full, max(0, start.full - start.due)
            assert checked is not None
            full = min(start.full, max(0, min(checked - purchase.other_each, course.maximum)))
            return checked, full, max(0, full - start.due)
        assert checked is not None
        full = max(0, min(checked - purchase.other_each, course.maximum))
        return checked, full, full if claim.part == "full" else sixty_percent(full)

    # What may be paid

    def ready(self, fund: str | None) -> list[Claim]:
        """Approved, agreed to where a lead must agree, in no run, of an employer that may be paid."""
        in_runs = {line.claim for run in self.runs for line in run.paying()}
        return [
            claim
            for claim in self.in_state("approved")
            if claim not in in_runs
            and not claim.waits_for_a_lead
            and not claim.employer.suspended
            and claim.employer.has_account
            and claim.employer.verified
            and fund in (None, claim.fund)
        ]

    def planned(self, claims: Iterable[Claim]) -> list[SetOff]:
        """The oldest debts of each employer and fund first, never more than its gross."""
        gross: dict[tuple[int, str], int] = {}
        for claim in claims:
            key = claim.employer.id, claim.fund
            gross[key] = gross.get(key, 0) + (claim.pays or 0)
        found = []
        for debt in self.debts():
            key = debt.claim.employer.id, debt.claim.fund
            taken = min(debt.left, gross.get(key, 0))
            if taken:
                gross[key] -= taken
                found.append(SetOff(debt, debt.claim.employer, debt.claim.fund, taken))
        return found

    def debts(self) -> Iterator[Recovery]:
        for recovery in self.recoveries:
            if recovery.state == "approved" and recovery.way == "set-off" and recovery.left:
                yield recovery

    def give_back(self, run: Run, employer: Employer, fund: str) -> None:
        for each in run.in_force(employer, fund):
            each.state = "given-back"
            each.recovery.left += each.pence

    def take_out(self, run: Run, employer: Employer) -> None:
        """Every line of one employer leaves a run that was not released."""
        for fund in CAPS:
            self.give_back(run, employer, fund)
        for line in run.paying():
            if line.claim.employer is employer:
                line.state, line.claim.state = "removed", "approved"


def sixty_percent(pence: int) -> int:
    """Half a penny rounds up."""
    tenths = pence * 6
    return tenths // 10 + (1 if tenths % 10 >= 5 else 0)


def three_months_after(day: date) -> date:
    """The same day of the month, or the last day of a shorter month."""
    first = day.replace(day=1)
    for _ in range(3):
        first = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))
