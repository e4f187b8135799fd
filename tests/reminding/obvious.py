"""Who is told what on every day of a made-up world, written once more: slowly, plainly, from the table in the spec.

Nothing here looks at ``claims.reminders``. Each morning everything there is is looked at; what is due is struck off.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.reminding.world import CAP_PENCE, FIRST, YEARS, Colleague, MadeClaim, MadeEmployer, MadePurchase, World

DAY = timedelta(days=1)
Said = tuple[date, str, int, str, date]
"""Day, kind, person, about, due day."""
YEAR_ENDS = {year: date(int(year[:4]) + 1, 3, 31) for year in YEARS}
YEAR_BEGINS = {year: date(int(year[:4]), 4, 1) for year in YEARS}
COMPLETE_BY = {year: date(int(year[:4]) + 1, 12, 31) for year in YEARS}


@dataclass
class Office:
    assessors: list[int]
    finance: list[int]
    administrators: list[int]


@dataclass
class Diary:
    """What has been said, and whose turn it is this morning."""

    world: World
    office: Office
    holidays: frozenset[date]
    struck_off: set[tuple[str, int, str, date]] = field(default_factory=set)
    once: set[tuple[str, int, str]] = field(default_factory=set)

    def rests(self, day: date) -> bool:
        return day.isoweekday() > 5 or day in self.holidays

    def by(self, day: date) -> date:
        while self.rests(day):
            day -= DAY
        return day

    def from_(self, day: date) -> date:
        while self.rests(day):
            day += DAY
        return day

    def morning(self, today: date) -> list[Said]:
        said = []
        for kind, people, about, due in self.due(today):
            for person in people:
                if (kind, person, about, due) not in self.struck_off:
                    self.struck_off.add((kind, person, about, due))
                    said.append((today, kind, person, about, due))
        return said

    def due(self, today: date) -> Iterator[tuple[str, list[int], str, date]]:
        yield from self.for_staff(today)
        for employer in self.world.employers:
            if employer.registered_on < today:
                yield from self.for_employer(employer, today)
                for purchase in employer.purchases:
                    yield from self.for_purchase(employer, purchase, today)
                    for claim in purchase.claims:
                        yield from self.for_claim(employer, purchase, claim, today)

    # What is to come: the last stage whose working day before has come, until the day itself.
    def coming(self, last: date, days: list[int], known: date, today: date) -> list[date]:
        if today > last:
            return []
        if self.rests(today) and self.from_(today) <= last:
            return []
        stages = sorted(last - timedelta(days=each) for each in days)
        come = [stage for stage in stages if self.by(stage) <= today]
        return come[-1:] if come and come[-1] >= known else []

    # What is past: the last stage whose working day after has come, for 28 days.
    def past(self, stages: list[date], today: date) -> list[date]:
        if self.rests(today):
            return []
        come = [stage for stage in sorted(stages) if self.from_(stage) <= today]
        return [stage for stage in come[-1:] if (today - stage).days <= 28]

    def for_claim(
        self, employer: MadeEmployer, purchase: MadePurchase, claim: MadeClaim, today: date
    ) -> Iterator[tuple[str, list[int], str, date]]:
        about = f"claim:{claim.claim_id}"
        both = told(employer, [claim.entered_by], today)
        if claim.is_draft_before(today) and claim.last_day_on:
            for due in self.coming(claim.last_day_on, [28, 14, 7, 2, 0], claim.entered_on, today):
                yield "claim-deadline", both, about, due
            if today > claim.last_day_on >= claim.entered_on:
                for due in self.past([claim.last_day_on + DAY], today):
                    yield "claim-missed", sros(employer, today), about, due
        if claim.asked_on and claim.asked_on < today and (claim.answered_on is None or claim.answered_on >= today):
            for due in self.past([claim.asked_on + timedelta(days=7), claim.asked_on + timedelta(days=14)], today):
                yield "needs-action", both, f"{about}:request:{claim.claim_id}", due
        if claim.part == "completion" and claim.is_draft_before(today) and today <= COMPLETE_BY[claim.scheme_year]:
            for due in self.completion_stages(purchase, claim, today):
                yield "completion-claim-ready", submitter(employer, claim.entered_by, today), about, due

    def completion_stages(self, purchase: MadePurchase, claim: MadeClaim, today: date) -> list[date]:
        last = COMPLETE_BY[claim.scheme_year]
        come = self.past([claim.entered_on], today)
        ends = purchase.planned_end_on
        if ends:
            if not self.rests(today) and self.by(ends) <= today and (today - ends).days <= 28:
                come.append(ends)
            months = [ends_plus(ends, number) for number in range(1, 40)]
            come += self.past([each for each in months if each <= last], today)
        return [max(come)] if come and claim.entered_on <= max(come) <= last else []

    def for_purchase(
        self, employer: MadeEmployer, purchase: MadePurchase, today: date
    ) -> Iterator[tuple[str, list[int], str, date]]:
        if purchase.fund != "ommt" or purchase.started_on is None or self.rests(today):
            return
        on = purchase.started_on
        waiting = [
            claim
            for claim in purchase.claims
            if claim.is_draft_before(today) and not (claim.certificate_on and claim.certificate_on < today)
        ]
        if self.by(on) <= today and (today - on).days <= 28:
            for entered_by in sorted({claim.entered_by for claim in waiting}):
                theirs = [claim for claim in waiting if claim.entered_by == entered_by]
                if on >= min(claim.entered_on for claim in theirs):
                    about = f"purchase:{purchase.purchase_id}"
                    yield "certificate-request", submitter(employer, entered_by, today), about, on

    def for_employer(self, employer: MadeEmployer, today: date) -> Iterator[tuple[str, list[int], str, date]]:
        number, registered_on, officer = employer.employer_id, employer.registered_on, sros(employer, today)
        drafts = [
            claim
            for purchase in employer.purchases
            for claim in purchase.claims
            if claim.is_draft_before(today) and claim.last_day_on and claim.last_day_on >= today
        ]
        for year in YEARS:
            signed = employer.signed_on.get(year)
            if today < YEAR_BEGINS[year] or (signed and signed < today):
                continue
            about = f"employer:{number}:agreement:{year}"
            of_year = [claim.entered_on for claim in drafts if claim.scheme_year == year]
            first = max(registered_on, YEAR_BEGINS[year])
            if first <= YEAR_ENDS[year] and (today <= YEAR_ENDS[year] or of_year):
                for due in self.past([first, first + timedelta(days=14)], today):
                    yield "agreement-unsigned", officer, about, due
            if of_year:
                yield from self.blocking(
                    "agreement-unsigned", officer, about, max(min(of_year), YEAR_BEGINS[year]), today
                )
        april = date(today.year if today >= date(today.year, 4, 1) else today.year - 1, 4, 1)
        if not [on for on in employer.updated_on if april <= on < today]:
            about = f"employer:{number}:workforce-data:{april.year}"
            for due in self.past([april, april.replace(month=6)], today):
                if due >= registered_on:
                    yield "workforce-data-due", officer, about, due
            if drafts:
                since = max(min(claim.entered_on for claim in drafts), april)
                yield from self.blocking("workforce-data-due", officer, about, since, today)
        if not (employer.bank_on and employer.bank_on < today):
            for due in self.past([registered_on + timedelta(days=3), registered_on + timedelta(days=14)], today):
                yield "bank-details-missing", officer, f"employer:{number}:bank-details", due
        yield from self.closing(employer, today)
        yield from self.caps(employer, officer, today)

    def blocking(
        self, kind: str, people: list[int], about: str, since: date, today: date
    ) -> Iterator[tuple[str, list[int], str, date]]:
        for due in self.past([since], today):
            yield kind, self.only_once(kind, people, f"{about}:blocks"), f"{about}:blocks", due

    def only_once(self, kind: str, people: list[int], about: str) -> list[int]:
        new = [person for person in people if (kind, person, about) not in self.once]
        self.once |= {(kind, person, about) for person in new}
        return new

    def closing(self, employer: MadeEmployer, today: date) -> Iterator[tuple[str, list[int], str, date]]:
        for year in YEARS:
            planned = [
                each
                for each in employer.purchases
                if each.entered_on < today
                and (each.fixed_on is None or each.fixed_on >= today)
                and (
                    YEAR_BEGINS[year] <= each.paid_on <= YEAR_ENDS[year]
                    if each.paid_on
                    else each.entered_on >= YEAR_BEGINS[year]
                )
            ]
            unsettled = [
                each
                for each in planned
                if not each.paid_on or not each.started_on or each.paid_on > today or each.started_on > today
            ]
            if unsettled:
                known = min(each.entered_on for each in planned)
                for due in self.coming(YEAR_ENDS[year], [60, 30, 14, 7], known, today):
                    people = told(employer, [each.entered_by for each in planned], today)
                    yield "scheme-year-closing", people, f"employer:{employer.employer_id}:scheme-year:{year}", due
            ommt_last = YEAR_ENDS[year].replace(day=20)
            ommt = [
                claim
                for purchase in employer.purchases
                if purchase.fund == "ommt"
                for claim in purchase.claims
                if claim.is_draft_before(today) and claim.last_day_on == ommt_last
            ]
            if ommt:
                for due in self.coming(ommt_last, [28, 14, 7, 2], min(claim.entered_on for claim in ommt), today):
                    people = told(employer, [claim.entered_by for claim in ommt], today)
                    yield "ommt-closing", people, f"employer:{employer.employer_id}:ommt:{ommt_last}", due

    def caps(
        self, employer: MadeEmployer, officer: list[int], today: date
    ) -> Iterator[tuple[str, list[int], str, date]]:
        if self.rests(today):
            return
        for year in YEARS:
            levels = [pence for day, of, pence in employer.committed if of == year and day < today]
            if not levels:
                continue
            share = levels[-1] * 100 / CAP_PENCE
            about = f"employer:{employer.employer_id}:cap:main:{year}"
            if share >= 95:
                yield "cap-near", self.only_once("cap-near", officer, f"{about}:95"), f"{about}:95", today
            elif share >= 80:
                people = [person for person in officer if ("cap-near", person, f"{about}:95") not in self.once]
                yield "cap-near", self.only_once("cap-near", people, f"{about}:80"), f"{about}:80", today

    def for_staff(self, today: date) -> Iterator[tuple[str, list[int], str, date]]:
        if self.rests(today):
            return
        claims = [
            claim for employer in self.world.employers for purchase in employer.purchases for claim in purchase.claims
        ]
        if any(self.worked_since(since, today) > 8 for claim in claims for since in waiting_since(claim, today)):
            yield "claims-waiting", self.office.assessors, "queue", today
        monday = today - timedelta(days=today.weekday())
        for claim in claims:
            approved = (
                claim.approved_on and claim.approved_on < today and not (claim.taken_on and claim.taken_on < today)
            )
            if approved and claim.approved_on and self.worked_since(claim.approved_on, self.from_(monday)) > 5:
                yield "approved-unpaid", self.office.finance, "approved", monday
                break
        for run in self.world.runs:
            if run.drawn_up_on < today and not (run.released_on and run.released_on < today):
                due = run.drawn_up_on
                for _ in range(2):
                    due = self.from_(due + DAY)
                for on in self.past([due], today):
                    yield "run-unreleased", self.office.finance, f"payment-run:{run.run_id}", on
        ends = YEAR_ENDS[YEARS[-1]]
        stages = [ends - timedelta(days=each) for each in (90, 60, 30)]
        come = [stage for stage in stages if self.by(stage) <= today <= stage + timedelta(days=28)]
        if come:
            yield "scheme-year-missing", self.office.administrators, f"scheme-year:{YEARS[-1]}", come[-1]

    def worked_since(self, since: date, today: date) -> int:
        return len([each for each in range((today - since).days) if not self.rests(since + (each + 1) * DAY)])


def waiting_since(claim: MadeClaim, today: date) -> list[date]:
    """Since when it waits for a decision this morning."""
    if claim.submitted_on is None or claim.submitted_on >= today or (claim.approved_on and claim.approved_on < today):
        return []
    if claim.asked_on and claim.asked_on < today:
        return [claim.answered_on] if claim.answered_on and claim.answered_on < today else []
    return [claim.submitted_on]


def is_there(colleague: Colleague, today: date) -> bool:
    return colleague.from_on < today and (colleague.left_on is None or colleague.left_on >= today)


def sros(employer: MadeEmployer, today: date) -> list[int]:
    return [each.person_id for each in employer.colleagues if each.is_sro and is_there(each, today)]


def told(employer: MadeEmployer, entered_by: list[int], today: date) -> list[int]:
    there = {each.person_id for each in employer.colleagues if is_there(each, today)}
    return sorted({*sros(employer, today), *(there & set(entered_by))})


def submitter(employer: MadeEmployer, entered_by: int, today: date) -> list[int]:
    there = {each.person_id for each in employer.colleagues if is_there(each, today)}
    return [entered_by] if entered_by in there else sros(employer, today)


def ends_plus(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(last, day.day))
        except ValueError:
            continue
    raise AssertionError


def everything_said(world: World, office: Office, holidays: frozenset[date], mornings: list[date]) -> list[Said]:
    """What is said on ``mornings``, in order; on the other days nobody looked."""
    diary = Diary(world, office, holidays)
    assert mornings[0] >= FIRST
    return [said for today in mornings for said in diary.morning(today)]
