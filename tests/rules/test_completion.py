"""What the rules about completion say, on first and last days, the day before and the day after."""

import pytest

from claims.rules.sources import GUIDE, LONG_COURSES, OMMT_TERMS
from tests.rules.judgements import (
    COMPLETION,
    EXTERNAL_OMMT,
    FULL,
    INTERNAL_OMMT,
    NOT_YET_SUBMITTED,
    Judgement,
    claim,
    hold,
    laid_over,
    of_rule,
    training,
    when,
)

JUDGEMENTS = (
    *of_rule(
        "training-completed",
        when(
            "the start part is claimed",
            {},
            "not-applicable",
            "The training need not be completed to claim the start part.",
            reads="claim.part",
        ),
        when(
            "full part, completed",
            FULL,
            "pass",
            "The learner completed the training on 30 September 2025; passing it is not required.",
        ),
        when(
            "completion part, completed",
            COMPLETION,
            "pass",
            "The learner completed the training on 30 September 2025; passing it is not required.",
        ),
        when(
            "full part, not completed",
            laid_over(FULL, training(completed_on=None)),
            "unknown",
            ("Claim once the learner has completed the training, passed or not, and tell us the completion date."),
        ),
        when(
            "completion part, not completed",
            laid_over(COMPLETION, training(completed_on=None)),
            "unknown",
            ("Claim once the learner has completed the training, passed or not, and tell us the completion date."),
        ),
        when(
            "not yet submitted, completed today",
            laid_over(FULL, NOT_YET_SUBMITTED, training(completed_on="2025-06-01")),
            "pass",
            "The learner completed the training on 1 June 2025; passing it is not required.",
        ),
        when(
            "not yet submitted, to be completed tomorrow",
            laid_over(FULL, NOT_YET_SUBMITTED, training(completed_on="2025-06-02")),
            "unknown",
            "Claim once the learner has completed the training, which is to be on 2 June 2025.",
        ),
        when(
            "submitted, and completed after that",
            laid_over(FULL, training(completed_on="2025-12-02")),
            "pass",
            "The learner completed the training on 2 December 2025; passing it is not required.",
        ),
        when(
            "the part is not known",
            claim(part=None),
            "unknown",
            ("Tell us which part you are claiming, so that we know whether the training must be completed."),
        ),
        source=GUIDE,
        reads="claim.part training.completed_on claim.submitted_on",
    ),
    *of_rule(
        "completed-in-time",
        when(
            "the start part is claimed",
            {},
            "not-applicable",
            "There is no completion date to judge for the start part.",
            source=LONG_COURSES,
            reads="claim.part",
            uses="",
        ),
        when(
            "the start part of OMMT is claimed",
            laid_over(EXTERNAL_OMMT, claim(part="start")),
            "not-applicable",
            "There is no completion date to judge for the start part.",
            reads="claim.part",
            uses="",
        ),
        when(
            "main, on the last day",
            laid_over(FULL, training(completed_on="2026-12-31")),
            "pass",
            "The completion on 31 December 2026 is in time.",
            source=LONG_COURSES,
            uses="long_courses_completed_by",
        ),
        when(
            "main, the day after",
            laid_over(FULL, training(completed_on="2027-01-01")),
            "check",
            (
                "The completion on 1 January 2027 is after 31 December 2026: an assessor will check whether it "
                "can still be claimed for."
            ),
            source=LONG_COURSES,
            uses="long_courses_completed_by",
        ),
        when(
            "main, not completed",
            laid_over(FULL, training(completed_on=None)),
            "unknown",
            "Tell us the completion date of the training: it must be by 31 December 2026.",
            source=LONG_COURSES,
            uses="long_courses_completed_by",
        ),
        when(
            "completion part, the day after",
            laid_over(COMPLETION, training(completed_on="2027-01-01")),
            "check",
            (
                "The completion on 1 January 2027 is after 31 December 2026: an assessor will check whether it "
                "can still be claimed for."
            ),
            source=LONG_COURSES,
            uses="long_courses_completed_by",
        ),
        when(
            "main, not completed and not paid",
            laid_over(FULL, training(completed_on=None, paid_on=None)),
            "unknown",
            (
                "Tell us the completion date of the training: it must be by 31 December 2026 (by the rules of"
                " 2025-26, because no payment date is given)."
            ),
            source=LONG_COURSES,
            uses="long_courses_completed_by",
        ),
        when(
            "main, in time and not paid",
            laid_over(FULL, training(paid_on=None)),
            "pass",
            (
                "The completion on 30 September 2025 is in time (by the rules of 2025-26, because no payment "
                "date is given)."
            ),
            source=LONG_COURSES,
            uses="long_courses_completed_by",
        ),
        when(
            "main, the day after and not paid",
            laid_over(FULL, training(completed_on="2027-01-01", paid_on=None)),
            "check",
            (
                "The completion on 1 January 2027 is after 31 December 2026: an assessor will check whether it "
                "can still be claimed for (by the rules of 2025-26, because no payment date is given)."
            ),
            source=LONG_COURSES,
            uses="long_courses_completed_by",
        ),
        when(
            "OMMT, on the first day",
            laid_over(EXTERNAL_OMMT, training(completed_on="2025-04-01")),
            "pass",
            "The completion on 1 April 2025 is in time.",
        ),
        when(
            "OMMT, the day before",
            laid_over(EXTERNAL_OMMT, training(completed_on="2025-03-31")),
            "fail",
            (
                "The completion on 31 March 2025 is outside the scheme year, so it cannot be claimed for: Oliver "
                "McGowan training must be completed from 1 April 2025 to 31 March 2026."
            ),
        ),
        when(
            "OMMT, on its last day to claim",
            laid_over(EXTERNAL_OMMT, training(completed_on="2026-03-20")),
            "pass",
            "The completion on 20 March 2026 is in time.",
        ),
        when(
            "OMMT, the day after its last day to claim",
            laid_over(EXTERNAL_OMMT, training(completed_on="2026-03-21")),
            "fail",
            (
                "The training is completed in the year, on 21 March 2026, but too late to claim: the last day to "
                "claim for Oliver McGowan training is 20 March 2026."
            ),
        ),
        when(
            "OMMT, on the year's last day",
            laid_over(EXTERNAL_OMMT, training(completed_on="2026-03-31")),
            "fail",
            (
                "The training is completed in the year, on 31 March 2026, but too late to claim: the last day to "
                "claim for Oliver McGowan training is 20 March 2026."
            ),
        ),
        when(
            "OMMT, the day after the year",
            laid_over(EXTERNAL_OMMT, training(completed_on="2026-04-01")),
            "fail",
            (
                "The completion on 1 April 2026 is outside the scheme year, so it cannot be claimed for: Oliver "
                "McGowan training must be completed from 1 April 2025 to 31 March 2026."
            ),
        ),
        when(
            "OMMT, not completed",
            laid_over(EXTERNAL_OMMT, training(completed_on=None)),
            "unknown",
            "Tell us the completion date of the training: it must be by 20 March 2026.",
            uses="ommt_completed_by ommt_last_day_to_claim",
        ),
        when(
            "OMMT, in time and not paid",
            laid_over(EXTERNAL_OMMT, training(paid_on=None)),
            "pass",
            (
                "The completion on 30 September 2025 is in time (by the rules of 2025-26, because no payment "
                "date is given)."
            ),
        ),
        when(
            "OMMT, too late to claim and not paid",
            laid_over(EXTERNAL_OMMT, training(paid_on=None, completed_on="2026-03-21")),
            "fail",
            (
                "The training is completed in the year, on 21 March 2026, but too late to claim: the last day to "
                "claim for Oliver McGowan training is 20 March 2026 (by the rules of 2025-26, because no payment "
                "date is given)."
            ),
        ),
        when(
            "OMMT, out of the year and not paid",
            laid_over(EXTERNAL_OMMT, training(paid_on=None, completed_on="2026-04-01")),
            "fail",
            (
                "The completion on 1 April 2026 is outside the scheme year, so it cannot be claimed for: Oliver "
                "McGowan training must be completed from 1 April 2025 to 31 March 2026 (by the rules of 2025-26, "
                "because no payment date is given)."
            ),
        ),
        when(
            "internal OMMT, the day after the year",
            laid_over(INTERNAL_OMMT, training(completed_on="2026-04-01")),
            "fail",
            (
                "The completion on 1 April 2026 is outside the scheme year, so it cannot be claimed for: Oliver "
                "McGowan training must be completed from 1 April 2025 to 31 March 2026 (by the rules of 2025-26, "
                "because the completion date 1 April 2026 is in no scheme year)."
            ),
            reads="claim.part training.completed_on training.course",
        ),
        when(
            "the part is not known",
            claim(part=None),
            "unknown",
            "Tell us which part you are claiming, so that we know whether a completion date is needed.",
            source=LONG_COURSES,
            uses="long_courses_completed_by",
        ),
        source=OMMT_TERMS,
        reads="claim.part training.completed_on training.course training.paid_on",
        uses="ommt_from ommt_completed_by ommt_last_day_to_claim",
    ),
)


@pytest.mark.parametrize("judgement", JUDGEMENTS, ids=lambda it: f"{it.rule}: {it.when}")
def test_what_the_rule_says(judgement: Judgement) -> None:
    hold(judgement)
