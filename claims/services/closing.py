"""Close a scheme year: say what is open and what can still come, keep its workbook, and let nothing move after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.lifecycle import Actor, NotAllowed
from claims.models import PaymentRun, YearEnd
from claims.rules.deadlines import last_day_of_all
from claims.rules.scheme import SchemeYear
from claims.rules.wording import in_words
from claims.services.itemising import line_from
from claims.services.keeping_workbooks import keep_version
from claims.services.paying import refuse_all_but_finance
from claims.services.recording import record, take_turn
from claims.services.reporting import what_is_to_come
from claims.store.closing import (
    StillOpen,
    StillToCome,
    claims_under_way,
    drafts_to_come,
    is_closed,
    latest_year_end,
    proposals_waiting,
    unsettled_runs,
)
from claims.store.reference import from_files, listed_on
from claims.store.spending import ReportFilter
from claims.store.year_end import (
    committed_pence_in_all,
    employers_in_year,
    lines_in_all,
    lines_of_year,
    paid_by_the_ledger,
    recoveries_of_year,
    runs_of_year,
)
from claims.workbooks.rows import About, GroupTotal
from claims.workbooks.year_end import EmployerRow, OpenRow, RecoveryRow, RunRow, YearLine, YearTotals, stream_year_end

ABOUT = "year-end"


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a scheme year stands: what keeps it open, and until when something can come."""

    still_open: Sequence[StillOpen]
    to_come: Sequence[StillToCome]
    runs: Sequence[PaymentRun]
    """Neither settled nor cancelled."""
    recoveries_proposed: int
    returns_proposed: int
    last_day_on: date
    """The last day, inclusive, on which anything of the year can be claimed."""
    problems: tuple[str, ...]
    """Why the year cannot be closed today; none when it can."""


def look_ahead(session: Session, year: SchemeYear, today: date) -> Outlook:
    """What is open and what can still come of ``year``. Writes nothing."""
    still_open = claims_under_way(session, year.name)
    runs = unsettled_runs(session, year.name)
    recoveries, returns = proposals_waiting(session, year.name)
    last_day = last_day_of_all(year)
    to_come = drafts_to_come(session, year.name, today, last_day)
    problems = []
    if today <= last_day:
        problems.append(f"Claims can still come until {in_words(last_day)}.")
    if claims := sum(each.claims for each in still_open):
        problems.append(f"{_many(claims, 'claim')} {'is' if claims == 1 else 'are'} not decided or not paid.")
    if runs:
        problems.append(f"The bank’s result is missing for {', '.join(run.reference for run in runs)}.")
    if recoveries or returns:
        waiting = _many(recoveries + returns, "proposal")
        problems.append(f"A second person has not decided on {waiting} to take money back.")
    return Outlook(still_open, to_come, runs, recoveries, returns, last_day, tuple(problems))


def draw_up_year_end(session: Session, year: SchemeYear, by: Actor, at: datetime) -> YearEnd:
    """Make the next version of the year's workbook as it stands now, and keep it with its SHA-256. Closes nothing.

    Raises ``NotAllowed`` for anybody but finance and for a closed year, whose last version stands.
    """
    _begin(session, by)
    if is_closed(session, year.name):
        raise NotAllowed(f"Scheme year {year.name} is closed: its last workbook stands.")
    return _keep(session, year, by, at, closes=False)


def close(session: Session, year: SchemeYear, by: Actor, at: datetime) -> YearEnd:
    """Close the year with a last version of its workbook: from now on none of its claims moves.

    Raises ``NotAllowed`` for anybody but finance, for a closed year, and while anything is open or can still come.
    """
    _begin(session, by)
    if is_closed(session, year.name):
        raise NotAllowed(f"Scheme year {year.name} is closed already.")
    if problems := look_ahead(session, year, london_date(at)).problems:
        raise NotAllowed(problems[0])
    return _keep(session, year, by, at, closes=True)


def reopen(session: Session, year: SchemeYear, by: Actor, at: datetime, *, because: str) -> None:
    """Open a closed year again, with a reason; its workbooks stay. Raises ``NotAllowed`` for anybody but finance,
    for whoever closed it, and for a year that is not closed.
    """
    _begin(session, by)
    latest = latest_year_end(session, year.name)
    if latest is None or not latest.closes or latest.reopened_at is not None:
        raise NotAllowed(f"Scheme year {year.name} is not closed.")
    if latest.made_by_id == by.person_id:
        raise NotAllowed("A second person from finance must open it again: you closed it.")
    if not because.strip():
        raise NotAllowed("Give a reason.")
    latest.reopened_at, latest.reopened_by_id = at, by.person_id
    details = {"scheme_year": year.name, "version": latest.version}
    record(session, "reopen", (ABOUT, latest.id), by, at, change=("closed", "open"), details=details, note=because)
    session.flush()


