"""The demonstration's folder: its database, evidence, outgoing mail, and the secrets made for it alone."""

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select

from claims.clock import LONDON
from claims.config import Settings
from claims.db import Database
from claims.demo import story
from claims.files import EvidenceStore
from claims.models import Event, Heartbeat, Message, SignedInSession
from claims.secrets import Keyring
from claims.services.seeding import seed
from claims.services.upgrading import upgrade

BEGINS_AT = datetime.combine(story.TODAY, time(9, 30), LONDON)
SEEDED_AT = datetime(2025, 4, 1, 8, 0, tzinfo=UTC)
OURS = ("claims.db", "making.db", "evidence", "mail", "secrets.json", "log.txt")
"""Everything that starting over may delete."""

Say = Callable[[str], None]


class InUse(Exception):
    """Another demonstration runs from this folder."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where one demonstration keeps everything."""

    path: Path

    @property
    def database(self) -> Path:
        return self.path / "claims.db"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps every other demonstration out of the folder. Raises ``InUse``."""
        # Its codes and its mail are for whoever started it, not for the machine's other users.
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InUse(f"A demonstration is already running from {self.path}. Stop it, or use --folder.") from None
            yield

    def clear(self) -> None:
        """Delete what a demonstration made here, and nothing else."""
        for name in OURS:
            for path in self.path.glob(f"{name}*"):
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def settings(self, base_url: str) -> Settings:
        """Settings that keep everything in the folder, with its own random secrets."""
        made = self._secrets()
        return Settings(
            database_url=f"sqlite:///{self.database}",
            secret_key=made["secret_key"],
            encryption_keys=made["encryption_keys"],
            hash_key=made["hash_key"],
            evidence_url=str(self.path / "evidence"),
            mail_url=f"folder:{self.path / 'mail'}",
            mail_from="Claims demonstration <claims@example.org>",
            base_url=base_url,
            demonstration=True,
        )

    def prepare(self, say: Say) -> None:
        """Make the database, unless there is one already. What was half made by an earlier try is made anew."""
        if self.database.exists():
            say("Keeping the data of the last time (--fresh starts over).")
            database = Database(f"sqlite:///{self.database}")
            upgrade(database)
            database.close()
            return
        settings = self.settings("")
        making = self.path / "making.db"
        for left_over in self.path.glob(f"{making.name}*"):
            left_over.unlink()
        database = Database(f"sqlite:///{making}")
        say("Laying the tables, by migration ...")
        upgrade(database)
        with database.write() as session:
            say("Loading the eligible course list, job roles and funds ...")
            seed(session, SEEDED_AT)
            say("Telling the story of a few claims: about ten seconds ...")
            keyring = Keyring(settings.encryption_keys, settings.hash_key)
            story.tell(session, keyring, EvidenceStore(settings.evidence_url))
        database.close()
        making.rename(self.database)

    def find_clock_shift(self, real_now: datetime) -> int:
        """Seconds from the real clock to the demonstration's: 2 February 2026 at 9:30, or just after the last act.

        While nothing runs, the demonstration's time stands still, so that what was about to run out still is.
        """
        database = Database(f"sqlite:///{self.database}")
        columns = (Event.at, Heartbeat.at, Message.queued_at, SignedInSession.seen_at)
        with database.read() as session:
            instants = [session.scalar(select(func.max(column))) for column in columns]
        database.close()
        happened = [instant + timedelta(seconds=1) for instant in instants if instant is not None]
        shift: timedelta = max([BEGINS_AT, *happened]) - real_now
        return round(shift.total_seconds())

    def _secrets(self) -> dict[str, str]:
        kept = self.path / "secrets.json"
        if not kept.exists():
            made = {
                "secret_key": secrets.token_urlsafe(48),
                "encryption_keys": f"demo:{base64.b64encode(os.urandom(32)).decode()}",
                "hash_key": base64.b64encode(os.urandom(32)).decode(),
            }
            with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(made, file)
        read: dict[str, str] = json.loads(kept.read_text())
        return read


def environment_of(settings: Settings, clock_shift_seconds: int) -> dict[str, str]:
    """The settings as the processes of the service read them."""
    return {
        "CLAIMS_DATABASE_URL": settings.database_url,
        "CLAIMS_SECRET_KEY": settings.secret_key,
        "CLAIMS_ENCRYPTION_KEYS": settings.encryption_keys,
        "CLAIMS_HASH_KEY": settings.hash_key,
        "CLAIMS_EVIDENCE_URL": settings.evidence_url,
        "CLAIMS_MAIL_URL": settings.mail_url,
        "CLAIMS_MAIL_FROM": settings.mail_from,
        "CLAIMS_BASE_URL": settings.base_url,
        "CLAIMS_DEMONSTRATION": "yes" if settings.demonstration else "",
        "CLAIMS_CLOCK_SHIFT_SECONDS": str(clock_shift_seconds),
    }
