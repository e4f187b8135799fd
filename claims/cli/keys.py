"""``claims keys``: change the keys under which numbers are encrypted and hashed."""

import os

import click

from claims import clock
from claims.cli import Refused
from claims.cli.given import open_database, read_keyring, read_settings
from claims.config import NotConfigured, Settings
from claims.db import Database
from claims.lifecycle import NotAllowed
from claims.secrets import Keyring, Undecipherable
from claims.services import rotating
from claims.services.seeding import SYSTEM
from claims.services.watching import is_alive

NEXT = "CLAIMS_NEXT_HASH_KEY"


@click.group()
def keys() -> None:
    """Change the keys under which numbers are encrypted and hashed (docs/runbooks/leaked-key.md).

    Example: claims keys rotate-encryption
    """


@keys.command("rotate-encryption")
def rotate_encryption() -> None:
    """Encrypt every number anew under the first of CLAIMS_ENCRYPTION_KEYS. The service may run meanwhile.

    Example: claims keys rotate-encryption
    """
    settings = read_settings()
    keyring = read_keyring(settings)
    with open_database(settings) as database:
        try:
            done = rotating.rotate_encryption(database, keyring, SYSTEM, clock.now())
        except Undecipherable as fault:
            raise Refused(f"{fault}. Give all keys that were ever used, the new one first, and run it again.") from None
        with database.read() as session:
            left = rotating.count_under_other_keys(session, keyring)
    if left:
        raise Refused(
            f"{left:,} values were written under another key meanwhile: is every process started with the new key "
            "first? Run it again."
        )
    click.echo(
        f"{done.changed:,} of {done.seen:,} values were encrypted anew; all are under the key {keyring.current_id}. "
        "The other keys are needed for older backups only."
    )


@keys.command("prepare-hashes")
def prepare_hashes() -> None:
    """Write a second hash of every number, under the key in CLAIMS_NEXT_HASH_KEY. The service may run meanwhile.

    Says as well what people have to do again once the hashes are swapped.

    Example: claims keys prepare-hashes
    """
    settings = read_settings()
    with open_database(settings) as database:
        written = rotating.prepare_hashes(database, read_keyring(settings), _following(settings))
        _say_what_is_lost(database)
    click.echo(f"Wrote {written:,} second hashes. Stop the service, then run `claims keys swap-hashes`.")


@keys.command("swap-hashes")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
def swap_hashes(*, yes: bool) -> None:
    """Put the second hashes in place of the first. Stop the service first, and start it with the new key.

    Says what people have to do again, and asks whether to go on.

    Example: claims keys swap-hashes
    """
    settings = read_settings()
    following = _following(settings)
    with open_database(settings) as database:
        with database.read() as session:
            if is_alive(session, clock.now()):
                raise Refused(
                    "The scheduler runs, or did two minutes ago. Stop `claims serve` and `claims jobs` first."
                )
        _say_what_is_lost(database)
        if not yes and not click.confirm("Swap the hashes?"):
            raise Refused("Nothing was swapped.")
        try:
            swapped = rotating.swap_hashes(database, read_keyring(settings), following, SYSTEM, clock.now())
        except NotAllowed as no:
            raise Refused(str(no)) from None
    click.echo(f"Swapped {swapped:,} hashes. Set CLAIMS_HASH_KEY to the new key, remove {NEXT}, and start the service.")


def _say_what_is_lost(database: Database) -> None:
    """Said before, so that nobody learns it from a page that refuses their code."""
    with database.read() as session:
        lost = rotating.foresee_swap(session, clock.now())
    click.echo(
        "Once the hashes are swapped, these work no more:\n"
        f"- Recovery codes. People who have some left: {lost.people_with_codes:,}. They are told by email, and make "
        "new ones on the page of their account.\n"
        f"- Invitations that were not accepted yet: {lost.invitations:,}. Whoever invited sends them again.\n"
        "- Codes to sign in and questions to passkeys that are under way. People ask again.\n"
        "- Browsers that are known. Who signs in next is told once, by email, of a new browser.\n"
        "- Addresses of calendars, and addresses in letters that stop a kind of letter. The page Notifications has "
        "new ones.\n"
        "Tries at signing in are counted from nothing, and another tenth of approvals is drawn for the sample.\n"
        "Passkeys, authenticator apps and sessions go on working."
    )


def _following(settings: Settings) -> Keyring:
    given = os.environ.get(NEXT, "")
    if not given:
        raise Refused(f"Set {NEXT} to the new hash key: base64 of 32 random bytes.")
    if given.strip() == settings.hash_key.strip():
        raise Refused(f"{NEXT} is the same as CLAIMS_HASH_KEY: there is nothing to change.")
    try:
        return Keyring(settings.encryption_keys, given)
    except NotConfigured as fault:
        raise Refused(str(fault).replace("CLAIMS_HASH_KEY", NEXT)) from None
