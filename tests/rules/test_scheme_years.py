"""What the rules about the scheme year say, on its first and last day, the day before and the day after."""

import pytest

from claims.rules.sources import OVERVIEW
from tests.rules.judgements import INTERNAL_OMMT, Judgement, hold, laid_over, of_rule, training, when

JUDGEMENTS = (
    *of_rule(
        "paid-in-scheme-year",
        when(
            "paid on the first day",
            training(paid_on="2025-04-01"),
            "pass",
            "The payment on 1 April 2025 is in scheme year 2025-26.",
            reads="training.paid_on",
        ),
        when(
            "paid on the last day",
            training(paid_on="2026-03-31"),
            "pass",
            "The payment on 31 March 2026 is in scheme year 2025-26.",
            reads="training.paid_on",
        ),
        when(
            "paid the day before",
            training(paid_on="2025-03-31"),
            "fail",
            (
                "You can claim for training paid for from 1 April 2025 until 31 March 2026, but not on 31 March "
                "2025; the other answers go by the rules of 2025-26."
            ),
        ),
        when(
            "paid the day after",
            training(paid_on="2026-04-01"),
            "fail",
            (
                "You can claim for training paid for from 1 April 2025 until 31 March 2026, but not on 1 April "
                "2026; the other answers go by the rules of 2025-26."
            ),
        ),
        when(
            "the payment date is not given",
            training(paid_on=None),
            "unknown",
            ("Tell us the date of the first payment: until then, the other answers go by the rules of 2025-26."),
        ),
        when(
            "internal OMMT completed on the first day",
            laid_over(INTERNAL_OMMT, training(completed_on="2025-04-01")),
            "pass",
            "The completion on 1 April 2025 is in scheme year 2025-26.",
            reads="training.completed_on",
        ),
        when(
            "internal OMMT completed on the last day",
            laid_over(INTERNAL_OMMT, training(completed_on="2026-03-31")),
            "pass",
            "The completion on 31 March 2026 is in scheme year 2025-26.",
            reads="training.completed_on",
        ),
        when(
            "internal OMMT completed the day before, whenever it was paid",
            laid_over(INTERNAL_OMMT, training(paid_on="2025-05-01", completed_on="2025-03-31")),
            "fail",
            (
                "You can claim for training completed from 1 April 2025 until 31 March 2026, but not on 31 March "
                "2025; the other answers go by the rules of 2025-26."
            ),
            reads="training.course training.completed_on",
        ),
        when(
            "internal OMMT completed the day after",
            laid_over(INTERNAL_OMMT, training(completed_on="2026-04-01")),
            "fail",
            (
                "You can claim for training completed from 1 April 2025 until 31 March 2026, but not on 1 April "
                "2026; the other answers go by the rules of 2025-26."
            ),
            reads="training.course training.completed_on",
        ),
        when(
            "internal OMMT without a completion date",
            laid_over(INTERNAL_OMMT, training(paid_on="2025-05-01", completed_on=None)),
            "unknown",
            ("Tell us the date of the completion: until then, the other answers go by the rules of 2025-26."),
            reads="training.course training.completed_on",
        ),
        source=OVERVIEW,
        reads="training.course training.paid_on",
        uses="paid_from paid_to",
    ),
    *of_rule(
        "started-in-scheme-year",
        when(
            "started on the first day",
            training(started_on="2025-04-01"),
            "pass",
            "The start on 1 April 2025 is in scheme year 2025-26.",
        ),
        when(
            "started on the last day",
            training(started_on="2026-03-31"),
            "pass",
            "The start on 31 March 2026 is in scheme year 2025-26.",
        ),
        when(
            "started the day before",
            training(started_on="2025-03-31"),
            "fail",
            (
                "The start on 31 March 2025 is outside the scheme year, so this training cannot be claimed for: "
                "it must start from 1 April 2025 to 31 March 2026."
            ),
        ),
        when(
            "started the day after",
            training(started_on="2026-04-01"),
            "fail",
            (
                "The start on 1 April 2026 is outside the scheme year, so this training cannot be claimed for: "
                "it must start from 1 April 2025 to 31 March 2026."
            ),
        ),
        when(
            "the start is not given",
            training(started_on=None),
            "unknown",
            "Tell us the start date of the training: it must be from 1 April 2025 to 31 March 2026.",
        ),
        when(
            "neither start nor payment is given",
            training(started_on=None, paid_on=None),
            "unknown",
            (
                "Tell us the start date of the training: it must be from 1 April 2025 to 31 March 2026 (by "
                "the rules of 2025-26, because no payment date is given)."
            ),
        ),
        when(
            "the payment is not given",
            training(paid_on=None),
            "pass",
            (
                "The start on 10 May 2025 is in scheme year 2025-26 (by the rules of 2025-26, because no payment "
                "date is given)."
            ),
        ),
        when(
            "the payment is in no year",
            training(paid_on="2026-04-01"),
            "pass",
            (
                "The start on 10 May 2025 is in scheme year 2025-26 (by the rules of 2025-26, because the "
                "payment date 1 April 2026 is in no scheme year)."
            ),
        ),
        when(
            "started too late and the payment is not given",
            training(started_on="2026-04-01", paid_on=None),
            "fail",
            (
                "The start on 1 April 2026 is outside the scheme year, so this training cannot be claimed for: "
                "it must start from 1 April 2025 to 31 March 2026 (by the rules of 2025-26, because no payment "
                "date is given)."
            ),
        ),
        when(
            "internal OMMT without a completion date",
            laid_over(INTERNAL_OMMT, training(completed_on=None)),
            "pass",
            (
                "The start on 30 September 2025 is in scheme year 2025-26 (by the rules of 2025-26, because no "
                "completion date is given)."
            ),
            reads="training.started_on training.course training.completed_on",
        ),
        source=OVERVIEW,
        reads="training.started_on training.course training.paid_on",
        uses="started_from started_to",
    ),
)


@pytest.mark.parametrize("judgement", JUDGEMENTS, ids=lambda it: f"{it.rule}: {it.when}")
def test_what_the_rule_says(judgement: Judgement) -> None:
    hold(judgement)
