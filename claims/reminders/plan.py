"""Decide which reminders are due on a day. Facts, what was sent and the day in; messages out.

Source: docs/reminders.md. Of what is to be said in stages only the latest that has come is planned. Its due day is part
of a message's key, so that each goes once.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from claims.reminders.facts import (
    Committed,
    Deadline,
    Facts,
    LatestYear,
    NoBankDetails,
    OmmtDrafts,
    OpenCompletion,
    OpenPurchases,
    OpenRequest,
    Outdated,
    People,
    Subject,
    Training,
    Unpaid,
    UnreleasedRun,
    Unsigned,
    Waiting,
)
from claims.reminders.kinds import BLOCKS, Key, Kind, about_deadline, about_request
from claims.reminders.stages import Today, days_before
from claims.reminders.working_days import add_working_days, working_day_from, working_days_between
from claims.rules.deadlines import add_months

DAYS_BEFORE_LAST_DAY = (28, 14, 7, 2, 0)
DAYS_BEFORE_OMMT_CLOSES = (28, 14, 7, 2)
DAYS_AFTER_ASKING = (7, 14)
DAYS_AFTER_REGISTRATION = (3, 14)
DAYS_BEFORE_YEAR_CLOSES = (60, 30, 14, 7)
DAYS_BEFORE_LATEST_YEAR_ENDS = (90, 60, 30)
AGREEMENT_AGAIN_AFTER = timedelta(days=14)
SHARES_OF_CAP = (95, 80)
"""Percent, the higher first."""
WORKING_DAYS_TO_WAIT = 8
WORKING_DAYS_UNPAID = 5
WORKING_DAYS_UNRELEASED = 2


@dataclass(frozen=True, slots=True)
class Planned:
    """A message to be queued."""

    key: Key
    subject_of: Subject


class Due(NamedTuple):
    """Something to be said on the day that is planned."""

    kind: Kind
    about: str
    due_on: date
    people: People


Told = TypeVar("Told", bound=Subject)


def plan(facts: Facts, sent: Collection[Key], day: date) -> list[Planned]:
    """The messages that go on ``day``, beside those in ``sent``.

    On a day that is no working day only that is planned which could not wait for the next one.
    """
    gone = sent if isinstance(sent, (set, frozenset)) else frozenset(sent)
    once = {(key.kind, key.person_id, key.about) for key in gone if key.goes_once}
    return [planned for planned in _planned(facts, Today(day, facts.holidays)) if not _went(planned.key, gone, once)]


def _went(key: Key, gone: Collection[Key], once: Collection[tuple[Kind, int, str]]) -> bool:
    if key in gone:
        return True
    if not key.goes_once:
        return False
    if key.kind is Kind.CAP_NEAR:
        # Once the larger share was told of, the smaller one is no news.
        cap, _, share = key.about.rpartition(":")
        return any((key.kind, key.person_id, f"{cap}:{each}") in once for each in SHARES_OF_CAP if each >= int(share))
    return (key.kind, key.person_id, key.about) in once


def _planned(facts: Facts, today: Today) -> Iterator[Planned]:
    yield from _of(facts.deadlines, _claim_deadline, today)
    yield from _of(facts.requests, _needs_action, today)
    yield from _of(facts.deadlines, _claim_missed, today)
    yield from _of(facts.completions, _completion_claim_ready, today)
    yield from _of(facts.trainings, _certificate_request, today)
    yield from _of(facts.unsigned, _agreement_unsigned, today)
    yield from _of(facts.outdated, _workforce_data_due, today)
    yield from _of(facts.no_bank_details, _bank_details_missing, today)
    yield from _of(facts.open_purchases, _scheme_year_closing, today)
    yield from _of(facts.ommt_drafts, _ommt_closing, today)
    yield from _of(facts.committed, _cap_near, today)
    yield from _of((facts.waiting,), _claims_waiting, today)
    yield from _of((facts.unpaid,), _approved_unpaid, today)
    yield from _of(facts.unreleased, _run_unreleased, today)
    yield from _of((facts.latest_year,) if facts.latest_year else (), _scheme_year_missing, today)


def _of(subjects: Iterable[Told], decide: Callable[[Told, Today], Iterable[Due]], today: Today) -> Iterator[Planned]:
    for subject in subjects:
        for due in decide(subject, today):
            for person_id in due.people:
                yield Planned(Key(due.kind, person_id, due.about, due.due_on), subject)


def _claim_deadline(draft: Deadline, today: Today) -> Iterator[Due]:
    due_on = today.before(draft.last_day_on, DAYS_BEFORE_LAST_DAY)
    if due_on and due_on >= draft.known_from:
        yield Due(Kind.CLAIM_DEADLINE, about_deadline(draft.claim_id), due_on, draft.people)


def _claim_missed(draft: Deadline, today: Today) -> Iterator[Due]:
    if today.day <= draft.last_day_on or draft.known_from > draft.last_day_on:
        return
    if due_on := today.after(draft.last_day_on + timedelta(days=1)):
        yield Due(Kind.CLAIM_MISSED, about_deadline(draft.claim_id), due_on, draft.officers)


def _needs_action(request: OpenRequest, today: Today) -> Iterator[Due]:
    if due_on := today.after(*(request.asked_on + timedelta(days=days) for days in DAYS_AFTER_ASKING)):
        yield Due(Kind.NEEDS_ACTION, about_request(request.claim_id, request.request_id), due_on, request.people)


def _completion_claim_ready(completion: OpenCompletion, today: Today) -> Iterator[Due]:
    if today.day > completion.complete_by:
        return
    due_on = today.after(completion.known_from)
    if completion.planned_end_on:
        planned = _around_planned_end(completion.planned_end_on, min(today.day, completion.complete_by), today)
        due_on = max((each for each in (due_on, planned) if each), default=None)
    if due_on and completion.known_from <= due_on <= completion.complete_by:
        yield Due(Kind.COMPLETION_CLAIM_READY, about_deadline(completion.claim_id), due_on, completion.people)


def _around_planned_end(ends_on: date, until: date, today: Today) -> date | None:
    """The planned end, or the latest of the months after it, up to ``until``."""
    due_on, months = today.by(ends_on), 1
    while (again_on := add_months(ends_on, months)) <= until:
        due_on = today.after(again_on) or due_on
        months += 1
    return due_on


def _certificate_request(training: Training, today: Today) -> Iterator[Due]:
    due_on = today.by(training.on)
    if due_on and due_on >= training.known_from:
        yield Due(Kind.CERTIFICATE_REQUEST, f"purchase:{training.purchase_id}", due_on, training.people)


def _agreement_unsigned(year: Unsigned, today: Today) -> Iterator[Due]:
    about = f"employer:{year.employer_id}:agreement:{year.year}"
    asked_on = max(year.registered_on, year.begins_on)
    if asked_on <= year.ends_on and (due_on := today.after(asked_on, asked_on + AGREEMENT_AGAIN_AFTER)):
        yield Due(Kind.AGREEMENT_UNSIGNED, about, due_on, year.people)
    if today.day >= year.begins_on:
        yield from _blocks(Kind.AGREEMENT_UNSIGNED, about, year, today)


def _workforce_data_due(data: Outdated, today: Today) -> Iterator[Due]:
    about = f"employer:{data.employer_id}:workforce-data:{data.since.year}"
    due_on = today.after(data.since, data.since.replace(month=6))
    if due_on and due_on >= data.registered_on:
        yield Due(Kind.WORKFORCE_DATA_DUE, about, due_on, data.people)
    if today.day >= data.since:
        yield from _blocks(Kind.WORKFORCE_DATA_DUE, about, data, today)


def _blocks(kind: Kind, about: str, missing: Unsigned | Outdated, today: Today) -> Iterator[Due]:
    if missing.blocked_on and (due_on := today.after(missing.blocked_on)):
        yield Due(kind, f"{about}{BLOCKS}", due_on, missing.people)


def _bank_details_missing(missing: NoBankDetails, today: Today) -> Iterator[Due]:
    if due_on := today.after(*(missing.registered_on + timedelta(days=days) for days in DAYS_AFTER_REGISTRATION)):
        yield Due(Kind.BANK_DETAILS_MISSING, f"employer:{missing.employer_id}:bank-details", due_on, missing.people)


def _scheme_year_closing(employer: OpenPurchases, today: Today) -> Iterator[Due]:
    due_on = today.before(employer.closes_on, DAYS_BEFORE_YEAR_CLOSES)
    if due_on and due_on >= employer.known_from and count_open(employer, today.day):
        about = f"employer:{employer.employer_id}:scheme-year:{employer.year}"
        yield Due(Kind.SCHEME_YEAR_CLOSING, about, due_on, employer.people)


def count_open(employer: OpenPurchases, day: date) -> int:
    """How many of its purchases are still to be paid for or to start after ``day``, as far as is known."""
    return sum(settled_on is None or settled_on > day for settled_on in employer.settled_on)


def _ommt_closing(employer: OmmtDrafts, today: Today) -> Iterator[Due]:
    due_on = today.before(employer.last_day_on, DAYS_BEFORE_OMMT_CLOSES)
    if due_on and due_on >= employer.known_from:
        about = f"employer:{employer.employer_id}:ommt:{employer.last_day_on}"
        yield Due(Kind.OMMT_CLOSING, about, due_on, employer.people)


def _cap_near(cap: Committed, today: Today) -> Iterator[Due]:
    share = next((each for each in SHARES_OF_CAP if cap.committed_pence * 100 >= cap.cap_pence * each), None)
    if share and today.is_working:
        about = f"employer:{cap.employer_id}:cap:{cap.fund}:{cap.year}:{share}"
        yield Due(Kind.CAP_NEAR, about, today.day, cap.people)


def _claims_waiting(waiting: Waiting, today: Today) -> Iterator[Due]:
    if today.is_working and count_waiting(waiting, today.day, today.holidays):
        yield Due(Kind.CLAIMS_WAITING, "queue", today.day, waiting.people)


def count_waiting(waiting: Waiting, day: date, holidays: frozenset[date]) -> int:
    """How many claims have waited for more than eight working days."""
    return sum(
        count
        for submitted_on, count in waiting.submitted
        if working_days_between(submitted_on, day, holidays) > WORKING_DAYS_TO_WAIT
    )


def _approved_unpaid(unpaid: Unpaid, today: Today) -> Iterator[Due]:
    monday = today.day - timedelta(days=today.day.weekday())
    if (due_on := today.after(monday)) and any(long_unpaid(unpaid, today.day, today.holidays)):
        yield Due(Kind.APPROVED_UNPAID, "approved", due_on, unpaid.people)


def long_unpaid(unpaid: Unpaid, day: date, holidays: frozenset[date]) -> tuple[int, int]:
    """How many claims, and pence, had on ``day``'s Monday been approved for more than five working days."""
    asked_on = working_day_from(day - timedelta(days=day.weekday()), holidays)
    long_ago = [
        (count, pence)
        for approved_on, count, pence in unpaid.approved
        if working_days_between(approved_on, asked_on, holidays) > WORKING_DAYS_UNPAID
    ]
    return sum(count for count, _ in long_ago), sum(pence for _, pence in long_ago)


def _run_unreleased(run: UnreleasedRun, today: Today) -> Iterator[Due]:
    if due_on := today.after(add_working_days(run.drawn_up_on, WORKING_DAYS_UNRELEASED, today.holidays)):
        yield Due(Kind.RUN_UNRELEASED, f"payment-run:{run.run_id}", due_on, run.people)


def _scheme_year_missing(latest: LatestYear, today: Today) -> Iterator[Due]:
    come = [each for each in days_before(latest.ends_on, DAYS_BEFORE_LATEST_YEAR_ENDS) if today.by(each)]
    if come:
        yield Due(Kind.SCHEME_YEAR_MISSING, f"scheme-year:{latest.name}", max(come), latest.people)
