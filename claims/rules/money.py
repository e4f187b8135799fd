"""Rules about money: the cost, the start part, the fund and the cap."""

from claims.rules.case import Case, Read
from claims.rules.facts import COMPLETION, START, Part
from claims.rules.findings import CHECK, FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Finding, Says, answers
from claims.rules.sources import CAP, GUIDE
from claims.rules.wording import in_pounds


def cost_is_reimbursable(case: Case) -> Finding:
    """Something was paid for this learner, also once other funding is taken off."""
    cost = case.facts.training.cost_pence
    other = case.facts.training.other_funding_pence
    facts: Read = (("training.cost_gbp", cost), ("training.other_funding_gbp", other))
    if case.is_internal_ommt:
        outcome, facts = NOT_APPLICABLE, case.decided_by[:1]
        message = "Training that you give yourselves is paid at a fixed amount, so there is no cost to judge."
    elif cost is None:
        outcome, message = UNKNOWN, "Tell us the cost of the training for this learner."
    elif cost <= 0:
        outcome = FAIL
        message = f"The cost for this learner is {in_pounds(cost)}, so there is nothing to pay back."
    elif other is None:
        outcome = UNKNOWN
        message = "Tell us how much other funding there is for this learner's training; if none, enter £0.00."
    elif cost <= other:
        outcome = FAIL
        message = (
            f"Other funding of {in_pounds(other)} covers all of the {in_pounds(cost)} cost for this learner, "
            "so there is nothing to pay back."
        )
    elif other == 0:
        outcome, message = PASS, f"The cost for this learner is {in_pounds(cost)}."
    else:
        outcome = PASS
        message = (
            f"The cost for this learner is {in_pounds(cost)}, which leaves {in_pounds(cost - other)} "
            f"after other funding of {in_pounds(other)}."
        )
    return Finding("cost-is-reimbursable", outcome, message, facts, (), GUIDE)


_APPROVED = ("approved", "in-payment", "paid")
_OVER = {"rejected": "rejected", "withdrawn": "withdrawn", "recovered": "paid back"}
"""Ended without a completion part to follow, in words; a rejection that is undone is not a rejection."""


def start_part_approved(case: Case) -> Finding:
    """Completion part: its start part is approved, in payment or paid."""
    part = case.facts.claim.part
    start_part = case.facts.claim.start_part
    state = None if start_part is None else start_part.state
    facts: Read = (("claim.part", part), ("claim.start_part.state", state))
    if part is None:
        outcome = UNKNOWN
        message = "Tell us which part you are claiming, so that we know whether a start part must come first."
    elif part is not COMPLETION:
        outcome, facts = NOT_APPLICABLE, facts[:1]
        message = "Only the completion part follows a start part."
    elif state is None:
        outcome, message = UNKNOWN, "Tell us whether the start part of this course was approved for this learner."
    elif state in _APPROVED:
        outcome, message = PASS, "The start part was approved."
    elif state == "none":
        outcome = FAIL
        message = "There is no start part for this learner and course: claim it all at once, on completion."
    elif state in _OVER:
        outcome = FAIL
        message = (
            f"The start part was {_OVER[state]}, so no completion part can follow: claim it all at once, on completion."
        )
    else:
        outcome = FAIL
        message = (
            f"The start part is not approved (its state is “{state.replace('-', ' ')}”): "
            "claim the completion part once the start part is approved."
        )
    return Finding("start-part-approved", outcome, message, facts, (), GUIDE)


_FUND_OPEN = answers(
    "fund-open",
    GUIDE,
    "fund.open",
    passes=True,
    yes="The fund is open.",
    no="The fund is closed, so this claim cannot be made.",
    unknown="We do not know whether the fund is open: check before you submit.",
)


def fund_open(case: Case) -> Finding:
    """The fund is open on the day of the first submission."""
    return _FUND_OPEN[case.facts.fund.open]


_SHARE: dict[Part | None, tuple[str, ...]] = {START: ("start_share_percent",)}
"""What else the amount compared with the cap follows from; a completion part is what its start part left."""


def employer_within_cap(case: Case) -> Finding:
    """What is already committed for the employer leaves room for the whole amount."""
    cap = case.year.number_or_none(case.cap_name)
    if cap is None:
        return Finding(
            "employer-within-cap",
            NOT_APPLICABLE,
            f"There is no known limit to what an employer can be paid from this fund{case.year_note}.",
            case.decided_by,
            case.year.parameters_named(case.cap_name),
            CAP,
        )
    outcome, message = _judge_cap(case, cap)
    training, start_part = case.facts.training, case.facts.claim.start_part
    fixed: Read = ()
    if start_part is not None and case.facts.claim.part is COMPLETION:
        fixed = (
            ("claim.start_part.amount_gbp", start_part.amount_pence),
            ("claim.start_part.reimbursable_gbp", start_part.reimbursable_pence),
        )
    return Finding(
        "employer-within-cap",
        outcome,
        message,
        case.reading(
            ("employer.committed_gbp", case.facts.employer.committed_pence),
            ("claim.part", case.facts.claim.part),
            ("training.cost_gbp", training.cost_pence),
            ("training.other_funding_gbp", training.other_funding_pence),
            *fixed,
        ),
        case.year.parameters_named(case.cap_name, *_SHARE.get(case.facts.claim.part, ())),
        CAP,
    )


def _judge_cap(case: Case, cap: int) -> tuple[Says, str]:
    committed = case.facts.employer.committed_pence
    entitlement = case.amount.entitlement_pence
    limit = f"the limit of {in_pounds(cap)} for each employer in {case.year.name}{case.year_note}"
    if committed is None:
        return UNKNOWN, f"Tell us how much has already been approved or paid to you, to compare with {limit}."
    left = cap - committed
    if left <= 0:
        return FAIL, (
            f"You already have {in_pounds(committed)} approved or paid, "
            f"so nothing is left for this claim under {limit}."
        )
    if entitlement is None:
        return UNKNOWN, f"{_ask_for_amount(case)}, so that we can compare the amount with {limit}."
    if entitlement <= left:
        return PASS, f"There is room for the whole amount under {limit}."
    return CHECK, (
        f"Only {in_pounds(left)} of the {in_pounds(entitlement)} can be paid, "
        f"because that is what is left under {limit}."
    )


def _ask_for_amount(case: Case) -> str:
    """What to tell us, so that an amount can be worked out."""
    if case.facts.claim.part is None:
        return "Tell us which part you are claiming"
    if case.entry is None:
        return "Choose the course from the eligible list"
    return "Tell us the cost of the training for this learner"