def note_download(session: Session, made: YearEnd, by: Actor, at: datetime) -> None:
    """Remember that somebody downloaded a version of a year's workbook."""
    details = {"scheme_year": made.scheme_year, "version": made.version, "sha256": made.sha256}
    record(session, "download", (ABOUT, made.id), by, at, details=details)


def _begin(session: Session, by: Actor) -> None:
    refuse_all_but_finance(by)
    take_turn(session)


def _keep(session: Session, year: SchemeYear, by: Actor, at: datetime, *, closes: bool) -> YearEnd:
    content = b"".join(_workbook(session, year, by, at, closes=closes))
    made = keep_version(
        session,
        YearEnd(scheme_year=year.name, made_by_id=by.person_id, closes=closes),
        content,
        after=latest_year_end(session, year.name),
        at=at,
    )
    record(
        session,
        "close" if closes else "draw-up",
        (ABOUT, made.id),
        by,
        at,
        change=("open", "closed") if closes else (None, None),
        details={"scheme_year": year.name, "version": made.version, "sha256": made.sha256},
    )
    session.flush()
    return made


def _workbook(session: Session, year: SchemeYear, by: Actor, at: datetime, *, closes: bool) -> Sequence[bytes]:
    today = london_date(at)
    session.flush()
    about = About(
        subject=year.name,
        filters=(("State of the year", "Closed with this workbook" if closes else "Open: this is how it stood"),),
        scheme_year=year.name,
        course_list_version=str(listed_on(session, today).version),
        rules_version=year.rules_version,
        made_at=at,
        made_by=by.name,
    )
    recovered = [
        RecoveryRow(
            claim.reference,
            employer.workplace_id,
            employer.name,
            recovery.fund,
            london_date(recovery.decided_at) if recovery.decided_at else None,
            recovery.way,
            recovery.amount_pence,
            recovery.left_pence,
        )
        for recovery, claim, employer in recoveries_of_year(session, year.name)
    ]
    claims, pence = paid_by_the_ledger(session, year.name)
    employers = [
        EmployerRow(
            workplace_id=row.workplace_id,
            employer=row.employer,
            fund=row.fund,
            approved_pence=int(row.approved),
            in_payment_pence=int(row.in_payment),
            paid_pence=int(row.paid),
            recovered_pence=int(row.recovered),
            owed_pence=int(row.owed),
            committed_pence=row.committed,
            cap_pence=row.cap,
        )
        for row in employers_in_year(session, year.name)
    ]
    return list(
        stream_year_end(
            about,
            runs=[
                RunRow(
                    reference=row.reference,
                    state=row.state,
                    drawn_up_on=london_date(row.drawn_up_at),
                    drawn_up_by=row.drawn_up_by,
                    released_on=london_date(row.released_at) if row.released_at else None,
                    released_by=row.released_by,
                    claims=row.claims,
                    amount_pence=int(row.pence),
                    set_off_pence=int(row.set_off),
                    net_pence=int(row.pence) - int(row.set_off),
                    sha256=row.sha256,
                )
                for row in runs_of_year(session, year.name)
            ],
            lines=(
                YearLine(line_from(row.shown), row.run, row.line_state, row.paid_on)
                for row in lines_of_year(session, year.name)
            ),
            employers=employers,
            recoveries=recovered,
            still_open=[
                OpenRow(each.fund, each.state, each.claims, each.pence) for each in claims_under_way(session, year.name)
            ],
            to_come=what_is_to_come(session, ReportFilter(year.name), today),
            totals=YearTotals(
                by_fund=tuple(GroupTotal(*each) for each in lines_in_all(session, year.name)),
                claims=claims,
                amount_pence=pence,
                committed_pence=committed_pence_in_all(session, year.name),
                recovered_pence=sum(each.recovered_pence for each in employers),
            ),
        )
    )


def year_called(name: str) -> SchemeYear | None:
    """The scheme year with this name, such as ``2025-26``."""
    return next((year for year in from_files().years if year.name == name), None)


def _many(count: int, words: str) -> str:
    return f"{count:,} {words}{'' if count == 1 else 's'}"
