"""Run the tests, in parallel on every core; first install what the machine lacks, where that is allowed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
NEEDED = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "curl": ("curl",),
    "libreoffice-calc": ("soffice", "libreoffice"),
}
"""What the tests start besides Python: Debian's package, and the names of its program."""


IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM_BYTES = 4 * 1024**3
"""More than the tests of one run leave behind, together."""


@contextmanager
def quick_folder() -> Iterator[str]:
    """A folder in memory where there is room for one: thousands of databases wait for a disk half of their time.

    It goes when the tests end, and with it whatever still ran in it: PostgreSQL stops when its data are gone.
    """
    has_room = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES
    where = IN_MEMORY if has_room else None
    with TemporaryDirectory(prefix="claims-tests-", dir=where, ignore_cleanup_errors=True) as folder:
        yield folder


def find_missing() -> list[str]:
    return [package for package, names in NEEDED.items() if not any(shutil.which(name) for name in names)]


def install(packages: list[str]) -> None:
    """Install Debian packages as root, or say how to."""
    by_hand = f"The tests open pages and workbooks in real programs. Install these first: {' '.join(packages)}"
    if shutil.which("apt-get") is None:
        sys.exit(by_hand)
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    print(f"Installing {', '.join(packages)} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages, "fonts-liberation"]):
        try:
            done = subprocess.run(
                [*as_root, "apt-get", "-qq", *arguments], env=environment, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:  # no sudo
            sys.exit(by_hand)
        if done.returncode:
            sys.exit(f"{done.stderr.strip()}\n{by_hand}")


def main() -> None:
    if missing := find_missing():
        install(missing)
    workers = os.environ.get("TEST_WORKERS", str(os.cpu_count() or 2))
    print(f"Running all tests in {workers} processes (about a quarter of an hour on two cores):", flush=True)
    pytest = [sys.executable, "-m", "pytest", "-n", workers, "--dist", "loadgroup", *sys.argv[1:]]
    with quick_folder() as folder:
        code = subprocess.run(pytest, cwd=ROOT, env={**os.environ, "TMPDIR": folder}, check=False).returncode
    sys.exit(code)


if __name__ == "__main__":
    main()
