"""The whole service around a fresh database with the cast, on the demonstration's day, 2 February 2026 at 9:30."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from jinja2 import FileSystemBytecodeCache

from claims import clock
from claims.config import Settings
from claims.db import Database
from claims.demo import cast
from claims.lifecycle import Actor
from claims.services.sessions import start_session
from claims.web.app import build
from tests.browsing import Browser
from tests.keys import ENCRYPTION_KEYS, HASH_KEY, KEYRING

AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
SETTLED_IN = AT - timedelta(days=200)
"""When the cast joined."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running service, with everybody in it and a clock that stands still until it is moved."""

    app: Flask
    database: Database
    house: cast.House
    meadow: cast.House
    office: cast.BackOffice
    time: FrozenDateTimeFactory
    """``site.time.tick(timedelta(...))`` and ``site.time.move_to(...)`` move it."""

    def visit(self) -> Browser:
        """A browser in which nobody is signed in."""
        return Browser(self.app)

    def sign_in(self, who: Actor, *, confirmed: bool = True) -> Browser:
        """A browser in which ``who`` is signed in, and has shown the second factor unless told otherwise."""
        with self.database.write() as session:
            token = start_session(session, who, clock.now(), confirmed=confirmed)
            return self.visit().sign_in_with(token)


def settings_in(folder: Path, database_url: str, *, demonstration: bool) -> Settings:
    """Settings that keep everything under ``folder``."""
    return Settings(
        database_url=database_url,
        secret_key="not-a-secret",
        encryption_keys=ENCRYPTION_KEYS,
        hash_key=HASH_KEY,
        evidence_url=str(folder / "evidence"),
        mail_url=f"folder:{folder / 'mail'}",
        mail_from="claims@example.org",
        base_url="http://localhost",
        demonstration=demonstration,
    )


def build_site(database: Database, folder: Path, time: FrozenDateTimeFactory, *, demonstration: bool = False) -> Site:
    with database.write() as session:
        office = cast.back_office(session, KEYRING, SETTLED_IN)
        house = cast.hartley_house(session, KEYRING, SETTLED_IN)
        meadow = cast.meadow_view(session, KEYRING, SETTLED_IN)
    app = build(settings_in(folder, database.url, demonstration=demonstration))
    # Each site has an application of its own; its templates are compiled once for all of them.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache()
    return Site(app, database, house, meadow, office, time)


@pytest.fixture
def still_clock() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(AT) as time:
        yield time


@pytest.fixture
def site(quick_database: Database, tmp_path: Path, still_clock: FrozenDateTimeFactory) -> Site:
    """The service as it is run for real."""
    return build_site(quick_database, tmp_path, still_clock)


@pytest.fixture
def demonstration(quick_database: Database, tmp_path: Path, still_clock: FrozenDateTimeFactory) -> Site:
    """The service as ``claims demo`` runs it."""
    return build_site(quick_database, tmp_path, still_clock, demonstration=True)
