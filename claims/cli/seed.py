"""``claims seed``: the reference data."""

import click

from claims import clock
from claims.cli import Refused
from claims.cli.given import open_database, read_settings
from claims.incoming.faults import Faulty
from claims.services.seeding import seed as seed_database


@click.command()
def seed() -> None:
    """Publish the eligible course list as version 1 and open the funds, in a database that has none.

    Example: claims seed
    """
    with open_database(read_settings()) as database:
        try:
            with database.write() as session:
                done = seed_database(session, clock.now())
        except Faulty as fault:
            raise Refused(str(fault)) from None
    click.echo(
        "Published the eligible course list as version 1 and opened the funds."
        if done
        else "The database has a course list already; nothing was changed."
    )
