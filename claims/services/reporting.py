"""Reports for finance, administrators and auditors: spend, caps, courses, decisions, reasons, what is to come."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from statistics import median

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.db import Database
from claims.lifecycle import Actor, State
from claims.reminders.working_days import working_days_between
from claims.services.claiming import weigh_purchase
from claims.services.expecting import DECISION_WORKING_DAYS
from claims.services.grouping import NOT_KNOWN, reports_by_group
from claims.services.recording import record
from claims.store.holidays import england_bank_holidays
from claims.store.reference import listed_on
from claims.store.spending import (
    ReportFilter,
    commitments,
    committed_in_all,
    decided_claims,
    expected_claims,
    rejections,
    sums_by_course,
    sums_in_all,
)
from claims.words import FUNDS
from claims.workbooks.cells import Kind
from claims.workbooks.reports import Figure, Picture, Report, stream_reports
from claims.workbooks.rows import About

SAID_ONCE = "Other words"
"""Words that were used for one claim only may be about one person."""
ENDS = {"reject": "Rejected by an assessor", "lapse": "Not answered in time"}


def all_reports(session: Session, wanted: ReportFilter, today: date) -> tuple[Report, ...]:
    """Every report, in the order in which they are shown."""
    reference = listed_on(session, today).reference
    by_course = tuple((row.course_code, *map(int, row[1:])) for row in sums_by_course(session, wanted))
    in_all = tuple(map(int, sums_in_all(session, wanted)))
    decided = list(decided_claims(session, wanted))
    return (
        _spend_by_month(decided, in_all),
        _against_caps(session, wanted),
        *reports_by_group(reference, by_course, in_all),
        _time_to_decision(decided),
        _reasons(session, wanted),
        what_is_to_come(session, wanted, today),
    )


def export_reports(database: Database, wanted: ReportFilter, by: Actor, at: datetime) -> Iterator[bytes]:
    """The workbook of all reports. That somebody asked for it is an event."""
    with database.write() as session:
        details = {"scheme_year": wanted.scheme_year, "fund": wanted.fund}
        record(session, "export", ("reports", 0), by, at, details=details)
    with database.read() as session:
        today = london_date(at)
        listed = listed_on(session, today)
        year = next((year for year in listed.reference.years if year.name == wanted.scheme_year), None)
        about = About(
            subject=wanted.scheme_year,
            filters=(("Fund", FUNDS[wanted.fund]),) if wanted.fund else (),
            scheme_year=wanted.scheme_year,
            course_list_version=str(listed.version),
            rules_version=year.rules_version if year else "",
            made_at=at,
            made_by=by.name,
        )
        reports = all_reports(session, wanted, today)
    yield from stream_reports(about, reports)


def _spend_by_month(decided: Iterable, in_all: tuple[int, ...]) -> Report:  # type: ignore[type-arg]
    months: dict[tuple[str, str], list[int]] = {}
    for row in decided:
        if row.state in (State.REJECTED, State.RECOVERED):
            continue
        of_month = months.setdefault((f"{london_date(row.decided_at):%Y-%m}", row.fund), [0, 0, 0])
        of_month[0] += 1
        of_month[1] += row.payable_pence or 0
        if row.state == State.PAID and row.paid_on is not None:
            months.setdefault((f"{row.paid_on:%Y-%m}", row.fund), [0, 0, 0])[2] += row.payable_pence or 0
    rows = tuple((_month(month), FUNDS[fund], *sums) for (month, fund), sums in sorted(months.items()))
    return Report(
        "spend-by-month",
        "Spend by month",
        "Claims that stand approved by the month of the decision, and what was paid by the month of the payment.",
        (
            Figure("Month"),
            Figure("Fund"),
            Figure("Claims approved", Kind.COUNT),
            Figure("Committed", Kind.MONEY),
            Figure("Paid", Kind.MONEY),
        ),
        rows,
        Picture("Committed and paid (£)", ((3, "committed"), (4, "paid")), labels=(0, 1)),
        sums=(2, 3, 4),
        expected=((2, in_all[1]), (3, in_all[2]), (4, in_all[3])),
    )


def _against_caps(session: Session, wanted: ReportFilter) -> Report:
    _, pence = committed_in_all(session, wanted)
    rows = tuple(
        (
            row.name,
            FUNDS[row.fund],
            row.workplace_id,
            row.committed_pence,
            row.cap_pence,
            _left(row.cap_pence, row.committed_pence),
        )
        for row in commitments(session, wanted)
    )
    return Report(
        "against-caps",
        "Employers against caps",
        "What counts towards each employer’s cap: approved, in payment and paid, less what was recovered.",
        (
            Figure("Employer"),
            Figure("Fund"),
            Figure("Workplace ID"),
            Figure("Committed", Kind.MONEY),
            Figure("Cap", Kind.MONEY),
            Figure("Left", Kind.MONEY),
        ),
        rows,
        Picture("Committed (£)", ((3, "committed"),), labels=(0, 1)),
        sums=(3,),
        expected=((3, pence),),
    )


def _left(cap_pence: int | None, committed_pence: int) -> int | None:
    return None if cap_pence is None else cap_pence - committed_pence


def _time_to_decision(decided: Iterable) -> Report:  # type: ignore[type-arg]
    holidays = england_bank_holidays()

    @cache
    def days(first: date, last: date) -> int:
        return working_days_between(first, last, holidays)

    months: dict[str, list[int]] = {}
    for row in decided:
        if row.submitted_at is not None:
            taken = days(london_date(row.submitted_at), london_date(row.decided_at))
            months.setdefault(f"{london_date(row.decided_at):%Y-%m}", []).append(taken)
    rows = tuple(
        (
            _month(month),
            len(taken),
            round(median(taken)),
            max(taken),
            sum(each <= DECISION_WORKING_DAYS for each in taken),
            sum(each > DECISION_WORKING_DAYS for each in taken),
        )
        for month, taken in sorted(months.items())
    )
    return Report(
        "time-to-decision",
        "Time to decision",
        f"Working days from the last submission to the decision that stands; the standard is {DECISION_WORKING_DAYS}.",
        (
            Figure("Month of decision"),
            Figure("Decisions", Kind.COUNT),
            Figure("Median days", Kind.COUNT),
            Figure("Longest", Kind.COUNT),
            Figure("Within the standard", Kind.COUNT),
            Figure("Later", Kind.COUNT),
        ),
        rows,
        Picture("Decisions within the standard, and later", ((4, "paid"), (5, "waiting")), stacked=True),
        sums=(1, 4, 5),
    )


def _reasons(session: Session, wanted: ReportFilter) -> Report:
    found = rejections(session, wanted)
    words = Counter((ENDS[row.act], _first_words(row.note)) for row in found)
    groups: Counter[tuple[str, str]] = Counter()
    for (act, said), many in words.items():
        groups[act, said if many > 1 else SAID_ONCE] += many
    rows = tuple(
        (act, said, many) for (act, said), many in sorted(groups.items(), key=lambda item: (-item[1], item[0]))
    )
    return Report(
        "reasons",
        "Reasons for rejection",
        "Claims that stand rejected, by the beginning of what their employers read. Words used once are not shown.",
        (Figure("How"), Figure("Why"), Figure("Claims", Kind.COUNT)),
        rows,
        Picture("Claims", ((2, "waiting"),), labels=(0, 1), between=": "),
        sums=(2,),
        expected=((2, len(found)),),
    )


def _first_words(note: str) -> str:
    first = note.strip().partition("\n")[0]
    return f"{first[:117]}..." if len(first) > 120 else first or NOT_KNOWN


def what_is_to_come(session: Session, wanted: ReportFilter, today: date) -> Report:
    """Drafts and open completion parts by the month of their last day to claim, at what they would pay."""
    months: dict[tuple[str, str], list[int]] = {}
    for expected in expected_claims(session, wanted):
        month = f"{expected.last_day_on:%Y-%m}" if expected.last_day_on else ""
        sums = months.setdefault((month, expected.fund), [0, 0, 0])
        if expected.fixed_pence is not None:
            sums[1] += expected.claims
            sums[2] += expected.fixed_pence
        else:
            worth = weigh_purchase(session, expected.purchase, expected.part, today).amount.entitlement_pence
            sums[0] += expected.claims
            sums[2] += (worth or 0) * expected.claims
    rows = tuple(
        (_month(month) if month else NOT_KNOWN, FUNDS[fund], *sums)
        for (month, fund), sums in sorted(months.items(), key=lambda item: item[0] if item[0][0] else ("9999", ""))
    )
    return Report(
        "to-come",
        "What is to come",
        "Drafts and open completion parts by the month of their last day to claim, at what they would pay before any "
        "cap. An estimate: some will never be submitted, and new ones will come.",
        (
            Figure("Last day to claim in"),
            Figure("Fund"),
            Figure("Drafts", Kind.COUNT),
            Figure("Open completion parts", Kind.COUNT),
            Figure("Would pay", Kind.MONEY),
        ),
        rows,
        Picture("Would pay (£)", ((4, "waiting"),), labels=(0, 1)),
        sums=(2, 3, 4),
    )


def _month(month: str) -> str:
    year, number = month.split("-")
    return f"{date(int(year), int(number), 1):%B %Y}"
