"""The database: one engine, two kinds of transaction (reading and writing), the same on SQLite and PostgreSQL."""

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, create_engine, event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An instant, always UTC, on both databases. SQLite forgets the time zone, so it is given back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """What every table is made from."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger().with_variant(Integer, "sqlite"),
        datetime: Instant,
        dict[str, Any]: JSON,
    }


class Database:
    """One database. ``read`` and ``write`` are the only two ways to touch it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.engine = _sqlite_engine(url)
            reading: dict[str, Any] = {"claims_begin": "BEGIN"}
            writing: dict[str, Any] = {"claims_begin": "BEGIN IMMEDIATE"}
        else:
            self.engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
            reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            writing = {"isolation_level": "READ COMMITTED"}
        self._reading = self.engine.execution_options(**reading)
        self._writing = self.engine.execution_options(**writing)
        self._hurrying = self.engine.execution_options(**writing, claims_hurry=True)
        # One writer at a time per process: SQLite has one writer anyway, and waiting here costs less than its retries.
        self._turn: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and cannot write."""
        with Session(self._reading, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is committed as one when the block ends, or not at all if it raises."""
        with self._turn, Session(self._writing) as session, session.begin():
            yield session

    @contextmanager
    def write_hurriedly(self) -> Iterator[Session]:
        """As ``write``, but not waiting for the disk: it outlives this process at once, a power cut a moment later.

        For what is written right before and after an act that nobody can take back: while it waited, a process that
        died would have written down what it did not do, or not written down what it did.
        """
        with self._turn, Session(self._hurrying) as session, session.begin():
            if not self.is_sqlite:
                session.execute(text("SET LOCAL synchronous_commit = off"))
            yield session

    def close(self) -> None:
        self.engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)

    @event.listens_for(engine, "do_connect")
    def make(*_given: Any) -> None:
        path = engine.url.database
        if path and path != ":memory:" and not path.startswith("file:"):
            _make_for_us_alone(path)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # Transactions begin when we say so below, not when the driver guesses.
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        begin = connection.get_execution_options().get("claims_begin", "BEGIN IMMEDIATE")
        hurries = connection.get_execution_options().get("claims_hurry", False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if begin == 'BEGIN' else 'OFF'}")
        connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if hurries else 'FULL'}")
        # Taking the write lock first means that no later statement finds the database locked.
        connection.exec_driver_sql(begin)

    return engine


def _make_for_us_alone(path: str) -> None:
    """A new database is closed to the machine's other users; SQLite gives its log the same permissions."""
    # A folder that is not there is for SQLite to tell, when it is asked for something.
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
