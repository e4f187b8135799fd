"""What a claim is worth, in whole pence."""

from dataclasses import dataclass

from claims.rules.facts import COMPLETION, FULL, START, Facts
from claims.rules.findings import Amount


@dataclass(frozen=True, slots=True)
class CostPerLearner:
    """A total shared by the people an invoice covers. All in pence."""

    cost_pence: int
    """What was paid for each, before other funding."""
    other_funding_pence: int
    """What comes off for each; ``cost_pence`` less this is what can be claimed on."""
    remainder_pence: int
    """What does not divide: shown as not claimable, never dropped silently. Less than the number of people."""


def cost_per_learner(total_pence: int, other_funding_pence: int, people: int) -> CostPerLearner:
    """Share a total among ``people``: other funding comes off first, then each share is rounded down.

    Raises ``ValueError`` for fewer than one person.
    """
    if people < 1:
        raise ValueError("An invoice covers at least one person.")
    net, remainder = divmod(total_pence - other_funding_pence, people)
    cost = total_pence // people
    return CostPerLearner(cost, cost - net, remainder)


def share_of(pence: int, percent: int) -> int:
    """``percent`` of ``pence``, in whole pence; half a penny rounds up."""
    return (pence * percent + 50) // 100


def amount_of(
    facts: Facts, *, maximum_pence: int | None, fixed: bool, estimate: bool, share_percent: int, cap_pence: int | None
) -> Amount:
    """What this claim would pay if it were approved as stated, also when it breaks a rule.

    ``maximum_pence`` is the course's (``None`` without a known course), ``fixed`` says that it is paid whatever
    the cost, ``cap_pence`` is the most an employer gets from the fund in the year (``None`` without a cap).
    """
    start_part = facts.claim.start_part if facts.claim.part is COMPLETION else None
    reimbursable: int | None
    if start_part is not None and start_part.reimbursable_pence is not None:
        # Fixed when the start part was approved: a later list or cost never changes it.
        reimbursable, estimate = start_part.reimbursable_pence, False
    else:
        reimbursable = _reimbursable(facts, maximum_pence, fixed)
    if reimbursable is None:
        return Amount(None, None, None, None, False)
    part = facts.claim.part
    if part is None:
        return Amount(reimbursable, None, None, None, estimate)
    started_with = share_of(reimbursable, share_percent)
    left_for_completion = None
    if part is FULL:
        entitlement = reimbursable
    elif part is START:
        entitlement = started_with
        left_for_completion = reimbursable - started_with
    else:
        if start_part is not None and start_part.amount_pence is not None:
            started_with = start_part.amount_pence
        entitlement = max(0, reimbursable - started_with)
    payable = _payable(entitlement, facts.employer.committed_pence, cap_pence)
    return Amount(reimbursable, entitlement, payable, left_for_completion, estimate)


def _reimbursable(facts: Facts, maximum_pence: int | None, fixed: bool) -> int | None:
    if maximum_pence is None or fixed:
        return maximum_pence
    cost = facts.training.cost_pence
    if cost is None:
        return None
    return max(0, min(cost - (facts.training.other_funding_pence or 0), maximum_pence))


def _payable(entitlement_pence: int, committed_pence: int | None, cap_pence: int | None) -> int | None:
    if cap_pence is None:
        return entitlement_pence
    if committed_pence is None:
        return None
    return min(entitlement_pence, max(0, cap_pence - committed_pence))
