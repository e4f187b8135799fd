"""What the rule about the order of dates says, of what has happened and of plans."""

import pytest

from claims.rules.sources import THIS_SERVICE
from tests.rules.judgements import (
    COMPLETION,
    FULL,
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
        "dates-in-order",
        when(
            "the start part, submitted on the day it started",
            training(started_on="2025-06-01"),
            "pass",
            "The dates given are in order.",
            reads="claim.part claim.submitted_on training.paid_on training.started_on",
        ),
        when(
            "the start part, started the day after submission",
            training(started_on="2025-06-02"),
            "fail",
            (
                "The start of the training on 2 June 2025 cannot be after the claim was submitted on 1 June "
                "2025: correct the date that is wrong."
            ),
            reads="claim.part claim.submitted_on training.paid_on training.started_on",
        ),
        when(
            "the start part, paid on the day of submission",
            training(paid_on="2025-06-01"),
            "pass",
            "The dates given are in order.",
            reads="claim.part claim.submitted_on training.paid_on training.started_on",
        ),
        when(
            "the start part, paid the day after submission",
            training(paid_on="2025-06-02"),
            "fail",
            (
                "The first payment on 2 June 2025 cannot be after the claim was submitted on 1 June 2025: "
                "correct the date that is wrong."
            ),
            reads="claim.part claim.submitted_on training.paid_on training.started_on",
        ),
        when(
            "the start part looks at no other date",
            training(second_payment_on="2025-04-02", completed_on="2025-04-02"),
            "pass",
            "The dates given are in order.",
            reads="claim.part claim.submitted_on training.paid_on training.started_on",
        ),
        when(
            "the start part without dates",
            training(paid_on=None, started_on=None),
            "pass",
            "The dates given are in order.",
            reads="claim.part claim.submitted_on",
        ),
        when(
            "completed on the day it started",
            laid_over(FULL, training(completed_on="2025-05-01")),
            "pass",
            "The dates given are in order.",
        ),
        when(
            "completed the day before it started",
            laid_over(FULL, training(completed_on="2025-04-30")),
            "fail",
            (
                "The completion on 30 April 2025 cannot be before the start of the training on 1 May 2025: "
                "correct the date that is wrong."
            ),
        ),
        when(
            "second payment on the day of the first",
            laid_over(FULL, training(second_payment_on="2025-05-01")),
            "pass",
            "The dates given are in order.",
            reads=(
                "claim.part claim.submitted_on training.paid_on training.started_on training.second_payment_on "
                "training.completed_on"
            ),
        ),
        when(
            "second payment the day before the first",
            laid_over(FULL, training(second_payment_on="2025-04-30", started_on="2025-04-29")),
            "fail",
            (
                "The second payment on 30 April 2025 cannot be before the first payment on 1 May 2025: correct "
                "the date that is wrong."
            ),
            reads=(
                "claim.part claim.submitted_on training.paid_on training.started_on training.second_payment_on "
                "training.completed_on"
            ),
        ),
        when(
            "second payment on the day it started",
            laid_over(FULL, training(second_payment_on="2025-05-10", started_on="2025-05-10")),
            "pass",
            "The dates given are in order.",
            reads=(
                "claim.part claim.submitted_on training.paid_on training.started_on training.second_payment_on "
                "training.completed_on"
            ),
        ),
        when(
            "second payment the day before it started",
            laid_over(FULL, training(second_payment_on="2025-05-09", started_on="2025-05-10")),
            "fail",
            (
                "The second payment on 9 May 2025 cannot be before the start of the training on 10 May 2025: "
                "correct the date that is wrong."
            ),
            reads=(
                "claim.part claim.submitted_on training.paid_on training.started_on training.second_payment_on "
                "training.completed_on"
            ),
        ),
        when(
            "second payment without a first or a start",
            laid_over(FULL, training(second_payment_on="2025-05-09", paid_on=None, started_on=None)),
            "pass",
            "The dates given are in order.",
            reads="claim.part claim.submitted_on training.second_payment_on training.completed_on",
        ),
        when(
            "completed on the day of submission",
            laid_over(FULL, training(completed_on="2025-12-01")),
            "pass",
            "The dates given are in order.",
        ),
        when(
            "completed the day after submission",
            laid_over(FULL, training(completed_on="2025-12-02")),
            "fail",
            (
                "The completion on 2 December 2025 cannot be after the claim was submitted on 1 December 2025: "
                "correct the date that is wrong."
            ),
        ),
        when(
            "second payment on the day of submission",
            laid_over(FULL, training(second_payment_on="2025-12-01")),
            "pass",
            "The dates given are in order.",
            reads=(
                "claim.part claim.submitted_on training.paid_on training.started_on training.second_payment_on "
                "training.completed_on"
            ),
        ),
        when(
            "second payment the day after submission",
            laid_over(FULL, training(second_payment_on="2025-12-02")),
            "fail",
            (
                "The second payment on 2 December 2025 cannot be after the claim was submitted on 1 December "
                "2025: correct the date that is wrong."
            ),
            reads=(
                "claim.part claim.submitted_on training.paid_on training.started_on training.second_payment_on "
                "training.completed_on"
            ),
        ),
        when(
            "the completion part completed the day after submission",
            laid_over(COMPLETION, training(completed_on="2025-12-02")),
            "fail",
            (
                "The completion on 2 December 2025 cannot be after the claim was submitted on 1 December 2025: "
                "correct the date that is wrong."
            ),
        ),
        when(
            "corrected and submitted again: the later submission counts",
            laid_over(FULL, training(completed_on="2025-12-02"), claim(submitted_on="2025-12-02")),
            "pass",
            "The dates given are in order.",
        ),
        when(
            "planned: not yet submitted, to be completed tomorrow",
            laid_over(FULL, NOT_YET_SUBMITTED, training(completed_on="2025-06-02")),
            "unknown",
            "The completion on 2 June 2025 is still to come: claim once it has happened.",
        ),
        when(
            "not yet submitted, completed today",
            laid_over(FULL, NOT_YET_SUBMITTED, training(completed_on="2025-06-01")),
            "pass",
            "The dates given are in order.",
        ),
        when(
            "planned, but out of order all the same",
            laid_over(FULL, NOT_YET_SUBMITTED, training(started_on="2025-07-02", completed_on="2025-07-01")),
            "fail",
            (
                "The completion on 1 July 2025 cannot be before the start of the training on 2 July 2025: "
                "correct the date that is wrong."
            ),
        ),
        when(
            "planned: the start part is to start tomorrow",
            laid_over(NOT_YET_SUBMITTED, training(started_on="2025-06-02")),
            "unknown",
            "The start of the training on 2 June 2025 is still to come: claim once it has happened.",
            reads="claim.part claim.submitted_on training.paid_on training.started_on",
        ),
        when(
            "the part is not known",
            claim(part=None),
            "unknown",
            "Tell us which part you are claiming, so that we know which dates to look at.",
            reads="claim.part claim.submitted_on",
        ),
        source=THIS_SERVICE,
        reads="claim.part claim.submitted_on training.paid_on training.started_on training.completed_on",
    ),
)


@pytest.mark.parametrize("judgement", JUDGEMENTS, ids=lambda it: f"{it.rule}: {it.when}")
def test_what_the_rule_says(judgement: Judgement) -> None:
    hold(judgement)
