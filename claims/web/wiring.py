"""What the pages are given to work with: settings, database, keys, evidence, mail, and who is signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app
from sqlalchemy.orm import Session

from claims.config import Settings
from claims.db import Database
from claims.files import EvidenceStore, Scanner, scanner_from
from claims.lifecycle import Actor
from claims.mail import Sender, sender_from
from claims.secrets import Keyring
from claims.services import sessions

EXTENSION = "claims"


@dataclass(frozen=True, slots=True)
class Services:
    """Made once when the application is built; tests make their own with fakes."""

    settings: Settings
    database: Database
    keyring: Keyring
    store: EvidenceStore
    sender: Sender
    scanner: Scanner
    actor_of: Callable[[Session, str, datetime], Actor | None] = sessions.actor_of
    """Who holds this session token now; ``None`` when it has ended, timed out or never was. Only reads."""
    note_seen: Callable[[Session, str, datetime], None] = sessions.note_seen
    """Remembers that the session was in use; called at most once a minute, in a transaction of its own."""


def services() -> Services:
    """The services of the running application."""
    return cast("Services", current_app.extensions[EXTENSION])


def wire(settings: Settings) -> Services:
    """The real services for ``settings``."""
    return Services(
        settings=settings,
        database=Database(settings.database_url),
        keyring=Keyring(settings.encryption_keys, settings.hash_key),
        store=EvidenceStore(settings.evidence_url),
        sender=sender_from(settings.mail_url, settings.mail_from),
        scanner=scanner_from(settings.virus_scanner),
    )
