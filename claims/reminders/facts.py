"""What reminders are decided from: values, each with the ids of the people who are told."""

from dataclasses import dataclass
from datetime import date

People = tuple[int, ...]
"""Ids of those to be told."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A draft whose last day to claim is known."""

    claim_id: int
    reference: str
    course: str
    initials: str
    """The learner's."""
    last_day_on: date
    """Inclusive."""
    known_from: date
    """The day the draft was entered: what was due before it is not made up for."""
    people: People
    officers: People = ()
    """The senior responsible officer, who is told what was missed."""
    part: str = "full"


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A claim that was sent back and not answered yet."""

    claim_id: int
    request_id: int
    """Of the first thing asked."""
    reference: str
    course: str
    initials: str
    asked_on: date
    people: People


@dataclass(frozen=True, slots=True)
class OpenCompletion:
    """A completion claim that waits as a draft for the training to be completed."""

    claim_id: int
    reference: str
    course: str
    initials: str
    planned_end_on: date | None
    complete_by: date
    """The last day on which a long course of its scheme year may be completed, inclusive."""
    known_from: date
    """The day its start claim was approved."""
    people: People


@dataclass(frozen=True, slots=True)
class Training:
    """OMMT training of a purchase on one day, for learners whose certificate is not there yet."""

    purchase_id: int
    course: str
    initials: tuple[str, ...]
    on: date
    known_from: date
    people: People


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An employer has not signed the agreement of a scheme year."""

    employer_id: int
    employer: str
    year: str
    begins_on: date
    """The first payment day of the year."""
    ends_on: date
    registered_on: date
    blocked_on: date | None
    """Since when a draft of that year is otherwise dated and cannot be submitted; ``None``: there is none."""
    people: People


@dataclass(frozen=True, slots=True)
class Outdated:
    """An employer's workforce data was last updated before ``since``, the latest 1 April."""

    employer_id: int
    employer: str
    since: date
    registered_on: date
    blocked_on: date | None
    people: People


@dataclass(frozen=True, slots=True)
class NoBankDetails:
    """An employer that is registered and has not said where it is to be paid."""

    employer_id: int
    employer: str
    registered_on: date
    people: People


@dataclass(frozen=True, slots=True)
class OpenPurchases:
    """An employer's purchases in a scheme year that are planned: not paid, not started, or not submitted."""

    employer_id: int
    employer: str
    year: str
    closes_on: date
    """The last day to pay and to start, inclusive."""
    settled_on: tuple[date | None, ...]
    """For each: the day by which it is both paid for and started; ``None`` while that is not known."""
    known_from: date
    people: People


@dataclass(frozen=True, slots=True)
class OmmtDrafts:
    """An employer's drafts of Oliver McGowan training that share a last day to claim."""

    employer_id: int
    employer: str
    last_day_on: date
    drafts: int
    known_from: date
    people: People


@dataclass(frozen=True, slots=True)
class Committed:
    """What is committed to an employer from one fund in one year, under a cap. Pence."""

    employer_id: int
    employer: str
    fund: str
    year: str
    committed_pence: int
    cap_pence: int
    people: People


@dataclass(frozen=True, slots=True)
class Waiting:
    """Submitted claims: when each group of them was submitted and how many they are, oldest first."""

    submitted: tuple[tuple[date, int], ...]
    people: People


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Approved claims in no run: when they were approved, how many, and how many pence, oldest first."""

    approved: tuple[tuple[date, int, int], ...]
    people: People


@dataclass(frozen=True, slots=True)
class UnreleasedRun:
    """A payment run that is drawn up and not released."""

    run_id: int
    reference: str
    drawn_up_on: date
    people: People


@dataclass(frozen=True, slots=True)
class LatestYear:
    """The last scheme year whose parameters are known."""

    name: str
    ends_on: date
    people: People


Subject = (
    Deadline
    | OpenRequest
    | OpenCompletion
    | Training
    | Unsigned
    | Outdated
    | NoBankDetails
    | OpenPurchases
    | OmmtDrafts
    | Committed
    | Waiting
    | Unpaid
    | UnreleasedRun
    | LatestYear
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that reminders are decided from."""

    deadlines: tuple[Deadline, ...] = ()
    requests: tuple[OpenRequest, ...] = ()
    holidays: frozenset[date] = frozenset()
    """Days other than Saturdays and Sundays on which nobody works (bank holidays in England)."""
    completions: tuple[OpenCompletion, ...] = ()
    trainings: tuple[Training, ...] = ()
    unsigned: tuple[Unsigned, ...] = ()
    outdated: tuple[Outdated, ...] = ()
    no_bank_details: tuple[NoBankDetails, ...] = ()
    open_purchases: tuple[OpenPurchases, ...] = ()
    ommt_drafts: tuple[OmmtDrafts, ...] = ()
    committed: tuple[Committed, ...] = ()
    waiting: Waiting = Waiting((), ())
    unpaid: Unpaid = Unpaid((), ())
    unreleased: tuple[UnreleasedRun, ...] = ()
    latest_year: LatestYear | None = None
