"""Write a migration with what differs between the migrations so far and the models, numbered next in line."""

import sys
import tempfile
from pathlib import Path

from claims.config import data_folder
from claims.db import Database
from claims.services.upgrading import latest_revision, upgrade, write_migration


def main() -> None:
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        sys.exit('Say what it does: make migration message="give claims a deadline"')
    number = f"{int(latest_revision()) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        upgrade(database)
        write_migration(database, message, number)
        database.close()
    (data_folder("migrations") / "HEAD").write_text(f"{number}\n")
    print(f"Read and mend migrations/versions/{number}_*.py, then try it: make test")


if __name__ == "__main__":
    main()
