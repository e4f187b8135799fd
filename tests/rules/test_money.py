"""What the rules about money say, a penny under and over."""

import pytest

from claims.rules.sources import CAP, GUIDE
from tests.rules.judgements import (
    COMPLETION,
    EXTERNAL_OMMT,
    FULL,
    INTERNAL_OMMT,
    Judgement,
    claim,
    employer,
    hold,
    laid_over,
    of_rule,
    training,
    when,
)

JUDGEMENTS = (
    *of_rule(
        "cost-is-reimbursable",
        when("it cost a penny", training(cost_gbp="0.01"), "pass", "The cost for this learner is £0.01."),
        when(
            "it cost nothing",
            training(cost_gbp="0.00"),
            "fail",
            "The cost for this learner is £0.00, so there is nothing to pay back.",
        ),
        when(
            "it cost less than nothing",
            training(cost_gbp="-0.01"),
            "fail",
            "The cost for this learner is -£0.01, so there is nothing to pay back.",
        ),
        when(
            "a penny is left after other funding",
            training(other_funding_gbp="1599.99"),
            "pass",
            ("The cost for this learner is £1,600.00, which leaves £0.01 after other funding of £1,599.99."),
        ),
        when(
            "nothing is left after other funding",
            training(other_funding_gbp="1600.00"),
            "fail",
            (
                "Other funding of £1,600.00 covers all of the £1,600.00 cost for this learner, so there is "
                "nothing to pay back."
            ),
        ),
        when(
            "less than nothing is left",
            training(other_funding_gbp="1600.01"),
            "fail",
            (
                "Other funding of £1,600.01 covers all of the £1,600.00 cost for this learner, so there is "
                "nothing to pay back."
            ),
        ),
        when(
            "the cost is not given",
            training(cost_gbp=None),
            "unknown",
            "Tell us the cost of the training for this learner.",
        ),
        when(
            "the cost is not given, other funding is",
            training(cost_gbp=None, other_funding_gbp="5.00"),
            "unknown",
            "Tell us the cost of the training for this learner.",
        ),
        when(
            "other funding is not given",
            training(other_funding_gbp=None),
            "unknown",
            ("Tell us how much other funding there is for this learner's training; if none, enter £0.00."),
        ),
        when(
            "it cost nothing and other funding is not given",
            training(cost_gbp="0.00", other_funding_gbp=None),
            "fail",
            "The cost for this learner is £0.00, so there is nothing to pay back.",
        ),
        when(
            "internal OMMT",
            INTERNAL_OMMT,
            "not-applicable",
            ("Training that you give yourselves is paid at a fixed amount, so there is no cost to judge."),
            reads="training.course",
        ),
        when("external OMMT", EXTERNAL_OMMT, "pass", "The cost for this learner is £25.00."),
        source=GUIDE,
        reads="training.cost_gbp training.other_funding_gbp",
    ),
    *of_rule(
        "start-part-approved",
        when(
            "the start part is claimed",
            {},
            "not-applicable",
            "Only the completion part follows a start part.",
            reads="claim.part",
        ),
        when(
            "the full part is claimed",
            FULL,
            "not-applicable",
            "Only the completion part follows a start part.",
            reads="claim.part",
        ),
        when("it is approved", COMPLETION, "pass", "The start part was approved."),
        when(
            "it is in payment",
            laid_over(COMPLETION, claim(start_part={"state": "in-payment"})),
            "pass",
            "The start part was approved.",
        ),
        when(
            "it is paid",
            laid_over(COMPLETION, claim(start_part={"state": "paid"})),
            "pass",
            "The start part was approved.",
        ),
        when(
            "it is submitted",
            laid_over(COMPLETION, claim(start_part={"state": "submitted"})),
            "fail",
            (
                "The start part is not approved (its state is “submitted”): claim the completion part once the "
                "start part is approved."
            ),
        ),
        when(
            "it needs action",
            laid_over(COMPLETION, claim(start_part={"state": "needs-action"})),
            "fail",
            (
                "The start part is not approved (its state is “needs action”): claim the completion part once "
                "the start part is approved."
            ),
        ),
        when(
            "it was rejected",
            laid_over(COMPLETION, claim(start_part={"state": "rejected"})),
            "fail",
            "The start part was rejected, so no completion part can follow: claim it all at once, on completion.",
        ),
        when(
            "it was withdrawn",
            laid_over(COMPLETION, claim(start_part={"state": "withdrawn"})),
            "fail",
            "The start part was withdrawn, so no completion part can follow: claim it all at once, on completion.",
        ),
        when(
            "it was recovered",
            laid_over(COMPLETION, claim(start_part={"state": "recovered"})),
            "fail",
            "The start part was paid back, so no completion part can follow: claim it all at once, on completion.",
        ),
        when(
            "there is none",
            laid_over(COMPLETION, claim(start_part={"state": "none"})),
            "fail",
            "There is no start part for this learner and course: claim it all at once, on completion.",
        ),
        when(
            "nobody has said",
            laid_over(COMPLETION, claim(start_part=None)),
            "unknown",
            "Tell us whether the start part of this course was approved for this learner.",
        ),
        when(
            "the part is not known",
            laid_over(COMPLETION, claim(part=None)),
            "unknown",
            ("Tell us which part you are claiming, so that we know whether a start part must come first."),
        ),
        source=GUIDE,
        reads="claim.part claim.start_part.state",
    ),
    *of_rule(
        "fund-open",
        when("it is open", {}, "pass", "The fund is open."),
        when("it is closed", {"fund": {"open": False}}, "fail", "The fund is closed, so this claim cannot be made."),
        when(
            "nobody has said",
            {"fund": {"open": None}},
            "unknown",
            "We do not know whether the fund is open: check before you submit.",
        ),
        source=GUIDE,
        reads="fund.open",
    ),
    *of_rule(
        "employer-within-cap",
        when(
            "the amount just fits",
            employer(committed_gbp="399076.00"),
            "pass",
            ("There is room for the whole amount under the limit of £400,000.00 for each employer in 2025-26."),
        ),
        when(
            "a penny does not fit",
            employer(committed_gbp="399076.01"),
            "check",
            (
                "Only £923.99 of the £924.00 can be paid, because that is what is left under the limit of "
                "£400,000.00 for each employer in 2025-26."
            ),
        ),
        when(
            "only a penny is left",
            employer(committed_gbp="399999.99"),
            "check",
            (
                "Only £0.01 of the £924.00 can be paid, because that is what is left under the limit of "
                "£400,000.00 for each employer in 2025-26."
            ),
        ),
        when(
            "nothing is left",
            employer(committed_gbp="400000.00"),
            "fail",
            (
                "You already have £400,000.00 approved or paid, so nothing is left for this claim under the "
                "limit of £400,000.00 for each employer in 2025-26."
            ),
        ),
        when(
            "more was committed than the cap",
            employer(committed_gbp="400000.01"),
            "fail",
            (
                "You already have £400,000.01 approved or paid, so nothing is left for this claim under the "
                "limit of £400,000.00 for each employer in 2025-26."
            ),
        ),
        when(
            "nobody has said what is committed",
            employer(committed_gbp=None),
            "unknown",
            (
                "Tell us how much has already been approved or paid to you, to compare with the limit of "
                "£400,000.00 for each employer in 2025-26."
            ),
        ),
        when(
            "the cost is not given",
            training(cost_gbp=None),
            "unknown",
            (
                "Tell us the cost of the training for this learner, so that we can compare the amount with "
                "the limit of £400,000.00 for each employer in 2025-26."
            ),
        ),
        when(
            "nothing is left, and the cost is not given",
            laid_over(employer(committed_gbp="400000.00"), training(cost_gbp=None)),
            "fail",
            (
                "You already have £400,000.00 approved or paid, so nothing is left for this claim under the "
                "limit of £400,000.00 for each employer in 2025-26."
            ),
        ),
        when(
            "the completion part fits",
            COMPLETION,
            "pass",
            ("There is room for the whole amount under the limit of £400,000.00 for each employer in 2025-26."),
            reads=(
                "employer.committed_gbp claim.part training.cost_gbp training.other_funding_gbp "
                "claim.start_part.amount_gbp claim.start_part.reimbursable_gbp training.course training.paid_on"
            ),
            uses="cap_main_pence",
        ),
        when(
            "a penny of the completion part does not fit",
            laid_over(COMPLETION, employer(committed_gbp="399384.01")),
            "check",
            (
                "Only £615.99 of the £616.00 can be paid, because that is what is left under the limit of "
                "£400,000.00 for each employer in 2025-26."
            ),
            reads=(
                "employer.committed_gbp claim.part training.cost_gbp training.other_funding_gbp "
                "claim.start_part.amount_gbp claim.start_part.reimbursable_gbp training.course training.paid_on"
            ),
            uses="cap_main_pence",
        ),
        when(
            "a start part that only the completion part looks at",
            claim(start_part={"state": "paid"}),
            "pass",
            ("There is room for the whole amount under the limit of £400,000.00 for each employer in 2025-26."),
        ),
        when(
            "nobody has said anything of the start part",
            laid_over(COMPLETION, claim(start_part=None)),
            "pass",
            ("There is room for the whole amount under the limit of £400,000.00 for each employer in 2025-26."),
            uses="cap_main_pence",
        ),
        when(
            "the course is not known",
            training(course=None),
            "unknown",
            (
                "Choose the course from the eligible list, so that we can compare the amount with the limit of "
                "£400,000.00 for each employer in 2025-26."
            ),
        ),
        when(
            "there is no cap",
            EXTERNAL_OMMT,
            "not-applicable",
            "There is no known limit to what an employer can be paid from this fund.",
            reads="training.course training.paid_on",
            uses="cap_ommt_pence",
        ),
        when(
            "there is no cap, and what is committed is not known",
            laid_over(EXTERNAL_OMMT, employer(committed_gbp=None)),
            "not-applicable",
            "There is no known limit to what an employer can be paid from this fund.",
            reads="training.course training.paid_on",
            uses="cap_ommt_pence",
        ),
        when(
            "the year is not known",
            training(paid_on=None),
            "pass",
            (
                "There is room for the whole amount under the limit of £400,000.00 for each employer in 2025-26 "
                "(by the rules of 2025-26, because no payment date is given)."
            ),
        ),
        when(
            "the year is not known, nor what is committed",
            laid_over(employer(committed_gbp=None), training(paid_on=None)),
            "unknown",
            (
                "Tell us how much has already been approved or paid to you, to compare with the limit of "
                "£400,000.00 for each employer in 2025-26 (by the rules of 2025-26, because no payment date is "
                "given)."
            ),
        ),
        when(
            "there is no cap, and the year is not known",
            laid_over(EXTERNAL_OMMT, training(paid_on=None)),
            "not-applicable",
            (
                "There is no known limit to what an employer can be paid from this fund (by the rules of "
                "2025-26, because no payment date is given)."
            ),
            reads="training.course training.paid_on",
            uses="cap_ommt_pence",
        ),
        when(
            "the part is not known",
            claim(part=None),
            "unknown",
            (
                "Tell us which part you are claiming, so that we can compare the amount with the limit of "
                "£400,000.00 for each employer in 2025-26."
            ),
            uses="cap_main_pence",
        ),
        source=CAP,
        reads=(
            "employer.committed_gbp claim.part training.cost_gbp training.other_funding_gbp training.course "
            "training.paid_on"
        ),
        uses="cap_main_pence start_share_percent",
    ),
)


@pytest.mark.parametrize("judgement", JUDGEMENTS, ids=lambda it: f"{it.rule}: {it.when}")
def test_what_the_rule_says(judgement: Judgement) -> None:
    hold(judgement)
