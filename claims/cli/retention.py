"""``claims retention``: personal data whose time is over."""

import click

from claims import clock
from claims.cli.given import open_database, read_settings
from claims.files import EvidenceStore
from claims.services import removing, retaining
from claims.services.seeding import SYSTEM


@click.group()
def retention() -> None:
    """Personal data whose time is over.

    Example: claims retention plan
    """


@retention.command()
@click.option("--list", "listed", is_flag=True, help="Name each claim as well.")
def plan(*, listed: bool) -> None:
    """Say what is past its time. Changes nothing.

    Example: claims retention plan --list
    """
    with open_database(read_settings()) as database, database.read() as session:
        due = retaining.plan(session, clock.now())
    if listed:
        for each in due.claims:
            click.echo(f"{each.claim.reference}  {each.claim.state:<10}  since {each.due_on}  {each.claim.employer}")
    click.echo(_say("Past its time", due.counts()))


@retention.command()
@click.option("--most", type=click.IntRange(1), help="Remove from so many claims at most, the oldest first.")
def apply(*, most: int | None) -> None:
    """Take out the personal data that is past its time. It cannot be brought back.

    Amounts, courses, dates and events stay. Stopped half way, it goes on where it was when it is run again.

    Example: claims retention apply
    """
    settings = read_settings()
    with open_database(settings) as database:
        removed = removing.remove_due(
            database,
            EvidenceStore(settings.evidence_url),
            SYSTEM,
            clock.now(),
            machine_now=clock.machine_now(),
            most=most,
        )
    click.echo(_say("Removed", removed.counts) + (f" {removed.left:,} claims are left." if removed.left else ""))


def _say(what: str, counts: dict[str, int]) -> str:
    if not counts:
        return f"{what}: nothing."
    return f"{what}: {', '.join(f'{count:,} {name}' for name, count in counts.items())}."
