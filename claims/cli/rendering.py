"""Assessed records as text: a table for people, JSON, JSON Lines or CSV for programs; piece by piece."""

import csv
import io
import json
import shutil
import textwrap
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import NamedTuple

from claims.exchange.assessments import ASSESSMENT_COLUMNS, flatten_assessment, render_assessment
from claims.exchange.money import render_pounds
from claims.rules.findings import Assessment, Finding, Says

NARROWEST, WIDEST = 60, 120
"""Columns of a table, whatever the terminal says."""

SECTIONS = {
    Says.FAIL: "Not met",
    Says.UNKNOWN: "Not known yet",
    Says.CHECK: "To be checked by a person",
    Says.PASS: "Met",
    Says.NOT_APPLICABLE: "Does not apply",
}
"""Failures first."""


class Judged(NamedTuple):
    """A record's assessment; ``None`` for a record that could not be read."""

    line: int
    assessment: Assessment | None


def render_judged(judged: Iterator[Judged], form: str, *, is_one: bool) -> Iterator[str]:
    """Pieces of text in one of the forms ``table``, ``json``, ``jsonl`` and ``csv``.

    ``is_one`` when the input was one JSON record and not a list; then so is the JSON.
    """
    if form == "json":
        return (_dump(each) + "\n" for each in judged) if is_one else _render_list(judged)
    if form == "jsonl":
        return (_dump(each, indent=None) + "\n" for each in judged)
    if form == "csv":
        return _render_csv(judged)
    return _render_table(judged)


def make_printable(text: str) -> str:
    """``text`` with an escape in place of every character that a terminal could not or should not be sent."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _dump(judged: Judged, indent: int | None = 2) -> str:
    rendered = judged.assessment and render_assessment(judged.assessment)
    return json.dumps(rendered, ensure_ascii=False, indent=indent)


def _render_list(judged: Iterator[Judged]) -> Iterator[str]:
    yield "["
    for position, each in enumerate(judged):
        yield (",\n" if position else "\n") + _dump(each, indent=None)
    yield "\n]\n"


def _render_csv(judged: Iterator[Judged]) -> Iterator[str]:
    yield _csv_line(ASSESSMENT_COLUMNS)
    for line, assessment in judged:
        if assessment:
            yield _csv_line(flatten_assessment(line, assessment))


def _csv_line(cells: tuple[str, ...]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _render_table(judged: Iterator[Judged]) -> Iterator[str]:
    """Everything about a single record; a line for each of several."""
    first, second = next(judged, None), next(judged, None)
    if first and first.assessment and not second:
        yield from _render_one(first.assessment)
        return
    yield f"{'line':>6}  {'outcome':<10}  {'course':<12}  {'payable':>11}  {'claim by':<10}  why not, or not yet\n"
    for line, assessment in chain(filter(None, (first, second)), judged):
        if assessment:
            yield _render_summary(line, assessment)


def _render_summary(line: int, assessment: Assessment) -> str:
    said = assessment.findings_that(Says.FAIL) or assessment.findings_that(Says.UNKNOWN, Says.CHECK)
    course = assessment.course.code if assessment.course else "-"
    last_day = assessment.last_day_to_claim.isoformat() if assessment.last_day_to_claim else "-"
    start = f"{line:>6}  {assessment.outcome:<10}  {course:<12}  {_pounds(assessment.amount.payable_pence):>11}"
    return f"{start}  {last_day:<10}  {', '.join(finding.rule for finding in said)}".rstrip() + "\n"


def _render_one(assessment: Assessment) -> Iterator[str]:
    amount, course = assessment.amount, assessment.course
    lines = {
        "Outcome": str(assessment.outcome).capitalize(),
        "Course": f"{course.code} {course.title}, up to {_pounds(course.max_reimbursement_pence)}"
        if course
        else "not known",
        "Scheme year": f"{assessment.scheme_year or 'none'}, {assessment.fund} fund",
        "Payable": _pounds(amount.payable_pence) + (" (an estimate)" if amount.estimate else ""),
        "For the whole": _pounds(amount.reimbursable_pence),
        "Claim by": _day(assessment.last_day_to_claim),
    }
    if amount.left_for_completion_pence is not None:
        lines["On completion"] = _pounds(amount.left_for_completion_pence)
    for name, value in lines.items():
        yield f"{name:<14} {value}\n"
    width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    for says, title in SECTIONS.items():
        findings = assessment.findings_that(says)
        if findings:
            yield f"\n{title}\n"
            yield from (_render_finding(finding, width) for finding in findings)
    yield f"\nRules {assessment.rules_version}\n"


def _render_finding(finding: Finding, width: int) -> str:
    unsure = [parameter for parameter in finding.parameters if parameter.confidence != "confirmed"]
    note = " (check with the scheme)" if unsure else ""
    wrapped = textwrap.fill(finding.message + note, width, initial_indent="    ", subsequent_indent="    ")
    return f"  {finding.rule}\n{wrapped}\n"


def _pounds(pence: int | None) -> str:
    if pence is None:
        return "not known"
    pounds, _, rest = render_pounds(pence).partition(".")
    return f"£{int(pounds):,}.{rest}"


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "not known yet"
