"""A workbook of 5,000 claims checked, from the bytes to the preview, and the memory that it takes to hold it."""

import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.rows import Row
from claims.db import Database
from claims.demo import cast
from claims.models import BulkUpload
from claims.secrets import Keyring
from claims.services.bulk_uploading import keep_upload
from claims.services.bulk_working import work_on_uploads
from claims.services.seeding import seed
from claims.services.upgrading import upgrade
from tests.bulk import ROW, filled_in
from tests.keys import KEYRING

AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
SEEDED_AT = datetime(2025, 4, 1, 9, 0, tzinfo=UTC)
BAR_SECONDS = 10
RUNS = 3


def measure() -> list[Row]:
    """Time for 1,000 and 5,000 rows, and how the memory of the checking process grows between them."""
    rows, peaks = [], {}
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(database)
        with database.write() as session:
            seed(session, SEEDED_AT)
            house = cast.hartley_house(session, KEYRING, AT)
        for size in (1_000, 5_000):
            content = filled_in(*a_file(size))
            seconds = [check(database, KEYRING, house, content) for _ in range(RUNS)]
            tracemalloc.start()
            check(database, KEYRING, house, content)
            peaks[size] = tracemalloc.get_traced_memory()[1] / 1024 / 1024
            tracemalloc.stop()
            bar = BAR_SECONDS if size == 5_000 else None
            note = f"median of {RUNS}; {len(content) // 1024:,} KB, read in a process with limits, SQLite"
            holds = bar is None or median(seconds) < bar
            name = f"{size:,} rows of a bulk workbook checked"
            rows.append(Row(name, round(median(seconds), 2), "s", f"under {bar}" if bar else "", holds, note))
        database.close()
    peak = peaks[5_000]
    note = f"peak of Python's memory beside the child; {peaks[1_000]:.0f} MB for 1,000 rows; all rows are compared"
    return [*rows, Row("Memory to check 5,000 rows", round(peak), "MB", "under 150", peak < 150, note)]


def check(database: Database, keyring: Keyring, house: cast.House, content: bytes) -> float:
    """Seconds to check the file; it must have nothing wrong with it."""
    with database.write() as session:
        kept = keep_upload(session, keyring, house.employer_id, "bench.xlsx", content, by=house.submitter, at=AT)
        upload_id = kept.id
    begun = time.perf_counter()
    work_on_uploads(database, keyring, lambda: AT, BAR_SECONDS * 10)
    seconds = time.perf_counter() - begun
    with database.read() as session:
        assert session.get_one(BulkUpload, upload_id).state == "checked"
    return seconds


def a_file(rows: int) -> list[dict[str, object]]:
    """People of many invoices, twelve to a purchase."""
    return [
        {**ROW, "number": f"AA{number + 1:06}B", "last_name": "Obi", "invoice_reference": f"INV-{number // 12}"}
        for number in range(rows)
    ]
