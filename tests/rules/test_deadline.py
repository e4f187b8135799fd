"""What the rule about the last day to claim says, on that day and the day after."""

import pytest

from claims.rules.sources import GUIDE, OMMT_TERMS
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
    submitted,
    training,
    when,
)

JUDGEMENTS = (
    *of_rule(
        "submitted-in-time",
        when(
            "the start part on its last day",
            submitted("2025-08-10"),
            "pass",
            "You submitted on 10 August 2025, in time for the last day to claim, 10 August 2025.",
            reads=(
                "claim.part claim.first_submitted_on claim.submitted_on training.started_on training.course "
                "training.paid_on"
            ),
        ),
        when(
            "the start part the day after",
            submitted("2025-08-11"),
            "fail",
            "The last day to claim was 10 August 2025, so it is too late to claim on 11 August 2025.",
            reads=(
                "claim.part claim.first_submitted_on claim.submitted_on training.started_on training.course "
                "training.paid_on"
            ),
        ),
        when(
            "the start part, paid after it started",
            laid_over(submitted("2025-08-20"), training(paid_on="2025-05-20")),
            "pass",
            "You submitted on 20 August 2025, in time for the last day to claim, 20 August 2025.",
            reads=(
                "claim.part claim.first_submitted_on claim.submitted_on training.started_on training.course "
                "training.paid_on"
            ),
        ),
        when(
            "the start part, the day after, paid after it started",
            laid_over(submitted("2025-08-21"), training(paid_on="2025-05-20")),
            "fail",
            "The last day to claim was 20 August 2025, so it is too late to claim on 21 August 2025.",
            reads=(
                "claim.part claim.first_submitted_on claim.submitted_on training.started_on training.course "
                "training.paid_on"
            ),
        ),
        when(
            "the start part, not paid",
            training(paid_on=None),
            "unknown",
            "Tell us the date of the first payment, so that we can work out your last day to claim.",
            reads=(
                "claim.part claim.first_submitted_on claim.submitted_on training.started_on training.course "
                "training.paid_on"
            ),
        ),
        when(
            "the start part, not started",
            training(started_on=None),
            "unknown",
            "Tell us the start date of the training, so that we can work out your last day to claim.",
            reads=(
                "claim.part claim.first_submitted_on claim.submitted_on training.started_on training.course "
                "training.paid_on"
            ),
        ),
        when(
            "the start part, neither paid nor started",
            training(paid_on=None, started_on=None),
            "unknown",
            (
                "Tell us the date of the first payment and the start date of the training, so that we can "
                "work out your last day to claim."
            ),
            reads=(
                "claim.part claim.first_submitted_on claim.submitted_on training.started_on training.course "
                "training.paid_on"
            ),
        ),
        when(
            "the full part on its last day",
            laid_over(FULL, submitted("2025-12-30")),
            "pass",
            "You submitted on 30 December 2025, in time for the last day to claim, 30 December 2025.",
        ),
        when(
            "the full part the day after",
            laid_over(FULL, submitted("2025-12-31")),
            "fail",
            ("The last day to claim was 30 December 2025, so it is too late to claim on 31 December 2025."),
        ),
        when(
            "the completion part on its last day",
            laid_over(COMPLETION, submitted("2025-12-30")),
            "pass",
            "You submitted on 30 December 2025, in time for the last day to claim, 30 December 2025.",
        ),
        when(
            "the completion part the day after",
            laid_over(COMPLETION, submitted("2025-12-31")),
            "fail",
            ("The last day to claim was 30 December 2025, so it is too late to claim on 31 December 2025."),
        ),
        when(
            "the full part, not completed",
            laid_over(FULL, training(completed_on=None)),
            "unknown",
            ("Tell us the completion date of the training, so that we can work out your last day to claim."),
        ),
        when(
            "the full part, in time and not paid",
            laid_over(FULL, training(paid_on=None)),
            "pass",
            (
                "You submitted on 1 December 2025, in time for the last day to claim, 30 December 2025 (by "
                "the rules of 2025-26, because no payment date is given)."
            ),
        ),
        when(
            "the full part, too late and not paid",
            laid_over(FULL, submitted("2025-12-31"), training(paid_on=None)),
            "fail",
            (
                "The last day to claim was 30 December 2025, so it is too late to claim on 31 December 2025 (by "
                "the rules of 2025-26, because no payment date is given)."
            ),
        ),
        when(
            "not yet submitted, on the last day",
            laid_over(FULL, NOT_YET_SUBMITTED, training(completed_on="2025-03-01")),
            "pass",
            "You can claim until the end of 1 June 2025.",
        ),
        when(
            "not yet submitted, the day after",
            laid_over(FULL, NOT_YET_SUBMITTED, training(completed_on="2025-02-28")),
            "fail",
            "The last day to claim was 28 May 2025, so it is too late to claim on 1 June 2025.",
        ),
        when(
            "first submitted in time, again after the last day",
            laid_over(FULL, claim(first_submitted_on="2025-12-30", submitted_on="2026-01-10")),
            "pass",
            "You submitted on 30 December 2025, in time for the last day to claim, 30 December 2025.",
        ),
        when(
            "sent back, not yet submitted again, first submitted in time",
            laid_over(FULL, claim(first_submitted_on="2025-12-30", submitted_on=None)),
            "pass",
            "You submitted on 30 December 2025, in time for the last day to claim, 30 December 2025.",
        ),
        when(
            "submitted again, and the corrected date makes the first submission late",
            laid_over(FULL, claim(first_submitted_on="2025-12-31", submitted_on="2026-01-10")),
            "check",
            (
                "You first submitted on 31 December 2025, and by the dates given now the last day to claim was "
                "30 December 2025: an assessor will check this."
            ),
        ),
        when(
            "sent back, and the corrected date makes the first submission late",
            laid_over(FULL, claim(first_submitted_on="2025-12-31", submitted_on=None)),
            "check",
            (
                "You first submitted on 31 December 2025, and by the dates given now the last day to claim was "
                "30 December 2025: an assessor will check this."
            ),
        ),
        when(
            "the first submission is not told apart",
            laid_over(FULL, claim(first_submitted_on=None, submitted_on="2025-12-31")),
            "fail",
            ("The last day to claim was 30 December 2025, so it is too late to claim on 31 December 2025."),
        ),
        when(
            "OMMT on its last day",
            laid_over(EXTERNAL_OMMT, submitted("2026-03-20")),
            "pass",
            "You submitted on 20 March 2026, in time for the last day to claim, 20 March 2026.",
            source=OMMT_TERMS,
            uses="ommt_last_day_to_claim ommt_claim_window_months",
        ),
        when(
            "OMMT the day after",
            laid_over(EXTERNAL_OMMT, submitted("2026-03-21")),
            "fail",
            "The last day to claim was 20 March 2026, so it is too late to claim on 21 March 2026.",
            source=OMMT_TERMS,
            uses="ommt_last_day_to_claim ommt_claim_window_months",
        ),
        when(
            "OMMT, whatever else is missing",
            laid_over(
                EXTERNAL_OMMT,
                submitted("2026-03-20"),
                training(completed_on=None, paid_on=None, started_on=None),
                claim(part=None),
            ),
            "pass",
            (
                "You submitted on 20 March 2026, in time for the last day to claim, 20 March 2026 (by the "
                "rules of 2025-26, because no payment date is given)."
            ),
            source=OMMT_TERMS,
            uses="ommt_last_day_to_claim ommt_claim_window_months",
        ),
        when(
            "internal OMMT on its last day",
            laid_over(INTERNAL_OMMT, submitted("2026-03-20")),
            "pass",
            "You submitted on 20 March 2026, in time for the last day to claim, 20 March 2026.",
            source=OMMT_TERMS,
            reads=("claim.part claim.first_submitted_on claim.submitted_on training.completed_on training.course"),
            uses="ommt_last_day_to_claim ommt_claim_window_months",
        ),
        when(
            "the part is not known",
            claim(part=None),
            "unknown",
            "Tell us which part you are claiming, so that we can work out your last day to claim.",
        ),
        source=GUIDE,
        reads=(
            "claim.part claim.first_submitted_on claim.submitted_on training.completed_on training.course "
            "training.paid_on"
        ),
        uses="claim_window_months",
    ),
)


@pytest.mark.parametrize("judgement", JUDGEMENTS, ids=lambda it: f"{it.rule}: {it.when}")
def test_what_the_rule_says(judgement: Judgement) -> None:
    hold(judgement)
