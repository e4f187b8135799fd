"""``claims remind``: one day's reminders, by hand."""

from datetime import datetime

import click

from claims import clock
from claims.cli.given import open_database, read_settings
from claims.services.reminding import plan_reminders, queue_reminders, word
from claims.store.outgoing import names_of


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DATE", help="The day to plan for.")
@click.option("--dry-run", is_flag=True, help="Only show what would be queued.")
def remind(on: datetime, *, dry_run: bool) -> None:
    """Plan the reminders of a day and queue them for sending; what was queued before is not queued again.

    Example: claims remind --on 2026-02-02 --dry-run
    """
    day = on.date()
    with open_database(read_settings()) as database:
        if dry_run:
            with database.read() as session:
                planned = plan_reminders(session, day)
                names = names_of(session, {each.key.person_id for each in planned})
            for each in planned:
                click.echo(f"{names[each.key.person_id]}: {word(each, day).subject}")
            click.echo(f"{_count(len(planned))} would be queued for {day}; nothing was changed.")
            return
        with database.write() as session:
            queued = queue_reminders(session, day, clock.now())
    click.echo(f"Queued {_count(queued)} for {day}.")


def _count(number: int) -> str:
    return f"{number:,} reminder{'' if number == 1 else 's'}"
