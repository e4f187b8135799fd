"""One claim as the rules see it: its facts, and what follows from them, worked out once."""

from dataclasses import dataclass
from datetime import date

from claims.rules.amounts import amount_of
from claims.rules.deadlines import last_day_to_claim
from claims.rules.facts import Facts
from claims.rules.findings import Amount
from claims.rules.scheme import MAIN, CourseEntry, Fund, Reference, SchemeYear, Value, entry_on
from claims.rules.wording import in_words

Read = tuple[tuple[str, Value], ...]
"""Facts that a rule read: interface name and value."""


@dataclass(slots=True)
class Case:
    """What every rule reads. Made by ``case_of``; rules only look."""

    facts: Facts
    reference: Reference
    today: date

    deciding_on: date | None
    """The date that decides year and amount: the first payment; for internal OMMT, which has none, the completion."""
    decided_by: Read
    """What year, fund and amount follow from: the course and the deciding date, whether known or not."""

    year: SchemeYear
    """The claim's scheme year; while that is not known, today's (``Reference.year_to_go_by``)."""
    year_is_known: bool
    year_note: str
    """Empty when the year is known; else which year's rules are used and why, to end a sentence with."""

    entries: tuple[CourseEntry, ...]
    """Every entry of the course's code; none when the code is missing or not on the list."""
    entry: CourseEntry | None
    """The entry that holds on the deciding date; else, to say what the course is, today's or the latest."""
    is_listed: bool
    """Whether ``entry`` holds on the deciding date."""
    is_internal_ommt: bool
    fund: Fund

    is_submitted: bool
    is_first_submitted: bool
    """Whether it was ever submitted; true of a claim that was sent back and not yet sent in again."""
    is_resubmission: bool
    submission_on: date
    """The day of submission; today, if not yet."""
    first_submission_on: date
    """The day of the first submission; today, if not yet."""

    last_day_to_claim: date | None
    cap_name: str
    """The parameter that caps this fund."""
    amount: Amount

    def reading(self, *facts: tuple[str, Value]) -> Read:
        """``facts`` and what decides the year, each once."""
        course, deciding = self.decided_by
        return (*facts, course) if deciding in facts else (*facts, course, deciding)


def case_of(facts: Facts, reference: Reference, today: date) -> Case:
    """Work out, once, what the rules have in common."""
    training = facts.training
    code = training.course
    entries = reference.courses.get(code, ()) if code is not None else ()
    is_internal_ommt = bool(entries) and entries[-1].is_internal_ommt
    fact, deciding_on = (
        ("training.completed_on", training.completed_on) if is_internal_ommt else ("training.paid_on", training.paid_on)
    )
    entry, is_listed = _entry_to_go_by(entries, deciding_on, today)
    fund = MAIN if entry is None else entry.fund
    own_year = None if deciding_on is None else reference.year_paid_on(deciding_on)
    year = own_year or reference.year_to_go_by(today)
    submitted_on = facts.claim.submitted_on
    first_submitted_on = facts.claim.first_submitted_on or submitted_on
    cap_name = "cap_main_pence" if fund is MAIN else "cap_ommt_pence"
    return Case(
        facts=facts,
        reference=reference,
        today=today,
        deciding_on=deciding_on,
        decided_by=(("training.course", code), (fact, deciding_on)),
        year=year,
        year_is_known=own_year is not None,
        year_note="" if own_year else _why_this_year(year, deciding_on, is_internal_ommt),
        entries=entries,
        entry=entry,
        is_listed=is_listed,
        is_internal_ommt=is_internal_ommt,
        fund=fund,
        is_submitted=submitted_on is not None,
        is_first_submitted=first_submitted_on is not None,
        is_resubmission=first_submitted_on != submitted_on,
        submission_on=submitted_on or today,
        first_submission_on=first_submitted_on or today,
        last_day_to_claim=last_day_to_claim(facts.claim.part, fund, training, year),
        cap_name=cap_name,
        amount=amount_of(
            facts,
            maximum_pence=_maximum(entry, is_listed, deciding_on),
            fixed=is_internal_ommt,
            estimate=deciding_on is None,
            share_percent=year.number("start_share_percent"),
            cap_pence=year.number_or_none(cap_name),
        ),
    )


def _entry_to_go_by(
    entries: tuple[CourseEntry, ...], deciding_on: date | None, today: date
) -> tuple[CourseEntry | None, bool]:
    """The entry that says what the course is, and whether it holds on the deciding date."""
    if not entries:
        return None, False
    if deciding_on is not None and (entry := entry_on(entries, deciding_on)):
        return entry, True
    return entry_on(entries, today) or entries[-1], False


def _maximum(entry: CourseEntry | None, is_listed: bool, deciding_on: date | None) -> int | None:
    """Pence; nothing for a course that was not on the list when it was paid for, ``None`` without a course."""
    if entry is None:
        return None
    return entry.max_reimbursement_pence if is_listed or deciding_on is None else 0


def _why_this_year(year: SchemeYear, deciding_on: date | None, is_internal_ommt: bool) -> str:
    what = "completion" if is_internal_ommt else "payment"
    why = (
        f"no {what} date is given"
        if deciding_on is None
        else f"the {what} date {in_words(deciding_on)} is in no scheme year"
    )
    return f" (by the rules of {year.name}, because {why})"
