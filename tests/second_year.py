"""An invented scheme year 2026-27 beside 2025-26, made as the runbook says: a longer data file."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims.config import PACKAGE
from claims.store import reference

SHIPPED = PACKAGE.parent / "reference"


def with_2026_27(folder: Path) -> Path:
    """A copy of the reference data with a year more in ``scheme_years.toml``; caps and rules of its own."""
    shutil.copytree(SHIPPED, folder)
    years = folder / "scheme_years.toml"
    first = years.read_text()
    text = first[first.index('["2025-26"]') :]
    later = text.replace("2025-26", "2026-27").replace(
        "cap_main_pence]\nvalue = 40_000_000", "cap_main_pence]\nvalue = 30_000_000"
    )
    later = re.sub(r"(value = )(\d{4})(-\d\d-\d\d)", lambda found: f"{found[1]}{int(found[2]) + 1}{found[3]}", later)
    later = later.replace("start_share_percent]\nvalue = 60", "start_share_percent]\nvalue = 50")
    years.write_text(f"{first}\n{later}")
    return folder


@pytest.fixture
def second_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The service reads the longer data, as with ``CLAIMS_REFERENCE_FOLDER`` set."""
    folder = with_2026_27(tmp_path / "reference")
    monkeypatch.setenv("CLAIMS_REFERENCE_FOLDER", str(folder))
    monkeypatch.setattr(reference, "_made", {})
    reference.from_files.cache_clear()
    yield folder
    reference.from_files.cache_clear()
