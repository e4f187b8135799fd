"""The life of a claim: its states, the acts that move it, who may do them. The only transition table there is.

Drawn in docs/lifecycle.md.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_ACTION = "needs-action"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    IN_PAYMENT = "in-payment"
    PAID = "paid"
    RECOVERED = "recovered"


LIVE = frozenset({State.SUBMITTED, State.NEEDS_ACTION, State.APPROVED, State.IN_PAYMENT, State.PAID})
"""A claim in one of these keeps every other claim for the same number, course and part away."""

COMMITTED = frozenset({State.APPROVED, State.IN_PAYMENT, State.PAID})
"""A claim in one of these counts towards the employer's cap."""

FINAL = frozenset({State.WITHDRAWN, State.RECOVERED})

UNANSWERED_FOR = timedelta(days=28)
"""After it was asked about, a claim that nobody answered for can be closed. Source: docs/product.md, "The life of a
claim"."""


class Act(StrEnum):
    SUBMIT = "submit"
    DISCARD = "discard"
    REQUEST_ACTION = "request-action"
    APPROVE = "approve"
    REJECT = "reject"
    RECALL = "recall"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    RESUBMIT = "resubmit"
    UNDO = "undo"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    PAY = "pay"
    PAYMENT_FAILED = "payment-failed"
    PAYMENT_RETURNED = "payment-returned"
    RECOVER = "recover"


class Role(StrEnum):
    SRO = "sro"
    SUBMITTER = "submitter"
    ASSESSOR = "assessor"
    LEAD_ASSESSOR = "lead-assessor"
    FINANCE = "finance"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    SYSTEM = "system"


