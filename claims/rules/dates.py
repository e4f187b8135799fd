"""Rules about dates: scheme year, order, completion and the deadline."""

from datetime import date

from claims.rules.case import Case, Read
from claims.rules.facts import START, Part, TrainingFacts
from claims.rules.findings import CHECK, FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Finding, Says
from claims.rules.scheme import MAIN, OMMT, Fund
from claims.rules.sources import GUIDE, LONG_COURSES, OMMT_TERMS, OVERVIEW, THIS_SERVICE
from claims.rules.wording import in_words, periods_in_words


def paid_in_scheme_year(case: Case) -> Finding:
    """The first payment falls in a scheme year; for internal OMMT, the completion."""
    paid_on = case.deciding_on
    if paid_on is None:
        outcome, facts = UNKNOWN, case.decided_by
        what = "the completion" if case.is_internal_ommt else "the first payment"
        message = f"Tell us the date of {what}: until then, the other answers go by the rules of {case.year.name}."
    elif case.year_is_known:
        outcome, facts = PASS, case.decided_by[1:]
        what = "completion" if case.is_internal_ommt else "payment"
        message = f"The {what} on {in_words(paid_on)} is in scheme year {case.year.name}."
    else:
        outcome, facts = FAIL, case.decided_by
        what = "completed" if case.is_internal_ommt else "paid for"
        periods = periods_in_words((year.day("paid_from"), year.day("paid_to")) for year in case.reference.years)
        message = (
            f"You can claim for training {what} {periods}, but not on {in_words(paid_on)}; "
            f"the other answers go by the rules of {case.year.name}."
        )
    return Finding(
        "paid-in-scheme-year",
        outcome,
        message,
        facts,
        case.year.parameters_named("paid_from", "paid_to"),
        OVERVIEW,
    )


def started_in_scheme_year(case: Case) -> Finding:
    """The training started within the year's start dates."""
    started_on = case.facts.training.started_on
    year = case.year
    first, last = year.day("started_from"), year.day("started_to")
    if started_on is None:
        outcome = UNKNOWN
        message = (
            "Tell us the start date of the training: "
            f"it must be from {in_words(first)} to {in_words(last)}{case.year_note}."
        )
    elif first <= started_on <= last:
        outcome = PASS
        message = f"The start on {in_words(started_on)} is in scheme year {year.name}{case.year_note}."
    else:
        outcome = FAIL
        message = (
            f"The start on {in_words(started_on)} is outside the scheme year, so this training cannot be claimed for: "
            f"it must start from {in_words(first)} to {in_words(last)}{case.year_note}."
        )
    return Finding(
        "started-in-scheme-year",
        outcome,
        message,
        case.reading(("training.started_on", started_on)),
        year.parameters_named("started_from", "started_to"),
        OVERVIEW,
    )


_CALLED = {
    "training.paid_on": "first payment",
    "training.second_payment_on": "second payment",
    "training.started_on": "start of the training",
    "training.completed_on": "completion",
}
_LATER_AND_EARLIER = (
    ("training.completed_on", "training.started_on"),
    ("training.second_payment_on", "training.paid_on"),
    ("training.second_payment_on", "training.started_on"),
)


def dates_in_order(case: Case) -> Finding:
    """Payments, start and completion come in an order that can be, and none after the day of submission."""
    part = case.facts.claim.part
    given: dict[str, date] = {}
    if part is None:
        outcome, message = UNKNOWN, "Tell us which part you are claiming, so that we know which dates to look at."
    else:
        given = _dates_to_judge(case.facts.training, part)
        outcome, message = _judge_order(case, given)
    return Finding(
        "dates-in-order",
        outcome,
        message,
        (("claim.part", part), ("claim.submitted_on", case.facts.claim.submitted_on), *given.items()),
        (),
        THIS_SERVICE,
    )


def _dates_to_judge(training: TrainingFacts, part: Part) -> dict[str, date]:
    """The dates that are given and that this part is about, by interface name."""
    dates = {"training.paid_on": training.paid_on, "training.started_on": training.started_on}
    if part is not START:
        dates["training.second_payment_on"] = training.second_payment_on
        dates["training.completed_on"] = training.completed_on
    return {name: day for name, day in dates.items() if day is not None}


def _judge_order(case: Case, given: dict[str, date]) -> tuple[Says, str]:
    for later, earlier in _LATER_AND_EARLIER:
        if later in given and earlier in given and given[later] < given[earlier]:
            return FAIL, (
                f"The {_CALLED[later]} on {in_words(given[later])} cannot be before the {_CALLED[earlier]} "
                f"on {in_words(given[earlier])}: correct the date that is wrong."
            )
    for name, day in given.items():
        if day > case.submission_on and case.is_submitted:
            return FAIL, (
                f"The {_CALLED[name]} on {in_words(day)} cannot be after the claim was submitted "
                f"on {in_words(case.submission_on)}: correct the date that is wrong."
            )
        if day > case.submission_on:
            return UNKNOWN, f"The {_CALLED[name]} on {in_words(day)} is still to come: claim once it has happened."
    return PASS, "The dates given are in order."


