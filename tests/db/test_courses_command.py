"""``claims courses``: what it says, what it writes, how it refuses."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from claims.cli import main
from claims.clock import today
from claims.db import Database
from claims.demo.folder import environment_of
from claims.models import CourseList, CourseListProposal, Event
from tests.course_files import as_csv, as_workbook, changed, the_list, without
from tests.site import settings_in
from tests.stage import Stage

HELEN = "Helen.Novak@example.org"


class Line:
    """The command line on one database with the cast in it."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.database: Database = stage.database
        self.stage = stage
        self.folder = folder
        self.environment = environment_of(settings_in(folder, stage.database.url, demonstration=False), 0)

    def __call__(self, *arguments: str) -> Result:
        result = CliRunner(env=self.environment).invoke(main, ["courses", *arguments])
        assert not isinstance(result.exception, Exception), result.exception
        return result

    def file(self, content: bytes, name: str = "list.csv") -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def publish(self, file: str, *more: str) -> Result:
        return self("publish", file, "--from", today().isoformat(), "--by", HELEN, *more)

    def versions(self) -> list[int]:
        with self.database.read() as session:
            return list(session.scalars(select(CourseList.version).order_by(CourseList.version)))


@pytest.fixture
def line(stage: Stage, tmp_path: Path) -> Line:
    return Line(stage, tmp_path)


@pytest.fixture
def quick_line(quick_stage: Stage, tmp_path: Path) -> Line:
    return Line(quick_stage, tmp_path)


def test_a_good_list_is_said_to_be_good_without_a_database(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(as_csv(the_list()))
    result = CliRunner().invoke(main, ["courses", "check", str(file)])
    assert result.exit_code == 0
    assert result.stdout == f"{file} can be published: 242 entries, with 2 to look at.\n"
    assert result.stderr.count("not the usual check") == 2


def test_every_fault_of_a_bad_list_is_said_by_row_and_column(quick_line: Line) -> None:
    content = as_csv(the_list()).decode().replace("full", "half", 2).encode()
    result = quick_line("check", quick_line.file(content))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("funding_model: “half” is not a known funding model") == 2


def test_a_file_larger_than_any_list_is_refused(quick_line: Line) -> None:
    result = quick_line("check", quick_line.file(b"x" * (10 * 1024 * 1024 + 1)))
    assert (result.exit_code, "is larger than 10 MB" in result.stderr) == (2, True)


def test_the_same_list_differs_in_nothing(line: Line) -> None:
    result = line("diff", line.file(as_workbook(the_list()), "list.xlsx"))
    assert result.exit_code == 0
    assert "0 added, 0 removed, 0 changed, 242 unchanged" in result.stdout


def test_what_differs_is_said_line_by_line_and_exits_1(line: Line) -> None:
    with line.database.write() as session:
        line.stage.drafted(session, ["Niamh O’Brien"])
    file = line.file(as_csv(changed("610/4009/5", max_reimbursement_pence=1_400_00)))
    result = line("diff", file)
    assert result.exit_code == 1
    assert "~ 610/4009/5, Adult Social Care Certificate: max_reimbursement_pence 154000 -> 140000" in result.stdout
    assert "1 open drafts of 1 employers would come out otherwise, £84.00 less." in result.stdout
    result = line("diff", line.file(as_csv(without("LTS"))))
    assert "- LTS, " in result.stdout


def test_a_list_is_published_by_a_named_administrator(line: Line) -> None:
    file = line.file(as_csv(without("LTS")))
    result = line.publish(file)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Published {file} as version 2, from ")
    with line.database.read() as session:
        published = session.scalars(select(CourseList).where(CourseList.version == 2)).one()
        assert published.published_by == "Helen Novak"
        event = session.scalars(select(Event).where(Event.act == "publish").order_by(Event.number.desc())).first()
        assert event.by_id == line.stage.office.administrator.person_id


@pytest.mark.parametrize("email", ["nobody@example.org", "asha.rahman@example.org"])
def test_only_an_administrator_publishes(quick_line: Line, email: str) -> None:
    file = quick_line.file(as_csv(without("LTS")))
    result = quick_line("publish", file, "--from", today().isoformat(), "--by", email)
    assert (result.exit_code, f"{email} is not an administrator's account." in result.stderr) == (2, True)
    assert quick_line.versions() == [1]


def test_nothing_is_kept_of_a_list_that_is_refused(quick_line: Line) -> None:
    file = quick_line.file(as_csv(the_list()[49:]))
    assert "This takes 49 entries away" in quick_line.publish(file).stderr
    with quick_line.database.read() as session:
        assert session.scalars(select(CourseListProposal)).all() == []
    assert quick_line.publish(file, "--removing", "49").exit_code == 0


def test_a_workbook_made_from_an_older_version_is_refused_unless_meant(quick_line: Line) -> None:
    assert quick_line.publish(quick_line.file(as_csv(without("LTS")))).exit_code == 0
    file = quick_line.file(as_workbook(without("IMLM"), version=1), "list.xlsx")
    assert "made from version 1, and version 2 has been published" in quick_line.publish(file).stderr
    assert quick_line.publish(file, "--overtaken").exit_code == 0
    assert quick_line.versions() == [1, 2, 3]


def test_a_day_that_has_passed_is_refused(quick_line: Line) -> None:
    file = quick_line.file(as_csv(without("LTS")))
    result = quick_line("publish", file, "--from", "2025-01-01", "--by", HELEN)
    assert "cannot hold from a day that has passed" in result.stderr


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_what_is_exported_is_the_same_list(quick_line: Line, name: str) -> None:
    output = quick_line.folder / name
    result = quick_line("export", str(output))
    assert result.stdout == f"Wrote version 1, 242 entries, to {output}.\n"
    assert quick_line("diff", str(output)).exit_code == 0


def test_a_version_that_is_not_there_is_refused(quick_line: Line) -> None:
    result = quick_line("export", str(quick_line.folder / "out.csv"), "--version", "9")
    assert (result.exit_code, "There is no version 9" in result.stderr) == (2, True)
    assert not (quick_line.folder / "out.csv").exists()


def test_an_earlier_version_is_exported_by_its_number(quick_line: Line) -> None:
    quick_line.publish(quick_line.file(as_csv(without("LTS"))))
    output = quick_line.folder / "first.csv"
    quick_line("export", str(output), "--version", "1")
    assert output.read_bytes() == as_csv(the_list())
