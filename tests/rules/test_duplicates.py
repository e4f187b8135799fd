"""What the rule against claiming twice says."""

import pytest

from claims.rules.sources import GUIDE
from tests.rules.judgements import Judgement, claim, hold, of_rule, when

JUDGEMENTS = (
    *of_rule(
        "not-claimed-before",
        when("nobody has claimed", {}, "pass", "No other claim for this learner and course covers the same part."),
        when(
            "the employer has a claim",
            claim(overlapping={"own": ["7KD-4XQ2-M9RT-A"], "another_employer": False}),
            "fail",
            (
                "You already have a claim that covers this for this learner and course, so you cannot claim "
                "it again: see 7KD-4XQ2-M9RT-A."
            ),
        ),
        when(
            "the employer has two claims",
            claim(overlapping={"own": ["7KD-4XQ2-M9RT-A", "7KD-4XQ2-M9RT-B"], "another_employer": False}),
            "fail",
            (
                "You already have a claim that covers this for this learner and course, so you cannot claim "
                "it again: see 7KD-4XQ2-M9RT-A, 7KD-4XQ2-M9RT-B."
            ),
        ),
        when(
            "another employer has a claim",
            claim(overlapping={"own": [], "another_employer": True}),
            "fail",
            (
                "Another employer has already claimed for this learner and course, so you cannot: ask the "
                "learner about it, or contact us."
            ),
        ),
        when(
            "both have",
            claim(overlapping={"own": ["7KD-4XQ2-M9RT-A"], "another_employer": True}),
            "fail",
            (
                "You already have a claim that covers this for this learner and course, so you cannot claim "
                "it again: see 7KD-4XQ2-M9RT-A; another employer has claimed for them too."
            ),
        ),
        when(
            "nobody has looked",
            claim(overlapping=None),
            "unknown",
            ("We look for other claims for this learner and course when you give their National Insurance number."),
            reads="claim.part claim.overlapping.own",
        ),
        when(
            "the part is not known, though somebody has looked",
            claim(part=None),
            "unknown",
            "Tell us which part you are claiming, so that we can look for other claims for it.",
        ),
        when(
            "the part is not known, and nobody has looked",
            claim(part=None, overlapping=None),
            "unknown",
            "Tell us which part you are claiming, so that we can look for other claims for it.",
            reads="claim.part claim.overlapping.own",
        ),
        source=GUIDE,
        reads="claim.part claim.overlapping.own claim.overlapping.another_employer",
    ),
)


@pytest.mark.parametrize("judgement", JUDGEMENTS, ids=lambda it: f"{it.rule}: {it.when}")
def test_what_the_rule_says(judgement: Judgement) -> None:
    hold(judgement)