def training_completed(case: Case) -> Finding:
    """Full and completion parts: the learner has completed the training, passed or not."""
    part = case.facts.claim.part
    completed_on = case.facts.training.completed_on
    facts: Read = (
        ("claim.part", part),
        ("training.completed_on", completed_on),
        ("claim.submitted_on", case.facts.claim.submitted_on),
    )
    if part is None:
        outcome = UNKNOWN
        message = "Tell us which part you are claiming, so that we know whether the training must be completed."
    elif part is START:
        outcome, facts = NOT_APPLICABLE, facts[:1]
        message = "The training need not be completed to claim the start part."
    elif completed_on is None:
        outcome = UNKNOWN
        message = "Claim once the learner has completed the training, passed or not, and tell us the completion date."
    elif not case.is_submitted and completed_on > case.today:
        outcome = UNKNOWN
        message = f"Claim once the learner has completed the training, which is to be on {in_words(completed_on)}."
    else:
        outcome = PASS
        message = f"The learner completed the training on {in_words(completed_on)}; passing it is not required."
    return Finding("training-completed", outcome, message, facts, (), GUIDE)


_COMPLETED_BY: dict[Fund, tuple[str, ...]] = {
    MAIN: ("long_courses_completed_by",),
    OMMT: ("ommt_completed_by", "ommt_last_day_to_claim"),
}


def completed_in_time(case: Case) -> Finding:
    """The training was completed by the date for long courses; OMMT, between its own dates and in time to claim."""
    part = case.facts.claim.part
    completed_on = case.facts.training.completed_on
    facts = case.reading(("claim.part", part), ("training.completed_on", completed_on))
    names = _COMPLETED_BY[case.fund]
    if part is None:
        outcome = UNKNOWN
        message = "Tell us which part you are claiming, so that we know whether a completion date is needed."
    elif part is START:
        outcome, facts, names = NOT_APPLICABLE, facts[:1], ()
        message = "There is no completion date to judge for the start part."
    elif completed_on is None:
        outcome = UNKNOWN
        message = (
            "Tell us the completion date of the training: "
            f"it must be by {in_words(min(case.year.day(name) for name in names))}{case.year_note}."
        )
    elif case.fund is OMMT:
        outcome, message = _judge_ommt_completion(case, completed_on)
        names = ("ommt_from", *names)
    elif completed_on <= case.year.day("long_courses_completed_by"):
        outcome = PASS
        message = f"The completion on {in_words(completed_on)} is in time{case.year_note}."
    else:
        outcome = CHECK
        message = (
            f"The completion on {in_words(completed_on)} is after "
            f"{in_words(case.year.day('long_courses_completed_by'))}: "
            f"an assessor will check whether it can still be claimed for{case.year_note}."
        )
    return Finding(
        "completed-in-time",
        outcome,
        message,
        facts,
        case.year.parameters_named(*names),
        OMMT_TERMS if case.fund is OMMT else LONG_COURSES,
    )


def _judge_ommt_completion(case: Case, completed_on: date) -> tuple[Says, str]:
    first, last = case.year.day("ommt_from"), case.year.day("ommt_completed_by")
    last_to_claim = case.year.day("ommt_last_day_to_claim")
    if not first <= completed_on <= last:
        return FAIL, (
            f"The completion on {in_words(completed_on)} is outside the scheme year, so it cannot be claimed for: "
            f"Oliver McGowan training must be completed from {in_words(first)} to {in_words(last)}{case.year_note}."
        )
    if completed_on > last_to_claim:
        return FAIL, (
            f"The training is completed in the year, on {in_words(completed_on)}, but too late to claim: "
            f"the last day to claim for Oliver McGowan training is {in_words(last_to_claim)}{case.year_note}."
        )
    return PASS, f"The completion on {in_words(completed_on)} is in time{case.year_note}."


_DEADLINE = {
    MAIN: ("claim_window_months",),
    OMMT: ("ommt_last_day_to_claim", "ommt_claim_window_months"),
}


def submitted_in_time(case: Case) -> Finding:
    """The claim was first submitted on or before its last day."""
    last_day = case.last_day_to_claim
    claim = case.facts.claim
    submitted_on = case.first_submission_on
    if last_day is None:
        outcome, message = UNKNOWN, f"{_ask_for_deadline(case)}, so that we can work out your last day to claim."
    elif submitted_on <= last_day:
        outcome = PASS
        message = (
            f"You submitted on {in_words(submitted_on)}, in time for the last day to claim, {in_words(last_day)}"
            if case.is_first_submitted
            else f"You can claim until the end of {in_words(last_day)}"
        ) + f"{case.year_note}."
    elif case.is_resubmission:
        outcome = CHECK
        message = (
            f"You first submitted on {in_words(submitted_on)}, and by the dates given now the last day to claim was "
            f"{in_words(last_day)}: an assessor will check this{case.year_note}."
        )
    else:
        outcome = FAIL
        message = (
            f"The last day to claim was {in_words(last_day)}, so it is too late to claim on "
            f"{in_words(submitted_on)}{case.year_note}."
        )
    return Finding(
        "submitted-in-time",
        outcome,
        message,
        case.reading(
            ("claim.part", claim.part),
            ("claim.first_submitted_on", claim.first_submitted_on),
            ("claim.submitted_on", claim.submitted_on),
            ("training.started_on", case.facts.training.started_on)
            if claim.part is START
            else ("training.completed_on", case.facts.training.completed_on),
        ),
        case.year.parameters_named(*_DEADLINE[case.fund]),
        OMMT_TERMS if case.fund is OMMT else GUIDE,
    )


def _ask_for_deadline(case: Case) -> str:
    """What to tell us, so that a last day to claim can be worked out."""
    training = case.facts.training
    if case.fund is MAIN and case.facts.claim.part is None:
        return "Tell us which part you are claiming"
    if case.fund is OMMT or case.facts.claim.part is not START:
        return "Tell us the completion date of the training"
    if training.started_on is not None:
        return "Tell us the date of the first payment"
    if training.paid_on is not None:
        return "Tell us the start date of the training"
    return "Tell us the date of the first payment and the start date of the training"
