"""Every kind of fault planted in a workbook of claims is reported on its row and its column, in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pytest

from claims.db import Database
from claims.services.bulk_checking import FaultyClaims, plan_file
from claims.services.seeding import seed
from claims.services.upgrading import upgrade
from tests.bulk import COURSE, ROW, as_csv, filled_in
from tests.databases import SEEDED_AT
from tests.keys import KEYRING
from tests.stage import AT, Stage, set_stage

TODAY = AT.date()
INTERNAL = {**ROW, "course": "OMMT/T1/INT", "provider": "", "paid_on": "", "cost_pence": "", "part": "",
            "completed_on": "20 Jan 2026"}  # fmt: skip
KNOWN = dict.fromkeys(("first_name", "last_name", "job_role", "engagement", "employed_from"), "")
DONE = {**KNOWN, "course": "610/4009/5", "part": "Completion", "completed_on": "30 Jan 2026"}
OTHER = {"number": "AA100002A", "first_name": "Bo"}


class Planted(NamedTuple):
    """Rows with one fault, and where and how it must be reported."""

    kind: str
    rows: Sequence[Mapping[str, object]]
    row: int
    column: str | None
    says: str


def one(kind: str, column: str | None, says: str, base: Mapping[str, object] = ROW, **changes: object) -> Planted:
    return Planted(kind, [{**base, **changes}], 2, column, says)


def two(kind: str, column: str | None, says: str, base: Mapping[str, object] = ROW, **changes: object) -> Planted:
    """The second row is the faulty one."""
    return Planted(kind, [base, {**base, **changes}], 3, column, says)


NI, JOB, START, DONE_ON = "National Insurance number", "Job role", "Training start date", "Completion date"
PLANNED = "Training planned end"
PAID, SECOND, COST, OTHERS = "Payment date", "Second payment date", "Cost per learner", "Other funding"
PLANTED = (
    one("no number", NI, "Enter the National Insurance number", number=""),
    one("a number too short", NI, "2 letters, 6 numbers", number="AA12345A"),
    one("a number that begins wrongly", NI, "cannot begin with BG", number="BG123456A"),
    one("a number that ends wrongly", NI, "2 letters, 6 numbers", number="AA123456E"),
    one("a number without letters", NI, "2 letters, 6 numbers", number="12345678"),
    one("a learner who is not on the list", NI, "is not one of your learners", number="Nobody, Ann (ends 99A)"),
    one("no first name", "First name", "Enter the first name. This person is not one", first_name=""),
    one("a first name with digits", "First name", "take out “7”", first_name="Ad7a"),
    one("a first name too long", "First name", "70 characters or fewer", first_name="A" * 71),
    one("no last name", "Last name", "Enter the last name", last_name=""),
    one("a last name without letters", "Last name", "at least one letter", last_name="--"),
    one("no job role", JOB, "Enter the job role", job_role=""),
    one("an unknown job role", JOB, "“Wizard” is not a job role we know", job_role="Wizard"),
    one("no engagement", "Engagement", "Enter how they work for you", engagement=""),
    one("an unknown engagement", "Engagement", "must be one of: Employee", engagement="Friend"),
    one("neither yes nor no for registration", "Post requires registration", "Enter yes or no",
        post_requires_registration="perhaps"),
    one("neither yes nor no for England", "Works in England", "Enter yes or no", works_in_england="Wales"),
    one("no first day", "Employed from", "Enter the day they started working for you", employed_from=""),
    one("a first day that is no date", "Employed from", "must be a real date", employed_from="30/02/2024"),
    one("a first day before 1950", "Employed from", "on or after 1 January 1950", employed_from="1 1 1949"),
    one("a first day to come", "Employed from", "on or before 2 February 2026", employed_from="3 Feb 2026"),
    one("a day left that is no date", "Left on", "must have a month", left_on="12/13/2025"),
    one("left before they came", "Left on", "on or after the day they started", left_on="5 May 2024"),
    one("no course", "Course code", "Enter the course code", course=""),
    one("an unknown course", "Course code", "is not a course on the eligible list", course="610/9999/9"),
    one("no provider", "Provider", "Enter the training provider", provider=""),
    one("a provider too long", "Provider", "200 characters or fewer", provider="P" * 201),
    one("neither yes nor no for an apprenticeship", "Part of an apprenticeship", "Enter yes or no",
        apprenticeship="2"),
    one("no payment date", PAID, "Enter the payment date", paid_on=""),
    one("a payment date in words that are none", PAID, "must", paid_on="soon"),
    one("a payment date that never was", PAID, "check how many days the month has", paid_on="31 Nov 2025"),
    one("a payment date without its year", PAID, "must include", paid_on="10 Dec"),
    one("a payment date before the scheme", PAID, "on or after 1 April 2024", paid_on="31 March 2024"),
    one("a payment date too far ahead", PAID, "must be on or before", paid_on="1 Jan 2030"),
    one("a payment date as a number", PAID, "give the cell a date format", paid_on="46001"),
    one("a payment date with a time", PAID, "without a time", paid_on="2025-12-10 14:30:00"),
    one("a second payment before the first", SECOND, "on or after the first payment", second_payment_on="9 Dec 2025"),
    one("a second payment that is no date", SECOND, "must have a day", second_payment_on="45 1 2026"),
    one("no cost", COST, "Enter the cost for each learner", cost_pence=""),
    one("a cost in words", COST, "must be an amount in pounds", cost_pence="free"),
    one("a cost below nothing", COST, "must be more than £0", cost_pence="-5"),
    one("a cost of nothing", COST, "must be more than £0", cost_pence="0"),
    one("a cost with three decimals", COST, "no more than 2 digits after the point", cost_pence="1600.005"),
    one("a cost with a comma astray", COST, "must be an amount in pounds", cost_pence="16,00"),
    one("a cost too large", COST, "£100,000.00 or less", cost_pence="100000.01"),
    one("other funding in words", OTHERS, "must be an amount in pounds", other_funding_pence="some"),
    one("other funding below nothing", OTHERS, "£0 or more", other_funding_pence="-1"),
    one("other funding as much as the cost", OTHERS, "nothing to claim back", other_funding_pence="1600"),
    one("no start date", START, "Enter the start date", started_on=""),
    one("a start date that is no date", START, "must be a real date", started_on="29 Feb 2025"),
    one("a start date before the scheme", START, "on or after 1 April 2024", started_on="1 1 2024"),
    one("a start date too far ahead", START, "must be on or before", started_on="2029-01-01"),
    one("a planned end before the start", PLANNED, "on or after the start date", planned_end_on="11 Jan 2026"),
    one("a planned end that is no date", PLANNED, "must have a month", planned_end_on="1 Foo 2026"),
    one("completed before the start", DONE_ON, "on or after the start date", COURSE, completed_on="11/1/2026"),
    one("completed in the future", DONE_ON, "on or before 2 February 2026", COURSE, completed_on="3/2/2026"),
    one("completed on no date", DONE_ON, "must", COURSE, completed_on="x"),
    one("a start part that is completed", DONE_ON, "in a row of its own", completed_on="30 Jan 2026"),
    one("no part for a course that splits", "Part", "Start and Completion, or as Full", part=""),
    one("an unknown part", "Part", "Part must be Full", part="Half"),
    one("a start part of a course that does not split", "Part", "claimed all at once", COURSE, part="Start"),
    one("a completion before the start was approved", "Part", "No completion claim is open", {**ROW, **DONE}),
    one("a completion without its date", DONE_ON, "Enter the completion date",
        {**DONE, "number": "AA000004A"}, completed_on=""),
    one("a completion with another start date", START, "fixed with the start part",
        {**DONE, "number": "AA000004A"}, started_on="1 Feb 2026", completed_on="2 Feb 2026"),
    one("a completion with another cost", COST, "fixed with the start part", {**DONE, "number": "AA000004A"},
        cost_pence="1"),
    one("a completion before its start", DONE_ON, "on or after the start date", {**DONE, "number": "AA000004A"},
        completed_on="1 Apr 2025"),
    one("an invoice reference too long", "Invoice reference", "100 characters or fewer", invoice_reference="I" * 101),
    one("a provider for training given yourself", "Provider", "training you give yourself", INTERNAL, provider="X"),
    one("a cost for training given yourself", COST, "training you give yourself", INTERNAL, cost_pence="10"),
    one("a payment for training given yourself", PAID, "training you give yourself", INTERNAL, paid_on="10 Dec 2025"),
    two("the same claim twice", NI, "Row 2 claims the same part"),
    two("the same course whole and in part", "Part", "Row 2 claims the start part", part="Full"),
    two("one person under two names", "Last name", "Row 2 says something else about the same person",
        course="LTS", part="", last_name="Obi-Wan"),
    two("one person in two job roles", JOB, "Row 2 says something else", course="LTS", part="",
        job_role="Support worker"),
    two("one purchase with two second payments", SECOND, "one purchase with this row", **OTHER,
        second_payment_on="1 Feb 2026"),
    two("one purchase with two amounts of other funding", OTHERS, "says something else", **OTHER,
        other_funding_pence="5"),
    two("one purchase that is and is not an apprenticeship", "Part of an apprenticeship", "says something else",
        **OTHER, apprenticeship="Yes"),
    two("one purchase with two planned ends", PLANNED, "says something else", **OTHER,
        planned_end_on="1 July 2026"),
    two("one purchase claimed in two ways", "Part", "claim one purchase in one way", **OTHER, part="Full"),
    one("a draft on a purchase with others", None, "on another purchase", {**ROW, **KNOWN}, number="AA000005A"),
    one("a submitted purchase with other funding", OTHERS, "so this is fixed", {**ROW, **KNOWN},
        number="AA000007A", invoice_reference="INV-1042", other_funding_pence="12"),
)  # fmt: skip


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Looked at only, so once for all: Zofia's start approved, Imran and Joyce drafted, Niamh submitted."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('faults') / 'claims.db'}")
    upgrade(database)
    with database.write() as session:
        seed(session, SEEDED_AT)
    staged = set_stage(database)
    staged.approved("Zofia Kowalska")
    staged.submitted("Niamh O’Brien")
    with database.write() as session:
        staged.drafted(session, ("Imran Siddiqui", "Chloe Bennett"), cost_pence=150_000)
    yield staged
    database.close()


def faults_in(stage: Stage, content: bytes, name: str = "claims.csv") -> FaultyClaims:
    with stage.database.read() as session, pytest.raises(FaultyClaims) as faulty:
        plan_file(session, KEYRING, name, content, by=stage.house.submitter, today=TODAY)
    return faulty.value


@pytest.mark.parametrize("planted", PLANTED, ids=[each.kind for each in PLANTED])
def test_a_planted_fault_is_reported_on_its_row_and_column(stage: Stage, planted: Planted) -> None:
    found = faults_in(stage, as_csv(*planted.rows))
    assert found.about == "rows"
    there = [problem for problem in found.problems if (problem.row, problem.column) == (planted.row, planted.column)]
    assert any(planted.says in problem.sentence for problem in there), found.problems
    assert {problem.row for problem in found.problems} == {planted.row}, "nothing is said of rows that are right"
    assert all(problem.sentence.endswith(".") and not problem.sentence[0].islower() for problem in there)


def test_a_mistyped_name_is_one_problem_and_what_was_told_of_somebody_new_is_still_asked_for(stage: Stage) -> None:
    mistyped = {**ROW, **KNOWN, "number": "O’Brian, Niamh (ends 01A)"}
    assert [problem.column for problem in faults_in(stage, as_csv(mistyped)).problems] == [NI]
    somebody_new = {**mistyped, "last_name": "O’Brian"}
    columns = [problem.column for problem in faults_in(stage, as_csv(somebody_new)).problems]
    assert columns == [NI, "First name", JOB, "Engagement", "Employed from"]


def test_there_are_at_least_sixty_kinds() -> None:
    assert len({each.kind for each in PLANTED}) >= 60


@pytest.mark.parametrize(
    ("value", "says"),
    [("=1+1", "This cell is a formula; paste it as a value."), ("#N/A", "This cell is an error of the spreadsheet")],
)
def test_a_cell_without_a_value_is_reported_on_its_column(stage: Stage, value: str, says: str) -> None:
    found = faults_in(stage, filled_in({**ROW, "cost_pence": value}), "claims.xlsx")
    assert [(problem.row, problem.column) for problem in found.problems] == [(2, "Cost per learner")]
    assert found.problems[0].sentence.startswith(says)


@pytest.mark.parametrize(
    ("headings", "column", "says"),
    [
        (lambda words: words.replace("Provider", "Colour"), "Colour", "not one of our columns"),
        (lambda words: words.replace("Provider", "Part"), "Part", "there twice"),
        (lambda words: words.replace("Completion date", ""), "Completion date", "This column is missing."),
        (lambda _words: ",".join("abc"), None, "must have the headings"),
    ],
)
def test_columns_are_judged_before_rows(stage: Stage, headings, column: str | None, says: str) -> None:
    first, *rest = as_csv({**ROW, "cost_pence": "free"}).decode().split("\n")
    found = faults_in(stage, "\n".join([headings(first), *rest]).encode())
    assert found.about == "columns"
    assert any(problem.column == column and says in problem.sentence for problem in found.problems), found.problems


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"a;b\n1;2", "separated by semicolons"),
        ("ü".encode("utf-16"), "UTF-16"),
        (b"a\0b", "NUL"),
        (as_csv(), "no claims below its headings"),
        (as_csv({**ROW, "number": "Example: QQ 12 34 56 C"}), "only examples"),
        (as_csv(*[ROW] * 5_001), "has more than 5,000 rows"),
        (b",".join([b"a"] * 41) + b"\n1", "has more than 40 columns"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older kind of workbook"),
    ],
)
def test_the_file_is_judged_before_its_columns(stage: Stage, content: bytes, says: str) -> None:
    found = faults_in(stage, content)
    assert found.about == "file"
    assert says in found.problems[0].sentence
