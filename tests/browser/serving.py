"""A real server on a real demonstration, as ``claims demo`` runs it, for Chromium to visit."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from claims import clock
from claims.demo.folder import Folder, environment_of
from claims.demo.processes import running

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Served:
    """A demonstration that answers at ``url``."""

    url: str
    folder: Folder


def prepare(path: Path) -> Folder:
    """A folder with the demonstration's data, to be copied for each server."""
    folder = Folder(path)
    path.mkdir(parents=True)
    folder.prepare(lambda _what: None)
    return folder


def unused_port() -> int:
    """One that the system hands out: two test processes that look for the first free one would find the same."""
    with socket.socket() as tried:
        tried.bind((HOST, 0))
        return int(tried.getsockname()[1])


@contextmanager
def serving(prepared: Folder, path: Path, at: datetime | None = None) -> Iterator[Served]:
    """Serves a copy of ``prepared``, made at ``path``, until the block ends; from ``at``, or when the story stops."""
    shutil.copytree(prepared.path, path)
    folder = Folder(path)
    port = unused_port()
    # By name, as the demonstration prints it: browsers keep no passkeys for a number.
    settings = folder.settings(f"http://localhost:{port}")
    shift = round((at - clock.now()).total_seconds()) if at else folder.find_clock_shift(clock.now())
    with running(HOST, port, environment_of(settings, shift), folder.log):
        yield Served(settings.base_url, folder)
