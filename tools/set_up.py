"""Make ``.venv`` with the pinned packages, the service itself and the page assets, saying what is being done."""

import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def step(number: int, what: str, *command: str | Path) -> None:
    """Run one command, quiet unless it fails; say what it is and how long it took."""
    print(f"[{number}/4] {what} ... ", end="", flush=True)
    began = time.monotonic()
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print("failed")
        sys.exit(f"{done.stdout}\n{done.stderr}".strip())
    print(f"{time.monotonic() - began:.0f} s")


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  an older Python must hear why
        sys.exit(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}.")
    print("Setting up (about two minutes the first time):")
    print("[1/4] an environment in .venv ... ", end="", flush=True)
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    print("done")
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    # The list is whole. Left to look for dependencies, an older pip asks for the newest version of those with extras.
    step(2, "pinned packages", *pip, "--no-deps", "--require-hashes", "-r", "requirements/dev.txt")
    step(3, "the service", *pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    step(4, "page assets", PYTHON, "tools/assets.py")
    (VENV / "ready").touch()


if __name__ == "__main__":
    main()
