"""``claims database``: the tables, a copy of everything, and back again."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from claims.cli import Refused
from claims.cli.given import open_database, read_settings
from claims.config import Settings
from claims.services import upgrading

FOR_POSTGRESQL = (
    "This is for SQLite. For PostgreSQL use its own tools, which copy a live database as of one instant: "
    "`pg_dump --format=custom --file FILE DATABASE` and `pg_restore --clean --if-exists --dbname DATABASE FILE`."
)


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
def backup(file: Path) -> None:
    """Copy the database to FILE as of one instant, while the service runs. SQLite only.

    Evidence is kept beside the database: copy its folder afterwards, so that no file is missing.

    Example: claims database backup backups/2026-02-02.db
    """
    source = _sqlite_file(read_settings())
    if file.exists():
        raise Refused(f"{file} exists already; a backup never replaces one.")
    if not source.exists():
        raise Refused(f"There is no database at {source}.")
    made = _copy(source, file)
    click.echo(f"Copied the database to {file}, {made:,} bytes.")


@database.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace the database there is. Stop the service first.")
def restore(file: Path, *, replace: bool) -> None:
    """Put the copy in FILE back as the database. SQLite only; stop the service first.

    Example: claims database restore backups/2026-02-02.db --replace
    """
    target = _sqlite_file(read_settings())
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
    click.echo(f"Restored the database from {file}, {file.stat().st_size:,} bytes.")


def _sqlite_file(settings: Settings) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise Refused(FOR_POSTGRESQL)
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
