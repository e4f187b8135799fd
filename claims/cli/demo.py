"""``claims demo``: the whole service with people and claims, on a demonstration date."""

from pathlib import Path

import click

from claims import clock
from claims.cli import Refused
from claims.demo.folder import BEGINS_AT, Folder, InUse, environment_of
from claims.demo.processes import DidNotStart, Stopped, find_free_port, running, stop_on_signals, watch

WHO = (
    ("grace.okafor@example.com", "senior responsible officer of Hartley House"),
    ("tom.bell@example.com", "submitter of Hartley House"),
    ("imani.clarke@example.com", "senior responsible officer of Rowan Lodge, which has not signed the agreement yet"),
    ("asha.rahman@example.org", "assessor"),
    ("ruth.adeyemi@example.org", "lead assessor"),
    ("olu.martins@example.org", "finance, draws up runs"),
    ("priya.shah@example.org", "finance, releases them"),
)
"""The people of the story that one needs to see everything; the page of the demonstration lists them all."""


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The next if it is taken.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Where its database, evidence, mail and secrets are kept.",
)
@click.option("--fresh", is_flag=True, help="Delete what is kept there and start over.")
def demo(port: int, host: str, folder: Path, *, fresh: bool) -> None:
    """Serve a demonstration with invented people and claims, on 2 February 2026.

    Runs the web service and the scheduler until Ctrl-C. Run again, it carries on with the same data.

    Example: claims demo --port 8080 --fresh
    """
    kept = Folder(folder.resolve())
    try:
        stop_on_signals()
        with kept.locked():
            _serve(kept, host, port, fresh=fresh)
    except (InUse, DidNotStart, OSError) as fault:
        raise Refused(str(fault)) from None
    except Stopped:
        click.echo("\nThe demonstration has stopped. Its data is kept.")


def _serve(kept: Folder, host: str, wanted: int, *, fresh: bool) -> None:
    click.echo(f"A demonstration of the claims service, in {kept.path}")
    if fresh:
        kept.clear()
    kept.prepare(lambda what: click.echo(f"  {what}"))
    port = find_free_port(host, wanted)
    if port != wanted:
        click.echo(f"  Port {wanted} is taken; using {port}.")
    # By name: browsers keep no passkeys for a number.
    settings = kept.settings(f"http://{'localhost' if host == '127.0.0.1' else host}:{port}")
    shift = kept.find_clock_shift(clock.now())
    click.echo("  Starting the web service and the scheduler ...")
    with running(host, port, environment_of(settings, shift), kept.log) as children:
        width = max(len(email) for email, _ in WHO)
        people = "\n".join(f"  {email:{width}}  {role}" for email, role in WHO)
        click.echo(
            f"\nOpen  {settings.base_url}\n\n"
            f"It is {BEGINS_AT.day} {BEGINS_AT:%B %Y} there. Nothing is sent to anybody: the pages show every code.\n"
            f"Sign in as one of\n{people}\n"
            f"or see everybody at {settings.base_url}/demonstration/people\n\n"
            f"What the two processes say: {kept.log}\nCtrl-C stops it."
        )
        watch(children)
