"""``make faults``, a third part: pairs of submissions in one instant, on both databases."""

import random
import secrets
import sys
import tempfile
import time
from pathlib import Path

import click

from claims.db import Database
from tests.databases import address_of, create_database, prepare, start_postgres
from tests.faults.checks import half_done
from tests.faults.pairs import WAYS, Raced, race
from tests.faults.server import ROOT
from tests.stage import set_stage

PAGE = ROOT / "docs" / "races.md"


@click.command()
@click.option("--pairs", type=click.IntRange(1), default=1000, show_default=True, help="On each database.")
@click.option("--seed", type=int, help="Of an earlier run; at random unless given.")
@click.option("--write", is_flag=True, help="Write docs/races.md.")
def main(pairs: int, seed: int | None, *, write: bool) -> None:
    """Submit the same claim twice at once, in two tabs, for two purchases, by two employers: one of them counts.

    Exit code 1 when a pair gave two live claims, or none.
    """
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    click.echo(f"{pairs} pairs on each database. Seed {seed}.")
    rows, faults = [], []
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        folder.chmod(0o755)
        server = start_postgres(folder / "pg", folder / "runtime")
        try:
            addresses = {
                "SQLite": f"sqlite:///{folder / 'claims.db'}",
                "PostgreSQL": create_database(address_of(server), "pairs"),
            }
            for kind, address in addresses.items():
                began = time.monotonic()
                raced = _race(address, pairs, seed)
                rows.append([kind, *(str(raced.pairs[way]) for way in WAYS), str(len(raced.faults))])
                faults += [f"{kind}: {fault}" for fault in raced.faults]
                click.echo(f"{kind}: {raced.pairs}, {len(raced.faults)} wrong, {time.monotonic() - began:.0f} s")
        finally:
            server.cleanup()
    if write:
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        PAGE.write_text(WORDS.format(table=table, pairs=pairs, seed=seed, ways=" | ".join(WAYS)))
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)


def _race(address: str, pairs: int, seed: int) -> Raced:
    prepare(address)
    database = Database(address)
    try:
        stage, chance, raced = set_stage(database), random.Random(seed), Raced()
        for number in range(pairs):
            race(stage, chance, number, raced)
        with database.read() as session:
            raced.faults += half_done(session, refused_before=True)
        return raced
    finally:
        database.close()


WORDS = """# Two submissions in one instant

`make faults` claims for {pairs} people twice at once on each database, from two threads that begin together: the same
page sent twice or two pages of the same draft (two tabs), two purchases of one employer, two employers. Full and start
parts meet as chance has it. Of each pair one must be submitted and the other refused. Seed {seed}.

| database | {ways} | two live claims, or none |
| --- | ---: | ---: | ---: | ---: |
{table}

Afterwards states, events, slots and commitments are compared for the whole database, as after every kill
([faults.md](faults.md)).
"""


if __name__ == "__main__":
    main()
