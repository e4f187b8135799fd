"""The rules once more, slow and plain: an ``if`` for each sentence of ``docs/rules.md``, to hold the engine against.

Written from the sentences, not from ``claims.rules``, of which it uses nothing but the facts. The parameters are typed
here anew. It gives outcomes, amounts and the last day, no words. Where it differs from the engine, read the sentence.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from claims.rules.facts import Facts
from claims.rules.scheme import CourseEntry, JobRole

PASS, NOT_APPLICABLE, UNKNOWN, CHECK, FAIL = "pass", "not-applicable", "unknown", "check", "fail"


class Year(NamedTuple):
    first: date = date(2025, 4, 1)
    last: date = date(2026, 3, 31)
    long_courses_by: date = date(2026, 12, 31)
    ommt_claimed_by: date = date(2026, 3, 20)
    cap_pence: int = 400_000_00


class Judgement(NamedTuple):
    outcome: str
    rules: dict[str, str]
    amount: tuple[int | None, int | None, int | None, int | None, bool]
    """Reimbursable, entitlement, payable, left for completion, estimate."""
    last_day: date | None


def judge(
    facts: Facts,
    courses: Mapping[str, tuple[CourseEntry, ...]],
    job_roles: Mapping[str, JobRole],
    today: date,
    years: tuple[Year, ...],
) -> Judgement:
    """What the sentences say of one claim; ``years`` in order of time."""
    employer, learner, training, claim = facts.employer, facts.learner, facts.training, facts.claim
    part, start_part = claim.part, claim.start_part
    paid, second, started, completed = (
        training.paid_on,
        training.second_payment_on,
        training.started_on,
        training.completed_on,
    )
    submitted = claim.submitted_on or today
    first_submitted = claim.first_submitted_on or submitted
    resubmitted = claim.first_submitted_on not in (None, claim.submitted_on)

    entries = courses.get(training.course or "", ())
    ommt = bool(entries) and entries[0].fund == "ommt"
    internal = ommt and entries[0].delivery == "internal"
    decided_on = completed if internal else paid

    own_year = [year for year in years if decided_on and year.first <= decided_on <= year.last]
    todays_year = [year for year in years if year.first <= today <= year.last]
    begun = [year for year in years if year.first <= today]
    year = (own_year or todays_year or begun[-1:] or list(years))[0]
    cap = None if ommt else year.cap_pence

    last_day = None
    if ommt:
        last_day = year.ommt_claimed_by
    elif part == "start" and paid and started:
        last_day = three_months_after(max(paid, started))
    elif part in ("full", "completion") and completed:
        last_day = three_months_after(completed)

    listed = [entry for entry in entries if decided_on and entry.paid_from <= decided_on <= entry.paid_to]
    listed_today = [entry for entry in entries if entry.paid_from <= today <= entry.paid_to]
    if decided_on:
        maximum = listed[0].max_reimbursement_pence if listed else 0
    else:
        maximum = (listed_today or [*entries][-1:])[0].max_reimbursement_pence if entries else 0

    cost, other = training.cost_pence, training.other_funding_pence
    reimbursable = None
    estimate = False
    if part == "completion" and start_part and start_part.reimbursable_pence is not None:
        reimbursable = start_part.reimbursable_pence
    elif internal:
        reimbursable = maximum
        estimate = decided_on is None
    elif entries and cost is not None:
        reimbursable = max(0, min(cost - (other or 0), maximum))
        estimate = decided_on is None

    entitlement = left_for_completion = payable = None
    if reimbursable is not None:
        sixty_percent = (reimbursable * 60 + 50) // 100
        if part == "full":
            entitlement = reimbursable
        elif part == "start":
            entitlement = sixty_percent
            left_for_completion = reimbursable - sixty_percent
        elif part == "completion":
            paid_at_start = start_part.amount_pence if start_part else None
            entitlement = max(0, reimbursable - (sixty_percent if paid_at_start is None else paid_at_start))

    committed = employer.committed_pence
    left = None if cap is None or committed is None else max(0, cap - committed)
    if entitlement is not None and cap is None:
        payable = entitlement
    elif entitlement is not None and left is not None:
        payable = min(entitlement, left)

    says = {}

    says["employer-provides-adult-social-care"] = must_be(employer.provides_adult_social_care)

    says["employer-employs-care-staff-in-england"] = must_be(employer.employs_care_staff_in_england)

    first_of_april = date(submitted.year, 4, 1)
    if first_of_april > submitted:
        first_of_april = date(submitted.year - 1, 4, 1)
    updated = employer.workforce_data_updated_on
    says["employer-workforce-data-up-to-date"] = must_be(updated and updated >= first_of_april)

    says["employer-registered-with-cqc"] = must_be(employer.registered_with_cqc) if ommt else NOT_APPLICABLE

    signed = employer.agreement_signed_on
    says["employer-signed-agreement"] = must_be(signed and signed <= submitted)

    number = learner.national_insurance_number
    says["learner-has-national-insurance-number"] = UNKNOWN if number is None else must_be(is_well_formed(number))

    says["learner-works-in-england"] = must_be(learner.works_in_england)

    if learner.engagement is None:
        outcome = UNKNOWN
    elif learner.engagement == "volunteer":
        outcome = CHECK if ommt else FAIL
    elif learner.engagement == "self-employed":
        outcome = FAIL
    else:
        outcome = PASS
    says["learner-engagement-is-funded"] = outcome

    role = learner.job_role
    funding = job_roles[role].funding if role and role in job_roles else "not a job role"
    registered = learner.post_requires_registration
    if role is None:
        outcome = UNKNOWN
    elif funding in ("no", "not a job role"):
        outcome = FAIL
    elif ommt:
        outcome = PASS
    elif funding == "ommt-only":
        outcome = FAIL
    elif registered is None:
        outcome = UNKNOWN
    elif registered and role in ("registered-manager", "deputy-manager"):
        outcome = CHECK
    elif registered:
        outcome = FAIL
    elif funding == "check":
        outcome = CHECK
    else:
        outcome = PASS
    says["learner-role-is-funded"] = outcome

    says["learner-employed-when-training-started"] = must_be(learner.employed_on_start)

    if part is None:
        outcome = UNKNOWN
    elif part == "start":
        outcome = NOT_APPLICABLE
    else:
        outcome = must_be(learner.employed_on_completion, FAIL if part == "completion" else CHECK)
    says["learner-still-employed-on-completion"] = outcome

    if training.course is None:
        outcome = UNKNOWN
    elif not entries:
        outcome = FAIL
    elif decided_on is None:
        outcome = UNKNOWN
    else:
        outcome = PASS if listed else FAIL
    says["course-on-eligible-list"] = outcome

    says["course-not-an-apprenticeship"] = must_not_be(training.apprenticeship)

    if part == "full":
        outcome = PASS
    elif part is None or not entries:
        outcome = UNKNOWN
    else:
        outcome = PASS if entries[0].funding_model == "split" else FAIL
    says["part-allowed-for-course"] = outcome

    says["paid-in-scheme-year"] = must_be(decided_on and bool(own_year))

    says["started-in-scheme-year"] = must_be(started and year.first <= started <= year.last)

    judged = [paid, started] if part == "start" else [paid, started, second, completed]
    if part is None:
        outcome = UNKNOWN
    elif part != "start" and (is_before(completed, started) or is_before(second, paid) or is_before(second, started)):
        outcome = FAIL
    elif any(is_before(submitted, day) for day in judged):
        outcome = FAIL if claim.submitted_on else UNKNOWN
    else:
        outcome = PASS
    says["dates-in-order"] = outcome

    if part == "start":
        outcome = NOT_APPLICABLE
    elif part is None or completed is None:
        outcome = UNKNOWN
    else:
        outcome = PASS if claim.submitted_on or completed <= today else UNKNOWN
    says["training-completed"] = outcome

    if part == "start":
        outcome = NOT_APPLICABLE
    elif part is None or completed is None:
        outcome = UNKNOWN
    elif ommt:
        outcome = PASS if year.first <= completed <= year.ommt_claimed_by else FAIL
    else:
        outcome = PASS if completed <= year.long_courses_by else CHECK
    says["completed-in-time"] = outcome

    if internal:
        outcome = NOT_APPLICABLE
    elif cost == 0:
        outcome = FAIL
    elif cost is None or other is None:
        outcome = UNKNOWN
    else:
        outcome = PASS if cost - other > 0 else FAIL
    says["cost-is-reimbursable"] = outcome

    if part is None:
        outcome = UNKNOWN
    elif part != "completion":
        outcome = NOT_APPLICABLE
    elif start_part is None:
        outcome = UNKNOWN
    else:
        outcome = PASS if start_part.state in ("approved", "in-payment", "paid") else FAIL
    says["start-part-approved"] = outcome

    found = claim.overlapping
    if part is None or found is None:
        outcome = UNKNOWN
    else:
        outcome = FAIL if found.own or found.another_employer else PASS
    says["not-claimed-before"] = outcome

    if last_day is None:
        outcome = UNKNOWN
    elif first_submitted <= last_day:
        outcome = PASS
    else:
        outcome = CHECK if resubmitted else FAIL
    says["submitted-in-time"] = outcome

    says["fund-open"] = must_be(facts.fund.open)

    if cap is None:
        outcome = NOT_APPLICABLE
    elif left is None:
        outcome = UNKNOWN
    elif left == 0:
        outcome = FAIL
    elif entitlement is None:
        outcome = UNKNOWN
    else:
        outcome = PASS if entitlement <= left else CHECK
    says["employer-within-cap"] = outcome

    if FAIL in says.values():
        outcome = "ineligible"
    elif UNKNOWN in says.values():
        outcome = "incomplete"
    elif CHECK in says.values():
        outcome = "check"
    else:
        outcome = "eligible"
    amount = (reimbursable, entitlement, payable, left_for_completion, estimate)
    return Judgement(outcome, says, amount, last_day)


def must_be(answer: object, otherwise: str = FAIL) -> str:
    return UNKNOWN if answer is None else PASS if answer else otherwise


def must_not_be(answer: object) -> str:
    return UNKNOWN if answer is None else FAIL if answer else PASS


def is_before(day: date | None, other: date | None) -> bool:
    """Whether both are given and ``day`` is earlier."""
    return day is not None and other is not None and day < other


def three_months_after(day: date) -> date:
    year, month = (day.year, day.month + 3) if day.month <= 9 else (day.year + 1, day.month - 9)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def is_well_formed(number: str) -> bool:
    number = number.replace(" ", "").upper()
    return (
        re.fullmatch("[A-Z][A-Z][0-9][0-9][0-9][0-9][0-9][0-9][A-D]", number) is not None
        and number[0] not in "DFIQUV"
        and number[1] not in "DFIOQUV"
        and number[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")
    )
