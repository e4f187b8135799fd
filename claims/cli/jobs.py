"""``claims jobs``: the scheduler."""

import logging

import click

from claims.cli.given import check_reference, open_database, read_settings
from claims.jobs import run_until_stopped
from claims.web.logs import write_to_standard_error


@click.command()
def jobs() -> None:
    """Run the scheduler: reminders, outgoing mail, and clearing up, each when it is due.

    A process of its own beside `claims serve`; several may run. SIGTERM or Ctrl-C stops it after the job under way.

    Example: claims jobs
    """
    for name in ("claims", "apscheduler"):
        write_to_standard_error(logging.getLogger(name))
    settings = read_settings()
    check_reference()
    with open_database(settings):
        pass
    run_until_stopped(settings, click.echo)
    click.echo("The scheduler has stopped.")
