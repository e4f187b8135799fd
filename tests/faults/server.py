"""The real service in processes of its own, to be killed at any instant and started again."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from claims.config import Settings
from claims.lifecycle import Actor
from claims.services.sessions import start_session
from tests.faults.client import Client
from tests.site import settings_in
from tests.stage import AT, Stage

ROOT = Path(__file__).resolve().parents[2]
HOOKS = "tests.faults.hooks"
Group = subprocess.Popen[bytes]
PATIENCE_SECONDS = 120
"""How long a start may take on a busy machine before something is wrong."""


class Server:
    """``claims serve`` with its workers, on the stage's database."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self._port = _free_port()
        self._ahead = clock_shift()
        settings = settings_in(folder, stage.database.url, demonstration=False)
        self._environment = environment(settings, self._ahead) | {"GUNICORN_CMD_ARGS": f"--config python:{HOOKS}"}
        self._log = folder / "server.log"

    def start(self) -> None:
        """Begin to start; ``wait_until_ready`` returns when it has."""
        with self._log.open("w") as log:
            self._process = start_group(
                ["claims.cli", "serve", "--port", str(self._port)], self._environment, errors=log.fileno()
            )

    def wait_until_ready(self) -> None:
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError(f"The server did not start:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL to every process of the server; returns when the last one is gone."""
        kill_group(self._process)

    def has_begun(self, path: str) -> bool:
        """Whether a worker has taken up a POST to ``path`` since the server was started."""
        return f"POST {path}\n" in self._log.read_text()

    def sign_in(self, who: Actor) -> Client:
        """A browser in which ``who`` has just signed in."""
        with self.stage.database.write() as session:
            token = start_session(session, who, datetime.now(UTC) + self._ahead)
        return Client(self._connect, token)

    def _is_ready(self) -> bool:
        with suppress(OSError, http.client.HTTPException), closing(self._connect()) as connection:
            # Without a scheduler the service says that it is not ready for use; its pages are all we need.
            connection.request("GET", "/health/live")
            with connection.getresponse() as answer:
                return answer.status == http.client.OK
        return False

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.kill()


def clock_shift() -> timedelta:
    """What brings the clock of a process to an hour after the stage is set."""
    return timedelta(seconds=round((AT + timedelta(hours=1) - datetime.now(UTC)).total_seconds()))


def environment(settings: Settings, ahead: timedelta) -> Mapping[str, str]:
    """What a process needs to run with ``settings``, on a clock that is ``ahead`` of the real one."""
    given = {f"CLAIMS_{field.name.upper()}": str(getattr(settings, field.name)) for field in fields(settings)}
    return os.environ | given | {"CLAIMS_CLOCK_SHIFT_SECONDS": str(int(ahead.total_seconds()))}


def start_group(module: list[str], environment: Mapping[str, str], errors: int | None = None) -> Group:
    """Start a Python module, with what it starts, as a group that ``kill_group`` kills."""
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )


def kill_group(process: Group) -> None:
    """SIGKILL to the process and all that it started; returns when the last one is gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    # All of them hold the other end of this pipe, so it ends with the last of them.
    process.communicate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
