"""``make faults``, the second half: two years of reminders for 500 employers, killed and with unwell mail."""

import random
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import click
import pytest

from claims.db import Database
from tests.databases import prepare
from tests.faults.reminding import POSTS, Lived, live_through
from tests.faults.server import ROOT
from tests.reminding.living import know_two_years
from tests.reminding.world import DAYS, FIRST, make_world

PAGE = ROOT / "docs" / "faults-of-reminders.md"


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to live through the two years."""

    words: str
    post: str
    killed: bool = False
    at_once: int = 1
    down: frozenset[int] = frozenset()


def _five_days_from(day: date) -> frozenset[int]:
    return frozenset(range((day - FIRST).days, (day - FIRST).days + 5))


HEAD = (
    ["mail", "schedulers", "killed", "said", "letters", "twice", "in doubt", "wrong", "minutes"],
    ["---", "---", *["---:"] * 7],
)
TRIALS = (
    Trial("left alone", "a folder"),
    Trial("killed at random", "a folder", killed=True),
    Trial("two at once, killed at random", "GOV.UK Notify", killed=True, at_once=2),
    Trial("killed at random", "a mail relay", killed=True),
    Trial(
        "stopped for five days, twice",
        "a folder",
        down=_five_days_from(date(2025, 10, 23)) | _five_days_from(date(2026, 3, 26)),
    ),
)


@click.command()
@click.option("--employers", type=click.IntRange(1), default=500, show_default=True)
@click.option("--kills", type=click.IntRange(1), default=1000, show_default=True, help="Of schedulers, in each trial.")
@click.option("--days", type=click.IntRange(2, DAYS), default=DAYS, show_default=True)
@click.option("--only", type=click.IntRange(1, len(TRIALS)), help="One trial, by its number.")
@click.option("--seed", type=int, help="Of an earlier run; at random unless given.")
@click.option("--write", is_flag=True, help="Write docs/faults-of-reminders.md.")
def main(employers: int, kills: int, days: int, only: int | None, seed: int | None, *, write: bool) -> None:
    """Live through two years of reminders day by day, and compare with a slow and obvious implementation.

    Exit code 1 when anything was lost, said in vain or doubled beyond what a mail relay allows.
    """
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    click.echo(f"{employers} employers, {days} days, {kills} kills in each trial. Seed {seed}.")
    rows, faults = [], []
    for trial in TRIALS if only is None else TRIALS[only - 1 : only]:
        name = f"{trial.post}: {trial.words}"
        lived = _live(trial, name, employers, kills if trial.killed else 0, days=days, seed=seed)
        click.echo()
        rows.append(_row(trial, lived))
        faults += [f"{name}: {fault}" for fault in lived.faults]
    table = "\n".join(f"| {' | '.join(row)} |" for row in [*HEAD, *rows])
    click.echo(f"\n{table}")
    if write:
        PAGE.write_text(WORDS.format(table=table, employers=employers, days=days, seed=seed))
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)


def _live(trial: Trial, name: str, employers: int, kills: int, *, days: int, seed: int) -> Lived:
    chance, began = random.Random(seed), time.monotonic()
    with tempfile.TemporaryDirectory() as base, pytest.MonkeyPatch.context() as patch:
        know_two_years(patch)
        folder, url = Path(base), f"sqlite:///{Path(base) / 'claims.db'}"
        prepare(url)
        database = Database(url)
        with POSTS[trial.post](folder, chance) as post:
            return live_through(
                make_world(seed, employers),
                database,
                folder,
                post,
                chance,
                kills=kills,
                at_once=trial.at_once,
                days=range(1, days),
                down=trial.down,
                show=partial(_show, name, began),
            )


def _show(name: str, began: float, lived: Lived) -> None:
    lived.seconds = time.monotonic() - began
    click.echo(f"\r{name}: {lived.kills} kills, {lived.seconds:.0f} s", nl=False)


def _row(trial: Trial, lived: Lived) -> list[str]:
    counted = [lived.kills, lived.said, lived.letters, lived.doubled, lived.in_doubt, len(lived.faults)]
    return [trial.post, trial.words, *(f"{each:,}" for each in counted), f"{lived.seconds / 60:.0f}"]


WORDS = """# Reminders, killed and with unwell mail

`make faults` lives through two made-up years day by day: {employers} employers, {days} days, of which two change the
clock back and two change it forward. Each morning real schedulers plan, queue and send; each noon claims, people,
agreements and runs change. Seed {seed}.

{table}

- **killed**: schedulers that ended by SIGKILL, at random instants of their work. The next one begins where its lease
  lets it.
- **said**: messages queued. In each trial they are compared, one by one, with a slow and obvious implementation in the
  tests: day, kind, person, what about, due day. **letters**: what arrived; each letter that the outbox knows is there,
  and no other.
- **twice**: letters of which a mail relay got two copies. A relay cannot be asked what it took, so a letter goes again
  when the scheduler died, or the relay fell silent, after it was given the letter and before that was written down: at
  most once more. A folder and GOV.UK Notify are asked by reference, and get none twice.
- **in doubt**: letters that a relay was given twice without our hearing what became of them, so that administrators see
  them as failed. One that had not arrived would count as lost.
- **wrong**: anything else, lost, said in vain or doubled.
- The mail server is unwell for 6 letters in a hundred: it refuses for now, drops the line, or takes the letter and says
  nothing. The relay also says nothing for longer than anybody waits, now and then.
"""


if __name__ == "__main__":
    main()
