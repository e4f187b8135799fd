"""Fixtures that every test may ask for."""

from tests.databases import database, postgres_server, postgres_template, quick_database, sqlite_template
from tests.stage import quick_stage, stage

__all__ = [
    "database",
    "postgres_server",
    "postgres_template",
    "quick_database",
    "quick_stage",
    "sqlite_template",
    "stage",
]
