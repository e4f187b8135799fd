"""A few kills of each act in every test run; ``make faults`` does hundreds."""

import random
import secrets
from pathlib import Path

import pytest

from tests.faults.instants import Instants
from tests.faults.run import KILLINGS
from tests.stage import Stage

KILLS_ON_SQLITE, KILLS_ON_POSTGRESQL = 3, 2


@pytest.mark.faults
@pytest.mark.parametrize("act", KILLINGS)
def test_killing_the_service_loses_nothing_confirmed_and_doubles_nothing(
    act: str, stage: Stage, tmp_path: Path
) -> None:
    times = KILLS_ON_SQLITE if stage.database.is_sqlite else KILLS_ON_POSTGRESQL
    seed = secrets.randbelow(1_000_000)
    tally = KILLINGS[act](stage, tmp_path, Instants(times, random.Random(seed)), lambda _: None)
    assert tally.kills == times
    assert not tally.faults, f"seed {seed}: {tally.faults}"
