"""An application around a database without people, with people signed in by hand: for tests of the frame itself."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from claims.config import Settings
from claims.db import Database
from claims.lifecycle import Actor, Role
from claims.web.app import build
from claims.web.wiring import Services
from tests.browsing import Browser
from tests.keys import ENCRYPTION_KEYS, HASH_KEY
from tests.web.frame import specimens

PEOPLE = {role.value: Actor(role, f"Pat {role}", person_id=number) for number, role in enumerate(Role, 1)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'frame.db'}",
        secret_key="not-a-secret",
        encryption_keys=ENCRYPTION_KEYS,
        hash_key=HASH_KEY,
        evidence_url=str(tmp_path / "evidence"),
        mail_url=f"folder:{tmp_path / 'mail'}",
        mail_from="claims@example.org",
        base_url="http://localhost",
    )


@pytest.fixture
def seen() -> list[str]:
    """The tokens whose use was noted."""
    return []


@pytest.fixture
def database(settings: Settings, sqlite_template: Path) -> Iterator[Database]:
    shutil.copy(sqlite_template, settings.database_url.removeprefix("sqlite:///"))
    database = Database(settings.database_url)
    with database.write() as session:
        session.execute(text("CREATE TABLE jottings (said TEXT)"))
    yield database
    database.close()


@pytest.fixture
def given(settings: Settings, database: Database, seen: list[str]) -> Services:
    def actor_of(_session: Session, token: str, _now: datetime) -> Actor | None:
        return PEOPLE.get(token)

    def note_seen(_session: Session, token: str, _now: datetime) -> None:
        seen.append(token)

    nothing = cast("Any", None)
    return Services(settings, database, nothing, nothing, nothing, nothing, actor_of, note_seen)


@pytest.fixture
def app(given: Services) -> Flask:
    app = build(services=given)
    app.register_blueprint(specimens.pages)
    return app


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)
