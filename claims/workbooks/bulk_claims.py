"""The workbook in which an employer claims for many people: made for it, with drop-downs of what its cells may name."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from claims.clock import LONDON
from claims.exchange.claim_rows import HEADINGS, LEARNER_FIELDS, PARTS, Heading
from claims.exchange.learner_words import ENGAGEMENTS
from claims.rules.scheme import CourseEntry, FundingModel, JobRole
from claims.workbooks.bulk_sheets import ARIAL, GREY, NEEDED, add_sheet, head, plain, write
from claims.workbooks.bulk_words import ALWAYS, EXAMPLES, EXAMPLES_OF_BEGUN, GUIDANCE, NOTE_OF_MANY, PROMPTS
from claims.workbooks.claims_in import LIMITS, SHEET
from claims.workbooks.rows import About

DATES = frozenset(heading.field for heading in HEADINGS if heading.field.endswith(("_on", "_from")))
MONEY = frozenset({"cost_pence", "other_funding_pence"})
WIDTHS = {
    "number": 34, "job_role": 26, "course": 40, "provider": 24, "engagement": 20, "invoice_reference": 16,
    "paid_on": 14, "started_on": 14, "cost_pence": 12, "part": 12,
}  # fmt: skip
"""In characters. What nearly every row needs fits on a screen of 1,280 pixels."""


@dataclass(frozen=True, slots=True)
class KnownLearner:
    """One of the employer's learners, as the drop-down names them."""

    label: str
    job_role: str
    employed_from: date
    left_on: date | None


def write_bulk_template(
    employer: str,
    about: About,
    *,
    learners: Sequence[KnownLearner],
    courses: Sequence[CourseEntry],
    roles: Sequence[JobRole],
    providers: Sequence[str] = (),
    begun_for: Sequence[KnownLearner] = (),
    together: bool = False,
) -> bytes:
    """The workbook as a file. It names the employer's learners, never their numbers.

    For each learner of ``begun_for`` a row stands there already, with the name and nothing else; the columns about
    people are then folded away. They go to their course ``together`` when what is typed beside the first name is to be
    copied down to the last.
    """
    workbook = Workbook()
    workbook.properties.title = plain(f"Claims of {employer}")
    workbook.properties.subject = f"Scheme year {about.scheme_year}"
    workbook.properties.creator = plain(about.made_by)
    workbook.properties.created = about.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    front = workbook.worksheets[0]
    front.title = "About"
    claims = workbook.create_sheet(SHEET)
    add_sheet(
        workbook, "Learners", ("Learner", "Job role", "Employed from", "Left on"), (44, 30, 16, 16),
        [(each.label, each.job_role, each.employed_from, each.left_on) for each in learners],
    )  # fmt: skip
    add_sheet(
        workbook,
        "Courses",
        ("Course", "Code", "Level", "Awarding organisation", "At most", "Claimed", "Paid from", "Paid to"),
        (70, 16, 8, 30, 12, 22, 14, 14),
        [
            (course_label(entry), entry.code, entry.level or None, entry.awarding_organisation or None,
             entry.max_reimbursement_pence / 100,
             "60/40 or all at once" if entry.funding_model is FundingModel.SPLIT else "all at once",
             entry.paid_from, entry.paid_to)
            for entry in courses
        ],
    )  # fmt: skip
    add_sheet(
        workbook, "Job roles", ("Job role", "Funding"), (50, 40), [(role.title, _funding(role)) for role in roles]
    )
    add_sheet(workbook, "Providers", ("Provider you have bought from",), (60,), [(name,) for name in providers])
    add_sheet(workbook, "How to fill this in", ("When", "What to do"), (32, 100), GUIDANCE)
    lengths = {sheet.title: sheet.max_row - 1 for sheet in workbook.worksheets}
    _fill_claims(claims, lengths, begun_for, together=together)
    _fill_about(front, employer, about, len(learners), len(courses))
    workbook.active = 1
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def course_label(entry: CourseEntry) -> str:
    """A course as the drop-down names it: the code, the title, and what tells it from others of the same title."""
    level = f"level {entry.level}" if entry.level else ""
    told_apart = ", ".join(each for each in (level, entry.awarding_organisation) if each)
    return f"{entry.code}: {entry.title}" + (f" ({told_apart})" if told_apart else "")


def _funding(role: JobRole) -> str:
    if role.funding.startswith("yes"):
        return "funded"
    return {"ommt-only": "only for OMMT", "check": "to be checked"}.get(role.funding, "not funded")


def _columns(*, begun: bool) -> list[Heading]:
    """In the order in which they stand: for people who are known, what nearly every row needs before the rest."""
    if not begun:
        return list(HEADINGS)
    soon = ("number", *LEARNER_FIELDS, *ALWAYS)
    number, *others = sorted(
        HEADINGS, key=lambda heading: soon.index(heading.field) if heading.field in soon else len(soon)
    )
    return [number._replace(words="Learner"), *others]  # one of the names by which the column is known


