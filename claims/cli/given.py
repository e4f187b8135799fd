"""What a command is given to work with: settings from the environment, their database and keys, or plain words."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from claims.cli import Refused
from claims.config import NotConfigured, Settings, from_environment
from claims.db import Database
from claims.incoming.faults import Faulty
from claims.secrets import Keyring
from claims.services.upgrading import latest_revision, revision_of
from claims.store.reference import from_files


def read_settings() -> Settings:
    """The settings. Raises ``Refused`` when they are missing."""
    try:
        return from_environment()
    except NotConfigured as fault:
        raise Refused(str(fault)) from None


@contextmanager
def open_database(settings: Settings, *, at_latest: bool = True) -> Iterator[Database]:
    """The database, which must be up to date unless ``at_latest`` is false. Raises ``Refused`` in plain words."""
    database = Database(settings.database_url)
    try:
        if at_latest and revision_of(database) != latest_revision():
            raise Refused("The database is not up to date. Run `claims database upgrade` first.")
        yield database
    except SQLAlchemyError as fault:
        reason = str(getattr(fault, "orig", None) or fault).strip().splitlines()[0]
        raise Refused(f"The database cannot be used: {reason}") from None
    finally:
        database.close()


def read_keyring(settings: Settings) -> Keyring:
    """The keys. Raises ``Refused`` when they are malformed."""
    try:
        return Keyring(settings.encryption_keys, settings.hash_key)
    except NotConfigured as fault:
        raise Refused(str(fault)) from None


def check_reference() -> None:
    """Read the reference data, so that a fault in it shows on start. Raises ``Refused`` with every fault."""
    try:
        from_files()
    except Faulty as fault:
        raise Refused(str(fault)) from None
