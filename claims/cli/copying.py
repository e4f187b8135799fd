"""Copies of what lies outside SQLite: a PostgreSQL database by its own tools, and evidence, file by file."""

import os
import shutil
import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from claims.cli import Refused
from claims.clock import LONDON
from claims.db import Database
from claims.files import EvidenceDamaged, EvidenceMissing, EvidenceStore
from claims.models import Evidence
from claims.models.registrations import RegistrationProof

LAST = datetime(9999, 1, 1, tzinfo=LONDON)
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
GOODBYES = (0.5, 1, 2)
"""Seconds between looks at whether others are still connected."""


def evidence_beside(file: Path) -> Path:
    """The folder of a backup's evidence: ``2026-02-02.db.evidence`` beside ``2026-02-02.db``."""
    return file.with_name(f"{file.name}.evidence")


def copy_evidence(source: EvidenceStore, target: EvidenceStore) -> tuple[int, list[str]]:
    """Copy every file that is not there yet; each is checked against its SHA-256.

    Says how many the target then has of the source's, and which were damaged and left out.
    """
    kept, damaged = 0, []
    for sha256 in source.kept_before(LAST):
        try:
            if not target.has(sha256):
                target.put(source.get(sha256))
            kept += 1
        except (EvidenceDamaged, EvidenceMissing):
            damaged.append(sha256)
    return kept, damaged


def missing_files(session: Session, store: EvidenceStore) -> int:
    """How many files the database names that the store has not."""
    named = {
        *session.scalars(select(Evidence.sha256).where(Evidence.name != "").distinct()),
        *session.scalars(select(RegistrationProof.sha256).where(RegistrationProof.removed_at.is_(None)).distinct()),
    }
    return sum(not store.has(sha256) for sha256 in named)


def dump_postgres(url: URL, target: Path) -> int:
    """Copy the database as of one instant, complete or not at all; returns how many bytes it came to."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(descriptor)
    written = Path(name)
    try:
        _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={written}")
        written.replace(target)
    finally:
        written.unlink(missing_ok=True)
    return target.stat().st_size


def _others_in(session: Session) -> int:
    """How many others are connected. Whoever stopped the service a moment ago need not wait for it to be gone."""
    others = 0
    for seconds in (0, *GOODBYES):
        time.sleep(seconds)
        session.rollback()  # within a transaction the answer stays the same
        if not (others := session.scalars(text(OTHERS)).one()):
            break
    return others


def restore_postgres(url: URL, file: Path, *, replace: bool) -> None:
    """Put a copy back, all in one transaction: stopped half way, the database is as it was."""
    _refuse_damaged(url, file)
    database = Database(url.render_as_string(hide_password=False))
    try:
        with database.read() as session:
            tables = session.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"))
            others = _others_in(session)
    except SQLAlchemyError as fault:
        raise Refused(f"The database cannot be used: {str(getattr(fault, 'orig', fault)).splitlines()[0]}") from None
    finally:
        database.close()
    if tables and not replace:
        raise Refused(f"There are tables in {url.database}. Stop the service and use --replace to replace them.")
    if others:
        raise Refused(f"{url.database} is in use by {others} others. Stop the service first; nothing was restored.")
    _run(
        url,
        "pg_restore",
        *("--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
        f"--dbname={url.database}",
        str(file),
    )


def _refuse_damaged(url: URL, file: Path) -> None:
    try:
        listed = _run(url, "pg_restore", "--list", str(file))
    except Refused:
        listed = ""
        _program("pg_restore")
    if "alembic_version" not in listed:
        raise Refused(f"{file} is not a whole copy of this service's database; nothing was restored.")


def _run(url: URL, program: str, *arguments: str) -> str:
    """Run one of PostgreSQL's programs on the database; its password is in no command line."""
    told = {
        "PGHOST": url.host or _first(url.query.get("host")),
        "PGPORT": str(url.port or _first(url.query.get("port")) or ""),
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database,
    }
    environment = {**os.environ, **{name: value for name, value in told.items() if value}}
    done = subprocess.run(  # noqa: S603  a program of the operator's machine, with our own arguments
        [_program(program), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().replace(f"{program}: ", "").splitlines()[:2] or ["it did not say why"]
        raise Refused(f"{program}: {'; '.join(said)}. Nothing was changed.")
    return done.stdout


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(
            f"{name} is not installed. It comes with PostgreSQL's client programs, which must be as new as the server "
            "(Debian and Ubuntu: postgresql-client)."
        )
    return found


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return value[0] if isinstance(value, tuple) else value
