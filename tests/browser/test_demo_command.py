"""``claims demo`` as a person runs it: it says what it does, serves, keeps its data, and stops cleanly."""

import http.client
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from claims.demo.folder import BEGINS_AT, Folder

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ENOUGH_SECONDS = 120


class Demo:
    """The command, running."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = ""

    def wait_for(self, words: str) -> str:
        """Everything it said up to the line with ``words``."""
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return self.said
        raise AssertionError(f"It ended without saying {words!r}:\n{self.said}")

    @property
    def url(self) -> str:
        return re.search(r"Open +(http://\S+)", self.said)[1]

    def stop(self, number: int = signal.SIGINT) -> int:
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(number)
        code = self.process.wait(ENOUGH_SECONDS)
        self.said += self.process.stdout.read()
        assert [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE] == []
        return code


@contextmanager
def demo(folder: Path, *more: str, port: int = 18100) -> Iterator[Demo]:
    command = [sys.executable, "-m", "claims.cli", "demo", "--folder", str(folder), "--port", str(port), *more]
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "HOME": str(home), "PYTHONUNBUFFERED": "1"},
    )
    running = Demo(process)
    try:
        yield running
    finally:
        if process.poll() is None:
            running.stop(signal.SIGTERM)
        process.stdout.close()


def fetch(url: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_it_serves_keeps_its_data_stops_cleanly_and_is_made_anew_even_when_killed_at_that(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as first:
        said = first.wait_for("Ctrl-C stops it.")
        assert "Laying the tables" in said
        assert "grace.okafor@example.com" in said
        status, page = fetch(first.url, "/")
        assert status == 200
        assert "It is 2 February 2026 here" in page
        with demo(folder) as second:
            assert second.process.wait(ENOUGH_SECONDS) == 2
            assert "already running" in second.process.stdout.read()
        until = time.monotonic() + 30
        while "deliver" not in (folder / "log.txt").read_text() and time.monotonic() < until:
            time.sleep(0.2)
        assert first.stop() == 0
        assert "The demonstration has stopped. Its data is kept." in first.said
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
    letters = list((folder / "mail").rglob("*"))
    assert letters, "the scheduler sent nothing"
    before = (folder / "secrets.json").read_text()
    with demo(folder) as again:
        assert "Keeping the data of the last time" in again.wait_for("Ctrl-C stops it.")
        assert again.stop(signal.SIGTERM) == 0
    assert (folder / "secrets.json").read_text() == before
    (folder / "mine.txt").write_text("not the demonstration's")
    with demo(folder, "--fresh") as killed:
        killed.wait_for("Telling the story")
        killed.process.kill()
        killed.process.wait()
    assert not (folder / "claims.db").exists()
    with demo(folder) as fresh:
        assert "Laying the tables" in fresh.wait_for("Ctrl-C stops it.")
        assert fresh.stop() == 0
    assert (folder / "secrets.json").read_text() != before
    assert (folder / "mine.txt").exists()


def test_a_taken_port_is_said_and_the_next_one_used(prepared: Folder, tmp_path: Path) -> None:
    shutil.copytree(prepared.path, tmp_path / "demo")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with demo(tmp_path / "demo", port=port) as running:
            said = running.wait_for("Ctrl-C stops it.")
            # Others on this machine may hold the next ones too.
            used = int(re.search(rf"Port {port} is taken; using (\d+)\.", said)[1])
            assert used > port
            assert running.url.endswith(f":{used}")
            assert fetch(running.url, "/health/ready")[0] == 200


def test_the_demonstrations_time_stands_still_while_nothing_runs(prepared: Folder) -> None:
    later = BEGINS_AT.replace(year=2031)
    assert prepared.find_clock_shift(BEGINS_AT) == 0
    assert prepared.find_clock_shift(later) == -(later - BEGINS_AT).total_seconds()
