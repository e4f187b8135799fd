"""``make faults``: kill the server during every act, many times, on both databases, and say what became of it."""

import os
import platform
import random
import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from claims.db import Database
from tests.databases import address_of, create_database, prepare, start_postgres
from tests.faults import page
from tests.faults.acts import TOGETHER, approve, draw_up, submit
from tests.faults.instants import Instants
from tests.faults.killing import kill_during
from tests.faults.sending import kill_while_sending
from tests.faults.server import ROOT
from tests.faults.tally import Tally, table_of
from tests.stage import Stage, set_stage

KILLINGS: dict[str, Callable[[Stage, Path, Instants, Callable[[Tally], None]], Tally]] = {
    "submit": partial(kill_during, submit),
    "approve": partial(kill_during, approve),
    "draw up": partial(kill_during, draw_up),
    "send": kill_while_sending,
}
PAGE = ROOT / "docs" / "faults.md"


@click.command()
@click.option(
    "--times", type=click.IntRange(1), default=100, show_default=True, help="Kills of each act on each database."
)
@click.option("--act", "acts", type=click.Choice(list(KILLINGS)), multiple=True, help="Only this one; may be repeated.")
@click.option("--seed", type=int, help="Of an earlier run; at random unless given.")
@click.option("--write", is_flag=True, help="Write docs/faults.md.")
def main(times: int, acts: tuple[str, ...], seed: int | None, *, write: bool) -> None:
    """Kill the service with SIGKILL while it submits, approves, draws up and sends, at random instants.

    Exit code 1 when anything was lost, half done or doubled.
    """
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    click.echo(f"Killing each act {times} times on SQLite and {times} times on PostgreSQL. Seed {seed}.")
    chance, tallies, began = random.Random(seed), {}, time.monotonic()
    with tempfile.TemporaryDirectory() as base:
        server = start_postgres(Path(base) / "pg", Path(base) / "runtime")
        try:
            for kind in ("SQLite", "PostgreSQL"):
                for act in acts or KILLINGS:
                    name, folder = f"{act}, {kind}", Path(base) / f"{act} {kind}".replace(" ", "_")
                    folder.mkdir()
                    stage = _lay_stage(address_of(server) if kind == "PostgreSQL" else "", folder)
                    tallies[name] = KILLINGS[act](stage, folder, Instants(times, chance), partial(_show, name, times))
                    stage.database.close()
                    click.echo()
        finally:
            server.cleanup()
    table = table_of(tallies)
    took = f"{(time.monotonic() - began) / 60:.0f} minutes"
    click.echo(f"\n{table}\n\nSeed {seed}, {took}.")
    if write:
        PAGE.write_text(page.WORDS.format(table=table, seed=seed, machine=_machine(), took=took, together=TOGETHER))
    faults = [f"{name}: {fault}" for name, tally in tallies.items() for fault in tally.faults]
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)


def _lay_stage(server: str, folder: Path) -> Stage:
    """A stage on a fresh database: on ``server`` if there is one, else a file in ``folder``."""
    url = create_database(server, folder.name.lower()) if server else f"sqlite:///{folder / 'claims.db'}"
    prepare(url)
    return set_stage(Database(url))


def _show(name: str, count: int, tally: Tally) -> None:
    landed = f"{tally.before} before, {tally.during} during, {tally.after} after"
    click.echo(f"\r{name}: {tally.kills} of {count} kills; {landed}; {len(tally.faults)} faults", nl=False)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} {platform.machine()}, "
        f"{platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


if __name__ == "__main__":
    main()
