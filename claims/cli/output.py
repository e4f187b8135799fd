"""Where a command writes: standard output, or a file that appears only when it is complete."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

STDOUT = "-"


@contextmanager
def open_output(path: str) -> Iterator[BinaryIO]:
    """A stream of bytes to ``path``, or to standard output for ``-``.

    A file is written beside its place and takes it, flushed to disk, when the block ends well; otherwise nothing of it
    is left and what was there before stays. Raises ``OSError``.
    """
    if path == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(path).resolve()
    if target.exists() and not target.is_file():
        # A device or a pipe must not be replaced by a file.
        with target.open("wb") as device:
            yield device
        return
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    written = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), _mode_for(target))
            os.fsync(file.fileno())
        written.replace(target)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def _mode_for(target: Path) -> int:
    """The permissions of the file that is replaced, or those a new file would get."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
