"""``claims people``: accounts of anybody."""

import click

from claims import clock
from claims.cli import Refused
from claims.cli.given import open_database, read_keyring, read_settings
from claims.lifecycle import NotAllowed
from claims.services.seeding import SYSTEM
from claims.services.starting_over import start_over as take_proofs_away


@click.group()
def people() -> None:
    """Accounts of anybody, of an employer or the back office.

    Example: claims people start-over grace.okafor@example.org
    """


@people.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask whether they are who they say.")
def start_over(email: str, *, yes: bool) -> None:
    """Help whoever has EMAIL and lost their authenticator app, passkeys and recovery codes.

    What they had stops working, and they are signed out everywhere. An employer's person signs in by emailed code and
    sets up anew; somebody of the back office is given a new authenticator secret, shown once.

    Example: claims people start-over grace.okafor@example.org
    """
    settings = read_settings()
    keyring = read_keyring(settings)
    if not yes:
        click.confirm(f"Have you made sure, not by email, that {email} is who they say?", abort=True)
    with open_database(settings) as database:
        try:
            with database.write() as session:
                found = take_proofs_away(session, keyring, email=email, by=SYSTEM, at=clock.now())
        except NotAllowed as no:
            raise Refused(str(no)) from None
    if found.authenticator_secret:
        click.echo(
            f"{found.name} starts over. Their authenticator secret, shown this once: {found.authenticator_secret}"
        )
    else:
        click.echo(f"{found.name} starts over: they sign in with an emailed code and set up anew.")
