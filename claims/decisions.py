"""What an assessor's checks come to: the act on each claim, its amount in one line, the words the employer reads.

Source: docs/back-office.md, "Assessors".
"""

from dataclasses import dataclass
from enum import StrEnum

from claims.lifecycle import Act
from claims.rules.facts import Part
from claims.rules.findings import Amount
from claims.rules.wording import in_pounds


class Answer(StrEnum):
    """What an assessor says of a payment or of a completion."""

    YES = "yes"
    ACTION_NEEDED = "action-needed"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: its answer and the note that the employer will read."""

    answer: Answer
    note: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One thing the employer is asked to put right."""

    about: str
    """``payment`` or ``completion``."""
    note: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to happen to one claim, and why."""

    act: Act
    requests: tuple[Request, ...] = ()
    """For ``request-action``: at least one."""
    reason: str = ""
    """For ``reject``."""


def verdict_of(payment: Checked | None, completion: Checked | None, *, needs_payment_check: bool) -> Verdict | None:
    """What the checks come to for one claim; ``None`` while a check that decides it is missing.

    A payment that is rejected, or that needs action, decides for every claim of its purchase, also for completion parts
    that would be decided without it: what they complete was bought with it. Otherwise each claim follows its own
    completion check.
    """
    if payment is None and needs_payment_check:
        return None
    if payment is not None and payment.answer is Answer.REJECT:
        return Verdict(Act.REJECT, reason=payment.note)
    if payment is not None and payment.answer is Answer.ACTION_NEEDED:
        asked: tuple[Request, ...] = (Request("payment", payment.note),)
        if completion is not None and completion.answer is Answer.ACTION_NEEDED:
            asked += (Request("completion", completion.note),)
        return Verdict(Act.REQUEST_ACTION, asked)
    if completion is None:
        return None
    match completion.answer:
        case Answer.YES:
            return Verdict(Act.APPROVE)
        case Answer.ACTION_NEEDED:
            return Verdict(Act.REQUEST_ACTION, (Request("completion", completion.note),))
        case Answer.REJECT:
            return Verdict(Act.REJECT, reason=completion.note)


@dataclass(frozen=True, slots=True)
class Worth:
    """Where a claim's amount comes from. All in pence."""

    part: Part
    amount: Amount
    cost_pence: int | None
    """What was paid for this learner; ``None`` for internal OMMT, which has a fixed amount."""
    other_funding_pence: int
    maximum_pence: int | None
    share_percent: int
    """The start part's."""
    started_with_pence: int | None = None
    """For a completion part: the entitlement of its start part."""


def derivation_of(worth: Worth) -> str:
    """The amount in one line, such as ``min(£1,600.00, £1,540.00) x 60% = £924.00``."""
    amount = worth.amount
    if amount.reimbursable_pence is None or amount.entitlement_pence is None or amount.payable_pence is None:
        return "not known"
    if worth.part is Part.COMPLETION:
        started_with = in_pounds(worth.started_with_pence or 0)
        line = f"{in_pounds(amount.reimbursable_pence)} - {started_with}"
    else:
        line = _reimbursable(worth) + (f" x {worth.share_percent}%" if worth.part is Part.START else "")
    line += f" = {in_pounds(amount.entitlement_pence)}"
    if amount.payable_pence < amount.entitlement_pence:
        line += f", of which {in_pounds(amount.payable_pence)} is left under the employer's cap"
    return line


def _reimbursable(worth: Worth) -> str:
    if worth.cost_pence is None or worth.maximum_pence is None:
        return f"fixed amount {in_pounds(worth.maximum_pence or 0)}"
    cost = in_pounds(worth.cost_pence)
    if worth.other_funding_pence:
        cost = f"{cost} - {in_pounds(worth.other_funding_pence)}"
    return f"min({cost}, {in_pounds(worth.maximum_pence)})"


def words_of(reference: str, verdict: Verdict, worth: Worth | None) -> str:
    """The exact words the employer reads about one decision. An approval needs ``worth``."""
    match verdict.act:
        case Act.APPROVE if worth is not None and worth.amount.payable_pence is not None:
            approved = (
                f"We have approved claim {reference}. We will pay {in_pounds(worth.amount.payable_pence)}.\n\n"
                f"How we worked it out: {derivation_of(worth)}."
            )
            if worth.part is Part.START and worth.amount.left_for_completion_pence:
                approved += (
                    f"\n\n{in_pounds(worth.amount.left_for_completion_pence)} is left to claim when the training "
                    "is completed. The completion claim is ready for you as a draft."
                )
            return approved
        case Act.REQUEST_ACTION:
            asked = "\n\n".join(f"{_ABOUT[request.about]}: {request.note}" for request in verdict.requests)
            return f"We need something from you before we can decide claim {reference}.\n\n{asked}"
        case Act.REJECT:
            return f"We have rejected claim {reference}. It will not be paid.\n\nWhy: {verdict.reason}"
    raise ValueError(f"{verdict.act} is not a decision that can be worded.")


_ABOUT = {"payment": "About the payment", "completion": "About the learner and the training"}