def _fill_claims(
    sheet: Worksheet, lengths: Mapping[str, int], begun_for: Sequence[KnownLearner], *, together: bool
) -> None:
    headings = _columns(begun=bool(begun_for))
    head(sheet, [heading.words for heading in headings])
    for number, heading in enumerate(headings, 1):
        if heading.field in ALWAYS and not (begun_for and heading.field == "number"):
            sheet.cell(1, number).fill = NEEDED
    sheet.row_dimensions[1].height = 28
    sheet.freeze_panes = "B2"
    # 21 columns are no longer readable on one small page.
    sheet.page_setup.paperSize, sheet.page_setup.fitToWidth = Worksheet.PAPERSIZE_A3, 2
    sheet.print_title_cols = "A:A"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(HEADINGS))}{LIMITS.rows + 1}"
    for number, heading in enumerate(headings, 1):
        letter, name = get_column_letter(number), heading.field
        column = sheet.column_dimensions[letter]
        column.width = WIDTHS.get(name, 17)
        if begun_for and name in LEARNER_FIELDS:
            # Known already: what is to be filled in stands beside the names.
            column.outlineLevel, column.hidden = 1, True
        _style(column, name)
        rule = _rule(heading, lengths)
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{LIMITS.rows + 1}")
    examples = EXAMPLES_OF_BEGUN if begun_for else EXAMPLES
    for row, example in enumerate(examples, 2):
        for number, heading in enumerate(headings, 1):
            value = example.get(heading.field)
            if value is not None:
                write(sheet.cell(row, number), value, GREY)
    sheet.cell(2, 1).alignment = Alignment(vertical="top")  # the note runs on over the empty cells beside it
    for row, learner in enumerate(begun_for, len(examples) + 2):
        write(sheet.cell(row, 1), learner.label)
    if begun_for:
        _begin(sheet, headings, len(examples) + 2, len(begun_for) if together else 0)


def _begin(sheet: Worksheet, headings: Sequence[Heading], top: int, copied: int) -> None:
    """Open the sheet beside the first name, in row ``top``, and say how to copy that row down to so many."""
    left, right = len(LEARNER_FIELDS) + 2, len(LEARNER_FIELDS) + len(ALWAYS)
    begins = sheet.cell(top, left).coordinate
    for selection in sheet.sheet_view.selection:
        if selection.pane == "bottomRight":  # the one that scrolls
            selection.activeCell = selection.sqref = begins
    if not copied:
        return
    ends, corner = sheet.cell(top, right).coordinate, sheet.cell(top + copied - 1, right).coordinate
    sheet.cell(2, 1).value = NOTE_OF_MANY.format(first=begins, last=ends, corner=corner)
    for number in range(left, right + 1):
        _style(sheet.cell(top, number), headings[number - 1].field)
        sheet.cell(top, number).fill = NEEDED


def _style(what: ColumnDimension | Cell | MergedCell, name: str) -> None:
    """How what is typed into a field looks."""
    what.font = ARIAL
    what.number_format = "dd mmm yyyy" if name in DATES else "#,##0.00" if name in MONEY else "@"
    if name not in DATES | MONEY:
        # As what stands there already: not touching the number to its left.
        what.alignment = Alignment(horizontal="left", indent=1)


def _rule(heading: Heading, lengths: Mapping[str, int]) -> DataValidation:
    """What may stand in the cells of a column, and what is said beside them."""
    lists = {
        "number": ("Learners", False),
        "job_role": ("Job roles", True),
        "course": ("Courses", False),  # a bare code is understood as well
        "provider": ("Providers", False),
    }
    choices = {
        "engagement": list(ENGAGEMENTS.values()),
        "part": list(PARTS.values()),
        **{name: ["Yes", "No"] for name in ("post_requires_registration", "works_in_england", "apprenticeship")},
    }
    name = heading.field
    if name in lists:
        source, strict = lists[name]
        last = max(lengths[source], 1) + 1
        rule = DataValidation(type="list", formula1=f"'{source}'!$A$2:$A${last}", showErrorMessage=strict)
    elif name in choices:
        rule = DataValidation(type="list", formula1='"' + ",".join(choices[name]) + '"', showErrorMessage=True)
    elif name in DATES:
        rule = DataValidation(type="date", operator="greaterThanOrEqual", formula1="18264", showErrorMessage=True)
        rule.errorStyle, rule.error = "warning", "This should be a date, such as 27/03/2025."
    elif name in MONEY:
        rule = DataValidation(type="decimal", operator="between", formula1="0", formula2="100000")
        rule.showErrorMessage, rule.errorStyle = True, "warning"
        rule.error = "This should be an amount in pounds, such as 1540.00."
    else:
        rule = DataValidation()
    rule.allow_blank = True
    rule.errorTitle = heading.words[:32]
    if name in PROMPTS:
        rule.showInputMessage, rule.promptTitle, rule.prompt = True, heading.words[:32], PROMPTS[name]
    return rule


def _fill_about(sheet: Worksheet, employer: str, about: About, learners: int, courses: int) -> None:
    head(sheet, ["About", "Claims by workbook"])
    for letter, width in (("A", 30), ("B", 95)):
        sheet.column_dimensions[letter].width = width
    lines: tuple[tuple[str, object], ...] = (
        ("What this is", "A workbook to claim for many people at once. Fill in the sheet Claims and upload it again."),
        ("Made for", employer),
        ("Scheme year", about.scheme_year),
        ("Course list version", about.course_list_version),
        ("Rules version", about.rules_version),
        ("Made at (UK time)", about.made_at.astimezone(LONDON).replace(tzinfo=None, second=0, microsecond=0)),
        ("Made by", about.made_by),
        ("Learners in the list", learners),
        ("Courses in the list", courses),
        ("Who may receive it", "People of this employer who claim. It names members of staff; keep it to yourselves."),
        ("Money and dates", "Money is in pounds. Dates are days in UK time."),
    )
    for row, (name, value) in enumerate(lines, 2):
        write(sheet.cell(row, 1), name)
        write(sheet.cell(row, 2), value)
        # Numbers too stand under the words above them.
        sheet.cell(row, 2).alignment = Alignment(horizontal="left", wrap_text=True, vertical="top", indent=1)
