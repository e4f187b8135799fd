"""``claims export``: the workbooks, without the pages."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from claims import clock
from claims.cli import Refused
from claims.cli.given import open_database, read_settings
from claims.cli.output import open_output
from claims.lifecycle import State
from claims.rules.scheme import Fund
from claims.services.exporting import export_register
from claims.services.paying import note_download
from claims.services.seeding import SYSTEM
from claims.store.payments import run_called, workbooks_of
from claims.store.reference import from_files
from claims.store.register import RegisterFilter

DAY = click.DateTime(["%Y-%m-%d"])
OUTPUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def export() -> None:
    """Workbooks for finance.

    Example: claims export register --year 2025-26 --output register.xlsx
    """


@export.command()
@click.option("--year", required=True, help="The scheme year, such as 2025-26.")
@click.option("--fund", type=click.Choice([fund.value for fund in Fund]), help="One fund only.")
@click.option("--employer", default="", metavar="ID", help="A workplace ID, or part of a name.")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Claims in one state only.")
@click.option("--from", "first", type=DAY, metavar="DATE", help="Submitted on this day or later.")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Submitted on this day or earlier.")
@click.option("--output", type=OUTPUT, required=True, help="The workbook to write.")
def register(
    *,
    year: str,
    fund: str | None,
    employer: str,
    state: str | None,
    first: datetime | None,
    last: datetime | None,
    output: Path,
) -> None:
    """Write the claims register of a scheme year as a workbook.

    Example: claims export register --year 2025-26 --state approved --output approved.xlsx
    """
    known = [known.name for known in from_files().years]
    if year not in known:
        raise Refused(f"There is no scheme year {year}; there is {', '.join(known)}.")
    if first and last and last < first:
        raise Refused("--to is before --from.")
    wanted = RegisterFilter(
        scheme_year=year,
        fund=fund,
        state=state,
        employer=employer,
        submitted_from=first.date() if first else None,
        submitted_to=last.date() if last else None,
    )
    with open_database(read_settings()) as database:
        written = _write(output, export_register(database, wanted, SYSTEM, clock.now()))
    click.echo(f"Wrote the claims register of {year} to {output}, {written:,} bytes.")


@export.command("payment-run")
@click.argument("reference")
@click.option("--output", type=OUTPUT, required=True, help="The workbook to write.")
def payment_run(reference: str, output: Path) -> None:
    """Write the workbook of the payment run REFERENCE again, as it was made.

    Example: claims export payment-run RUN-2526-0001 --output run.xlsx
    """
    with open_database(read_settings()) as database, database.write() as session:
        run = run_called(session, reference)
        if run is None:
            raise Refused(f"There is no payment run {reference}.")
        workbook = workbooks_of(session, run)[0]
        note_download(session, run, workbook, SYSTEM, clock.now())
        written = _write(output, [workbook.content])
        click.echo(f"Wrote version {workbook.version} of {reference} to {output}, {written:,} bytes.")


def _write(output: Path, chunks: Iterable[bytes]) -> int:
    written = 0
    try:
        with open_output(str(output)) as file:
            for chunk in chunks:
                written += file.write(chunk)
    except OSError as fault:
        raise Refused(f"{output} cannot be written: {fault.strerror}.") from None
    return written
