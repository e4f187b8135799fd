"""``make money``: ten thousand claim lives on real databases, every penny compared after every act."""

import multiprocessing
import os
import platform
import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from claims.db import Database
from tests.databases import address_of, create_database, prepare, start_postgres
from tests.money.lives import Lives
from tests.money.living import Lived, live
from tests.money.workbooks import disagreeing, workbooks_of
from tests.money.world import low_caps

PAGE = Path(__file__).resolve().parents[2] / "docs" / "money.md"
LIVES_OF_A_WORLD = 45
WORLDS_OF_A_BATCH = 4
"""Their workbooks are opened by LibreOffice together."""
IN_MEMORY = Path("/dev/shm")  # noqa: S108  temporary folders are made in it
Fresh = Callable[[], Database]


@click.command()
@click.option("--lives", type=click.IntRange(1), default=10_000, show_default=True, help="On SQLite.")
@click.option("--postgresql", type=click.IntRange(0), default=300, show_default=True, help="As many more there.")
@click.option(
    "--seed", type=int, help="Of an earlier run: the same draws, though references differ. At random unless given."
)
@click.option("--processes", type=click.IntRange(1), default=os.cpu_count(), show_default=True)
@click.option("--minutes", type=click.IntRange(1), help="Stop after so many; the page says how far it came.")
@click.option("--write", is_flag=True, help="Write docs/money.md.")
def main(lives: int, postgresql: int, seed: int | None, processes: int, minutes: int | None, *, write: bool) -> None:
    """Live claim lives at random and keep books beside them. Exit code 1 when anything does not balance."""
    seed = secrets.randbelow(1_000_000) * 1_000 if seed is None else seed
    began = time.monotonic()
    click.echo(f"{lives:,} lives on SQLite, {postgresql:,} on PostgreSQL. Seed {seed}.")
    results: dict[str, tuple[Lived, int]] = {}
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as base:
        folder = Path(base)
        folder.chmod(0o755)
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            for kind, wanted in (("PostgreSQL", postgresql), ("SQLite", lives)):
                total, opened = Lived(), 0
                batches = _batches(folder / kind, kind, seed, wanted)
                for part, workbooks in pool.imap_unordered(_live_batch, batches):
                    total.add(part)
                    opened += workbooks
                    spent = time.monotonic() - began
                    click.echo(f"{kind}: {total.lives:,} lives, {spent:.0f} s, {total.faults[:3]}")
                    if total.lives >= wanted or (minutes is not None and spent > minutes * 60):
                        break
                results[kind] = total, opened
            pool.terminate()
    took = (time.monotonic() - began) / 60
    faults = [f"{kind}: {fault}" for kind, (lived, _) in results.items() for fault in lived.faults]
    if write:
        PAGE.write_text(_page(results, seed, took, processes))
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)


def _batches(folder: Path, kind: str, seed: int, wanted: int) -> Iterator[tuple[str, str, Sequence[int]]]:
    """Enough worlds for ``wanted`` lives: a world may end with fewer than it was made for."""
    worlds = wanted * 4 // (3 * LIVES_OF_A_WORLD) + 2 if wanted else 0
    seeds = range(seed, seed + worlds)
    for first in range(0, worlds, WORLDS_OF_A_BATCH):
        yield str(folder / str(first)), kind, seeds[first : first + WORLDS_OF_A_BATCH]


def _live_batch(batch: tuple[str, str, Sequence[int]]) -> tuple[Lived, int]:
    """A few worlds one after the other, and their workbooks together."""
    where, kind, seeds = batch
    folder = Path(where)
    folder.mkdir(parents=True)
    total, files = Lived(), []

    def keep(database: Database, lives: Lives) -> None:
        for name, content in workbooks_of(database, lives):
            files.append(folder / f"{seed}-{name}.xlsx")
            files[-1].write_bytes(content)

    with low_caps(folder), _on_postgresql(folder) if kind == "PostgreSQL" else _on_sqlite(folder) as fresh:
        for seed in seeds:
            total.add(live(fresh(), seed, LIVES_OF_A_WORLD, finish=keep))
    if files:
        total.faults += disagreeing(folder, files)
    for file in files:
        file.unlink()
    return total, len(files)


@contextmanager
def _on_sqlite(folder: Path) -> Iterator[Fresh]:
    """One file, filled anew for each world, so that statements are prepared once."""
    prepare(f"sqlite:///{folder / 'template.db'}")
    template, path = sqlite3.connect(folder / "template.db"), folder / "claims.db"
    database, writer = Database(f"sqlite:///{path}"), sqlite3.connect(path)

    def fresh() -> Database:
        template.backup(writer)
        return database

    yield fresh
    database.close()
    writer.close()
    template.close()


