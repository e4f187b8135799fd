"""Claims as the lines of finance's workbooks: one row of the database in, one row of a workbook out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Row
from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import COMMITTED, State
from claims.references import written
from claims.rules.amounts import cost_per_learner
from claims.rules.facts import Part
from claims.rules.scheme import CourseEntry, Reference, entry_on
from claims.store.reference import as_listed, from_files, listed_on
from claims.store.register import RegisterFilter, count_by_fund, count_by_state, rows_in_register, rows_of_claims
from claims.workbooks.rows import GroupTotal, LineRow, RegisterRow, RegisterTotals

APPROVED = COMMITTED | {State.RECOVERED}


def register_rows(session: Session, wanted: RegisterFilter, today: date) -> Iterator[RegisterRow]:
    """The claims that ``wanted`` lets through, by reference, read as they are asked for."""
    entries = Entries(session, today)
    for row in rows_in_register(session, wanted):
        submitted_on = london_date(row.submitted_at) if row.submitted_at else None
        decided_on = london_date(row.decided_at) if row.decided_at else None
        yield RegisterRow(
            line=_line(row, entries),
            state=row.state,
            submitted_on=submitted_on,
            last_day_to_claim=row.last_day_on,
            days_to_decision=(decided_on - submitted_on).days if decided_on and submitted_on else None,
            failed_findings=_findings(row.findings, "fail"),
            check_findings=_findings(row.findings, "check"),
            assessor=row.decided_by,
            payment_run=row.run,
            payment_sent_on=row.claim_paid_on,
        )


def register_totals(session: Session, wanted: RegisterFilter) -> RegisterTotals:
    """What the database itself counts of the claims that ``wanted`` lets through."""
    by_state = tuple(GroupTotal(*counted) for counted in count_by_state(session, wanted))
    return RegisterTotals(
        claims=sum(group.claims for group in by_state),
        amount_pence=sum(group.amount_pence for group in by_state),
        by_state=by_state,
        by_fund=tuple(GroupTotal(*counted) for counted in count_by_fund(session, wanted)),
    )


def lines_of(session: Session, claim_ids: Sequence[int], today: date) -> dict[int, LineRow]:
    """The lines of some claims by claim id."""
    entries = Entries(session, today)
    return {row.id: _line(row, entries) for row in rows_of_claims(session, claim_ids)}


def shown_from(line: LineRow) -> dict[str, Any]:
    """A line as a run keeps it, in JSON values."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in line._asdict().items()}


def line_from(shown: Mapping[str, Any]) -> LineRow:
    """The line that ``shown_from`` kept."""
    values: dict[str, Any] = {
        name: date.fromisoformat(value) if name.endswith("_on") and value else value for name, value in shown.items()
    }
    return LineRow(**values)


def purchase_reference(purchase_id: int) -> str:
    """A purchase as finance reads it, such as ``P000012``."""
    return f"P{purchase_id:06}"


class Entries:
    """The entry of the course list under which a claim is paid, looked up once per list, course and date."""

    def __init__(self, session: Session, today: date) -> None:
        self._session, self._today = session, today
        self._references: dict[int | None, Reference] = {}
        self._found: dict[tuple[int | None, str, date | None], CourseEntry | None] = {}

    def find(self, course_list_id: int | None, code: str, day: date | None) -> CourseEntry | None:
        key = (course_list_id, code, day)
        if key not in self._found:
            entries = self._reference(course_list_id).courses.get(code, ())
            held = entry_on(entries, day) if day else None
            self._found[key] = held or (entries[-1] if entries else None)
        return self._found[key]

    def _reference(self, course_list_id: int | None) -> Reference:
        if course_list_id not in self._references:
            listed = (
                listed_on(self._session, self._today)
                if course_list_id is None
                else as_listed(self._session, course_list_id)
            )
            self._references[course_list_id] = listed.reference
        return self._references[course_list_id]


def _line(row: Row[Any], entries: Entries) -> LineRow:
    entry = entries.find(row.course_list_id, row.course_code, row.paid_on or row.completed_on)
    internal = entry is not None and entry.is_internal_ommt
    shared = None
    if row.purchase_cost_pence is not None and row.people_covered is not None:
        shared = cost_per_learner(row.purchase_cost_pence, row.other_funding_pence or 0, row.people_covered)
    cost = row.cost_pence if row.cost_pence is not None or shared is None else shared.cost_pence
    approved = row.state in APPROVED
    return LineRow(
        reference=written(row.base, Part(row.part)),
        purchase=purchase_reference(row.purchase_id),
        workplace_id=row.workplace_id,
        employer=row.employer,
        course_code=row.course_code,
        course_title=entry.title if entry else "",
        level=entry.level if entry else "",
        awarding_organisation=entry.awarding_organisation if entry else "",
        funding_model=str(entry.funding_model) if entry else "",
        part=row.part,
        fund=row.fund,
        role_category=_role_category(row.course_code),
        paid_on=row.paid_on,
        started_on=row.started_on,
        completed_on=row.completed_on,
        cost_pence=None if internal else cost,
        other_funding_pence=None if internal or shared is None else shared.other_funding_pence,
        maximum_pence=entry.max_reimbursement_pence if entry else None,
        reimbursable_pence=row.reimbursable_pence,
        share_percent=_share(row.scheme_year, row.part),
        amount_pence=row.amount_pence,
        approved_on=london_date(row.decided_at) if approved and row.decided_at else None,
        approved_by=row.decided_by if approved else None,
        rules_version=row.rules_version or "",
        maximum_confidence=entry.confidence if entry else "",
    )


def _role_category(code: str) -> str | None:
    reference = from_files()
    links = reference.links.get(code, ())
    primary = next((link for link in links if link.rank == "primary"), None)
    return reference.role_categories[primary.role_category].title if primary else None


def _share(scheme_year: str | None, part: str) -> int | None:
    year = next((year for year in from_files().years if year.name == scheme_year), None)
    if year is None:
        return None
    start = year.number("start_share_percent")
    return {Part.START: start, Part.COMPLETION: 100 - start, Part.FULL: 100}[Part(part)]


def _findings(findings: Sequence[Mapping[str, Any]] | None, outcome: str) -> tuple[str, ...]:
    return tuple(cast("str", finding["rule"]) for finding in findings or () if finding["outcome"] == outcome)
