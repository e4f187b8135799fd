"""``claims assess`` over ever longer streams: how fast, and in how much memory."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.claims_made_up import TODAY, make_lines
from bench.rows import Row

COUNTS = (1_000, 10_000, 100_000)
SLACK_MB = 8
"""What the largest stream may need above the smallest."""

COMMAND = "from claims.cli import main; main()"


def measure() -> list[Row]:
    """Seconds and peak memory of the whole command, as a process of its own, reading JSON Lines and writing CSV."""
    rows = []
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "claims.jsonl"
        for count in COUNTS:
            with given.open("w", encoding="utf-8") as file:
                file.writelines(make_lines(count))
            for form in ("csv", "jsonl"):
                if form == "jsonl" and count < COUNTS[-1]:
                    continue
                seconds, peak = _assess(given, Path(folder) / f"out.{form}", count)
                rows.append(
                    Row(f"claims assess, {count:,} claims to {form}", seconds, "s", "", True, f"peak {peak:.1f} MB")
                )
                peaks.append(peak)
    above = max(peaks) - peaks[0]
    rows.append(
        Row(
            f"claims assess, peak memory of {COUNTS[-1]:,} claims above that of {COUNTS[0]:,}",
            above,
            "MB",
            f"at most {SLACK_MB}",
            above <= SLACK_MB,
            f"peak resident memory {peaks[0]:.1f} to {max(peaks):.1f} MB, JSON Lines in, CSV and JSON Lines out",
        )
    )
    return rows


def _assess(given: Path, output: Path, count: int) -> tuple[float, float]:
    """Seconds, and peak resident memory in MB."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "assess", given, "--today", TODAY.isoformat(), "--output", output],
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stderr
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 1, said
    assert f"Assessed {count:,} records" in said, said
    with output.open("rb") as written:
        assert sum(1 for _ in written) == count + (output.suffix == ".csv")
    return seconds, usage.ru_maxrss / 1024
