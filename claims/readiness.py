"""What stands between a claim and its submission, in the order in which an employer can put it right."""

from dataclasses import dataclass
from enum import StrEnum

from claims.rules.facts import Part
from claims.rules.findings import Assessment, Finding, Says


class Obstacle(StrEnum):
    """What kind of thing blocks a claim, in the order in which blockers are shown."""

    REGISTRATION = "registration"
    PAYMENT = "payment"
    FACTS = "facts"
    RULES = "rules"
    AGREEMENT = "agreement"
    BANK_DETAILS = "bank-details"
    EVIDENCE = "evidence"
    DUPLICATE = "duplicate"
    DEADLINE = "deadline"


OBSTACLES_OF_RULES = {
    "employer-signed-agreement": Obstacle.AGREEMENT,
    "not-claimed-before": Obstacle.DUPLICATE,
    "submitted-in-time": Obstacle.DEADLINE,
}
"""Findings that are not shown under facts or rules but under an obstacle of their own."""


NOT_REGISTERED = {
    "started": "Your organisation’s registration has not been sent yet. Finish it and send it.",
    "sent": "Your organisation’s registration waits for a decision. You can submit claims once it is registered.",
    "refused": "Your organisation’s registration was refused. Correct it and send it again.",
}
"""What is missing, by how far the registration is."""
OTHERWISE_NOT_REGISTERED = "Your organisation is not registered yet. You can submit claims once it is."

COMPLETED = "training-completed"
WAIT_FOR_COMPLETION = frozenset({"learner-still-employed-on-completion", "completed-in-time", "submitted-in-time"})
"""While nobody has told the completion date, these are as unknown as ``COMPLETED``, which asks for it."""


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that must be put right before the claim can be submitted."""

    obstacle: Obstacle
    message: str
    """One sentence: what is the case and what to do."""
    rule: str = ""
    """The rule whose finding it is, if it is one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a claim needs besides what the rules ask."""

    part: Part
    registered: bool
    """Registered, or registered at risk."""
    suspended: bool
    has_bank_details: bool
    by_plan: bool
    is_internal_ommt: bool
    payment_files: int
    certificates: int
    registration: str = ""
    """How far the registration is, as ``employers.registration`` has it."""
    payment_rejected: bool = False
    """Whether an assessor rejected the payment as it stands."""

    @property
    def needs_payment_evidence(self) -> bool:
        """Not for training the employer gives itself, nor for a completion whose payment was shown at the start."""
        return not self.is_internal_ommt and (self.part is not Part.COMPLETION or self.by_plan)

    @property
    def needs_certificate(self) -> bool:
        return self.part is not Part.START


def find_blockers(assessment: Assessment, standing: Standing) -> tuple[Blocker, ...]:
    """Everything that blocks, at once, in the order of ``Obstacle``; none when the claim can be submitted.

    Source: docs/product.md, "The life of a claim" (what submitting needs).
    """
    blockers = [
        *_registration(standing),
        *_payment(standing),
        *(
            Blocker(_obstacle_of(finding.rule, finding.outcome), finding.message, finding.rule)
            for finding in _said_once(assessment.findings_that(Says.FAIL, Says.UNKNOWN))
        ),
        *_bank_details(standing),
        *_evidence(standing),
    ]
    order = list(Obstacle)
    return tuple(sorted(blockers, key=lambda blocker: order.index(blocker.obstacle)))


def _said_once(findings: tuple[Finding, ...]) -> list[Finding]:
    """Without those that only wait for a completion date that another one asks for."""
    unknown = {finding.rule for finding in findings if finding.outcome is Says.UNKNOWN}
    answered_too = unknown & WAIT_FOR_COMPLETION if COMPLETED in unknown else set()
    return [finding for finding in findings if finding.rule not in answered_too]


def _obstacle_of(rule: str, outcome: Says) -> Obstacle:
    otherwise = Obstacle.FACTS if outcome is Says.UNKNOWN else Obstacle.RULES
    return OBSTACLES_OF_RULES.get(rule, otherwise)


def _registration(standing: Standing) -> list[Blocker]:
    if standing.suspended:
        message = "Your organisation is suspended from claiming. Contact the scheme to find out why."
    elif not standing.registered:
        message = NOT_REGISTERED.get(standing.registration, OTHERWISE_NOT_REGISTERED)
    else:
        return []
    return [Blocker(Obstacle.REGISTRATION, message)]


def _payment(standing: Standing) -> list[Blocker]:
    if not standing.payment_rejected:
        return []
    message = (
        "We rejected the payment for this training, so nothing more can be claimed for this purchase. "
        "You can read why on the claims that were rejected."
    )
    return [Blocker(Obstacle.PAYMENT, message)]


def _bank_details(standing: Standing) -> list[Blocker]:
    if standing.has_bank_details:
        return []
    message = "Your organisation has not given its bank details. Your senior responsible officer can give them."
    return [Blocker(Obstacle.BANK_DETAILS, message)]


def _evidence(standing: Standing) -> list[Blocker]:
    blockers = []
    if standing.needs_payment_evidence and not standing.payment_files:
        blockers.append(Blocker(Obstacle.EVIDENCE, "Add evidence that the training was paid for."))
    if standing.needs_certificate and standing.certificates != 1:
        blockers.append(Blocker(Obstacle.EVIDENCE, "Add the learner’s certificate."))
    return blockers
