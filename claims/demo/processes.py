"""The demonstration's two processes, the web service and the scheduler: started, watched, and stopped together."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

STARTED_WITHIN_SECONDS = 60
STOPPED_WITHIN_SECONDS = 10

COMMAND = (sys.executable, "-m", "claims.cli")


class DidNotStart(Exception):
    """The service did not answer in time, or ended at once. The message says where its words are."""


class Stopped(Exception):
    """Somebody asked us to stop."""


def find_free_port(host: str, wanted: int) -> int:
    """``wanted``, or the next of the hundred after it that nobody listens on. Raises ``OSError`` if there is none."""
    for port in range(wanted, min(wanted + 100, 65536)):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"No free port from {wanted} on.")


@contextmanager
def running(host: str, port: int, environment: Mapping[str, str], log: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The web service and the scheduler, answering; stopped when the block ends. Raises ``DidNotStart``."""
    children: list[subprocess.Popen[bytes]] = []
    with log.open("ab") as words:
        try:
            children.append(_start(("serve", "--host", host, "--port", str(port)), environment, words))
            children.append(_start(("jobs",), environment, words))
            _wait_until_ready(host, port, children, log)
            yield children
        finally:
            _stop(children)


def watch(children: list[subprocess.Popen[bytes]]) -> None:
    """Wait until somebody stops us (``Stopped``) or a process ends by itself (``DidNotStart``)."""
    while all(child.poll() is None for child in children):
        time.sleep(0.2)
    raise DidNotStart("A process of the demonstration ended by itself.")


def stop_on_signals() -> None:
    """Turn Ctrl-C, SIGTERM and a closed terminal into ``Stopped``."""

    def stop(_number: int, _frame: object) -> None:
        # Once is enough: impatience must not interrupt the stopping.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def _start(arguments: tuple[str, ...], environment: Mapping[str, str], words: IO[bytes]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches us only, and we stop the others in order.
    return subprocess.Popen(  # noqa: S603  our own command
        [*COMMAND, *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=words,
        start_new_session=True,
    )


def _wait_until_ready(host: str, port: int, children: list[subprocess.Popen[bytes]], log: Path) -> None:
    until = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < until:
        if any(child.poll() is not None for child in children):
            break
        try:
            connection = http.client.HTTPConnection(host, port, timeout=5)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise DidNotStart(f"The service did not start. What it said is at the end of {log}.")


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in reversed(children):
        child.terminate()
    until = time.monotonic() + STOPPED_WITHIN_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
