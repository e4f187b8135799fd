"""Rules about the course and the part of it that is claimed."""

from claims.rules.case import Case
from claims.rules.facts import FULL
from claims.rules.findings import FAIL, PASS, UNKNOWN, Finding, Says, answers
from claims.rules.scheme import FundingModel, listed_periods
from claims.rules.sources import COURSE_LIST, GUIDE
from claims.rules.wording import in_words, periods_in_words


def course_on_eligible_list(case: Case) -> Finding:
    """The eligible list has an entry for the course that holds on the deciding date."""
    outcome, message = _judge_listing(case)
    return Finding(
        "course-on-eligible-list",
        outcome,
        message,
        case.decided_by,
        (case.entry.maximum(),) if case.entry and case.is_listed else (),
        case.entry.source if case.entry and case.is_listed else COURSE_LIST,
    )


def _judge_listing(case: Case) -> tuple[Says, str]:
    code = case.facts.training.course
    entry = case.entry
    if code is None:
        return UNKNOWN, "Choose the course from the eligible list."
    if entry is None:
        return FAIL, f"“{code}” is not the code of a course on the eligible list: choose the course from the list."
    name = f"{entry.title} ({code})"
    what = "completion" if case.is_internal_ommt else "payment"
    if case.deciding_on is None:
        return UNKNOWN, f"Tell us the date of {what}, because {name} is only on the eligible list on some dates."
    if case.is_listed:
        return PASS, f"{name} is on the eligible list for {what} on {in_words(case.deciding_on)}."
    periods = listed_periods(case.entries)
    tense = "was" if periods[-1][1] < case.deciding_on else "is"
    return FAIL, (
        f"{name} is not on the eligible list for {what} on {in_words(case.deciding_on)}, so it cannot be claimed for: "
        f"it {tense} listed for {what} {periods_in_words(periods)}."
    )


_APPRENTICESHIP = answers(
    "course-not-an-apprenticeship",
    GUIDE,
    "training.apprenticeship",
    passes=False,
    yes="The course is part of an apprenticeship, which is funded in another way, so it cannot be claimed for.",
    no="The course is not part of an apprenticeship.",
    unknown="Tell us whether the course is part of an apprenticeship.",
)


def course_not_an_apprenticeship(case: Case) -> Finding:
    """The course is not delivered as part of an apprenticeship."""
    return _APPRENTICESHIP[case.facts.training.apprenticeship]


def part_allowed_for_course(case: Case) -> Finding:
    """Start and completion parts are for courses with split funding; the full part is for any."""
    part = case.facts.claim.part
    facts = (("claim.part", part), *case.decided_by)
    if part is None:
        outcome = UNKNOWN
        message = (
            "Tell us which part you are claiming: all at once on completion, the start part or the completion part."
        )
    elif part is FULL:
        outcome, message, facts = PASS, "Any course can be claimed all at once, on completion.", facts[:1]
    elif case.entry is None:
        outcome = UNKNOWN
        message = f"Choose the course from the eligible list, so that we know whether it has a {part} part."
    elif case.entry.funding_model is FundingModel.SPLIT:
        outcome, message = PASS, f"{case.entry.title} can be claimed in two parts, and this is the {part} part."
    else:
        outcome = FAIL
        message = f"{case.entry.title} has no {part} part: claim it all at once, when the learner has completed it."
    return Finding("part-allowed-for-course", outcome, message, facts, (), GUIDE)
