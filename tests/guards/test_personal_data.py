"""The register of personal data names every column there is, and none that is not."""

import tomllib
from pathlib import Path

from claims import models
from claims.db import Table

REGISTER = Path(__file__).resolve().parent.parent.parent / "docs" / "personal-data.toml"


def _columns() -> set[str]:
    assert models.Claim.metadata is Table.metadata
    return {f"{table.name}.{column.name}" for table in Table.metadata.tables.values() for column in table.columns}


def test_every_column_is_registered_as_personal_or_plain_and_not_both() -> None:
    register = tomllib.loads(REGISTER.read_text())
    personal = set(register["personal"])
    plain = {f"{table}.{column}" for table, columns in register["plain"].items() for column in columns}
    assert not personal & plain
    assert personal | plain == _columns()


def test_every_personal_column_says_why_how_long_and_what_removal_does() -> None:
    for column, said in tomllib.loads(REGISTER.read_text())["personal"].items():
        assert set(said) == {"why", "keep", "removal"}, column
        assert all(said.values()), column
