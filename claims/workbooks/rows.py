"""The plain values that workbooks are made from: one per claim, one per payment, and the sums of the ledger.

Money in whole pence, dates as dates in London. ``None`` is written as an empty cell.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

DIGITS_SHOWN = 4


class LineRow(NamedTuple):
    """One claim, as finance sees it. The learner appears by claim reference only.

    A tuple in the order of its fields, so that a fetched row becomes one by ``LineRow._make(row)``.
    """

    reference: str
    purchase: str
    workplace_id: str
    employer: str
    course_code: str
    course_title: str
    level: str
    awarding_organisation: str
    funding_model: str
    part: str
    fund: str
    role_category: str | None
    """The primary one; ``None`` where the course has no link. It never decides funding."""
    paid_on: date | None
    started_on: date | None
    completed_on: date | None
    cost_pence: int | None
    """Per learner, before other funding."""
    other_funding_pence: int | None
    maximum_pence: int | None
    reimbursable_pence: int | None
    share_percent: int | None
    """60 for a start part, 40 for a completion part, 100 for the whole."""
    amount_pence: int | None
    approved_on: date | None
    approved_by: str | None
    rules_version: str
    maximum_confidence: str
    """``confirmed``, or how far the maximum is to be trusted (``claims.rules.scheme.CourseEntry.confidence``)."""


class RegisterRow(NamedTuple):
    """One claim in any state: its line, and how it stands."""

    line: LineRow
    state: str
    submitted_on: date | None
    last_day_to_claim: date | None
    """Inclusive."""
    days_to_decision: int | None
    failed_findings: tuple[str, ...]
    """Slugs of rules, in guidance order."""
    check_findings: tuple[str, ...]
    assessor: str | None
    payment_run: str | None
    payment_sent_on: date | None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """What one employer is paid from one fund."""

    payment_reference: str
    workplace_id: str
    employer: str
    fund: str
    claims: int
    amount_pence: int
    set_off_pence: int
    net_pence: int
    account_name: str
    sort_code: str
    account_ends_in: str
    """At most the last four digits. The whole number never comes near a workbook."""

    def __post_init__(self) -> None:
        if len(self.account_ends_in) > DIGITS_SHOWN:
            raise ValueError("A payment row takes at most the last four digits of an account number.")

    @property
    def masked_account_number(self) -> str:
        return f"****{self.account_ends_in}"


class GroupTotal(NamedTuple):
    """What the ledger holds for one fund or one state."""

    name: str
    claims: int
    amount_pence: int


@dataclass(frozen=True, slots=True)
class RunTotals:
    """A payment run as the database counts it, independently of the rows that are written."""

    claims: int
    amount_pence: int
    payments: int
    set_off_pence: int
    net_pence: int
    by_fund: tuple[GroupTotal, ...]


@dataclass(frozen=True, slots=True)
class RegisterTotals:
    """The claims in the filter as the database counts them, independently of the rows that are written."""

    claims: int
    amount_pence: int
    by_state: tuple[GroupTotal, ...]
    by_fund: tuple[GroupTotal, ...]


@dataclass(frozen=True, slots=True)
class About:
    """Where a workbook comes from. The same data with the same ``About`` gives the same bytes."""

    subject: str
    """What sets this one apart: a run's reference, or the name of a filter."""
    filters: tuple[tuple[str, str], ...]
    """Name and value of each; empty when everything is in it."""
    scheme_year: str
    course_list_version: str
    rules_version: str
    made_at: datetime
    """An instant with its time zone; shown in London time."""
    made_by: str
