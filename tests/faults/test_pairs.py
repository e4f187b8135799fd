"""A sample of the pairs of submissions that `make faults` races."""

import random

import pytest

from claims.services.recording import verify
from tests.faults.checks import half_done
from tests.faults.pairs import WAYS, Raced, race
from tests.stage import Stage, stage

__all__ = ["stage"]

pytestmark = pytest.mark.faults

PAIRS = 24


def test_of_two_submissions_at_once_one_counts(stage: Stage) -> None:
    chance, raced = random.Random(20260202), Raced()
    for number in range(PAIRS):
        race(stage, chance, number, raced)
    assert raced.faults == []
    assert all(raced.pairs[way] for way in WAYS)
    with stage.database.read() as session:
        assert half_done(session, refused_before=True) == []
        assert verify(session)[1] == []