EMPLOYER_ROLES = frozenset({Role.SRO, Role.SUBMITTER})
STAFF_ROLES = frozenset({Role.ASSESSOR, Role.LEAD_ASSESSOR, Role.FINANCE, Role.ADMINISTRATOR, Role.AUDITOR})
ASSESSING_ROLES = frozenset({Role.ASSESSOR, Role.LEAD_ASSESSOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. No write is anonymous."""

    role: Role
    name: str
    person_id: int | None = None
    """``None`` for the system only."""
    employer_id: int | None = None
    """The employer acted for; ``None`` for staff."""
    services: frozenset[int] | None = None
    """The services whose learners they see; ``None``: of all."""

    def sees(self, service_id: int | None) -> bool:
        """Whether learners of the service are seen; limited, nobody sees learners of none."""
        return self.services is None or service_id in self.services


@dataclass(frozen=True, slots=True)
class Move:
    """What an act does to a claim in one state."""

    to: State | None
    """``None``: the draft is gone, its event stays."""
    who: frozenset[Role]
    because: bool = False
    """True when a reason must be given."""
    second_person: bool = False
    """True when somebody else must have proposed or prepared it."""


LEAD = frozenset({Role.LEAD_ASSESSOR})
FINANCE = frozenset({Role.FINANCE})
SUBMITTING = EMPLOYER_ROLES

MOVES: dict[tuple[State, Act], Move] = {
    (State.DRAFT, Act.SUBMIT): Move(State.SUBMITTED, SUBMITTING),
    # The service closes the draft of a completion claim whose start claim was rejected.
    (State.DRAFT, Act.DISCARD): Move(None, SUBMITTING | {Role.SYSTEM}),
    (State.SUBMITTED, Act.REQUEST_ACTION): Move(State.NEEDS_ACTION, ASSESSING_ROLES, because=True),
    (State.SUBMITTED, Act.APPROVE): Move(State.APPROVED, ASSESSING_ROLES),
    (State.SUBMITTED, Act.REJECT): Move(State.REJECTED, ASSESSING_ROLES, because=True),
    (State.SUBMITTED, Act.WITHDRAW): Move(State.WITHDRAWN, SUBMITTING, because=True),
    (State.NEEDS_ACTION, Act.RECALL): Move(State.SUBMITTED, ASSESSING_ROLES, because=True),
    (State.NEEDS_ACTION, Act.LAPSE): Move(State.REJECTED, LEAD, because=True),
    (State.NEEDS_ACTION, Act.WITHDRAW): Move(State.WITHDRAWN, SUBMITTING, because=True),
    (State.NEEDS_ACTION, Act.RESUBMIT): Move(State.SUBMITTED, SUBMITTING),
    (State.APPROVED, Act.UNDO): Move(State.SUBMITTED, LEAD, because=True),
    (State.REJECTED, Act.UNDO): Move(State.SUBMITTED, LEAD, because=True),
    (State.APPROVED, Act.SCHEDULE): Move(State.IN_PAYMENT, FINANCE),
    (State.IN_PAYMENT, Act.UNSCHEDULE): Move(State.APPROVED, FINANCE),
    (State.IN_PAYMENT, Act.PAY): Move(State.PAID, FINANCE),
    (State.IN_PAYMENT, Act.PAYMENT_FAILED): Move(State.APPROVED, FINANCE, because=True),
    (State.PAID, Act.PAYMENT_RETURNED): Move(State.APPROVED, FINANCE, second_person=True),
    (State.PAID, Act.RECOVER): Move(State.RECOVERED, LEAD, because=True, second_person=True),
}


class NotAllowed(Exception):
    """The act is not possible now, or not for this person. The message is for the person who tried."""


def acts_from(state: State, role: Role | None = None) -> tuple[Act, ...]:
    """The acts possible from ``state``, for ``role`` if one is given, in the order of the table."""
    return tuple(act for (origin, act), move in MOVES.items() if origin == state and (role is None or role in move.who))


def decide(state: State, act: Act, by: Actor, because: str = "", prepared_by: Actor | None = None) -> Move:
    """The move that ``act`` makes from ``state``.

    ``prepared_by`` is who proposed or drew up what ``by`` now confirms.
    Raises ``NotAllowed`` when the table has no such move, the role may not make it, the reason is missing,
    or one person would do what takes two.
    """
    move = MOVES.get((state, act))
    if move is None:
        raise NotAllowed(f"A claim that is {WORDS[state].lower()} cannot be {PAST[act]}.")
    if by.role not in move.who:
        raise NotAllowed(f"Your role does not allow you to do this ({by.role}: {act}).")
    if move.because and not because.strip():
        raise NotAllowed("Give a reason.")
    if move.second_person and (prepared_by is None or prepared_by.person_id == by.person_id):
        raise NotAllowed("A second person must do this.")
    return move


WORDS: dict[State, str] = {
    State.DRAFT: "Draft",
    State.SUBMITTED: "Submitted",
    State.NEEDS_ACTION: "Needs action",
    State.APPROVED: "Approved",
    State.REJECTED: "Rejected",
    State.WITHDRAWN: "Withdrawn",
    State.IN_PAYMENT: "In payment",
    State.PAID: "Paid",
    State.RECOVERED: "Recovered",
}
"""States as people read them."""

PAST: dict[Act, str] = {
    Act.SUBMIT: "submitted",
    Act.DISCARD: "discarded",
    Act.REQUEST_ACTION: "sent back for action",
    Act.APPROVE: "approved",
    Act.REJECT: "rejected",
    Act.RECALL: "recalled",
    Act.LAPSE: "closed for want of an answer",
    Act.WITHDRAW: "withdrawn",
    Act.RESUBMIT: "sent again",
    Act.UNDO: "undone",
    Act.SCHEDULE: "put in a payment run",
    Act.UNSCHEDULE: "taken out of a payment run",
    Act.PAY: "paid",
    Act.PAYMENT_FAILED: "marked as a failed payment",
    Act.PAYMENT_RETURNED: "marked as a returned payment",
    Act.RECOVER: "recovered",
}
"""Acts as histories tell them."""
