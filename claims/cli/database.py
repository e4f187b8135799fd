"""``claims database``: the tables, a copy of everything, and back again."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy.engine import URL, make_url

from claims.cli import Refused, copying
from claims.cli.given import open_database, read_settings
from claims.files import EvidenceStore
from claims.services import upgrading


@click.group()
def database() -> None:
    """The tables, a copy of everything, and back again.

    Example: claims database upgrade
    """


@database.command()
def upgrade() -> None:
    """Make the tables, or bring them up to date.

    Example: claims database upgrade
    """
    with open_database(read_settings(), at_latest=False) as opened:
        before = upgrading.revision_of(opened)
        upgrading.upgrade(opened)
        after = upgrading.revision_of(opened)
    click.echo(
        f"The database is up to date, at migration {after}."
        if before == after
        else f"Brought the database from {f'migration {before}' if before else 'nothing'} to migration {after}."
    )


@database.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--without-evidence", is_flag=True, help="The database only.")
def backup(file: Path, *, without_evidence: bool) -> None:
    """Copy the database to FILE as of one instant, and evidence to the folder FILE.evidence. The service may run.

    For PostgreSQL it uses pg_dump, which must be installed.

    Example: claims database backup backups/2026-02-02.db
    """
    settings = read_settings()
    url = make_url(settings.database_url)
    if file.exists():
        raise Refused(f"{file} exists already; a backup never replaces one.")
    _refuse_no_folder(file)
    if _is_sqlite(url):
        source = _sqlite_file(url)
        if not source.exists():
            raise Refused(f"There is no database at {source}.")
        made = _copy(source, file)
    else:
        made = copying.dump_postgres(url, file)
    click.echo(f"Copied the database to {file}, {made:,} bytes.")
    if not without_evidence:
        # After the database, so that no file is missing that it names.
        folder = copying.evidence_beside(file)
        _say_evidence("Copied", *_copy_files(settings.evidence_url, str(folder)), f"to {folder}")


@database.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace the database there is. Stop the service first.")
def restore(file: Path, *, replace: bool) -> None:
    """Put the copy in FILE back as the database, and the files in FILE.evidence. Stop the service first.

    Evidence that is there stays: files have their content for a name, so none stands in another's way.

    Example: claims database restore backups/2026-02-02.db --replace
    """
    settings = read_settings()
    url = make_url(settings.database_url)
    if _is_sqlite(url):
        _restore_sqlite(_sqlite_file(url), file, replace=replace)
    else:
        copying.restore_postgres(url, file, replace=replace)
    click.echo(f"Restored the database from {file}, {file.stat().st_size:,} bytes.")
    folder = copying.evidence_beside(file)
    if folder.is_dir():
        _say_evidence("Restored", *_copy_files(str(folder), settings.evidence_url), f"from {folder}")
    with open_database(settings, at_latest=False) as opened:
        if upgrading.revision_of(opened) != upgrading.latest_revision():
            click.echo(
                "The copy is from an earlier version: run `claims database upgrade` before you start the service."
            )
            return
        with opened.read() as session:
            missing = copying.missing_files(session, EvidenceStore(settings.evidence_url))
    if missing:
        click.echo(f"{missing:,} files of evidence that the database names are not there.", err=True)


def _copy_files(source: str, target: str) -> tuple[int, list[str]]:
    return copying.copy_evidence(EvidenceStore(source), EvidenceStore(target))


def _say_evidence(did: str, kept: int, damaged: list[str], where: str) -> None:
    if kept:
        click.echo(f"{did} {kept:,} files of evidence {where}.")
    if damaged:
        click.echo(f"{len(damaged):,} files are damaged and were left out: {', '.join(damaged[:10])}", err=True)


def _restore_sqlite(target: Path, file: Path, *, replace: bool) -> None:
    if target.exists() and not replace:
        raise Refused(f"There is a database at {target}. Stop the service and use --replace to replace it.")
    _refuse_damaged(file)
    _refuse_no_folder(target)
    try:
        # SQLite writes the whole copy as one transaction: stopped half way, the database is as it was.
        with closing(sqlite3.connect(file)) as there, closing(sqlite3.connect(target)) as here:
            there.backup(here, progress=_refuse_to_wait)
    except sqlite3.OperationalError as fault:
        raise Refused(f"{target} is in use ({fault}). Stop the service first; nothing was restored.") from None


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _sqlite_file(url: URL) -> Path:
    if not url.database:
        raise Refused("A database in memory cannot be copied.")
    return Path(url.database)


def _copy(source: Path, target: Path) -> int:
    """Copy through SQLite itself, complete or not at all; returns how many bytes it came to."""
    _refuse_no_folder(target)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(descriptor)
    written = Path(name)
    try:
        with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(written)) as here:
            there.backup(here)
            here.execute("PRAGMA journal_mode = DELETE")
        with written.open("rb") as file:
            os.fsync(file.fileno())
        written.replace(target)
    finally:
        written.unlink(missing_ok=True)
    return target.stat().st_size


def _refuse_to_wait(status: int, _left: int, _all: int) -> None:
    # Left alone, SQLite's copying waits for ever for a database that is in use.
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("database is locked")


def _refuse_no_folder(target: Path) -> None:
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}.")


def _refuse_damaged(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file.resolve()}?mode=ro", uri=True)) as opened:
            whole = opened.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            ours = opened.execute("SELECT version_num FROM alembic_version").fetchone() is not None
    except sqlite3.DatabaseError:
        whole = ours = False
    if not (whole and ours):
        raise Refused(f"{file} is not a whole copy of this service's database; nothing was restored.")
