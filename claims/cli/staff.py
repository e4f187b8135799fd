"""``claims staff``: back-office accounts."""

import click

from claims import clock
from claims.cli import Refused
from claims.cli.given import open_database, read_keyring, read_settings
from claims.lifecycle import STAFF_ROLES, Role
from claims.services.seeding import SYSTEM
from claims.services.staffing import NotAdded, add_staff


@click.group()
def staff() -> None:
    """Back-office accounts.

    Example: claims staff add asha.rahman@example.org --name "Asha Rahman" --role assessor
    """


@staff.command()
@click.argument("email")
@click.option("--name", required=True, help="As colleagues will read it.")
@click.option("--role", type=click.Choice(sorted(role.value for role in STAFF_ROLES)), required=True)
def add(email: str, name: str, role: str) -> None:
    """Make a back-office account for EMAIL, and show its authenticator secret once.

    Example: claims staff add asha.rahman@example.org --name "Asha Rahman" --role assessor
    """
    settings = read_settings()
    keyring = read_keyring(settings)
    with open_database(settings) as database:
        try:
            with database.write() as session:
                made = add_staff(session, keyring, email=email, name=name, role=Role(role), by=SYSTEM, at=clock.now())
        except NotAdded as fault:
            raise Refused(str(fault)) from None
    click.echo(f"Added {email} as {role}. Their authenticator secret, shown this once: {made.authenticator_secret}")