@contextmanager
def _on_postgresql(folder: Path) -> Iterator[Fresh]:
    server = start_postgres(folder / "pg", folder / "runtime")
    made: list[Database] = []
    try:
        prepare(create_database(address_of(server), "template_money"))

        def fresh() -> Database:
            for before in made:
                before.close()
            made.append(Database(create_database(address_of(server), "money", "template_money")))
            return made[-1]

        yield fresh
    finally:
        for database in made:
            database.close()
        server.cleanup()


def _page(results: dict[str, tuple[Lived, int]], seed: int, took: float, processes: int) -> str:
    both = Lived()
    for lived, _ in results.values():
        both.add(lived)
    figures = [
        ("claim lives", lambda lived, _: lived.lives),
        ("acts done", lambda lived, _: sum(lived.done.values())),
        ("acts refused, as they had to be", lambda lived, _: sum(lived.refused.values())),
        ("events in the chains", lambda lived, _: lived.events),
        ("payment runs", lambda lived, _: lived.runs),
        ("amounts that the cap cut short", lambda lived, _: lived.capped),
        ("employers and funds with less than a pound left", lambda lived, _: lived.most_committed),
        ("workbooks opened in LibreOffice", lambda _, opened: opened),
        ("**faults**", lambda lived, _: f"**{len(lived.faults)}**"),
    ]
    rows = [
        f"| {name} | " + " | ".join(_written(figure(*results[kind])) for kind in ("SQLite", "PostgreSQL")) + " |"
        for name, figure in figures
    ]
    kinds = sorted(both.done.keys() | both.refused.keys())
    acts = [f"| {kind} | {both.done[kind]:,} | {both.refused[kind]:,} |" for kind in kinds]
    ends = [f"| {end} | {count:,} |" for end, count in sorted(both.ends.items())]
    return WORDS.format(
        figures="\n".join(rows),
        acts="\n".join(acts),
        ends="\n".join(ends),
        seed=seed,
        minutes=round(took),
        processes=processes,
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}",
    )


def _written(figure: int | str) -> str:
    return f"{figure:,}" if isinstance(figure, int) else figure


WORDS = """# Every penny, over thousands of claim lives

`make money` draws acts at random, some of which must be refused, and does them with the real services on real
databases. Beside them it keeps books of its own (`tests/money/books.py`): slow, obvious, from what was bought and what
an assessor said, with the course list read from its file. The books say beforehand whether an act is allowed; the
service must do it, or refuse it. After **every** act the tables are read by plain SQL and compared with the books.

| | SQLite | PostgreSQL |
| --- | --: | --: |
{figures}

Seed {seed}, {minutes} minutes in {processes} processes on {machine}, a machine that other work was done on as well.

## What must hold after every act

- Every claim has the state, cost, R, entitlement and amount that the books have, and the start part it follows.
- What is committed is the sum of approved, in-payment and paid amounts less recoveries; with what is left it is the
  cap; it is never more.
- Every payment line is its claim's amount. No claim has two lines that pay. Every claim in a run was approved, and
  agreed to where a lead had to; whoever released it neither drew it up nor approved anything in it.
- Start and completion come to R to the penny, where neither the cap nor the check of a plan's second payment cut one.
- A payment file asks for what the books say is due, to the penny. What the bank moved, by employer and fund, is what
  was paid for less what was set off. Recovered money is set off, invoiced or owed, to the penny. No run sets off more
  than it pays an employer from a fund.
- Claims that live hold their slots, others hold none.
- Each new event follows the one before and has the hash of its own content; at the end the whole chain is walked.

Every twentieth act, what finance is shown of each employer's balance is compared as well. At the end of each world
every version of every run's workbook, the claims register, the reports, one employer's claims and the remittances of
the last settled run are saved by LibreOffice, which works every Controls sheet out anew: all must say that they agree.
A stored run's workbook must have its stored SHA-256.

`python -m tests.money.register --claims 100000` compares the claims register with the database, cell by cell, hostile
text included, read by openpyxl and by LibreOffice: 100,079 claims of 6,542 employers, 6,605,214 cells, none differs
(29 November 2026, 740 s beside other work).

## How they live

Four employers at a time, with learners of whom some work for two of them; caps of £9,000 and £200, so that employers
get near; whole claims, starts and completions, payment plans, totals for several people with other funding, internal
and external OMMT, costs above and below the maximum and assessors who find another cost. Minutes to hours pass between
acts. Acts are done one after the other: what happens at once is for `make faults` and the tests of races.

| act | done | refused |
| --- | --: | --: |
{acts}

| claims in the end | |
| --- | --: |
{ends}

Not lived: a claim that lapses after its reminders (only that it may not before), course lists that change on the way,
an employer's limited submitters, more than one scheme year.
"""


if __name__ == "__main__":
    main()
