"""``claims assess``: facts in, assessments out, with no database."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import click

from claims import clock
from claims.cli import Refused
from claims.cli.output import STDOUT, open_output
from claims.cli.progress import report, show_progress
from claims.cli.rendering import Judged, make_printable, render_judged
from claims.exchange.facts import BadFacts
from claims.exchange.record import BadInput, Record
from claims.exchange.records import Kind, open_records, read_record
from claims.incoming.faults import Faulty
from claims.reference import load, parse_courses, with_courses
from claims.rules.engine import assess as assess_facts
from claims.rules.findings import Outcome
from claims.rules.scheme import Reference

STDIN = "-"
ALL_ELIGIBLE, SOME_NOT_ELIGIBLE, BAD_INPUT = 0, 1, 2

_ENDINGS = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}
_SAME_AS = {Kind.OBJECT: "json", Kind.LIST: "json", Kind.LINES: "jsonl", Kind.CSV: "csv"}


@dataclass(slots=True)
class Tally:
    """What came of the records."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    refused: int = 0

    @property
    def exit_code(self) -> int:
        if self.refused:
            return BAD_INPUT
        return ALL_ELIGIBLE if set(self.outcomes) <= {Outcome.ELIGIBLE} else SOME_NOT_ELIGIBLE

    def __str__(self) -> str:
        total = self.outcomes.total()
        said = [f"{self.outcomes[outcome]:,} {outcome}" for outcome in Outcome if self.outcomes[outcome]]
        if self.refused:
            said.append(f"{self.refused:,} more could not be read")
        return f"Assessed {total:,} {'record' if total == 1 else 'records'}: {', '.join(said)}."


@click.command()
@click.argument("file", default=STDIN, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Assess as on this date (YYYY-MM-DD) instead of today in London.",
)
@click.option(
    "--courses",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Use this course list (CSV) instead of the one that came with the service.",
)
@click.option(
    "--format",
    "chosen",
    type=click.Choice(["table", "json", "jsonl", "csv"]),
    help="How to write. By default a table on a terminal, else by the ending of --output, else as the input.",
)
@click.option("--output", default=STDOUT, type=click.Path(dir_okay=False), help="Write to this file instead.")
@click.pass_context
def assess(
    ctx: click.Context, *, file: str, today: datetime | None, courses: Path | None, chosen: str | None, output: str
) -> None:
    """Say what the scheme would pay for each claim in FILE (or standard input), and why.

    FILE is one JSON record, a JSON list, JSON Lines or CSV with columns like learner.job_role. A record that cannot be
    read is reported with its line; the others are still assessed, and it leaves a null in JSON and a gap in the lines
    of CSV.

    Exit 0 if all are eligible, 1 if any is not, 2 if anything could not be read.

    \b
    Examples:
      claims assess claim.json
      claims assess people.csv --format csv --output results.csv
      claims assess - --today 2026-02-02 --format jsonl < claims.jsonl
    """
    on = today.date() if today else clock.today()
    reference = _load_reference(courses)
    with _open_input(file) as stream:
        tally = _assess_stream(stream, file=file, reference=reference, on=on, chosen=chosen, output=output)
    click.echo(f"{tally}{'' if output == STDOUT else f' Written to {output}.'}", err=True)
    ctx.exit(tally.exit_code)


def _assess_stream(
    stream: BinaryIO, *, file: str, reference: Reference, on: date, chosen: str | None, output: str
) -> Tally:
    tally = Tally()
    source = "standard input" if file == STDIN else file
    to_terminal = output == STDOUT and sys.stdout.isatty()
    try:
        kind, records = open_records(stream, file)
        if sys.stderr.isatty() and not to_terminal:
            records = show_progress(records, "records", *_measure(stream))
        judged = _judge(records, reference, on, tally)
        first = next(judged)
        form = chosen or ("table" if to_terminal else _ENDINGS.get(Path(output).suffix.lower(), _SAME_AS[kind]))
        with open_output(output) as out:
            for text in render_judged(chain([first], judged), form, is_one=kind is Kind.OBJECT):
                out.write(text.encode())
    except StopIteration:
        raise Refused(f"{source}: there are no records in it") from None
    except BadInput as error:
        place = source if error.line is None else f"{source}, line {error.line}"
        left = "what came before is assessed" if output == STDOUT else f"{output} is not written"
        raise Refused(f"{place}: {make_printable(error.problem)}{f' ({left})' if tally.outcomes else ''}") from None
    except BrokenPipeError:
        raise
    except OSError as error:
        sink = "standard output" if output == STDOUT else output
        raise Refused(f"cannot go on with {error.filename or sink}: {error.strerror}") from None
    return tally


def _judge(records: Iterator[Record], reference: Reference, on: date, tally: Tally) -> Iterator[Judged]:
    for record in records:
        try:
            facts = read_record(record)
        except BadFacts as error:
            tally.refused += 1
            for each in error.errors:
                report(f"line {record.line}: {make_printable(str(each))}")
            yield Judged(record.line, None)
        else:
            assessment = assess_facts(facts, reference, on)
            tally.outcomes[assessment.outcome] += 1
            yield Judged(record.line, assessment)


def _load_reference(courses: Path | None) -> Reference:
    try:
        reference = load()
        if courses:
            reference = with_courses(reference, parse_courses(courses.read_bytes(), str(courses)))
    except Faulty as error:
        raise Refused(f"the reference data cannot be used:\n{error}") from None
    except OSError as error:
        raise Refused(f"cannot read {courses}: {error.strerror}") from None
    return reference


@contextmanager
def _open_input(file: str) -> Iterator[BinaryIO]:
    if file == STDIN:
        if sys.stdin.isatty():
            click.echo("Reading from standard input: paste records, then press Ctrl-D.", err=True)
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - closed below; only opening may be refused here
    except OSError as error:
        raise Refused(f"cannot read {file}: {error.strerror}") from None
    with stream:
        yield stream


def _measure(stream: BinaryIO) -> tuple[Callable[[], int], int | None]:
    """How many bytes have been read, and how many there are if that is known."""
    if not stream.seekable():
        return lambda: 0, None
    return stream.tell, os.fstat(stream.fileno()).st_size
