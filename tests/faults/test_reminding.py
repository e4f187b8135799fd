"""Two weeks of the two years, with kills and unwell mail, in every test run; ``make faults`` lives through them all."""

import random
import secrets
from datetime import date
from pathlib import Path

import pytest

from claims.db import Database
from tests.faults.reminding import POSTS, live_through
from tests.reminding.living import know_two_years
from tests.reminding.world import FIRST, make_world

AROUND_SUMMER_TIME = range((date(2026, 3, 23) - FIRST).days, (date(2026, 4, 3) - FIRST).days)


@pytest.mark.faults
@pytest.mark.parametrize(("post", "at_once"), [("a folder", 2), ("GOV.UK Notify", 1), ("a mail relay", 1)])
def test_killed_schedulers_and_unwell_mail_lose_and_double_nothing(
    quick_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, post: str, at_once: int
) -> None:
    know_two_years(monkeypatch)
    seed = secrets.randbelow(1_000_000)
    chance = random.Random(seed)
    with POSTS[post](tmp_path, chance) as way_out:
        lived = live_through(
            make_world(seed, 8),
            quick_database,
            tmp_path,
            way_out,
            chance,
            kills=8,
            at_once=at_once,
            days=AROUND_SUMMER_TIME,
            down=frozenset(AROUND_SUMMER_TIME[4:6]),
        )
    assert not lived.faults, f"seed {seed}: {lived.faults}"
    assert lived.kills
    assert lived.letters
