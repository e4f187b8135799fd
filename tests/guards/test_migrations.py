"""Migrations and models say the same, and migrations go forward and back on both databases."""

from claims.config import data_folder
from claims.db import Database
from claims.services.upgrading import differences, downgrade, latest_revision, revision_of, upgrade


def test_models_and_migrations_agree(database: Database) -> None:
    assert differences(database) == []


def test_migrations_go_up_down_and_up_again(database: Database) -> None:
    downgrade(database)
    assert revision_of(database) is None
    upgrade(database)
    assert revision_of(database) == latest_revision()
    assert differences(database) == []


def test_the_file_head_names_the_latest_migration() -> None:
    assert (data_folder("migrations") / "HEAD").read_text().strip() == latest_revision()
