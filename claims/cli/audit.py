"""``claims audit``: whether the record of what was done is whole."""

import click

from claims.cli.given import open_database, read_settings
from claims.services.recording import verify as verify_chain


@click.group()
def audit() -> None:
    """The record of what was done.

    Example: claims audit verify
    """


@audit.command()
@click.pass_context
def verify(context: click.Context) -> None:
    """Walk the chain of events and say whether anything was altered; exit 1 if so.

    Example: claims audit verify
    """
    with open_database(read_settings()) as database, database.read() as session:
        count, faults = verify_chain(session)
    if not faults:
        click.echo(f"{count:,} events, and nothing was altered.")
        return
    for fault in faults:
        click.echo(f"Event {fault.number}: {fault.what}", err=True)
    click.echo(f"{count:,} events, and {len(faults):,} places where something was altered.")
    context.exit(1)
