"""``claims keys``: change the keys under which numbers are encrypted and hashed."""

import os

import click

from claims import clock
from claims.cli import Refused
from claims.cli.given import open_database, read_keyring, read_settings
from claims.config import NotConfigured, Settings
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

    Example: claims keys prepare-hashes
    """
    settings = read_settings()
    with open_database(settings) as database:
        written = rotating.prepare_hashes(database, read_keyring(settings), _following(settings))
    click.echo(f"Wrote {written:,} second hashes. Stop the service, then run `claims keys swap-hashes`.")


@keys.command("swap-hashes")
def swap_hashes() -> None:
    """Put the second hashes in place of the first. Stop the service first, and start it with the new key.

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
        try:
            swapped = rotating.swap_hashes(database, read_keyring(settings), following, SYSTEM, clock.now())
        except NotAllowed as no:
            raise Refused(str(no)) from None
    click.echo(f"Swapped {swapped:,} hashes. Set CLAIMS_HASH_KEY to the new key, remove {NEXT}, and start the service.")


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
