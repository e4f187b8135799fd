"""Delivers what is queued, again and again without a pause, until it is killed; says "ready" when it begins."""

import sys
import time

from claims import clock
from claims.config import from_environment
from claims.db import Database
from claims.mail import sender_from
from claims.secrets import Keyring
from claims.services.delivering import Letterhead, deliver


def main() -> None:
    settings = from_environment()
    database, sender = Database(settings.database_url), sender_from(settings.mail_url, settings.mail_from)
    letterhead = Letterhead(settings.base_url, Keyring(settings.encryption_keys, settings.hash_key))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        deliver(database, sender, letterhead, clock.now)
        time.sleep(0.002)


if __name__ == "__main__":
    main()
