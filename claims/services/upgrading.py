"""Bring the database's tables up to date, or back, by the migrations."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from claims import models
from claims.config import data_folder
from claims.db import Database


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(data_folder("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def latest_revision() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("There are no migrations.")
    return head


def revision_of(database: Database) -> str | None:
    """The migration that the database stands at; ``None`` for an empty one."""
    with database.read() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def upgrade(database: Database, to: str = "head") -> None:
    """Run every migration up to and including ``to``, in one transaction."""
    with database.write() as session:
        command.upgrade(_config(session.connection()), to)


def downgrade(database: Database, to: str = "base") -> None:
    """Undo migrations down to ``to``. For development and tests; a live database goes forward."""
    with database.write() as session:
        command.downgrade(_config(session.connection()), to)


def write_migration(database: Database, message: str, number: str) -> None:
    """A new migration with what differs between ``database`` and the models, to be read and mended by a person."""
    with database.write() as session:
        command.revision(_config(session.connection()), message, autogenerate=True, rev_id=number)


def differences(database: Database) -> list[object]:
    """What differs between the database and the models; empty when they agree."""
    with database.write() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        return list(compare_metadata(context, models.Agreement.metadata))
