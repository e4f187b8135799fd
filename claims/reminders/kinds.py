"""The kinds of message there are, which of them matter most, and what makes one message one message."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """The kinds there are, most urgent first; the values stand in the outbox."""

    CLAIM_DEADLINE = "claim-deadline"
    OMMT_CLOSING = "ommt-closing"
    NEEDS_ACTION = "needs-action"
    CLAIM_MISSED = "claim-missed"
    DECISION = "decision"
    REGISTRATION = "registration"
    OFFICER_CHANGED = "officer-changed"
    PAYMENT = "payment"
    SCHEME_YEAR_CLOSING = "scheme-year-closing"
    AGREEMENT_UNSIGNED = "agreement-unsigned"
    BANK_DETAILS_MISSING = "bank-details-missing"
    WORKFORCE_DATA_DUE = "workforce-data-due"
    CERTIFICATE_REQUEST = "certificate-request"
    COMPLETION_CLAIM_READY = "completion-claim-ready"
    COURSE_LIST_CHANGED = "course-list-changed"
    CAP_NEAR = "cap-near"
    RUN_UNRELEASED = "run-unreleased"
    APPROVED_UNPAID = "approved-unpaid"
    CLAIMS_WAITING = "claims-waiting"
    SCHEME_YEAR_MISSING = "scheme-year-missing"


MOST_URGENT_FIRST = tuple(Kind)
"""The order of the items of one letter; other kinds come after."""

NAMES = {
    Kind.CLAIM_DEADLINE: "A draft’s last day to claim is coming",
    Kind.OMMT_CLOSING: "The last day to claim for Oliver McGowan training is coming",
    Kind.NEEDS_ACTION: "An assessor asks for something",
    Kind.CLAIM_MISSED: "A draft’s last day to claim has passed",
    Kind.DECISION: "A claim is decided",
    Kind.REGISTRATION: "Your organisation’s registration is sent, or decided",
    Kind.OFFICER_CHANGED: "The senior responsible officer is another",
    Kind.PAYMENT: "Money was sent, or could not be",
    Kind.SCHEME_YEAR_CLOSING: "The scheme year is closing",
    Kind.AGREEMENT_UNSIGNED: "The grant agreement is not signed",
    Kind.BANK_DETAILS_MISSING: "Bank details are missing",
    Kind.WORKFORCE_DATA_DUE: "Workforce data is to be updated",
    Kind.CERTIFICATE_REQUEST: "Certificates are to be asked for",
    Kind.COMPLETION_CLAIM_READY: "A completion claim is ready",
    Kind.COURSE_LIST_CHANGED: "The course list changes a draft",
    Kind.CAP_NEAR: "The limit of a fund is near",
    Kind.RUN_UNRELEASED: "A payment run is not released",
    Kind.APPROVED_UNPAID: "Approved claims are in no payment run",
    Kind.CLAIMS_WAITING: "Claims have waited long for a decision",
    Kind.SCHEME_YEAR_MISSING: "The next scheme year is missing",
}
"""What each is about, in plain words."""
FOR_ASSESSORS = frozenset({Kind.CLAIMS_WAITING})
FOR_FINANCE = frozenset({Kind.RUN_UNRELEASED, Kind.APPROVED_UNPAID})
FOR_ADMINISTRATORS = frozenset({Kind.SCHEME_YEAR_MISSING})
FOR_EMPLOYERS = frozenset(Kind) - FOR_ASSESSORS - FOR_FINANCE - FOR_ADMINISTRATORS

BLOCKS = ":blocks"
"""Ends what a message is about that says that something holds up a claim: it goes once, whatever the day."""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a message one message."""

    kind: Kind
    person_id: int
    about: str
    due_on: date
    """The day of its stage, working day or not."""

    @property
    def goes_once(self) -> bool:
        """Whether it goes once for what it is about, and not once for each due day."""
        return self.kind is Kind.CAP_NEAR or self.about.endswith(BLOCKS)


def about_deadline(claim_id: int) -> str:
    return f"claim:{claim_id}"


def about_request(claim_id: int, request_id: int) -> str:
    return f"claim:{claim_id}:request:{request_id}"
